"""The paper's conditions by name, what the paper reports under them, and scores under one.

The paper gives one ± for each; there are two spreads, and they say different things. Both are
sample standard deviations, with n - 1:

- within a weight: how much episodes differ for one choice of weights;
- over weights: how much choices of weights differ, in their means over the episodes.

Neither says how sure the mean is: that is its standard error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

RANDOM_WEIGHTS = "random weights"
RANDOM_SHARED = "random shared"
SIX_SHARED = "six shared"
BEST_SHARED = "best shared"
VOTE = "ensemble, majority vote"
SOFTMAX = "ensemble, mean softmax"
TUNED_SHARED = "tuned shared"
TUNED_WEIGHTS = "tuned weights"

# Mean and spread of the paper's own networks; None where it gives none.
_BIPED: dict[str, tuple[float, float | None]] = {
    RANDOM_WEIGHTS: (-46, 54),
    RANDOM_SHARED: (51, 108),
    BEST_SHARED: (261, 58),
    TUNED_WEIGHTS: (332, 1),
}
_CAR: dict[str, tuple[float, float | None]] = {
    RANDOM_WEIGHTS: (-69, 31),
    RANDOM_SHARED: (375, 177),
    BEST_SHARED: (608, 161),
    TUNED_WEIGHTS: (893, 74),
}
PAPER: dict[str, dict[str, tuple[float, float | None]]] = {
    "swingup": {
        RANDOM_WEIGHTS: (57, 121),
        RANDOM_SHARED: (515, 58),
        BEST_SHARED: (723, 16),
        TUNED_WEIGHTS: (932, 6),
    },
    "gym:BipedalWalker-v3": _BIPED,
    "envpool:BipedalWalker-v3": _BIPED,
    "gym:CarRacing-v3": _CAR,
    "envpool:CarRacing-v3": _CAR,
    "mnist": {
        RANDOM_SHARED: (0.820, 0.187),
        BEST_SHARED: (0.919, None),
        VOTE: (0.916, None),
        TUNED_WEIGHTS: (0.942, None),
    },
}
PAPER_CONNECTIONS = {
    "swingup": 52,
    "gym:BipedalWalker-v3": 210,
    "envpool:BipedalWalker-v3": 210,
    "gym:CarRacing-v3": 245,
    "envpool:CarRacing-v3": 245,
    "mnist": 1849,
}
COLUMNS = (
    "condition",
    "mean",
    "within_weight",
    "over_weights",
    "standard_error",
    "weights",
    "episodes",
    "paper_mean",
    "paper_std",
)


@dataclass(frozen=True, eq=False)
class Condition:
    """The scores under one condition.

    Attributes:
        name: What the weights are.
        scores: float64[W, R], of W choices of weights on R cases.
        weight: The shared weight, where there is just one.
    """

    name: str
    scores: np.ndarray
    weight: float | None = None

    @property
    def mean(self) -> float:
        """The mean of all scores."""
        return float(self.scores.mean())

    @property
    def within_weight(self) -> float | None:
        """The sample deviation of cases for one choice of weights: the root of the mean variance;
        None where there is one case, such as a set of images."""
        if self.scores.shape[1] < 2:
            return None
        return float(np.sqrt(self.scores.var(axis=1, ddof=1).mean()))

    @property
    def over_weights(self) -> float | None:
        """The sample deviation of the means [W]; None where there is one choice of weights."""
        return float(self.scores.mean(axis=1).std(ddof=1)) if len(self.scores) > 1 else None

    @property
    def standard_error(self) -> float | None:
        """How far the mean may be off: the root of its variance by choices of weights, from their
        means, and that by cases, from theirs; None where there is one of each.

        All choices of weights meet the same cases, so that more of them do not make up for few
        cases, nor the other way round.
        """
        means = [self.scores.mean(axis=axis) for axis in (0, 1)]
        parts = [mean.var(ddof=1) / len(mean) for mean in means if len(mean) > 1]
        return float(np.sqrt(sum(parts))) if parts else None

    def row(self, task: str) -> dict[str, Any]:
        """The numbers, with the `COLUMNS`; None where there is none."""
        paper = PAPER.get(task, {}).get(self.name, (None, None))
        counts = self.scores.shape
        spreads = self.within_weight, self.over_weights, self.standard_error
        values = (self.name, self.mean, *spreads, *counts, *paper)
        return dict(zip(COLUMNS, values, strict=True))
