"""The paper's conditions as a table, a CSV and, for images, a figure: `sweep --protocol`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from wann.cli.figures import Figures, run_of
from wann.cli.options import Work
from wann.core import files
from wann.core.invariance import any_weight
from wann.core.kernels import forward_batch
from wann.core.structure import genome_of
from wann.core.text import number
from wann.envs.classification import ClassificationTask
from wann.evaluation import ensemble, protocol
from wann.evaluation.conditions import BEST_SHARED, COLUMNS, SOFTMAX
from wann.evaluation.evaluator import evaluator_for
from wann.plotting import confusion
from wann.storage.model import Model
from wann.storage.subject import Subject

EPISODES = 1000  # of compiled tasks, by default
INVARIANT = "invariant"


class Asked(NamedTuple):
    """A network to score, its tuned model if there is one, the episodes if they were said."""

    subject: Subject
    tuned: Model | None
    episodes: int | None
    seed: int


def write(
    console: Console, asked: Asked, work: Work, figures: Figures, results: Sequence[Path]
) -> None:
    """Score the four conditions; print and write a row for each, and draw what images are
    mistaken for.

    Args:
        console: Where it is printed.
        asked: What is scored.
        work: Where it is done.
        figures: How the figure looks.
        results: The table's file and, for images, that of the figure.
    """
    subject, tuned, episodes, seed = asked
    evaluator = evaluator_for(subject.task, subject.config)
    with work.pool(evaluator) as pool:
        weights = None if tuned is None else tuned.weights
        network = subject.model.network
        many = episodes or protocol.usual_episodes(evaluator, EPISODES)
        candidate = protocol.Candidate(pool, network, many, seed)
        conditions = protocol.score(candidate, seed, tuned=weights)
    rows = [condition.row(subject.task.name) for condition in conditions]
    title = f"{network.complexity} connections; random: {protocol.DRAWS} choices of weights"
    table = Table(title=title)
    table.add_column("condition", no_wrap=True)
    for column in (
        "mean ± standard error",
        "± within a weight",
        "± over weights",
        "the paper",
    ):
        table.add_column(column, justify="right")
    invariant = subject.task.action["kind"] == "discrete" and any_weight(genome_of(network))
    for condition, row in zip(conditions, rows, strict=True):
        name = condition.name
        if condition.weight is not None:
            name += f" {condition.weight:g}"
        if invariant and condition.name in protocol.UNTUNED[1:]:
            if condition.name != BEST_SHARED:
                continue
            name = INVARIANT
        error = row["standard_error"]
        mean = number(row["mean"]) + ("" if error is None else f" ± {number(error)}")
        spreads = (
            "" if row[key] is None else number(row[key])
            for key in ("within_weight", "over_weights")
        )
        table.add_row(name, mean, *spreads, _paper(row))
    console.print(table)
    if invariant:
        console.print(
            f"{INVARIANT}: by construction the largest output is the same for any shared weight "
            "but 0. So random and best ones score alike, and an ensemble has nothing to average.",
            soft_wrap=True,
        )
    if tuned is None:
        console.print(
            f"Tuned weights: none; python -m wann.tune {subject.path} makes them.", soft_wrap=True
        )
    files.write_csv(results[0], COLUMNS, rows)
    if isinstance(subject.task, ClassificationTask):
        _confusion(subject, subject.task, figures, results[1])


def _confusion(subject: Subject, task: ClassificationTask, figures: Figures, result: Path) -> None:
    """Draw what the ensemble of shared weights gets wrong on the images that are reported."""
    examples = task.report
    images = np.ascontiguousarray(examples.X.T)
    outputs = forward_batch.outputs(subject.model.network.graph, images, ensemble.WEIGHTS)
    chosen = ensemble.probabilities(outputs).argmax(axis=1)
    figure = confusion.figure(task, examples, chosen, SOFTMAX)
    shared = f"{len(ensemble.WEIGHTS)} shared weights"
    figures.write(figure, result, *run_of(subject, subject.config), shared)


def _paper(row: dict[str, Any]) -> str:
    if row["paper_mean"] is None:
        return ""
    spread = "" if row["paper_std"] is None else f" ± {row['paper_std']:g}"
    return f"{row['paper_mean']:g}{spread}"
