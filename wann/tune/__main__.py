"""Tune a champion's weights: ``python -m wann.tune RUN``."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro

from wann.cli import guards
from wann.cli.command_line import command
from wann.cli.figures import Figures
from wann.cli.options import Among, Flag, Input, Output, Work
from wann.core import checks, files, locks
from wann.core.checks import parse_weights
from wann.evaluation.evaluator import evaluator_for
from wann.storage.subject import Subject
from wann.tune.checkpoint import Checkpoint
from wann.tune.job import Job, Results


@dataclass(frozen=True)
class Options:
    """Tune a champion's weights, and score them on fresh episodes.

    Weights that a file may hold are left aside.
    """

    network: tyro.conf.Positional[Path]
    """A run folder or a network file."""
    what: Literal["shared", "weights"] = "shared"
    """One shared weight, or from the best one on individual weights."""
    time_limit: float = 300.0
    """Seconds for the individual weights."""
    steps: int | None = None
    """Stop after this many steps."""
    resume: Flag = False
    """Go on with an earlier tuning of individual weights, for another --time-limit."""
    weights: str = "-2:2:401"
    """The shared weights to start with: LOW:HIGH:COUNT, or numbers with commas."""
    episodes: int = 1000
    """Fresh episodes for the final score."""
    input: Among[Input] = Input()
    seed: int = 0
    """Of everything random."""
    work: Among[Work] = Work()
    output: Among[Output] = Output()
    figures: Among[Figures] = Figures()

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        if not self.time_limit > 0:
            raise ValueError(f"--time-limit: expected seconds above 0, got {self.time_limit}")
        if self.steps is not None and self.steps < 1:
            raise ValueError(f"--steps: expected at least 1, got {self.steps}")
        checks.check_episodes(self.episodes)
        checks.check_seed(self.seed)
        parse_weights(self.weights)


def main(args: list[str] | None = None) -> None:
    """The command."""
    with ExitStack() as stack:
        with command(Options, "tune", args) as options:
            subject = options.input.subject(options.network)
            results = Results.of(subject, options.output.out)
            results.checkpoint.parent.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(locks.held(results.checkpoint))
            for result in results:
                files.remove_leftovers(result)
            saved = _claim(results, options, subject)
            pool = options.work.pool(evaluator_for(subject.task, subject.config))
        _tune(Job(options.output.console(), pool, options, subject, results, lock), saved)


def _tune(job: Job, saved: Checkpoint | None) -> None:
    """Tune, from a checkpoint if there is one."""
    options = job.options
    if job.subject.note:
        job.console.print(job.subject.note, soft_wrap=True)
    begun = job.results.checkpoint.exists
    full_disk = guards.full_disk(lambda: "--resume goes on" if begun() else "")
    with full_disk, job.pool:
        with guards.stoppable():  # until there is something to save
            if options.what == "shared" and not options.resume:
                job.tune_shared()
                return
            start = saved or job.begin()
        with guards.interruptible() as interrupted:
            job.tune_weights(start, interrupted)
    if interrupted():
        sys.exit(guards.INTERRUPTED)


def _claim(results: Results, options: Options, subject: Subject) -> Checkpoint | None:
    """See that the results may be written, and read what to go on from.

    Raises:
        ValueError: If a result exists that may not be replaced, or there is nothing to resume.
        OSError: If a folder or file is out of reach.
    """
    if not options.resume:
        if results.checkpoint.exists() and not options.output.force:
            raise ValueError(
                f"{results.checkpoint}: a tuning began here: --resume goes on with it, --force "
                "starts anew, --out DIR writes elsewhere"
            )
        options.output.claim(results)
        return None
    if not results.checkpoint.exists():
        raise ValueError(
            f"{results.checkpoint}: expected a tuning to go on with, but there is none"
        )
    return Checkpoint.load(results.checkpoint, subject.model.genome)


if __name__ == "__main__":
    main()
