"""Networks under noise as a table, a CSV and a figure: `sweep --noise`, `compare --noise`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from wann.cli.figures import Figures, runs_of
from wann.cli.groups import names_of
from wann.core import files
from wann.core.text import number
from wann.envs.gym import GymTask
from wann.envs.task import ControlTask
from wann.evaluation import protocol
from wann.evaluation.noise.disturbances import LEVELS
from wann.evaluation.noise.measure import NONE, SEEDS, Arena, Graph, Point, points, summary
from wann.plotting.noise import figure
from wann.storage.model import Model
from wann.storage.subject import Subject

FILES = ("noise.csv", "noise.png")
SHARED, TUNED = "shared weight", "tuned weights"
COLUMNS = tuple(field.name for field in fields(Point))


def of_model(arena: Arena, model: Model) -> Graph:
    """A network with the weights in its file; without any, with the best of 81 shared weights on
    cases that only choose."""
    network = model.network
    genes = model.genome.connections
    targets = genes["target"][genes["enabled"]]
    weights = model.weights
    if weights is None:
        candidate = protocol.Candidate(arena.pool, network, arena.episodes, arena.seed)
        weights = protocol.best_shared(candidate)
    individual = np.broadcast_to(np.asarray(weights, np.float64), len(targets))
    return Graph(network, np.array(individual), targets.astype(np.int64))


def of_champion(arena: Arena, subject: Subject) -> Iterator[tuple[str, Graph]]:
    """A champion with one shared weight and, if it was tuned, with its own weights; by what the
    weights are."""
    model = subject.model
    yield TUNED if isinstance(model.weights, np.ndarray) else SHARED, of_model(arena, model)
    tuned = subject.tuned()
    if tuned is not None and isinstance(tuned.weights, np.ndarray):
        yield TUNED, of_model(arena, tuned)


def check_one_task(found: Sequence[Subject]) -> None:
    """See that networks are for one task.

    Raises:
        ValueError: If they are not.
    """
    for subject in found:
        if subject.task.name != found[0].task.name:
            raise ValueError(
                f"--noise: expected networks of one task, but {found[0].path} is for "
                f"{found[0].task.name} and {subject.path} for {subject.task.name}"
            )


def champions(
    console: Console,
    arena: Arena,
    found: Sequence[Subject],
    results: Sequence[Path],
    figures: Figures,
) -> None:
    """Score networks of one task under noise; print, write and draw that; see `write`."""
    scores: list[Point] = []
    for name, subject in zip(names_of(found), found, strict=True):
        for weights, graph in of_champion(arena, subject):
            scores += points(arena, f"{name}, {weights}", str(subject.path), graph)
    runs = runs_of([(subject, subject.config) for subject in found])
    write(console, scores, found[0].unit, results, figures, [*runs, told(arena)])


def told(arena: Arena) -> str:
    """What networks are tried on, for a figure's title."""
    played = isinstance(arena.task, ControlTask | GymTask)
    return f"{arena.episodes:,} episodes a level" if played else "the examples of the report"


def write(
    console: Console,
    found: Sequence[Point],
    unit: str,
    results: Sequence[Path],
    figures: Figures,
    parts: Sequence[str],
) -> None:
    """Print a table for each disturbance, and write the scores and the figure.

    Args:
        console: Where it is printed.
        found: The scores.
        unit: What they are.
        results: The places of `FILES`.
        figures: How the figure looks.
        parts: What the figure is of.
    """
    means = summary(found)
    networks = list(dict.fromkeys(point.network for point in found))
    table = Table(
        title=f"Mean {unit} under noise",
        caption=f"±: the sample standard deviation over networks and {SEEDS} noise seeds",
    )
    table.add_column("disturbance")
    for column in ("level", *networks):
        table.add_column(column, justify="right")
    kinds = [(NONE, 0.0), *((kind, level) for kind in LEVELS for level in LEVELS[kind])]
    for kind, level in kinds:
        cells = [
            means[network, kind, level] for network in networks if (network, kind, level) in means
        ]
        texts = (
            number(mean) + ("" if std is None else f" ± {number(std)}") for mean, std, _ in cells
        )
        if cells:
            table.add_row(kind, "" if kind == NONE else f"{level:g}", *texts)
    console.print(table)
    csv, png = results
    files.write_csv(csv, COLUMNS, [vars(point) for point in found])
    picture = figure(means, LEVELS, NONE, unit)
    figures.write(picture, png, *parts)
