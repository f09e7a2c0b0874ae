"""The streams of random numbers. All chance comes from the one seed, by keys: no generator is
shared, so that nothing depends on the order in which work is done."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What random numbers are drawn for."""

    START = 0
    VARIATION = 1
    EPISODES = 2
    CONFIRMATION = 3
    REPORT = 4
    SWEEP = 5
    TUNING = 6
    WEIGHTS = 7
    PRUNING = 8
    GUIDANCE = 9
    SIMPLIFYING = 10
    BOOTSTRAP = 11


def generator(seed: int, stream: Stream, *keys: int) -> np.random.Generator:
    """The generator of a stream, for example of one generation's episodes."""
    return np.random.default_rng([seed, stream, *keys])
