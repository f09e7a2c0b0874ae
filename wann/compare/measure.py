"""Points to compare: what each network scores in each regime, and what it cost.

The regimes are never mixed: (A) no weight is trained, (B) one shared weight is tuned, (C) all
weights are trained. Connections are effective ones, and those of the bias count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from wann.compare import costs, untrained
from wann.compare.rewiring import permuted
from wann.compare.timing import Times, time_inference
from wann.compare.untrained import Score
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task
from wann.evaluation import protocol
from wann.evaluation.conditions import (
    BEST_SHARED,
    RANDOM_SHARED,
    SIX_SHARED,
    SOFTMAX,
    TUNED_WEIGHTS,
)
from wann.evaluation.pool import Pool
from wann.prune.run import TICKET, PruneRun, Row
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.subject import Subject

WANN = "WANN"
SEARCHED, PERMUTED = "searched", "edges permuted"  # arms of WANNs
DENSE = "dense"  # the arm of a pruning's level 0
SIGNED, UNSIGNED = "signed-shared", "unsigned-shared"  # arms of pruned masks
OWN = "untrained, its own weights"
PERMUTATIONS = 10
TUNED_EPISODES = 1000  # at least: there is just one choice of weights
BATCH = 1000  # images whose time is measured together


@dataclass(frozen=True)
class Point:
    """One network under one condition.

    Attributes:
        regime: A, B or C.
        condition: How its weights came about.
        method: WANN, or the method of a pruning.
        arm: The method's own network, or a control.
        level: Number of prunings; 0 for WANNs.
        seed: Of its search or pruning.
        connections: Those that are effective.
        score: Mean return, or accuracy, on cases that chose nothing.
        spread: Over the shared weights, else over episodes.
        samples: Images seen or environment steps, at most; None where it is not known.
        multiply_adds: What it took to learn from them.
        cpu_seconds: Of a search, where it recorded them.
        times: Of inference.
        share: Of the weights that a pruning keeps, dead ones included; None for others.
    """

    regime: str
    condition: str
    method: str
    arm: str
    level: int
    seed: int
    connections: int
    score: float
    spread: float | None = None
    samples: int | None = None
    multiply_adds: int | None = None
    cpu_seconds: float | None = None
    times: Times | None = None
    share: float | None = None


def of_wann(pool: Pool, subject: Subject, method: str, episodes: int, seed: int) -> Iterator[Point]:
    """The points of a champion: its own, and those of its edges permuted.

    Args:
        pool: The workers.
        subject: The champion.
        method: What its points are called.
        episodes: Number of cases for each weight.
        seed: Of the cases and of the permutations.
    """
    network, model = subject.model.network, subject.model
    born = int(model.search.get("seed", subject.config.seed))
    times = time_inference(network, examples(subject.task))
    base = Point("A", "", method, SEARCHED, 0, born, network.complexity, 0.0)
    if cost := costs.of_search(subject):
        base = replace(base, **cost._asdict())
    for found in untrained.scores(pool, network, None, episodes, seed):
        yield replace(with_score(base, found), times=times)
    for found in permuted_scores(pool, network, episodes, seed):
        yield replace(with_score(base, found), arm=PERMUTED)
    tuned = subject.tuned()
    if tuned is not None and isinstance(tuned.weights, np.ndarray):
        cases = max(episodes, TUNED_EPISODES)
        candidate = protocol.Candidate(pool, network, cases, seed)
        (own,) = protocol.score(candidate, seed, (), tuned.weights)
        more = costs.of_tuning(tuned, subject.task)
        yield replace(
            base,
            regime="C",
            condition=TUNED_WEIGHTS,
            score=own.mean,
            spread=own.within_weight,
            samples=cost.samples + more[0] if cost and more else None,
            multiply_adds=cost.multiply_adds + more[1] if cost and more else None,
            cpu_seconds=None,  # a tuning does not tell its own
            times=times,
        )


def permuted_scores(pool: Pool, network: Network, episodes: int, seed: int) -> list[Score]:
    """The scores of a network with its edges permuted: means over several permutations."""
    rng = generator(seed, Stream.SWEEP, protocol.Chance.REWIRING)
    others = [permuted(network, rng) for _ in range(PERMUTATIONS)]
    found = [untrained.scores(pool, other, None, episodes, seed) for other in others]
    means = []
    for same in zip(*found, strict=True):
        spreads = [score.spread for score in same if score.spread is not None]
        spread = float(np.mean(spreads)) if spreads else None
        means.append(replace(same[0], score=float(np.mean([s.score for s in same])), spread=spread))
    return means


def with_score(point: Point, found: Score) -> Point:
    """A point with a score and its condition."""
    return replace(
        point,
        regime=found.regime,
        condition=found.condition,
        score=found.score,
        spread=found.spread,
    )


def of_pruning(
    pool: Pool, run: PruneRun, method: str, task: Task, episodes: int, seed: int
) -> Iterator[Point]:
    """The points of a pruning run: its rows, and its masks with a shared weight.

    Args:
        pool: The workers.
        run: The run.
        method: What its points are called.
        task: Its task.
        episodes: Number of cases for each weight.
        seed: Of the cases.

    Raises:
        ValueError: If a file of the run is damaged.
    """
    rows = [replace(row, method=method) for row in run.rows()]
    first = min((row.seed for row in rows), default=0)
    for row in rows:
        point = of_row(row, {other.arm for other in rows})
        file = run.network(row.arm, row.seed, row.level)
        if row.arm == TICKET and row.seed == first and row.regime == "C" and file.exists():
            point = replace(point, times=time_inference(load(file).network, examples(task)))
        yield point
    if any(row.arm in (SIGNED, UNSIGNED) for row in rows):
        return  # the run has scored its masks itself
    for row in rows:
        file = run.network(row.arm, row.seed, row.level)
        if row.arm == TICKET and row.regime != "B" and row.level > 0 and file.exists():
            yield from of_mask(pool, load(file), row, rows, episodes, seed)


def of_row(row: Row, arms: set[str]) -> Point:
    """The point of a row of results.csv; `arms` are those of all its rows."""
    arm, condition = row.arm, TUNED_WEIGHTS
    if (arm, row.level, row.regime) == (TICKET, 0, "C"):
        arm = DENSE
    if row.regime == "B":
        condition = BEST_SHARED
    elif row.regime == "A":
        condition = OWN
        for ending, name in (("-uniform", RANDOM_SHARED), ("-ensemble", SOFTMAX)):
            if arm.endswith(ending):
                arm, condition = arm.removesuffix(ending), name
        if condition == OWN and f"{arm}-uniform" in arms:
            condition = SIX_SHARED
    return Point(
        row.regime,
        condition,
        row.method,
        arm,
        row.level,
        row.seed,
        row.connections + row.biases,
        row.score,
        row.spread,
        row.samples,
        row.multiply_adds,
        share=1 - row.sparsity,
    )


def of_mask(
    pool: Pool, model: Model, row: Row, rows: list[Row], episodes: int, seed: int
) -> Iterator[Point]:
    """The points of a pruned network's topology in regimes A and B, unsigned and signed.

    What they cost is what finding the mask did: all that was done for one whose weights are not
    trained, else the level before.
    """
    bare, signs = untrained.without_zeros(model, untrained.initial_signs(model))
    before = [
        other
        for other in rows
        if row.regime == "C"
        and (other.arm, other.seed) == (row.arm, row.seed)
        and other.level < row.level
    ]
    cost = max(before, key=lambda other: other.level, default=row)
    base = Point(
        "A",
        "",
        row.method,
        "",
        row.level,
        row.seed,
        bare.network.complexity,
        0.0,
        None,
        cost.samples,
        cost.multiply_adds,
    )
    for arm, chosen in ((UNSIGNED, None), (SIGNED, signs)):
        for found in untrained.scores(pool, bare.network, chosen, episodes, seed):
            yield replace(with_score(base, found), arm=arm)


def examples(task: Task) -> np.ndarray:
    """What inference is timed on: one observation, or a batch of images, [B, I]."""
    if isinstance(task, ClassificationTask | RegressionTask):
        return task.report.X[:BATCH]
    return np.linspace(-1, 1, len(task.inputs))[None, :]
