"""Taking connections from a champion that do nothing for it.

A search adds more than it needs: at equal fitness, few connections win only now and then. What a
champion holds in the end can often be halved without loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from wann.core.genome import Genome
from wann.core.network import Network, express
from wann.core.structure import live_part
from wann.evaluation.pool import OutOfTime, Pool
from wann.search.variation import edit

# What removals may cost, as a share of the mean reward. It is measured against the best so far and
# the whole network, so that costs do not add up.
TOLERANCE = 0.002
# A round through all connections is followed by another while it removed at least this share.
WORTHWHILE = 0.1


def simplified(
    pool: Pool,
    genome: Genome,
    weights: np.ndarray,
    rollouts: int,
    rng: np.random.Generator,
    until: float = math.inf,
) -> Genome:
    """A genome without the connections that its mean reward does not need.

    Each connection in turn, in random order, is left out for good if the mean reward on the same
    cases falls by no more than `TOLERANCE`. Each round has fresh cases, as for selection.

    Args:
        pool: The workers.
        genome: What to simplify.
        weights: [W] shared weights.
        rollouts: Cases for each weight in a round.
        rng: Draws cases and orders.
        until: When to be content with what is found, by `time.monotonic`.

    Raises:
        OutOfTime: If the pool's own time is up before.
    """
    ends, pool.until = pool.until, min(pool.until, until)
    try:
        for smaller in _rounds(pool, genome, weights, rollouts, rng):
            genome = smaller
    except OutOfTime:
        if until > ends:
            raise
    finally:
        pool.until = ends
    return live_part(genome, express(genome))


def _rounds(
    pool: Pool, genome: Genome, weights: np.ndarray, rollouts: int, rng: np.random.Generator
) -> Iterator[Genome]:
    """Smaller and smaller genomes; see `simplified`."""
    whole = express(genome)
    while True:
        cases = pool.evaluator.draw(rng, rollouts)

        def reward(network: Network, cases: object = cases) -> float:
            return float(pool.rewards([network], weights, cases).mean())

        network = express(genome)
        before, best = network.complexity, max(reward(whole), reward(network))
        enabled = np.flatnonzero(genome.connections["enabled"])
        for gene in rng.permutation(enabled[network.genes]):
            smaller = edit.switched(genome, int(gene), False)
            reduced = express(smaller)
            if reduced.complexity == network.complexity:  # it was on no path to an output any more
                continue
            found = reward(reduced)
            if found >= best - TOLERANCE * abs(best):
                genome, network, best = smaller, reduced, max(best, found)
                yield genome
        if network.complexity >= (1 - WORTHWHILE) * before:
            return
