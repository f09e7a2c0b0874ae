"""The committed champions beside the paper's networks: ``python -m benchmarks.reproduce``.

It takes a minute, for those of EnvPool's environments up to an hour of a core.
``--from-scratch`` searches and tunes anew, with the settings and the search time of the committed
champions, and keeps the runs in runs/; ``--seed`` takes another seed.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from wann.core.invariance import any_weight
from wann.core.rng import Stream, generator
from wann.core.structure import genome_of
from wann.core.text import duration
from wann.envs.task import ControlTask
from wann.evaluation import protocol
from wann.evaluation.conditions import BEST_SHARED, PAPER_CONNECTIONS
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.search import __main__ as search
from wann.storage import bundled
from wann.storage import subject as subjects
from wann.storage.run import Run
from wann.storage.subject import Subject
from wann.tune import __main__ as tune

EPISODES = 100  # for each choice of weights, as in the paper; fewer where they are dear
MANY = 1000  # for the worst episode
NOT_ZERO = 0.1  # the least size of a weight that should solve a control task


def main() -> None:
    """Print a table for each champion."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(bundled.folders()))
    parser.add_argument("--from-scratch", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--tune-seconds", type=float, default=400)
    options = parser.parse_args()
    console = Console(highlight=False, markup=False, width=160)
    for name in options.names:
        folder = Path(bundled.resolve(bundled.PREFIX + name))
        if options.from_scratch:
            folder = found(folder, options.seed, options.tune_seconds)
        console.print("\n".join(table(name, subjects.read(folder))) + "\n", soft_wrap=True)


def found(folder: Path, seed: int | None, tune_seconds: float) -> Path:
    """The run of a new search like that of a champion, with tuned weights."""
    config = Run(folder).config()
    run = Run.create(config if seed is None else replace(config, seed=seed))
    seconds = Run(folder).metrics()["seconds"][-1]
    # The target and the generations are those of the settings; the time only ends long searches.
    search.main(["--resume", str(run.path), "--time-limit", str(max(seconds, 10))])
    tune.main([str(run.path), "--what", "weights", "--time-limit", str(tune_seconds), "--quiet"])
    return run.path


def table(name: str, subject: Subject) -> list[str]:
    """The conditions of the paper as lines of Markdown, its row beside ours."""
    network, task = subject.model.network, subject.task
    tuned = subject.tuned()
    weights = None if tuned is None else tuned.weights
    metrics = Run(subject.folder).metrics()
    lines = [
        f"**{name}**: {network.complexity} connections"
        + (f" (the paper: {paper})" if (paper := PAPER_CONNECTIONS.get(task.name)) else "")
        + f", search of {duration(metrics['seconds'][-1])}",
        "",
        "| condition | mean | ± within a weight | ± over weights | the paper |",
        "| --- | --- | --- | --- | --- |",
    ]
    with Pool(evaluator_for(task, subject.config)) as pool:
        episodes = protocol.usual_episodes(pool.evaluator, EPISODES)
        candidate = protocol.Candidate(pool, network, episodes, 0)
        invariant = task.action["kind"] == "discrete" and any_weight(genome_of(network))
        for condition in protocol.score(candidate, 0, tuned=weights):
            row = condition.row(task.name)
            at = "" if condition.weight is None else f" ({condition.weight:g})"
            if invariant and condition.name in protocol.UNTUNED[1:]:
                if condition.name != BEST_SHARED:
                    continue
                at += ", and any other but 0: invariant, by construction"
            ours = [_number(row[key]) for key in ("mean", "within_weight", "over_weights")]
            paper = f"{_number(row['paper_mean'])}"
            if row["paper_std"] is not None:
                paper += f" ± {_number(row['paper_std'])}"
            lines.append(f"| {' | '.join([condition.name + at, *ours, paper])} |")
        if isinstance(task, ControlTask):
            lines += ["", *_episodes(pool, subject, weights)]
    return lines


def _episodes(pool: Pool, subject: Subject, weights: float | np.ndarray | None) -> list[str]:
    """What the means do not show: the weights that solve the task, and the worst episode."""
    network, task = subject.model.network, subject.task
    grid = np.linspace(-2, 2, 81)
    grid = grid[abs(grid) > NOT_ZERO - 1e-9]
    cases = pool.evaluator.report(generator(1, Stream.SWEEP), EPISODES)
    means = pool.scores([network], grid, cases)[0].mean(axis=1)
    solved = int((means >= task.solved_at).sum())
    lines = [
        f"{solved} of {len(grid)} shared weights in [-2, 2] with |w| >= {NOT_ZERO} solve it (a "
        f"mean of at least {task.solved_at:g}); the worst of them scores {means.min():.1f}."
    ]
    if isinstance(weights, np.ndarray):
        many = pool.evaluator.report(generator(2, Stream.SWEEP), MANY)
        worst = pool.scores([network], weights[None, :], many)[0].min()
        lines.append(f"Tuned weights: the worst of {MANY:,} episodes scores {worst:.1f}.")
    return lines


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return ""
    return f"{value:.3f}" if abs(value) < 2 else f"{value:.1f}"


if __name__ == "__main__":
    main()
