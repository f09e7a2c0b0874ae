"""What a champion is worth: the same for all arms, on episodes that nothing else has met."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wann import envs
from wann.core.config import SearchConfig
from wann.core.network import express
from wann.core.rng import Stream, generator
from wann.envs.gym import GymTask
from wann.evaluation.evaluator import evaluator_for
from wann.storage.model import Model

WEIGHTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])  # the paper's
EPISODES = 50  # for each weight
SEED = 17


def score(model: Model, env: str) -> np.ndarray:
    """The mean return with each of `WEIGHTS`, float64[W]."""
    task = envs.make(env)
    assert isinstance(task, GymTask)
    task = replace(task, normalization=model.normalization)
    evaluator = evaluator_for(task, SearchConfig())
    cases = evaluator.report(generator(SEED, Stream.REPORT), EPISODES)
    found: np.ndarray = evaluator.scores(express(model.genome), WEIGHTS, cases).mean(axis=1)
    return found
