"""A mask with one weight for all connections, signed or not: regimes A and B.

In regime A nothing is tuned: the mean over the paper's six weights, and over weights spread evenly
over [-2, 2]; the same weights as an ensemble. In regime B the weight is chosen on the validation
examples. A network without biases whose hidden nodes are relu gives the same classes for every
weight above 0.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import softmax

from wann.core.config import SearchConfig
from wann.evaluation import ensemble
from wann.prune.images.experiment import Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.networks.mlp import MLP, forward

GRID = np.linspace(-2, 2, 81)  # where the shared weight is sought


def results(
    experiment: Experiment, arm: str, seed: int, level: int, outcome: Outcome, target: bool
) -> Iterator[Result]:
    """The results of a mask whose weights hold 1, or signs, times a shared weight.

    Yields:
        Regime A under the arm's name (the six weights), the name with -uniform and with
        -ensemble; regime B under the arm's name.
    """
    test, validation = experiment.data.test, experiment.data.validation

    def outputs(weight: float, X: np.ndarray) -> np.ndarray:
        return forward(_times(outcome.mlp, weight), X)

    def hits(weight: float, X: np.ndarray, y: np.ndarray) -> float:
        return float((outputs(weight, X).argmax(axis=1) == y).mean())

    six = [hits(weight, *test) for weight in SearchConfig().weight_values]
    yield Result(arm, seed, level, "A", outcome, float(np.mean(six)), float(np.std(six)))

    many = [outputs(weight, test.X) for weight in ensemble.WEIGHTS]
    scores = [(found.argmax(axis=1) == test.y).mean() for found in many]
    mean, spread = float(np.mean(scores)), float(np.std(scores))
    yield Result(f"{arm}-uniform", seed, level, "A", outcome, mean, spread)
    mixed = np.mean([softmax(found, axis=1) for found in many], axis=0).argmax(axis=1)
    together = float((mixed == test.y).mean())
    yield Result(f"{arm}-ensemble", seed, level, "A", outcome, together)

    confirmed = [hits(weight, *validation) for weight in GRID]
    best = float(GRID[int(np.argmax(confirmed))])
    tuned = outcome._replace(mlp=_times(outcome.mlp, best), validation=max(confirmed))
    yield Result(arm, seed, level, "B", tuned, hits(best, *test), target=target)


def _times(mlp: MLP, weight: float) -> MLP:
    return MLP(tuple(w * np.float32(weight) for w in mlp.weights), mlp.biases)
