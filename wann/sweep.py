"""Try champions over a range of shared weights: ``python -m wann.sweep RUN``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from wann.cli import guards, noise, protocol
from wann.cli.command_line import command
from wann.cli.figures import Figures, runs_of
from wann.cli.groups import arranged, names_of
from wann.cli.options import Among, Flag, Input, Labels, Output, Work
from wann.core import checks, files
from wann.core.checks import parse_weights
from wann.core.rng import Stream, generator
from wann.core.text import number
from wann.envs.classification import ClassificationTask
from wann.evaluation.evaluator import Cases, Evaluator, evaluator_for
from wann.evaluation.protocol import usual_episodes
from wann.evaluation.sweep import COLUMNS, Line, Sweep, best_of, joint, sweep
from wann.plotting import curves
from wann.storage.saved import common_folder
from wann.storage.subject import Subject

EPISODES = 100  # of compiled tasks, by default


@dataclass(frozen=True)
class Options:
    """Try champions over a range of shared weights, on fresh episodes.

    Tuned weights that a file may hold are left aside, but with --protocol.
    """

    networks: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Run folders or network files."""
    label: Labels = ()
    weights: str = "-2:2:81"
    """The shared weights: LOW:HIGH:COUNT, or numbers with commas."""
    episodes: int | None = None
    """Fresh episodes for each weight: by default 100, with --protocol 1,000 of compiled tasks, 10
    where images are seen; images of a set are all tried at once."""
    protocol: Flag = False
    """Score the paper's four conditions instead: random, shared and tuned weights."""
    noise: Flag = False
    """Disturb weights and inputs instead, of a file's own weights or its best shared one."""
    input: Among[Input] = Input()
    seed: int = 0
    """Of the episodes, of random weights, and of noise."""
    work: Among[Work] = Work()
    output: Among[Output] = Output()
    figures: Among[Figures] = Figures()

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        if not self.networks and not self.label:
            raise ValueError("expected one or more run folders or network files, got none")
        if self.episodes is not None:
            checks.check_episodes(self.episodes)
        checks.check_seed(self.seed)
        parse_weights(self.weights)

    def cases(self, subject: Subject) -> tuple[Evaluator, Cases]:
        """What a network is tried on."""
        evaluator = evaluator_for(subject.task, subject.config)
        episodes = self.episodes or usual_episodes(evaluator, EPISODES)
        return evaluator, evaluator.report(generator(self.seed, Stream.SWEEP), episodes)


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "sweep", args) as options:
        labelled = arranged(options.networks, options.label)
        found = [options.input.subject(path, label) for label, path in labelled]
        if options.protocol and (options.noise or len(found) > 1):
            raise ValueError("--protocol: expected one network at a time, and no --noise")
        if options.noise:
            noise.check_one_task(found)
        results = _results(options, found)
        options.output.claim(results)
        tuned = found[0].tuned() if options.protocol else None
    console = options.output.console()
    for subject in found:
        if subject.note:
            console.print(subject.note, soft_wrap=True)
    with guards.full_disk(), guards.stoppable():
        if options.noise:
            evaluator = evaluator_for(found[0].task, found[0].config)
            episodes = options.episodes or usual_episodes(evaluator, EPISODES)
            with options.work.pool(evaluator) as pool:
                arena = noise.Arena(found[0].task, pool, episodes, options.seed)
                noise.champions(console, arena, found, results, options.figures)
        elif options.protocol:
            protocol.write(
                console,
                protocol.Asked(found[0], tuned, options.episodes, options.seed),
                options.work,
                options.figures,
                results,
            )
        else:
            _sweeps(console, options, found, results)
    console.print("Saved " + ", ".join(map(str, results)) + ".", soft_wrap=True)


def _results(options: Options, found: Sequence[Subject]) -> list[Path]:
    """The files to write; those of several networks go into the folder that holds them all."""
    names: Sequence[str] = ("sweep.csv", "sweep.png")
    if options.noise:
        names = noise.FILES
    elif options.protocol:
        images = isinstance(found[0].task, ClassificationTask)
        names = ("protocol.csv", *["confusion.png"] * images)
    elif len(found) > 1:
        names = ("sweeps.csv", "sweeps.png")
    if len(found) == 1:
        return [found[0].file(name, options.output.out) for name in names]
    folder = options.output.out or common_folder([subject.path for subject in found])
    return [folder / name for name in names]


