"""Draw searches over their seeds: ``python -m wann.curves RUN RUN ...``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import tyro
from rich.table import Table

from wann.cli import groups, guards
from wann.cli.command_line import command
from wann.cli.figures import Figures
from wann.cli.groups import Group
from wann.cli.options import Among, Labels, Output
from wann.core import files
from wann.core.config import SearchConfig
from wann.core.text import number
from wann.curves.bands import COLUMNS, CONFIDENCE, STATISTICS, Band, Curve, band
from wann.curves.figure import figure
from wann.envs.naming import titled
from wann.storage.run import Run
from wann.storage.saved import common_folder
from wann.storage.seeds import expanded


@dataclass(frozen=True)
class Options:
    """Draw the champion's fitness in the course of searches.

    Runs of equal settings are one line with a band; what differs in the settings is its label.
    """

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Run folders; that of several seeds stands for all its runs."""
    label: Labels = ()
    against: Literal["evaluations", "generation", "seconds"] = "evaluations"
    """What to draw along the x axis."""
    statistic: Literal["mean", "iqm"] = "mean"
    """What to draw of several runs: the mean, or the interquartile mean; the table has both."""
    output: Among[Output] = Output()
    figures: Among[Figures] = Figures()

    def __post_init__(self) -> None:
        """Check that there is something to draw.

        Raises:
            ValueError: If there is not.
        """
        if not self.runs and not self.label:
            raise ValueError("expected one or more run folders, got none")


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "curves", args) as options:
        found = _groups(options)
        paths = [path for group in found for path in group.paths]
        configs = {path: Run(path).config() for path in paths}
        task = _one_task(configs)
        bands = [
            band(
                group.label, [_curve(path, configs[path], options.against) for path in group.paths]
            )
            for group in found
        ]
        folder = options.output.out or common_folder(paths)
        csv, png = folder / "curves.csv", folder / "curves.png"
        options.output.claim([csv, png])
    console = options.output.console()
    console.print(_table(bands, options.against))
    picture = figure(bands, options.against, options.statistic, task)
    with guards.full_disk():
        rows = [{**row, options.against: row["x"]} for each in bands for row in each.rows()]
        columns = [options.against if name == "x" else name for name in COLUMNS]
        files.write_csv(csv, columns, [{k: row[k] for k in columns} for row in rows])
        options.figures.write(picture, png, *_told(task, configs.values()))
    console.print(f"Saved {csv}, {png}.", soft_wrap=True)


def _told(task: str, configs: Collection[SearchConfig]) -> list[str]:
    """What the figure is of: the task, the runs and their seeds, and what fitness is a mean of."""
    seeds = sorted({config.seed for config in configs})
    count = f"{len(configs)} run{'s' * (len(configs) != 1)}"
    word = f"seed{'s' * (len(seeds) != 1)} {', '.join(map(str, seeds))}"
    weights = sorted({len(config.weight_values) for config in configs})
    rollouts = sorted({config.confirm_rollouts for config in configs})
    shared = f"{' or '.join(map(str, weights))} shared weights"
    return [titled(task), count, word, f"{shared}, {' or '.join(map(str, rollouts))} rollouts each"]


def _groups(options: Options) -> list[Group]:
    """The runs of each line: those of equal settings, then those that have a label.

    Raises:
        ValueError: If there is no run of a name, or a run's settings are damaged.
    """
    paths = list(dict.fromkeys(run for path in options.runs for run in expanded(path)))
    labels = groups.labels([asdict(Run(path).config()) for path in paths], paths)
    found = [
        Group(name, tuple(p for p, label in zip(paths, labels, strict=True) if label == name))
        for name in dict.fromkeys(labels)
    ]
    return [*found, *groups.named(options.label)]


def _one_task(configs: dict[Path, SearchConfig]) -> str:
    """The task of all runs.

    Raises:
        ValueError: If they have several.
    """
    first = next(iter(configs))
    task = configs[first].env
    for path, config in configs.items():
        if config.env != task:
            raise ValueError(
                f"expected runs of one task, but {first} is for {task} and {path} for {config.env}"
            )
    return task


def _curve(path: Path, config: SearchConfig, against: str) -> Curve:
    """The champion's fitness over a search.

    Raises:
        ValueError: If there is none yet, or the metrics are damaged.
    """
    metrics = Run(path).metrics()
    y = metrics["champion_fitness"]
    finite = np.isfinite(y)
    if not finite.any():
        raise ValueError(f"{path}: expected a search with a generation, but it has none (yet)")
    x, y, generation = metrics[against][finite], y[finite], metrics["generation"][finite]
    best = generation[np.flatnonzero(np.diff(y, prepend=-np.inf))[-1]]
    old = bool(config.patience) and generation[-1] - best >= config.patience
    return Curve(x, y, bool(y[-1] >= config.target) or bool(old))


def _table(bands: Sequence[Band], against: str) -> Table:
    """Where each line ends."""
    table = Table(
        title=f"Champions at the end, with {CONFIDENCE:.0%} bootstrap intervals over runs"
    )
    table.add_column("label")
    for name in ("n", against, "mean", "interquartile mean"):
        table.add_column(name, justify="right")
    for each in bands:
        texts = []
        for name in STATISTICS:
            text = number(float(each.centre[name][-1]))
            if each.low is not None and each.high is not None:
                ends = each.low[name][-1], each.high[name][-1]
                text += " [{}, {}]".format(*(number(float(end)) for end in ends))
            texts.append(text)
        table.add_row(each.label, str(each.n), f"{each.x[-1]:,.0f}", *texts)
    return table


if __name__ == "__main__":
    main()
