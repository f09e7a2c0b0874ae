"""The tables of docs/results/pruning.md: every row's command, its runs, and its table, remade.

    python -m benchmarks.pruning_tables tune --out FOLDER         # penalties, on validation images
    python -m benchmarks.pruning_tables run --out FOLDER          # goes on where it was stopped
    python -m benchmarks.pruning_tables table --out FOLDER        # CSV and Markdown of what is done
    python -m benchmarks.pruning_tables figures --out FOLDER      # of some of them

MNIST with the arms that make the rows fair, at the size of the networks that are searched for:
16 x 16 pixels, 256-100-50-10, 31,100 weights. The budget is small, so that five seeds take minutes
of one core: `STEPS` a training where a full one has 12,000, and rounds that remove half of
the survivors where a full run removes a fifth. Methods that cannot be done in so few steps have
`FULL`. The collapse is shown on LeNet-300-100.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.pruning_rows import FULL, RUNS
from wann import envs
from wann.compare import anatomy_figure, pruning_figures
from wann.compare.measure import of_row
from wann.compare.paired import differences
from wann.core.layers import depths
from wann.core.network import Network
from wann.plotting import style
from wann.prune import __main__ as prune
from wann.prune.images.anatomy import anatomy
from wann.prune.run import COLUMNS, TICKET, PruneRun, Row
from wann.storage.load import load

SEEDS = 5
# The penalties that `tune` tries with the first seed.
TRIED = {
    "l1": (1e-4, 3e-4, 1e-3),
    "group-lasso": (3e-4, 1e-3, 3e-3),
    "l0": (1, 3, 10),
    "bayesian-compression": (1, 3),
}
POINTS = 0.015  # of accuracy on validation images that a penalty may cost


def tune(out: Path) -> None:
    """Try the penalties, and print what each leaves, and the largest that costs few points."""
    _prune(out / "tuning" / "dense", [*FULL, "--method", "dense"], 1)
    (dense,) = [row.validation for row in PruneRun(out / "tuning" / "dense").rows()]
    assert dense is not None
    for method, penalties in TRIED.items():
        chosen = penalties[0]
        for penalty in penalties:
            folder = out / "tuning" / f"{method}-{penalty:g}"
            args = [*FULL, "--method", method, "--penalty", str(penalty), "--arms", ""]
            _prune(folder, args, 1)
            (row,) = PruneRun(folder).rows()
            print(f"{method} {penalty:g}: {row.validation:.4f}, {row.connections:,} connections")
            if row.validation is not None and row.validation >= dense - POINTS:
                chosen = penalty
        print(f"{method}: --penalty {chosen:g}, dense {dense:.4f}", flush=True)


def run(out: Path, names: list[str], seeds: int) -> None:
    """Do the runs with so many seeds, or go on with them."""
    for name in names:
        _prune(out / name, RUNS[name], seeds)
        print(name, "done", flush=True)


def _prune(folder: Path, args: list[str], seeds: int) -> None:
    begun = (folder / "config.json").is_file()
    args = ["--resume", str(folder)] if begun else [*args, "--run", str(folder)]
    prune.main([*args, "--seeds", str(seeds), "--workers", "1", "--quiet"])


def table(out: Path) -> None:
    """Write pruning.csv, every row of every run, and print the means as Markdown."""
    rows: list[tuple[str, Row]] = []
    for name in RUNS:
        if (out / name / "config.json").is_file():
            rows += [(name, row) for row in PruneRun(out / name).rows()]
    with open(out / "pruning.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("run", *COLUMNS))
        for name, row in rows:
            writer.writerow((name, *(_cell(getattr(row, column)) for column in COLUMNS)))
    for name in dict.fromkeys(name for name, _ in rows):
        print(f"\n`wann prune {' '.join(RUNS[name])}`\n")
        print("| arm | regime | level | seeds | weights kept | effective | score | images seen |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        groups = defaultdict(list)
        for which, row in rows:
            if which == name:
                groups[row.arm, row.regime, row.level].append(row)
        for (arm, regime, level), its in groups.items():
            print(_line(arm, regime, level, its))
        its = [row for which, row in rows if which == name]
        print("\n".join(["", *_differences(its), *_nodes(PruneRun(out / name), its)]))
        notes = {f"{r.arm}, level {r.level}: {r.note}" for which, r in rows if which == name}
        print("\n".join(["", *sorted(note for note in notes if not note.endswith(": "))]))
    config = out / "versions.json"
    found = [out / name / "config.json" for name in RUNS]
    versions = [json.loads(file.read_text())["versions"] for file in found if file.is_file()]
    config.write_text(json.dumps(versions[0] if versions else {}, indent=1) + "\n")


def figures(out: Path) -> None:
    """Draw the collapse, learning curves, the layers' sensitivity, and what a ticket looks like."""
    run = {name: PruneRun(out / name) for name in ("collapse", "lottery-ticket", "sensitivity")}
    rows = run["collapse"].rows()
    points = [of_row(replace(row, method="synflow"), {row.arm for row in rows}) for row in rows]
    ticket = [(run["lottery-ticket"], "lottery-ticket")]
    pictures = {
        "kept": pruning_figures.kept(points, "accuracy"),
        "steps": pruning_figures.steps(pruning_figures.curves_of(ticket), "accuracy"),
        "sensitivity": pruning_figures.sensitivity(
            pruning_figures.sensitivities([(run["sensitivity"], "sensitivity")])
        ),
        "ticket": anatomy_figure.anatomy(anatomy(run["lottery-ticket"], envs.make("mnist"))),
    }
    for name, picture in pictures.items():
        with open(out / f"pruning-{name}.png", "wb") as file:
            style.save(picture, file, "png")