def _sweeps(
    console: Console, options: Options, found: Sequence[Subject], results: Sequence[Path]
) -> None:
    """Sweep each network; print a row for each, and write the table and the figure."""
    swept = [(subject, _sweep(subject, options)) for subject in found]
    names = names_of(found)
    lines = {
        name: joint([result for own, (_, result) in zip(names, swept, strict=True) if own == name])
        for name in dict.fromkeys(names)
    }
    console.print(_table(lines, swept, names))
    csv, png = results
    unit = found[0].unit
    if len(swept) == 1:
        subject, result = swept[0]
        searched, at = subject.config.weight_values, result.solved_at
        figure = curves.sweep(result.weights, result.mean, result.std, searched, at, unit)
        files.write_csv(csv, COLUMNS, result.rows())
    else:
        thresholds = {result.solved_at for _, result in swept}
        counts = {name: f" (n = {k})" if k > 1 else "" for name, k in Counter(names).items()}
        figure = curves.sweeps(
            [
                (name + counts[name], line.weights, line.mean, line.spread)
                for name, line in lines.items()
            ],
            thresholds.pop() if len(thresholds) == 1 else None,
            unit,
        )
        alone = names_of([replace(subject, name=None) for subject in found])
        rows = [
            {"label": subject.name, "network": name, **row}
            for name, (subject, result) in zip(alone, swept, strict=True)
            for row in result.rows()
        ]
        labelled = ["label"] * any(subject.name is not None for subject in found)
        columns = (*labelled, "network", *COLUMNS)
        files.write_csv(csv, columns, [{k: row[k] for k in columns} for row in rows])
    shared = f"{len(swept[0][1].weights)} shared weights"
    tried = [evaluator.describe(cases) for evaluator, cases in map(options.cases, found)]
    runs = runs_of([(subject, subject.config) for subject in found])
    options.figures.write(figure, png, *runs, shared, *tried)


def _table(
    lines: dict[str, Line], swept: Sequence[tuple[Subject, Sweep]], names: Sequence[str]
) -> Table:
    """A row for each line; several networks have a ± over them."""
    several = any(line.spread is not None for line in lines.values())
    table = Table(
        title=f"{len(swept[0][1].weights)} shared weights",
        caption="±: the sample standard deviation over the n networks" if several else None,
    )
    columns = ["network", *["n"] * several, "best", "at", "mean", "worst", "at", "solved"]
    for column in (*columns, "connections"):
        justify: Literal["left", "right"] = "left" if column == "network" else "right"
        table.add_column(column, justify=justify, no_wrap=column == "mean")
    for name, line in lines.items():
        mine = [pair for own, pair in zip(names, swept, strict=True) if own == name]
        best, worst = best_of(line.weights, line.mean), int(line.mean.argmin())
        means = [float(result.mean.mean()) for _, result in mine]
        connections = [subject.model.network.complexity for subject, _ in mine]
        table.add_row(
            name,
            *[str(len(mine))] * several,
            number(line.mean[best]),
            f"{line.weights[best]:g}",
            _pm(means, number),
            number(line.mean[worst]),
            f"{line.weights[worst]:g}",
            "" if line.solved is None else f"{line.solved:.0%}",
            _pm(connections, "{:.0f}".format),
        )
    return table


def _pm(values: Sequence[float], text: Callable[[float], str]) -> str:
    mean = text(float(np.mean(values)))
    return mean if len(values) == 1 else f"{mean} ± {text(float(np.std(values, ddof=1)))}"


def _sweep(subject: Subject, options: Options) -> Sweep:
    evaluator, cases = options.cases(subject)
    weights = parse_weights(options.weights)
    with options.work.pool(evaluator) as pool:
        return sweep(pool, subject.model.network, weights, cases, subject.task.solved_at)


if __name__ == "__main__":
    main()
