"""The course of several searches as one: mean and interquartile mean, with bootstrap intervals.

The definitions are those of Agarwal et al. (2021, arXiv:2108.13264): the interquartile mean leaves
out a quarter of the runs at either end; the intervals are percentiles of bootstrap samples of runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from wann.core.rng import Stream, generator

POINTS = 200  # along the x axis
SAMPLES = 2000  # of the bootstrap
CONFIDENCE = 0.95
COLUMNS = ("label", "n", "x", "mean", "mean_low", "mean_high", "iqm", "iqm_low", "iqm_high")


@dataclass(frozen=True)
class Curve:
    """The champion's fitness in the course of one search.

    Attributes:
        x: float64[G], ascending: generations, evaluations or seconds.
        y: float64[G].
        over: Whether the search ended by its own rule, as by its target: then its champion stays.
    """

    x: np.ndarray
    y: np.ndarray
    over: bool = False


@dataclass(frozen=True)
class Band:
    """Several searches as one.

    Attributes:
        label: What they are called.
        n: How many they are.
        x: float64[X].
        centre: float64[X] by the names of statistics, "mean" and "iqm".
        low: The lower ends of their intervals likewise; None for a single search.
        high: The upper ends.
    """

    label: str
    n: int
    x: np.ndarray
    centre: dict[str, np.ndarray]
    low: dict[str, np.ndarray] | None
    high: dict[str, np.ndarray] | None

    def rows(self) -> list[dict[str, Any]]:
        """A row for each point, with the `COLUMNS`."""
        columns: dict[str, np.ndarray] = {"x": self.x}
        for name in STATISTICS:
            columns[name] = self.centre[name]
            if self.low is not None and self.high is not None:
                columns |= {f"{name}_low": self.low[name], f"{name}_high": self.high[name]}
        head = {**dict.fromkeys(COLUMNS), "label": self.label, "n": self.n}
        return [
            {**head, **{name: float(column[i]) for name, column in columns.items()}}
            for i in range(len(self.x))
        ]


def interquartile_mean(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """The mean without the lowest and the highest quarter, rounded down to whole values."""
    return np.asarray(stats.trim_mean(values, 0.25, axis=axis))


def _mean(values: np.ndarray, axis: int = 0) -> np.ndarray:
    return np.asarray(values.mean(axis=axis))


STATISTICS = {"mean": _mean, "iqm": interquartile_mean}


def band(label: str, curves: Sequence[Curve]) -> Band:
    """Put the curves of several searches together, as far as all of them went.

    Args:
        label: What they are called.
        curves: One or more, each with a finite value.

    Raises:
        ValueError: If they have no part in common.
    """
    x = grid(curves)
    if not len(x):
        raise ValueError(f"{label}: expected runs that go equally far, but one ends before another")
    values = np.array([curve.y[np.searchsorted(curve.x, x, side="right") - 1] for curve in curves])
    centre = {name: statistic(values) for name, statistic in STATISTICS.items()}
    if len(curves) == 1:
        return Band(label, 1, x, centre, None, None)
    low, high = {}, {}
    for name, statistic in STATISTICS.items():
        found = stats.bootstrap(
            (values,),
            statistic,
            axis=0,
            n_resamples=SAMPLES,
            batch=100,
            confidence_level=CONFIDENCE,
            method="percentile",
            random_state=generator(0, Stream.BOOTSTRAP),
        ).confidence_interval
        low[name], high[name] = found.low, found.high
    return Band(label, len(curves), x, centre, low, high)


def grid(curves: Sequence[Curve]) -> np.ndarray:
    """The points at which all curves have a value, float64[X]; none where there is no such point.

    A search that is over keeps its champion; one that was cut off might have found a better one.
    """
    low = max(curve.x[0] for curve in curves)
    ends = [curve.x[-1] for curve in curves if not curve.over]
    high = min(ends) if ends else max(curve.x[-1] for curve in curves)
    if high < low:
        return np.empty(0)
    inside = np.unique(np.concatenate([curve.x for curve in curves]))
    inside = inside[(inside >= low) & (inside <= high)]
    if len(inside) <= POINTS:
        return inside
    return np.asarray(np.linspace(low, high, POINTS))
