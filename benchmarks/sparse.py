"""Training what a pruning has left: ``python -m benchmarks.sparse``, some minutes.

The levels of a lottery ticket of LeNet-300-100 on MNIST, by matrices with zeros in them and
connection by connection, by turns: the same weights, images and order of images. A level that does
not fall below what `sparse.FEW` says is trained by matrices in any case.
"""

from __future__ import annotations

import time

import numpy as np
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.prune.images.data import examples_of
from wann.prune.images.training import Trainer, Training
from wann.prune.networks import sparse
from wann.prune.networks.mlp import glorot_normal

SIZES = (784, 300, 100, 10)
SHARES = 0.8 ** np.arange(16)  # each level prunes a fifth: 3.5 % are left in the last
SHOWN = (0, 5, 6, 8, 10, 12, 15)
STEPS, TURNS = 1000, 3


def main() -> None:
    """Train each level both ways, and print the medians."""
    trainer = Trainer(examples_of(envs.make("mnist-28")))
    start = glorot_normal(SIZES, np.random.default_rng(0))
    limits = {"matrices": -1.0, "connections": sparse.FEW}
    times = np.empty((TURNS, len(SHARES), 2, 2))  # by the clock, and of the CPU
    for turn in range(TURNS):
        for level, share in enumerate(SHARES):
            masks = tuple(abs(w) >= np.quantile(abs(w), 1 - share) for w in start.weights)
            for way, few in enumerate(limits.values()):
                sparse.FEW = few
                trainer.train(start, masks, Training(1), np.random.default_rng(0))  # compiles
                before = time.perf_counter(), time.process_time()
                trainer.train(start, masks, Training(STEPS), np.random.default_rng(0))
                after = time.perf_counter(), time.process_time()
                times[turn, level, way] = np.subtract(after, before)
    table = Table(title=f"{STEPS:,} steps of 60 images, with 30 checks on 5,000; CPU time")
    for name in ("weights left", *limits, "times as fast, CPU", "by the clock"):
        table.add_column(name)
    for level in SHOWN:
        table.add_row(f"{SHARES[level]:.1%}", *_row(times[:, level]))
    table.add_row("the whole ticket", *_row(times.sum(axis=1)))
    Console().print(table)


def _row(times: np.ndarray) -> list[str]:
    """CPU seconds of both ways, and the ratios, of times [turns, 2, 2]."""
    dense, few = np.median(times[:, :, 1], axis=0)
    ratios = times[:, 0] / times[:, 1]
    found = [f"{dense:.2f} s", f"{few:.2f} s"]
    for k in (1, 0):
        low, middle, high = np.quantile(ratios[:, k], [0, 0.5, 1])
        found.append(f"{middle:.2f} ({low:.2f} to {high:.2f})")
    return found


if __name__ == "__main__":
    main()
