"""Figures of sweeps over shared weights, and of tuning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wann.plotting import style
from wann.plotting.looks import looks

_REFERENCE: dict[str, Any] = {"color": style.VERMILION, "linewidth": 1.0, "linestyle": (0, (5, 2))}
_SOLVED: dict[str, Any] = {
    "color": style.VERMILION,
    "linewidth": 0.8,
    "linestyle": (0, (6, 2, 1, 2)),
}


@style.paper()
def sweep(
    weights: np.ndarray,
    mean: np.ndarray,
    std: np.ndarray,
    searched: np.ndarray,
    solved_at: float | None,
    unit: str,
    axes: Axes | None = None,
) -> Figure:
    """The mean score over the shared weights, with its spread within a weight.

    Args:
        weights: The shared weights, float64[W].
        mean: The mean score of each, float64[W].
        std: The spread of the scores of each, float64[W].
        searched: The weights the search tried; those inside the sweep's range are marked.
        solved_at: The mean score from which the task counts as solved, if there is one.
        unit: What the scores are, "return" or "accuracy".
        axes: Where to draw; by default in a new figure.
    """
    figure, axes = _figure(unit, axes)
    if std.any():
        label = "± one standard deviation of episodes"
        axes.fill_between(
            weights, mean - std, mean + std, color=style.SKY, alpha=0.35, lw=0, label=label
        )
    _line(axes, weights, mean, style.BLUE, "solid", "mean")
    inside = searched[(searched >= weights.min()) & (searched <= weights.max())]
    axes.plot(
        inside,
        np.interp(inside, weights, mean),
        "o",
        color="white",
        markeredgecolor=style.BLACK,
        markersize=4.5,
        label="weights of the search",
    )
    _finish(axes, solved_at)
    return figure


@style.paper()
def sweeps(
    curves: Sequence[tuple[str, np.ndarray, np.ndarray, np.ndarray | None]],
    solved_at: float | None,
    unit: str,
) -> Figure:
    """The mean scores of several networks over the shared weights.

    Args:
        curves: For each network its name, its shared weights float64[W], and their means
            float64[W]; and where it stands for several, their sample deviation float64[W].
        solved_at: The mean score from which the task counts as solved, if there is one.
        unit: What the scores are, "return" or "accuracy".
    """
    figure, axes = _figure(unit)
    for (name, weights, mean, std), look in zip(curves, looks(), strict=False):
        axes.plot(weights, mean, **look.line(len(weights)), label=style.name(name))
        if std is not None:
            axes.fill_between(weights, mean - std, mean + std, color=look.colour, alpha=0.2, lw=0)
            axes.set_title("bands: ± the sample standard deviation over n networks", loc="left")
    _finish(axes, solved_at)
    return figure


@style.paper()
def shared_tuning(
    tried: np.ndarray,
    means: np.ndarray,
    rounds: np.ndarray,
    chosen: tuple[float, float],
    unit: str,
    axes: Axes | None = None,
) -> Figure:
    """All shared weights that were tried, round by round, and the one that was chosen.

    Args:
        tried: The weights, float64[T].
        means: The mean score of each in its round, float64[T].
        rounds: The round of each, int64[T]; 0 is the coarse sweep.
        chosen: The weight that was chosen, and its confirmed mean.
        unit: What the scores are, "return" or "accuracy".
        axes: Where to draw; by default in a new figure.
    """
    figure, axes = _figure(unit, axes)
    coarse = rounds == 0
    _line(axes, tried[coarse], means[coarse], style.SKY, "solid", "coarse sweep")
    look: dict[str, Any] = {
        "markerfacecolor": "none",
        "markeredgecolor": style.BLUE,
        "markersize": 3,
    }
    axes.plot(tried[~coarse], means[~coarse], "o", label="refinement", **look)
    marker: dict[str, Any] = {
        "color": style.VERMILION,
        "markersize": 7,
        "markeredgecolor": style.BLACK,
    }
    weight, confirmed = chosen
    axes.plot([weight], [confirmed], "*", label=f"chosen: {weight:.4g}, confirmed", **marker)
    _finish(axes, None)
    return figure


@style.paper()
def weight_tuning(
    curve: Sequence[dict[str, Any]], start: float, unit: str, axes: Axes | None = None
) -> Figure:
    """The course of tuning individual weights.

    Args:
        curve: Rows with the columns `tune.base.CURVE`.
        start: The confirmed score of the shared weight it began with.
        unit: What the scores are, "return" or "accuracy".
        axes: Where to draw; by default in a new figure.
    """
    figure, axes = _figure(unit, axes)
    axes.set_xlabel("step")
    steps = np.array([row["iteration"] for row in curve])
    drawn = [("best", style.SKY, "best candidate"), ("median", style.GREY, "median candidate")]
    if all(row["best"] == row["median"] for row in curve):  # gradients: there is one candidate
        drawn = [("best", style.SKY, "training examples")]
    for column, colour, label in drawn:
        values = [row[column] for row in curve]
        _line(axes, steps, values, colour, "solid", label)
        axes.lines[-1].set_linewidth(0.5)
    confirmed = [row["confirmed"] for row in curve]
    _line(axes, steps, confirmed, style.BLACK, "solid", "best, confirmed")
    axes.lines[-1].set_drawstyle("steps-post")
    axes.axhline(start, label="best shared weight, confirmed", **_REFERENCE)
    low = min(start, *confirmed, np.quantile([row["median"] for row in curve], 0.05))
    high = max(*confirmed, *(row["best"] for row in curve))
    margin = 0.05 * (high - low) or 1.0
    axes.set_ylim(low - margin, high + margin)
    _legend(axes)
    return figure


@style.paper()
def history(columns: Mapping[str, np.ndarray], axes: Axes) -> Axes:
    """The fitness of a search over its generations.

    Args:
        columns: Those of the metrics, float64[generations], by their names.
        axes: Where to draw.
    """
    axes.set_xlabel("generation")
    axes.set_ylabel("fitness")
    axes.grid(axis="y", color="#e8e8e8", linewidth=0.5)
    drawn = (
        ("champion_fitness", "champion, confirmed", style.BLACK, "solid"),
        ("fitness_best", "best of the population", style.BLUE, "solid"),
        ("fitness_median", "median", style.GREY, "solid"),
    )
    for column, label, colour, dashes in drawn:
        values = np.where(np.isfinite(columns[column]), columns[column], np.nan)
        _line(axes, columns["generation"], values, colour, dashes, label)
    _legend(axes)
    return axes


@style.paper()
def conditions(
    names: Sequence[str], means: Sequence[float], spreads: Sequence[float], unit: str, axes: Axes
) -> Axes:
    """The means under the paper's conditions, with their spreads over weights.

    Args:
        names: Of the conditions.
        means: The mean score under each.
        spreads: The deviation over weights under each; 0 for none.
        unit: What the scores are, "return" or "accuracy".
        axes: Where to draw.
    """
    places = np.arange(len(names))
    axes.barh(places, means, xerr=spreads, color=style.SKY, ecolor=style.BLACK, capsize=2)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlabel(f"mean {unit}, ± over weights")
    return axes


def _figure(unit: str, axes: Axes | None = None) -> tuple[Figure, Axes]:
    if axes is None:
        axes = Figure(figsize=(5.0, 3.0), layout="constrained").subplots()
    figure = axes.get_figure(root=True)
    assert figure is not None
    axes.set_xlabel("shared weight")
    axes.set_ylabel(f"mean {unit}")
    axes.grid(axis="y", color="#e8e8e8", linewidth=0.5)
    return figure, axes


def _line(axes: Axes, x: np.ndarray, y: Any, colour: str, dashes: Any, label: str) -> None:
    marker = "o" if len(x) == 1 else ""  # a single value makes no line
    axes.plot(x, y, color=colour, linestyle=dashes, marker=marker, markersize=3, label=label)


def _finish(axes: Axes, solved_at: float | None) -> None:
    low, high = axes.get_ylim()
    if solved_at is not None:
        axes.axhline(solved_at, label=f"solved at {solved_at:g}", **_SOLVED)
        high = max(high, solved_at + 0.05 * (solved_at - min(low, 0.0)))
    axes.set_ylim(min(low, 0.0), high)
    axes.margins(x=0.01)
    _legend(axes)


def _legend(axes: Axes) -> None:
    # Below the axes: no curve can run under it, and the panel keeps its width. Where there are
    # other panels, a legend of the figure would not say whose it is.
    figure = axes.get_figure(root=True)
    assert figure is not None
    alone = figure.axes == [axes] and figure.get_constrained_layout()
    if alone:
        figure.legend(loc="outside lower center", ncols=2)
    else:
        axes.legend()
