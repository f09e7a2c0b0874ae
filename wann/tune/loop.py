"""The loop that tunes individual weights, whatever the tuner."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from wann.core.network import Network
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.pool import Pool
from wann.tune.base import WeightTuner


def tune(
    tuner: WeightTuner,
    *,
    time_limit: float = math.inf,
    steps: float = math.inf,
    report: Callable[[dict[str, Any]], object] = lambda row: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Take steps until the tuner is done, or a limit or an interruption ends it.

    Args:
        tuner: What takes the steps.
        time_limit: Seconds after which the tuning stops.
        steps: Steps, those before a resume included, after which it stops.
        report: Called with the row of each step.
        interrupted: Asked after each step whether to stop.
    """
    deadline = time.monotonic() + time_limit
    while not tuner.finished() and tuner.iteration < steps:
        report(tuner.step())
        if interrupted() or time.monotonic() > deadline:
            break


def tuner_for(pool: Pool, network: Network, start: float, seed: int) -> WeightTuner:
    """What tunes individual weights on the pool's task, from a shared weight on.

    Raises:
        ValueError: If there is nothing to tune, or no way to tune it.
    """
    if isinstance(pool.evaluator, ImageEvaluator):
        from wann.tune.adam import WeightTraining

        return WeightTraining(pool, network, start, seed)
    from wann.tune.cma_es import WeightEvolution

    return WeightEvolution(pool, network, start, seed)
