"""The networks of champions and prunings under noise: what `compare --noise` scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from wann.cli.noise import of_champion, of_model
from wann.compare import layered
from wann.envs.classification import ClassificationTask
from wann.evaluation.noise import measure
from wann.evaluation.noise.measure import Arena, Disturbed, Point
from wann.prune.images.saving import LARGEST
from wann.prune.run import TICKET, PruneRun, Row
from wann.storage.load import load
from wann.storage.subject import Subject

MANY = 5_000  # connections from which on dense products are faster than the sparse kernels


def saved(run: PruneRun) -> list[Row]:
    """The rows of a run's own networks that it has saved with their weights."""
    rows = [row for row in run.rows() if row.arm == TICKET and row.regime != "B"]
    return [
        row
        for row in rows
        if run.network(row.arm, row.seed, row.level).exists()
        or run.arrays(row.arm, row.seed, row.level).exists()
    ]


def check(paths: Sequence[Path], contestants: Sequence[Subject | PruneRun]) -> None:
    """See that there is something to disturb.

    Raises:
        ValueError: If a pruning has saved no networks.
    """
    for path, contestant in zip(paths, contestants, strict=True):
        if isinstance(contestant, PruneRun) and not saved(contestant):
            raise ValueError(
                f"--noise: {path}: expected a pruning that has saved networks, those of up to "
                f"{LARGEST:,} connections, but it has none"
            )


def points(
    arena: Arena, contestants: Sequence[Subject | PruneRun], methods: Sequence[str]
) -> list[Point]:
    """The scores of all, by what each is called; see `points_of`."""
    return [
        point
        for contestant, method in zip(contestants, methods, strict=True)
        for point in points_of(arena, contestant, method)
    ]


def points_of(arena: Arena, contestant: Subject | PruneRun, method: str) -> Iterator[Point]:
    """The scores of a champion, or of the networks that a pruning has saved.

    Networks of one level are members of one name, which says how many connections they have.

    Args:
        arena: The task.
        contestant: The champion or the pruning.
        method: What it is called.
    """
    if isinstance(contestant, Subject):
        for weights, graph in of_champion(arena, contestant):
            name = f"{method}, {weights}, {graph.connections:,} connections"
            yield from measure.points(arena, name, str(contestant.path), graph)
        return
    rows = saved(contestant)
    for level in sorted({row.level for row in rows}):
        mine = [row for row in rows if row.level == level]
        connections = np.mean([row.connections + row.biases for row in mine])
        for row in mine:
            name = f"{method}, {connections:,.0f} connections"
            network = network_of(arena, contestant, row)
            yield from measure.points(arena, name, f"{contestant.path}, seed {row.seed}", network)


def network_of(arena: Arena, run: PruneRun, row: Row) -> Disturbed:
    """The network of a row, as a graph, or as layers where it is none, or has many connections."""
    key = row.arm, row.seed, row.level
    arrays = run.arrays(*key)
    if arrays.exists():
        return layered.read(arrays)
    graph = of_model(arena, load(run.network(*key)))
    if graph.connections < MANY or not isinstance(arena.task, ClassificationTask):
        return graph
    return layered.Products(graph.network, graph.weights, graph.targets)
