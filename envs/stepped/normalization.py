"""Observations near 1 in size: shared weights cannot scale each input by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

LIMIT = 10.0  # deviations; what is further off is rare, and would drown all else
LEAST = 1e-8  # a deviation below that is of an input that has not moved


@dataclass(frozen=True)
class Normalization:
    """(x - mean) / deviation, clipped to ±`LIMIT`.

    Attributes:
        mean: Of each input, I numbers.
        deviation: Of each input, I numbers above 0.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Observations [..., I] as the network gets them, float64; NaN stays NaN."""
        mean, deviation = self._arrays
        return np.clip((x - mean) / deviation, -LIMIT, LIMIT)

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray]:
        return np.array(self.mean), np.array(self.deviation)


@dataclass(frozen=True, eq=False)
class Moments:
    """What is known of many observations.

    Attributes:
        count: How many they are.
        mean: float64[I].
        squares: The sum of squared differences from the mean, float64[I].
    """

    count: int
    mean: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, observations: np.ndarray) -> Moments:
        """Those of observations [T, I]."""
        mean = observations.mean(axis=0)
        return cls(len(observations), mean, ((observations - mean) ** 2).sum(axis=0))

    def __add__(self, other: Moments) -> Moments:
        """Those of both (Chan, Golub & LeVeque, 1979)."""
        count = self.count + other.count
        apart = other.mean - self.mean
        return Moments(
            count,
            self.mean + apart * (other.count / count),
            self.squares + other.squares + apart**2 * (self.count * other.count / count),
        )

    def normalization(self) -> Normalization:
        """By their mean and deviation; inputs that have not moved keep their size."""
        deviation = np.sqrt(self.squares / self.count)
        deviation = np.where(deviation > LEAST * (1 + np.abs(self.mean)), deviation, 1.0)
        return Normalization(tuple(self.mean.tolist()), tuple(deviation.tolist()))


def total(parts: Sequence[Moments]) -> Moments:
    """Those of all parts, added up in their order; the sum of floats depends on it."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole
