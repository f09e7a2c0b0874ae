"""What a topology is worth before its connections have weights of their own.

Regime A: no weight is trained. The mean over many shared weights, and the ensemble of them.
Regime B: one shared weight is tuned, on cases that are used for nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wann.core.genome import with_genes
from wann.core.network import Network
from wann.evaluation import protocol
from wann.evaluation.conditions import BEST_SHARED, RANDOM_SHARED, SIX_SHARED, SOFTMAX, VOTE
from wann.evaluation.pool import Pool
from wann.storage.model import Model

REGIMES = {RANDOM_SHARED: "A", SIX_SHARED: "A", SOFTMAX: "A", VOTE: "A", BEST_SHARED: "B"}


@dataclass(frozen=True)
class Score:
    """The score of a topology under one condition.

    Attributes:
        regime: "A" or "B".
        condition: How the weight is chosen.
        score: Mean return, or accuracy.
        spread: Sample deviation over the shared weights, of their means; None where there is
            one weight, or they vote.
    """

    regime: str
    condition: str
    score: float
    spread: float | None = None


def scores(
    pool: Pool, network: Network, signs: np.ndarray | None, episodes: int, seed: int
) -> list[Score]:
    """The scores of a topology in regimes A and B, under the paper's conditions.

    Args:
        pool: The workers.
        network: The network, C enabled connections.
        signs: [C] factors -1 or 1 of the shared weight; None for none.
        episodes: Number of cases for each weight.
        seed: Of the cases and of the random weights.
    """
    candidate = protocol.Candidate(pool, network, episodes, seed, signs)
    return [
        Score(REGIMES[condition.name], condition.name, condition.mean, condition.over_weights)
        for condition in protocol.score(candidate, seed, tuple(REGIMES))
    ]


def initial_signs(model: Model) -> np.ndarray:
    """The signs of a pruned network's first weights, [C]: -1, 0 or 1.

    Where the file does not hold them (``search["initial_signs"]``), those of its weights.

    Raises:
        ValueError: If what the file holds are not signs, one for each connection, or it holds
            neither.
    """
    text = model.search.get("initial_signs")
    if text is None and isinstance(model.weights, np.ndarray):
        return np.sign(model.weights)
    count = model.network.enabled
    if not isinstance(text, str) or len(text) != count or set(text) - set("+-0"):
        raise ValueError(
            f"expected initial_signs, {count} characters of + - 0, or individual weights"
        )
    return np.array(["-0+".index(sign) - 1.0 for sign in text])


def without_zeros(model: Model, signs: np.ndarray) -> tuple[Model, np.ndarray]:
    """A model without the connections [C] whose sign is 0, and the signs of the others.

    Those are biases, which begin at 0: without training they are not there.
    """
    genes = model.genome.connections
    on = np.flatnonzero(genes["enabled"])
    kept = genes[on[signs != 0]]
    genome = with_genes(model.genome, model.genome.hidden, kept)
    return replace(model, genome=genome, weights=None), signs[signs != 0]
