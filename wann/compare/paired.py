"""Paired differences: what one arm has more than another with the same seed.

Seeds differ much, and arms of one seed share their data, their initial weights and their batches;
their difference tells more than two means with a ± each. The interval is the percentile bootstrap
of the mean difference over seeds (Efron & Tibshirani, 1993, chapter 13); with few seeds it is
narrower than it should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from wann.compare.measure import DENSE, SEARCHED, Point
from wann.core.rng import Stream, generator
from wann.prune.run import TICKET

CONFIDENCE = 0.95
SAMPLES = 9_999  # of the bootstrap


@dataclass(frozen=True)
class Difference:
    """A method's own network minus another arm, over the seeds that both have.

    Attributes:
        regime: A, B or C.
        condition: How the weights came about.
        method: The method.
        level: Of its network.
        arm: The other arm, at the same level; or the dense network.
        seeds: How many n.
        mean: The mean difference of scores.
        low: Where its interval begins; None for one seed.
        high: Where it ends.
    """

    regime: str
    condition: str
    method: str
    level: int
    arm: str
    seeds: int
    mean: float
    low: float | None
    high: float | None


COLUMNS = tuple(field.name for field in fields(Difference))


def differences(points: Iterable[Point]) -> list[Difference]:
    """The differences between each method's own networks and the other arms of the same seeds."""
    groups: dict[tuple[Any, ...], dict[int, float]] = {}
    for p in points:
        level = -1 if p.arm == DENSE else p.level
        groups.setdefault((p.regime, p.condition, p.method, level, p.arm), {})[p.seed] = p.score
    found = []
    for (regime, condition, method, level, arm), own in groups.items():
        if arm not in (TICKET, SEARCHED):
            continue
        for (*where, at, other), scores in groups.items():
            same = where == [regime, condition, method] and at in (level, -1) and other != arm
            seeds = sorted(own.keys() & scores.keys())
            if same and seeds:
                each = [own[seed] - scores[seed] for seed in seeds]
                low, high = interval(each)
                mean = float(np.mean(each))
                item = (regime, condition, method, level, other, len(seeds), mean, low, high)
                found.append(Difference(*item))
    return found


def interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    """The bootstrap interval of a mean; (None, None) for one value."""
    from scipy import stats

    if len(values) < 2:
        return None, None
    if len(set(values)) == 1:  # which SciPy would warn of
        return values[0], values[0]
    found = stats.bootstrap(
        (np.array(values),),
        np.mean,
        confidence_level=CONFIDENCE,
        n_resamples=SAMPLES,
        method="percentile",
        random_state=generator(0, Stream.BOOTSTRAP),
    ).confidence_interval
    return float(found.low), float(found.high)
