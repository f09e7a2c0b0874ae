"""Figures of sweeps over shared weights, and of tuning."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wann.evaluation.sweep import Sweep
from wann.plotting import style
from wann.tune.shared_weight import SharedTuning

# Colour and dashes of one network of several: told apart without colour.
_LOOKS = (
    (style.BLUE, "solid"),
    (style.VERMILION, (0, (5, 1.5))),
    (style.GREEN, (0, (1, 1))),
    (style.PURPLE, (0, (5, 1.5, 1, 1.5))),
    (style.ORANGE, (0, (2.5, 1))),
    (style.BLACK, (0, (8, 2))),
    (style.SKY, (0, (3, 1, 1, 1, 1, 1))),
)
_REFERENCE: dict[str, Any] = {"color": style.VERMILION, "linewidth": 1.0, "linestyle": (0, (5, 2))}
_SOLVED: dict[str, Any] = {
    "color": style.VERMILION,
    "linewidth": 0.8,
    "linestyle": (0, (6, 2, 1, 2)),
}


@style.paper()
def sweep(result: Sweep, searched: np.ndarray, unit: str) -> Figure:
    """The mean score over the shared weights, with its spread within a weight.

    Args:
        result: The sweep.
        searched: The weights the search tried; those inside the sweep's range are marked.
        unit: What the scores are, "return" or "accuracy".
    """
    figure, axes = _figure(unit)
    mean, std = result.mean, result.std
    if std.any():
        label = "± one standard deviation of episodes"
        axes.fill_between(
            result.weights, mean - std, mean + std, color=style.SKY, alpha=0.35, lw=0, label=label
        )
    _line(axes, result.weights, mean, style.BLUE, "solid", "mean")
    inside = searched[(searched >= result.weights.min()) & (searched <= result.weights.max())]
    axes.plot(
        inside,
        np.interp(inside, result.weights, mean),
        "o",
        color="white",
        markeredgecolor=style.BLACK,
        markersize=4.5,
        label="weights of the search",
    )
    _finish(axes, result.solved_at)
    return figure


@style.paper()
def sweeps(results: Sequence[tuple[str, Sweep]], unit: str) -> Figure:
    """The mean scores of several networks over the shared weights, (name, sweep) each."""
    figure, axes = _figure(unit)
    for (name, result), (colour, dashes) in zip(results, cycle(_LOOKS), strict=False):
        _line(axes, result.weights, result.mean, colour, dashes, style.name(name))
    solved_at = {result.solved_at for _, result in results}
    _finish(axes, solved_at.pop() if len(solved_at) == 1 else None)
    return figure


@style.paper()
def shared_tuning(result: SharedTuning, unit: str) -> Figure:
    """All shared weights that were tried, round by round, and the one that was chosen."""
    figure, axes = _figure(unit)
    coarse = result.rounds == 0
    _line(axes, result.tried[coarse], result.means[coarse], style.SKY, "solid", "coarse sweep")
    look: dict[str, Any] = {
        "markerfacecolor": "none",
        "markeredgecolor": style.BLUE,
        "markersize": 3,
    }
    axes.plot(result.tried[~coarse], result.means[~coarse], "o", label="refinement", **look)
    marker: dict[str, Any] = {
        "color": style.VERMILION,
        "markersize": 7,
        "markeredgecolor": style.BLACK,
    }
    label = f"chosen: {result.weight:.4g}, confirmed"
    axes.plot([result.weight], [result.confirmed], "*", label=label, **marker)
    _finish(axes, None)
    return figure


@style.paper()
def weight_tuning(curve: Sequence[dict[str, Any]], start: float, unit: str) -> Figure:
    """The course of tuning individual weights.

    Args:
        curve: Rows with the columns `tuning.CURVE`.
        start: The confirmed score of the shared weight it began with.
        unit: What the scores are, "return" or "accuracy".
    """
    figure, axes = _figure(unit)
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


def _figure(unit: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(5.0, 3.0), layout="constrained")
    axes = figure.subplots()
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
    # Below the axes: no curve can run under it, and the panel keeps its width.
    axes.figure.legend(loc="outside lower center", ncols=2)
