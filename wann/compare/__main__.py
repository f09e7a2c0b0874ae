"""Compare champions with pruned networks: ``python -m wann.compare RUN RUN ...``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tyro
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.cli import guards, noise
from wann.cli.command_line import command
from wann.cli.figures import Figures
from wann.cli.groups import arranged
from wann.cli.options import Among, Data, Env, Flag, Labels, Output, Threads
from wann.compare import (
    anatomy_figure,
    figure,
    measure,
    paired,
    pruning_figures,
    robustness,
    sizes,
    summary,
    tables,
)
from wann.compare.measure import DENSE, Point
from wann.compare.summary import COLUMNS, REGIMES, Entry
from wann.compare.tables import FEWEST, HEADER
from wann.core import checks, files
from wann.core.config import SearchConfig, preset
from wann.envs.gym import GymTask
from wann.envs.task import Task
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.prune.images import anatomy
from wann.prune.run import KIND, PruneRun
from wann.storage import subject
from wann.storage.saved import common_folder
from wann.storage.subject import Subject, unit_of

Draw = Callable[[Figure, Path], None]  # writes a figure, with what it is of


@dataclass(frozen=True)
class Options:
    """Compare champions with pruned networks, in one table and one figure for each regime."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Folders of searches and prunings, or network files, all for one task."""
    label: Labels = ()
    episodes: int = 100
    """Fresh episodes for each weight; images are all tried at once."""
    noise: Flag = False
    """Disturb weights and inputs instead: of champions with their best shared weight, and their
    tuned ones, and of the networks that a pruning has saved."""
    data: Data = None
    sizes: Flag = False
    """Also write compare-sizes.csv: parameters, bytes, operations and measured times."""
    env: Env = None
    seed: int = 0
    """Of the episodes, of the permuted edges, and of noise."""
    workers: Threads = -1
    output: Among[Output] = Output()
    figures: Among[Figures] = Figures()

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        if not self.runs and not self.label:
            raise ValueError("expected one or more runs or network files, got none")
        checks.check_episodes(self.episodes)
        checks.check_seed(self.seed)
        checks.check_workers(self.workers)


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "compare", args) as options:
        labelled = arranged(options.runs, options.label)
        paths = [path for _, path in labelled]
        contestants = [_read(path, options) for path in paths]
        methods = summary.methods(contestants, [label for label, _ in labelled])
        task, config = _one_task(options, paths, contestants)
        results = _results(options, paths)
        if options.noise:
            robustness.check(paths, contestants)
        options.output.claim(results.values())
        pool = Pool(evaluator_for(task, config), options.workers)
    console = options.output.console()
    found: list[Point] = []
    if options.noise:
        with guards.full_disk(), guards.stoppable(), pool:
            arena = noise.Arena(task, pool, options.episodes, options.seed)
            scores = robustness.points(arena, contestants, methods)
            names = list(results.values())
            parts = [*figure.told(task, contestants), noise.told(arena)]
            noise.write(console, scores, unit_of(task), names, options.figures, parts)
        console.print("Saved " + ", ".join(map(str, results.values())) + ".", soft_wrap=True)
        return
    with guards.full_disk(), guards.stoppable(), pool:
        for path, contestant, method in zip(paths, contestants, methods, strict=True):
            if isinstance(contestant, Subject) and contestant.note:
                console.print(contestant.note, soft_wrap=True)
            with console.status(f"{path} ..."), guards.bad_input():
                found += _points(pool, contestant, method, task, options)
        prunings = [
            (c, m) for c, m in zip(contestants, methods, strict=True) if isinstance(c, PruneRun)
        ]
        notes = summary.unequal([run for run, _ in prunings], [method for _, method in prunings])
        for note in notes:
            console.print(f"Note: {note}", soft_wrap=True)
        table: list[sizes.Size] = []
        if options.sizes:
            with guards.bad_input():
                table = sizes.rows(contestants, methods, task)
            files.write_csv(results["compare-sizes.csv"], sizes.COLUMNS, map(vars, table))
        parts = figure.told(task, contestants, options.episodes)

        def draw(picture: Figure, file: Path) -> None:
            options.figures.write(picture, file, *parts)

        written = _write(console, found, notes, table, task, results, draw)
        with guards.bad_input():
            curves = pruning_figures.curves_of(prunings)
            layers = pruning_figures.sensitivities(prunings)
            ticket = anatomy_figure.first_ticket([run for run, _ in prunings], task)
        written += _draw_prunings(found, curves, layers, ticket, task, results, draw)
    console.print("Saved " + ", ".join(map(str, written)) + ".", soft_wrap=True)


def _read(path: Path, options: Options) -> Subject | PruneRun:
    """A champion or a pruning run.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is neither.
    """
    file = path / "config.json"
    if file.is_file():
        value = files.read_json(file)
        if isinstance(value, dict) and value.get("kind") == KIND:
            run = PruneRun(path)
            if not run.rows():
                raise ValueError(f"{path}: expected a pruning with results, but it has none (yet)")
            return run
    return subject.read(path, options.env, data=options.data)


