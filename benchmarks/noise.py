"""What networks are worth under noise: searched, dense, pruned and k-winners, on two tasks.

    python -m benchmarks.noise --runs FOLDER --out docs/results/noise

Trains on MNIST (256-100-50-10, 2,000 steps) a dense network, a lottery ticket of 1,850 weights,
k-winners and, with the same random half of the weights, relu nodes; on swing-up a dense policy and
what a lottery ticket leaves of it. Then `wann compare --noise` sets each beside the champions that
come with the project. Nothing is chosen by its score under noise. Runs that are there are used.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from wann.compare import __main__ as compare
from wann.prune import __main__ as prune

IMAGES = ("--env", "mnist", "--steps", "2000")
POLICIES = ("--env", "swingup", "--budget", "2e7", "--least", "30")
RUNS: dict[str, dict[str, tuple[str, ...]]] = {
    "mnist": {
        "dense": (*IMAGES, "--method", "dense"),
        "lottery ticket": (*IMAGES, "--method", "lottery-ticket", "--rate", "0.5", "--arms", ""),
        "k-winners": (*IMAGES, "--method", "k-winners"),
        "half, relu": (*IMAGES, "--method", "random", "--sparsity", "0.5"),
    },
    "swingup": {
        "policy": (*POLICIES, "--method", "lottery-ticket", "--rate", "0.5", "--arms", ""),
    },
}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tasks", nargs="*", default=list(RUNS), choices=list(RUNS))
    options = parser.parse_args()
    for task in options.tasks:
        labels = ["--label", f"search=champion:{task}"]
        for name, args in RUNS[task].items():
            run = options.runs / f"{task}-{name.replace(' ', '-').replace(',', '')}"
            begun = (run / "config.json").is_file()
            how = ["--resume", str(run)] if begun else [*args, "--run", str(run)]
            prune.main([*how, "--seeds", str(options.seeds), "--workers", "1", "--quiet"])
            print(task, name, "trained", flush=True)
            labels += ["--label", f"{name}={run}"]
        out = ["--out", str(options.out / task), "--force", "--workers", "1"]
        compare.main([*labels, "--noise", *out])


if __name__ == "__main__":
    main()
