"""Figures of a search: how it went, and where its last population stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from wann.plotting import style
from wann.search import pareto
from wann.storage.metrics import missing, with_gaps

# Column of the metrics: label, colour, dashes, width. Dashes tell them apart without colour.
LINES: dict[str, tuple[str, str, Any, float]] = {
    "peak": ("best single weight", style.SKY, (0, (1.0, 1.0)), 1.0),
    "fitness_best": ("best", style.ORANGE, "solid", 1.0),
    "fitness_median": ("median", style.GREY, (0, (4.0, 1.5)), 1.0),
    "champion_fitness": ("champion, confirmed", style.BLACK, "solid", 1.8),
    "connections_best": ("best", style.ORANGE, "solid", 1.0),
    "connections_median": ("median", style.GREY, (0, (4.0, 1.5)), 1.0),
}
CONNECTIONS = ("connections_best", "connections_median")
SELECTION = ("peak", "fitness_best", "fitness_median")
AXES = {
    "generation": "generation",
    "evaluations": "evaluations (rollouts)",
    "seconds": "seconds",
}
LARGEST = 1e100  # that is drawn: Matplotlib fails near the limits of numbers
FRONTS = 4  # drawn apart; those behind them look alike


def drawable(values: Any) -> Any:
    """Which values can be drawn: those that are finite, and not absurdly large."""
    return np.abs(values) < LARGEST


def two_scales(metrics: Mapping[str, np.ndarray]) -> bool:
    """Whether selection and confirmation measure different things.

    In classification they do: log-likelihood, which is negative, and accuracy, which is not.
    """
    selection, champion = (
        metrics[column][np.isfinite(metrics[column])]
        for column in ("fitness_best", "champion_fitness")
    )
    return bool(selection.size and champion.size and champion.min() >= 0 >= selection.max())


@style.paper()
def evolution(
    metrics: Mapping[str, np.ndarray], against: str = "generation", target: float = np.inf
) -> Figure:
    """Fitness and connections over a search.

    Args:
        metrics: Columns as `Run.metrics` gives them. Values that are not finite leave gaps, and
            so do generations that are missing.
        against: The column along the x axis.
        target: The fitness at which the search was to stop; drawn if it is finite.
    """
    lacking, metrics = missing(metrics), with_gaps(metrics)
    panels: dict[str, tuple[str, ...]] = {"fitness": (*SELECTION, "champion_fitness")}
    if two_scales(metrics):
        panels = {"log-likelihood": SELECTION, "accuracy": ("champion_fitness",)}
    panels["connections"] = CONNECTIONS
    figure = Figure(figsize=(5.0, 0.8 + 1.5 * len(panels)), layout="constrained")
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (label, columns) in zip(grid, panels.items(), strict=True):
        for column in columns:
            _draw_line(axes, column, metrics[against], metrics[column])
        if "champion_fitness" in columns and drawable(target):
            look = {"color": style.VERMILION, "lw": 0.8, "ls": (0, (6, 2, 1, 2))}
            axes.axhline(target, label="target", **look)
        axes.set_ylabel(label)
        axes.grid(axis="y", color="#e8e8e8", linewidth=0.5)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    if lacking:
        title = f"missing: {lacking:,} generation{'s' * (lacking > 1)}"
        grid[0].set_title(title, loc="left", color=style.GREY)
    grid[-1].set_ylim(bottom=0)
    grid[-1].set_xlabel(AXES[against])
    if against == "generation":
        grid[-1].xaxis.set_major_locator(_whole_numbers())
    return figure


def _draw_line(axes: Axes, column: str, x: np.ndarray, y: np.ndarray) -> None:
    label, colour, dashes, width = LINES[column]
    axes.plot(
        np.where(drawable(x), x, np.nan),
        np.where(drawable(y), y, np.nan),
        color=colour,
        linestyle=dashes,
        linewidth=width,
        drawstyle="steps-post" if column == "champion_fitness" else "default",
        marker="o" if np.isfinite(x).sum() == 1 else "",  # a single value makes no line
        markersize=3,
        label=label,
        # Wide lines lie below thin ones, so that equal values show both; none below the frame.
        zorder=4 - width,
        clip_on=False,
    )


def _whole_numbers() -> MaxNLocator:
    return MaxNLocator(integer=True, steps=[1, 2, 5, 10])


@style.paper()
def population(
    fitness: np.ndarray,
    complexity: np.ndarray,
    champion_complexity: int | None = None,
    champion_fitness: float | None = None,
) -> Figure:
    """Fitness against connections of one generation, its fronts and the champion.

    Args:
        fitness: [P]; genomes whose fitness is not finite are only counted, and so is the worst
            tenth, so that the fronts are seen apart.
        complexity: [P], the number of connections.
        champion_complexity: That of the champion.
        champion_fitness: Its fitness, unless it is on another scale.
    """
    figure = Figure(figsize=(5.0, 3.4), layout="constrained")
    axes = figure.subplots()
    usable = drawable(fitness)
    if champion_fitness is not None and not drawable(champion_fitness):
        champion_fitness = None
    # Elites have copies: equal points are one dot, larger the more there are.
    points = np.column_stack((fitness, complexity))[usable]
    points, counts = np.unique(points, axis=0, return_counts=True)
    fronts = pareto.nondominated_sort(points * (1.0, -1.0))
    if champion_complexity is not None and champion_fitness is not None:
        (star,) = axes.plot(champion_complexity, champion_fitness, "*", label="champion, confirmed")
        star.set(ls="", ms=11, mfc=style.VERMILION, mec="black", mew=0.6)
    elif champion_complexity is not None:
        axes.axvline(champion_complexity, color=style.VERMILION, lw=1.0, ls="--", label="champion")
    for front in range(min(FRONTS, fronts.max(initial=-1)) + 1):
        _draw_front(axes, points, counts, np.minimum(fronts, FRONTS) == front, front)
    axes.set(xlabel="connections", ylabel="fitness")
    axes.xaxis.set_major_locator(_whole_numbers())
    if axes.get_legend_handles_labels()[1]:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    below = _limit(axes, fitness[usable], points[fronts < FRONTS, 0], champion_fitness)
    lost = int(np.count_nonzero(~usable))
    if below or lost:
        parts = [f"{below} below"] * (below > 0) + [f"{lost} not finite"] * (lost > 0)
        axes.set_title(f"not shown: {', '.join(parts)}", loc="left", color=style.GREY)
    return figure


def _limit(axes: Axes, fitness: np.ndarray, in_fronts: np.ndarray, champion: float | None) -> int:
    """Cut off the worst tenth that is in no front drawn apart.

    Returns:
        How many genomes lie below.
    """
    if len(fitness) == 0:
        return 0
    shown = fitness[fitness >= min(np.quantile(fitness, 0.1), in_fronts.min())]
    marked = [*shown, *([] if champion is None else [champion])]
    margin = 0.06 * (max(marked) - min(marked)) or 1.0
    axes.set_ylim(min(marked) - margin, max(marked) + margin)
    return len(fitness) - len(shown)


def _draw_front(
    axes: Axes, points: np.ndarray, counts: np.ndarray, members: np.ndarray, front: int
) -> None:
    colours = (style.BLUE, style.GREEN, style.ORANGE, style.PURPLE, style.PALE)
    markers = ("o", "s", "^", "D", ".")
    its = points[members]
    if front == 0:
        order = np.argsort(its[:, 1], kind="stable")
        axes.step(its[order, 1], its[order, 0], where="post", color=colours[front], lw=0.8)
    axes.scatter(
        its[:, 1],
        its[:, 0],
        s=14 * np.sqrt(counts[members]),
        marker=markers[front],
        color=colours[front],
        edgecolor="black" if front < FRONTS else "none",
        linewidth=0.3,
        zorder=3 - 0.1 * front,
        label=f"front {front + 1}" if front < FRONTS else "fronts behind",
    )
