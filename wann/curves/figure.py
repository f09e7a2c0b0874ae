"""The figure of searches over their seeds: a line with a band for each label."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from wann.curves.bands import CONFIDENCE, Band
from wann.envs.naming import titled
from wann.plotting import style
from wann.plotting.looks import looks

LONGEST = 80  # characters of a label
AXES = {
    "generation": "generation",
    "evaluations": "evaluations (rollouts)",
    "seconds": "seconds",
}
STATISTICS = {"mean": "mean", "iqm": "interquartile mean"}


@style.paper()
def figure(bands: Sequence[Band], against: str, statistic: str, task: str) -> Figure:
    """The champion's fitness over the course of searches.

    Args:
        bands: One or more.
        against: What x is, of `AXES`.
        statistic: Over the runs, of `STATISTICS`.
        task: The name of the task.
    """
    figure = Figure(figsize=(5.0, 3.2), layout="constrained")
    axes = figure.subplots()
    for band, look in zip(bands, looks(), strict=False):
        label = f"{style.name(band.label, LONGEST)} (n = {band.n})"
        line = look.line(len(band.x))
        axes.plot(band.x, band.centre[statistic], drawstyle="steps-post", label=label, **line)
        if band.low is not None and band.high is not None:
            ends = band.low[statistic], band.high[statistic]
            axes.fill_between(band.x, *ends, step="post", color=look.colour, alpha=0.2, lw=0)
    several = any(band.n > 1 for band in bands)
    over = f", {CONFIDENCE:.0%} bootstrap interval" if several else ""
    axes.set_title(
        f"{style.name(titled(task))}: {STATISTICS[statistic]} over runs{over}", loc="left"
    )
    axes.set_xlabel(AXES[against])
    axes.set_ylabel("champion's fitness, confirmed,\nover the weights of its search")
    if max(float(band.x[-1]) for band in bands) >= 1e4:
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(axis="y", color="#e8e8e8", linewidth=0.5)
    axes.margins(x=0.01)
    figure.legend(loc="outside lower center", ncols=1)
    return figure
