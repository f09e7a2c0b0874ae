"""Regime A on MNIST: where weight agnostic networks stand among masks over untrained weights.

    python -m benchmarks.untrained_masks run --runs FOLDER      # goes on where it was stopped
    python -m benchmarks.untrained_masks table --runs FOLDER --out docs/results
    python -m benchmarks.untrained_masks figure --runs FOLDER --out docs/images
    python -m benchmarks.untrained_masks compare --runs FOLDER --out FOLDER

Prunes 256-100-50-10 (31,100 weights) by each method to 500 to 20,000 connections, and compares the
masks with the champion that comes with the project. The runs are kept in --runs and never done
twice; a seed takes a minute and a half of one core, a third of that for evolved masks: one of their
`GENERATIONS` takes as long as 30 steps of gradient.

table and figure show each mask with its own untrained weights; compare also tries each mask with
one shared weight, which takes minutes.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from wann.compare import __main__ as compare
from wann.compare import figure, measure, summary, untrained
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.plotting import style
from wann.prune import __main__ as prune
from wann.prune.run import COLUMNS, SHUFFLED, TICKET, PruneRun
from wann.storage import subject

TOTAL = 31_100
KEPT = (20_000, 10_000, 5_000, 1_849, 1_000, 500)
SPARSITY = ",".join(f"{1 - kept / TOTAL:.5f}" for kept in KEPT)
GENERATIONS = 200
METHODS = {
    "edge-popup": ("--steps", "2000", "--sparsity", SPARSITY),
    "biprop": ("--steps", "2000", "--sparsity", SPARSITY),
    "untrained-supermask": (
        *("--steps", "2000", "--sparsity", SPARSITY),
        *("--arms", "shuffled"),
    ),
    "learned-supermask": ("--steps", "2000"),
    "evolved-mask": ("--steps", str(GENERATIONS), "--sparsity", SPARSITY),
}
CHAMPION = "champion:mnist"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("run", "table", "figure", "compare"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(), help="by default here")
    options = parser.parse_args()
    if options.what == "run":
        for seed in range(options.seeds):  # outside, so that what is done early is whole
            for method, settings in METHODS.items():
                _prune(options.runs / f"{method}-s{seed}", method, seed, settings)
    elif options.what == "table":
        table(options.runs, options.out / "untrained-masks.csv")
    elif options.what == "figure":
        draw(options.runs, options.out / "untrained-masks.png")
    else:
        compare.main([CHAMPION, *map(str, folders(options.runs)), "--out", str(options.out)])


def folders(runs: Path) -> list[Path]:
    """The runs that are there."""
    return sorted(path for path in runs.iterdir() if (path / "config.json").is_file())


def table(runs: Path, file: Path) -> None:
    """Write the rows of all runs that are there, and print their means as Markdown."""
    rows = [row for folder in folders(runs) for row in PruneRun(folder).rows() if row.level]
    with open(file, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, column) for column in COLUMNS] for row in rows)
    groups = defaultdict(list)
    for row in rows:
        groups[row.method, row.arm, row.level].append(row)
    print("| method | arm | level | seeds | weights kept | effective | accuracy |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for key, its in groups.items():
        scores = [row.score for row in its]
        spread = f" ± {np.std(scores, ddof=1):.1%}" if len(its) > 1 else ""
        counts = [np.mean([getattr(row, name) for row in its]) for name in ("kept", "connections")]
        cells = [*key, len(its), *(f"{n:,.0f}" for n in counts), f"{np.mean(scores):.1%}{spread}"]
        print("| " + " | ".join(map(str, cells)) + " |")


def draw(runs: Path, file: Path) -> None:
    """The figure of regime A, from the rows of all runs that are there, and the champion."""
    points = []
    for folder in folders(runs):
        rows = PruneRun(folder).rows()
        points += [measure.of_row(row, {r.arm for r in rows}) for row in rows if row.regime == "A"]
    champion = subject.read(Path(CHAMPION), None)
    network = champion.model.network
    base = measure.Point(
        "A", "", "WANN", measure.SEARCHED, 0, champion.config.seed, network.complexity, 0.0
    )
    with Pool(evaluator_for(champion.task, champion.config), 1) as pool:
        scores = untrained.scores(pool, network, None, 1, 0)
    points += [measure.with_score(base, score) for score in scores]
    points = [p for p in points if p.condition in (measure.OWN, measure.RANDOM_SHARED)]
    points = [p for p in points if p.arm in (TICKET, SHUFFLED, measure.SEARCHED)]
    picture = figure.figure(summary.entries(points), "A", champion.task.name, "accuracy")
    with open(file, "wb") as out:
        style.save(picture, out, "png")


def _prune(run: Path, method: str, seed: int, settings: tuple[str, ...]) -> None:
    """Prune with a seed; go on where that was begun."""
    if not (run / "config.json").exists():
        named = ("--method", method, "--env", "mnist", "--seed", str(seed), "--run", str(run))
        prune.main([*named, *settings, "--quiet"])
    elif not PruneRun(run).rows() or not (run / "done").exists():
        prune.main(["--resume", str(run), "--quiet"])
    (run / "done").touch()


if __name__ == "__main__":
    main()