def _line(arm: str, regime: str, level: int, its: list[Row]) -> str:
    scores = [row.score for row in its]
    spread = f" ± {np.std(scores, ddof=1):.2%}" if len(its) > 1 else ""
    means = [f"{np.mean([getattr(row, name) for row in its]):,.0f}" for name in COUNTS]
    cells = [arm, regime, str(level), str(len(its)), *means[:2], f"{np.mean(scores):.2%}{spread}"]
    return "| " + " | ".join([*cells, means[2]]) + " |"


def _differences(rows: list[Row]) -> Iterator[str]:
    """The ticket minus each other arm of the same seeds, with its interval."""
    for found in differences(of_row(row, {other.arm for other in rows}) for row in rows):
        if found.level > 0 and found.low is not None and found.high is not None:
            yield (
                f"- level {found.level}, n = {found.seeds}: ticket minus {found.arm} "
                f"{found.mean:+.2%} ({found.low:+.2%} to {found.high:+.2%})"
            )


def _nodes(run: PruneRun, rows: list[Row]) -> Iterator[str]:
    """Mean numbers of inputs and hidden nodes on a path from an input to an output."""
    groups = defaultdict(list)
    for row in rows:
        file = run.network(row.arm, row.seed, row.level)
        if row.arm == TICKET and file.suffix == ".json" and file.exists():
            groups[row.level].append(_layers(load(file).network))
    for level, counts in groups.items():
        means = "-".join(f"{mean:.0f}" for mean in np.mean(counts, axis=0))
        yield f"- level {level}, n = {len(counts)}: inputs and hidden nodes {means}"


def _layers(network: Network) -> np.ndarray:
    """How many inputs and hidden nodes of each depth feed another node, int64[layers]."""
    used = np.unique(network.sources[network.sources > 0])  # 0 is the bias
    return np.bincount(depths(network)[used])


COUNTS = ("kept", "connections", "samples")


def _cell(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("tune", "run", "table", "figures"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=list(RUNS), choices=list(RUNS))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    if options.what == "tune":
        tune(options.out)
    elif options.what == "run":
        run(options.out, options.only, options.seeds)
    elif options.what == "figures":
        figures(options.out)
    else:
        table(options.out)
