"""Figures of prunings alone: how fast what is left learns, and what is left of it at what size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, StrMethodFormatter

from wann.compare.measure import DENSE, Point
from wann.plotting import style
from wann.plotting.looks import looks
from wann.prune.run import TICKET, PruneRun

SENSITIVITY = "sensitivity"  # the method of one layer at a time

Curves = Mapping[tuple[str, str], Sequence[np.ndarray]]  # by (method, arm), one [S, 2] a seed


def curves_of(runs: Iterable[tuple[PruneRun, str]]) -> dict[tuple[str, str], list[np.ndarray]]:
    """The learning curves of prunings: of the dense network, and each arm where most is pruned.

    A seed counts once, however often its run is named.

    Args:
        runs: The prunings, each with what its method is called.
    """
    found: dict[tuple[str, str], dict[int, np.ndarray]] = {}
    for run, method in runs:
        kept = run.curves()
        last = max((level for _, _, level in kept), default=0)
        for (arm, seed, level), curve in kept.items():
            if level == last or (arm, level) == (TICKET, 0):
                key = (method, DENSE if level == 0 and last else arm)
                found.setdefault(key, {})[seed] = curve
    return {key: list(its.values()) for key, its in found.items()}


@style.paper()
def steps(curves: Curves, unit: str) -> Figure:
    """Scores on validation examples over the steps of the last training, means over seeds.

    Args:
        curves: The curves of each method's arms, not empty; those of an arm have the same steps.
        unit: What scores are.
    """
    figure = Figure(figsize=(5.0, 3.4), layout="constrained")
    axes = figure.subplots()
    for ((method, arm), its), look in zip(curves.items(), looks(), strict=False):
        x = its[0][:, 0]
        same = [curve[:, 1] for curve in its if np.array_equal(curve[:, 0], x)]
        label = f"{style.name(_label(method, arm))} (n = {len(same)})"
        axes.plot(x, np.mean(same, axis=0), **look.line(len(x)), label=label)
        if len(same) > 1:
            spread = np.std(same, axis=0, ddof=1)
            mean = np.mean(same, axis=0)
            axes.fill_between(x, mean - spread, mean + spread, color=look.colour, alpha=0.12, lw=0)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("steps of the last training")
    axes.set_ylabel(f"{unit} on validation examples")
    axes.set_title("mean over n seeds, ± the sample standard deviation", loc="left")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


@style.paper()
def kept(points: Sequence[Point], unit: str) -> Figure:
    """Score against the share of the weights that is kept: here a collapse can be seen.

    Args:
        points: Those of prunings, with weights trained, not empty.
        unit: What scores are, "return" or "accuracy".
    """
    figure = Figure(figsize=(5.0, 3.4), layout="constrained")
    axes = figure.subplots()
    groups: dict[tuple[str, str], dict[float, list[Point]]] = {}
    for point in points:
        if point.share is not None and point.arm != DENSE:
            group = groups.setdefault((point.method, point.arm), {})
            group.setdefault(round(point.share, 6), []).append(point)
    collapsed: list[tuple[float, float]] = []
    for ((method, arm), shares), look in zip(groups.items(), looks(), strict=False):
        x = sorted(shares)
        scores = [[point.score for point in shares[share]] for share in x]
        seeds = max(map(len, scores))
        axes.errorbar(
            x,
            [np.mean(each) for each in scores],
            yerr=[float(np.std(each, ddof=1)) if len(each) > 1 else 0.0 for each in scores],
            color=look.colour,
            linestyle=look.dashes,
            marker=look.marker,
            markersize=4,
            elinewidth=0.7,
            capsize=1.5,
            label=f"{style.name(_label(method, arm))} (n = {seeds})",
        )
        collapsed += [
            (share, float(np.mean([p.score for p in shares[share]])))
            for share in x
            if any(point.connections == 0 for point in shares[share])
        ]
    dense: dict[str, list[float]] = {}
    for point in points:
        if point.arm == DENSE:
            dense.setdefault(point.method, []).append(point.score)
    for (method, its), dashes in zip(dense.items(), cycle(("--", ":", "-.")), strict=False):
        label = f"{style.name(method) if len(dense) > 1 else DENSE} (n = {len(its)})"
        mean = float(np.mean(its))
        axes.axhline(mean, color=style.GREY, linestyle=dashes, linewidth=1.0, label=label)
    if collapsed:
        axes.plot(
            *zip(*collapsed, strict=True),
            linestyle="",
            marker="X",
            markersize=8,
            color=style.VERMILION,
            markeredgecolor="white",
            zorder=5,
            label="collapsed: no input reaches an output",
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g} %"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("share of the weights that is kept")
    axes.set_ylabel(f"mean {unit}")
    axes.set_title("bars: ± the sample standard deviation over n seeds", loc="left")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def sensitivities(runs: Iterable[tuple[PruneRun, str]]) -> dict[int, dict[float, list[float]]]:
    """The scores of prunings of one layer at a time: by layer, and by that layer's sparsity.

    A seed counts once, however often its run is named.
    """
    found: dict[int, dict[float, dict[tuple[str, int], float]]] = {}
    for run, method in runs:
        if run.settings.get("method") != SENSITIVITY:
            continue
        shares = [float(part) for part in str(run.settings["sparsity"]).split(",")]
        for row in run.rows():
            if row.level:
                layer = found.setdefault(int(row.arm.removeprefix("layer-")), {})
                layer.setdefault(shares[row.level - 1], {})[method, row.seed] = row.score
    return {
        layer: {share: list(its.values()) for share, its in scores.items()}
        for layer, scores in found.items()
    }


@style.paper()
def sensitivity(layers: Mapping[int, Mapping[float, Sequence[float]]]) -> Figure:
    """Accuracy where one layer alone is pruned, over that layer's sparsity, means over seeds.

    Args:
        layers: The scores, by layer and sparsity, not empty.
    """
    figure = Figure(figsize=(5.0, 3.4), layout="constrained")
    axes = figure.subplots()
    for (layer, scores), look in zip(layers.items(), looks(), strict=False):
        x = sorted(scores)
        axes.errorbar(
            [1 - sparsity for sparsity in x],
            [float(np.mean(scores[s])) for s in x],
            yerr=[float(np.std(scores[s], ddof=1)) if len(scores[s]) > 1 else 0.0 for s in x],
            color=look.colour,
            linestyle=look.dashes,
            marker=look.marker,
            markersize=4,
            capsize=1.5,
            label=f"layer {layer} (n = {max(map(len, scores.values()))})",
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g} %"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("share of the layer's weights that is kept, the other layers whole")
    axes.set_ylabel("mean accuracy")
    axes.set_title("bars: ± the sample standard deviation over n seeds", loc="left")
    axes.legend()
    return figure


def _label(method: str, arm: str) -> str:
    return method if arm == TICKET else f"{method}, {arm}"
