"""Regime A on MNIST: where weight agnostic networks stand among masks over untrained weights.

    python -m benchmarks.untrained_masks --seeds 5

Prunes 256-100-50-10 (31,100 weights) by each method to 500 to 20,000 connections, and compares the
masks with the champion that comes with the project. The runs are kept in --runs and never done
twice; a seed of all methods but the last takes about a minute of one core. compare.csv, compare.md
and compare-A.png go to --out.

Evolved masks have one seed and `GENERATIONS`: a generation takes as long as 30 steps of gradient.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from wann.compare import __main__ as compare
from wann.prune import __main__ as prune
from wann.prune.run import PruneRun

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
    options = parser.parse_args()
    runs = []
    for seed in range(options.seeds):  # outside, so that what is done early is whole
        for method, settings in METHODS.items():
            runs.append(options.runs / f"{method}-s{seed}")
            _prune(runs[-1], method, seed, settings)
    runs.append(options.runs / f"evolved-mask-{GENERATIONS}-s0")
    _prune(runs[-1], "evolved-mask", 0, EVOLVED)
    compare.main([CHAMPION, *map(str, runs), "--out", str(options.out), "--force"])


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
