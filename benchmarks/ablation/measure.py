"""What the networks of a run are worth, on one ruler for all rows.

Networks are chosen on the protocol's cases that choose (validation images, or fresh episodes), with
weights from all of [-2, 2]. The scores are those of the condition "random shared": 100 weights from
U(-2, 2), on test images or other fresh episodes, for the chosen networks alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.ablation.searching import Found, distinct
from wann.core.config import preset
from wann.core.genome import Genome
from wann.core.network import Network, express
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask
from wann.envs.task import Task
from wann.evaluation import protocol
from wann.evaluation.conditions import RANDOM_SHARED
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool

WEIGHTS = np.linspace(-1.9, 1.9, 20)  # the middles of 20 parts of [-2, 2]; 0 is not among them
CHOOSING_EPISODES, EPISODES = 16, 40  # for each weight
# The most connections of the networks whose scores make the front; the paper's among them.
BUDGETS = {
    "swingup": (10, 20, 30, 44, 52, 76, 100, 150, 10**6),
    "mnist": (128, 256, 341, 512, 900, 1238, 1849, 4000, 10**6),
}
REWIRINGS = 10


def pool_for(task: Task) -> Pool:
    """Workers for a task, with the protocol's cases."""
    return Pool(evaluator_for(task, preset(task.name)), 1)


def choose(pool: Pool, genomes: Sequence[Genome]) -> np.ndarray:
    """The mean over `WEIGHTS` on the cases that choose, float64[P]."""
    networks = [express(genome) for genome in genomes]
    candidate = protocol.Candidate(pool, networks[0], CHOOSING_EPISODES, 0)
    return pool.scores(networks, WEIGHTS, candidate.choosing).mean(axis=(1, 2))


def score(pool: Pool, network: Network) -> tuple[float, float]:
    """Mean and deviation over random shared weights."""
    candidate = protocol.Candidate(pool, network, EPISODES, 0)
    (found,) = protocol.score(candidate, 0, (RANDOM_SHARED,))
    return float(found.mean), float(found.over_weights or 0.0)


def curve(pool: Pool, found: Found) -> list[dict[str, Any]]:
    """The best network over the run, by the cases that choose."""
    values = choose(pool, [best.genome for best in found.history])
    return [
        {
            "generation": best.generation,
            "evaluations": best.evaluations,
            "seconds": round(best.seconds, 3),
            "connections": express(best.genome).complexity,
            "chosen_by": float(value),
        }
        for best, value in zip(found.history, values, strict=True)
    ]


def front(pool: Pool, found: Found, env: str) -> tuple[list[dict[str, Any]], Genome]:
    """The score against connections: of the last generation and all champions, for each budget the
    one that is best on the cases that choose. And the best of all."""
    genomes = distinct([*found.population, *(best.genome for best in found.history)])
    values = choose(pool, genomes)
    sizes = np.array([express(genome).complexity for genome in genomes])
    rows, scored = [], {}
    for budget in BUDGETS[env]:
        within = np.flatnonzero(sizes <= budget)
        if not len(within):
            continue
        chosen = int(within[values[within].argmax()])
        if chosen not in scored:
            scored[chosen] = score(pool, express(genomes[chosen]))
        rows.append(
            {
                "budget": budget,
                "connections": int(sizes[chosen]),
                "chosen_by": float(values[chosen]),
                "score": scored[chosen][0],
                "over_weights": scored[chosen][1],
            }
        )
    return rows, genomes[int(values.argmax())]


def rewired(pool: Pool, genome: Genome, task: Task, seed: int) -> list[dict[str, Any]]:
    """The scores of a network, and the mean scores of its wiring at random: see `rewiring`."""
    from benchmarks.ablation import rewiring

    network = express(genome)
    rng = generator(seed, Stream.SWEEP, protocol.Chance.REWIRING)
    images = isinstance(task, ClassificationTask)
    rows = [{"control": "as found", "score": score(pool, network)[0]}]
    for name, change in rewiring.controls(images).items():
        scores = [score(pool, change(network, rng))[0] for _ in range(REWIRINGS)]
        rows.append({"control": name, "score": float(np.mean(scores))})
    return [{**row, "connections": network.complexity} for row in rows]
