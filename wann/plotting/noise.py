"""The figure of networks under noise: a panel for each disturbance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from wann.plotting import style
from wann.plotting.looks import looks

AXES = {
    "weight noise": "σ of w (1 + ε)",
    "weight bits": "bits of a weight",
    "connections cut": "share of connections cut",
    "input noise": "σ added to inputs",
    "shifted pixels": "pixels",
}
# For a (network, kind, level): the mean score, its sample deviation or None, and how many they are.
Means = Mapping[tuple[str, str, float], tuple[float, float | None, int]]


@style.paper()
def figure(means: Means, levels: Mapping[str, Sequence[float]], none: str, unit: str) -> Figure:
    """The mean score over levels, ± the sample deviation over noise seeds and members.

    Args:
        means: The scores.
        levels: Those of each kind of disturbance, the slightest first.
        none: The kind of the scores without any, at level 0.
        unit: What scores are, "return" or "accuracy".
    """
    networks = list(dict.fromkeys(network for network, _, _ in means))
    present = {kind for _, kind, _ in means}
    kinds = [kind for kind in levels if kind in present]
    figure = Figure(figsize=(2.3 * len(kinds) + 0.5, 3.2), layout="constrained")
    panels = figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0]
    for axes, kind in zip(panels, kinds, strict=True):
        for network, look in zip(networks, looks(), strict=False):
            clean = means[network, none, 0.0][0]
            scores = [means[network, kind, level] for level in levels[kind]]
            axes.errorbar(
                range(1 + len(scores)),
                [clean, *(mean for mean, _, _ in scores)],
                yerr=[0.0, *(std or 0.0 for _, std, _ in scores)],
                color=look.colour,
                linestyle=look.dashes,
                marker=look.marker,
                markersize=3,
                linewidth=1.3,
                elinewidth=0.7,
                capsize=1.5,
                label=style.name(network),
            )
        axes.set_xticks(range(1 + len(levels[kind])))
        axes.set_xticklabels(["none", *(f"{level:g}" for level in levels[kind])], fontsize=7)
        axes.set_xlabel(AXES[kind])
        axes.set_title(kind, loc="left")
        axes.grid(axis="y", color="#e8e8e8", linewidth=0.5)
    panels[0].set_ylabel(f"mean {unit}")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=max(1, 2 * len(kinds) // 3))
    return figure