def _one_task(
    options: Options, paths: Sequence[Path], contestants: Sequence[Subject | PruneRun]
) -> tuple[Task, SearchConfig]:
    """The task that all are for, and the settings of a search on it.

    Raises:
        ValueError: If they are for several.
        OSError: If the task's data cannot be read.
    """
    names = [
        c.task.name if isinstance(c, Subject) else str(c.settings.get("env")) for c in contestants
    ]
    for path, name in zip(paths, names, strict=True):
        if name != names[0]:
            raise ValueError(
                f"expected runs of one task, but {paths[0]} is for {names[0]} and {path} for {name}"
            )
    for contestant in contestants:
        if isinstance(contestant, Subject):
            return contestant.task, contestant.config
    return envs.made_for(
        names[0], options.env, **({} if options.data is None else {"data": options.data})
    ), preset(names[0])


def _results(options: Options, paths: Sequence[Path]) -> dict[str, Path]:
    """The files to write: the tables, and a figure for each regime."""
    folder = options.output.out or common_folder(paths)
    if options.noise:
        return {name: folder / name for name in noise.FILES}
    tables = ("compare.csv", "compare.md", "compare-paired.csv", "compare-sizes.csv")
    figures = (
        "compare-kept.png",
        "compare-steps.png",
        "compare-sensitivity.png",
        "compare-ticket.png",
    )
    names = (*tables, *figures, *(f"compare-{regime}.png" for regime in REGIMES))
    return {name: folder / name for name in names}


def _points(
    pool: Pool, contestant: Subject | PruneRun, method: str, task: Task, options: Options
) -> Iterator[Point]:
    episodes, seed = options.episodes, options.seed
    if isinstance(contestant, Subject):
        if isinstance(contestant.task, GymTask):  # each may see observations normalised its way
            pool.evaluator = evaluator_for(contestant.task, contestant.config)
        return measure.of_wann(pool, contestant, method, episodes, seed)
    return measure.of_pruning(pool, contestant, method, task, episodes, seed)


def _write(
    console: Console,
    points: list[Point],
    notes: Sequence[str],
    sized: Sequence[sizes.Size],
    task: Task,
    results: dict[str, Path],
    draw: Draw,
) -> list[Path]:
    """Print, draw and write the comparison; the files that were written."""
    found, differences = summary.entries(points), paired.differences(points)
    unit = unit_of(task)
    batch = len(measure.examples(task))
    best = summary.fewest(found, task.name, task.solved_at if unit == "return" else None)
    files.write_csv(results["compare.csv"], COLUMNS, summary.rows(found))
    text = tables.markdown(found, task.name, unit, batch, best, differences, notes, sized)
    files.write_text(results["compare.md"], text)
    written = [results["compare.csv"], results["compare.md"]]
    if sized:
        written.append(results["compare-sizes.csv"])
    if differences:
        rows = [vars(item) for item in differences]
        files.write_csv(results["compare-paired.csv"], paired.COLUMNS, rows)
        written.append(results["compare-paired.csv"])
    for regime, title in REGIMES.items():
        mine = [entry for entry in found if entry.regime == regime]
        if not mine:
            continue
        picture = figure.figure(found, regime, task.name, unit)
        file = results[f"compare-{regime}.png"]
        draw(picture, file)
        written.append(file)
        _print(console, title, unit, mine)
    if best:
        table = Table("network", "weights", *FEWEST, title="Fewest connections")
        for item in best:
            table.add_row(*tables.fewest_cells(item))
        console.print(table)
    return written


def _draw_prunings(
    points: list[Point],
    curves: pruning_figures.Curves,
    layers: dict[int, dict[float, list[float]]],
    ticket: list[anatomy.Layer],
    task: Task,
    results: dict[str, Path],
    draw: Draw,
) -> list[Path]:
    """Draw what there is of prunings alone; the files that were written."""
    trained = [p for p in points if p.regime == "C" and p.share is not None]
    unit = unit_of(task)
    pictures = {}
    if any(p.arm != DENSE for p in trained):
        once = summary.with_one_dense(summary.counted_once(trained))
        pictures["compare-kept.png"] = pruning_figures.kept(once, unit)
    if curves:
        pictures["compare-steps.png"] = pruning_figures.steps(curves, unit)
    if layers:
        pictures["compare-sensitivity.png"] = pruning_figures.sensitivity(layers)
    if ticket:
        pictures["compare-ticket.png"] = anatomy_figure.anatomy(ticket)
    for name, picture in pictures.items():
        draw(picture, results[name])
    return [results[name] for name in pictures]


def _print(console: Console, title: str, unit: str, found: list[Entry]) -> None:
    """The own networks of each method; the controls and the cost are in the files."""
    for condition in dict.fromkeys(entry.condition for entry in found):
        table = Table(
            title=f"{title}: {condition}",
            caption="±: the sample standard deviation over seeds",
        )
        for column in ("network", "level", "seeds", "connections", "score"):
            table.add_column(
                column, justify="left" if column == "network" else "right", no_wrap=True
            )
        for entry in found:
            if entry.condition == condition and not entry.is_control:
                cells = dict(zip(HEADER, tables.cells_of(entry, unit), strict=False))
                table.add_row(*(cells[str(column.header)] for column in table.columns))
        console.print(table)


if __name__ == "__main__":
    main()
