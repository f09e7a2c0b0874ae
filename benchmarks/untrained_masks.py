"""Regime A on MNIST: where weight agnostic networks stand among masks over untrained weights.

    python -m benchmarks.untrained_masks --seeds 5
    python -m benchmarks.untrained_masks --figure docs/images/untrained-masks.png

Prunes 256-100-50-10 (31,100 weights) by each method to 500 to 20,000 connections, and compares the
masks with the champion that comes with the project. The runs are kept in --runs and never done
twice; a seed of all methods but the last takes about a minute of one core. compare.csv, compare.md
and compare-A.png go to --out.

--figure draws what is there, each mask with its own untrained weights, and does nothing else:
compare also tries each mask with one shared weight, which takes minutes.

Evolved masks have one seed and `GENERATIONS`: a generation takes as long as 30 steps of gradient.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from wann.compare import __main__ as compare
from wann.compare import figure, measure, summary, untrained
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.plotting import style
from wann.prune import __main__ as prune
from wann.prune.run import SHUFFLED, TICKET, PruneRun
from wann.storage import subject

TOTAL = 31_100
KEPT = (20_000, 10_000, 5_000, 1_849, 1_000, 500)
SPARSITY = ",".join(f"{1 - kept / TOTAL:.5f}" for kept in KEPT)
METHODS = {
    "edge-popup": ("--steps", "2000", "--sparsity", SPARSITY),
    "biprop": ("--steps", "2000", "--sparsity", SPARSITY),
    "untrained-supermask": (
        *("--steps", "2000", "--sparsity", SPARSITY),
        *("--arms", "shuffled"),
    ),
    "learned-supermask": ("--steps", "2000"),
}
GENERATIONS = 200
EVOLVED = ("--steps", str(GENERATIONS), "--sparsity", SPARSITY)
CHAMPION = "champion:mnist"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--runs", type=Path, default=Path("runs/untrained-masks"))
    parser.add_argument("--out", type=Path, default=Path("docs/results/untrained-masks"))
    parser.add_argument("--figure", type=Path, default=None)
    options = parser.parse_args()
    if options.figure is not None:
        draw(options.runs, options.figure)
        return
    runs = []
    for seed in range(options.seeds):  # outside, so that what is done early is whole
        for method, settings in METHODS.items():
            runs.append(options.runs / f"{method}-s{seed}")
            _prune(runs[-1], method, seed, settings)
    runs.append(options.runs / f"evolved-mask-{GENERATIONS}-s0")
    _prune(runs[-1], "evolved-mask", 0, EVOLVED)
    compare.main([CHAMPION, *map(str, runs), "--out", str(options.out), "--force"])


def draw(runs: Path, file: Path) -> None:
    """The figure of regime A, from the rows of all runs that are there, and the champion."""
    points = []
    for folder in sorted(path for path in runs.iterdir() if (path / "config.json").is_file()):
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
