"""A mask with one weight for all connections, signed or not: regimes A and B.

It is scored under the paper's conditions, as every topology is. In regime A nothing is tuned: the
mean over the paper's six weights, and over random ones; an ensemble. In regime B the weight is
chosen on the validation examples. A network without biases whose hidden nodes are relu gives the
same classes for every weight above 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wann.envs.classification import Examples
from wann.evaluation import protocol
from wann.evaluation.conditions import BEST_SHARED, RANDOM_SHARED, SIX_SHARED, SOFTMAX
from wann.evaluation.images import Batch
from wann.prune.images.data import Data
from wann.prune.images.experiment import Experiment, Result
from wann.prune.images.outcome import Outcome
from wann.prune.networks.mlp import MLP, forward

SEED = 0  # of the random weights: that of `compare` and `sweep`, so that all meet the same
ENDINGS = {SIX_SHARED: "", RANDOM_SHARED: "-uniform", SOFTMAX: "-ensemble"}  # of an arm's name


def results(
    experiment: Experiment,
    arm: str,
    seed: int,
    level: int,
    outcome: Outcome,
    target: bool,
    signed: bool = False,
) -> Iterator[Result]:
    """The results of a mask whose weights hold 1, or signs, times a shared weight.

    With signs, the weights that nothing chooses are above 0; see `protocol.Topology`.

    Yields:
        Regime A under the arm's name (the six weights), the name with -uniform (random ones) and
        with -ensemble; regime B under the arm's name.
    """
    mask = Mask(outcome, experiment.data, signed)
    *untrained, best = protocol.score(mask, SEED, (*ENDINGS, BEST_SHARED))
    for found in untrained:
        name = arm + ENDINGS[found.name]
        yield Result(name, seed, level, "A", outcome, found.mean, found.over_weights)
    assert best.weight is not None
    tuned = outcome._replace(mlp=times(outcome.mlp, best.weight))
    tuned = tuned._replace(validation=experiment.validation(tuned))
    yield Result(arm, seed, level, "B", tuned, best.mean, target=target)


@dataclass(frozen=True, eq=False)
class Mask:
    """A mask as a topology to score: validation examples choose, test examples are reported.

    Attributes:
        outcome: The mask, with what multiplies the shared weight inside it.
        data: The examples.
        signed: Whether what is inside it are signs.
    """

    outcome: Outcome
    data: Data
    signed: bool = False
    connections = None  # individual weights are what training is for
    classifies = True

    @property
    def choosing(self) -> list[Batch]:
        """The validation examples."""
        return [_batch(self.data.validation)]

    @property
    def reporting(self) -> list[Batch]:
        """The test examples."""
        return [_batch(self.data.test)]

    def scores(self, weights: np.ndarray, cases: Sequence[Batch]) -> np.ndarray:
        """The accuracy with shared weights [W], float64[W, R]."""
        return np.array(
            [
                [
                    (self.outputs(weights[[w]], batch)[0].argmax(axis=0) == batch.labels).mean()
                    for batch in cases
                ]
                for w in range(len(weights))
            ]
        )

    def outputs(self, weights: np.ndarray, batch: Batch) -> np.ndarray:
        """The outputs with shared weights [W] for B examples, float32[W, O, B]."""
        mlp, activation = self.outcome.mlp, self.outcome.activation
        X = batch.images.T
        return np.array([forward(times(mlp, weight), X, activation).T for weight in weights])


def times(mlp: MLP, weight: float) -> MLP:
    """The network with its weights, not its biases, times a shared one."""
    return MLP(tuple(w * np.float32(weight) for w in mlp.weights), mlp.biases)


def _batch(examples: Examples) -> Batch:
    return Batch(examples.X.T, examples.y)
