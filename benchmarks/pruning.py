"""Training for pruning: a step's time at two sizes, alone, vmapped over seeds and on threads.

    python -m benchmarks.pruning

The images are random: the time does not depend on them. A lottery ticket down to 3.6 % of
784-300-100-10 takes 16 trainings of 15,000 steps; their time follows from a step's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np

from wann.envs.classification import Examples
from wann.prune.images.data import AS_THEY_ARE, Data
from wann.prune.images.training import Trainer, Training, compiled_training
from wann.prune.networks.mlp import glorot_normal, keep_all

SIZES = ((784, 300, 100, 10), (256, 100, 50, 10), (64, 32, 16, 10))
SEEDS = 4
IMAGES = 5_000


def seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """The shortest of several runs: what others do on the machine only adds."""
    call()  # compiles
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def measure(sizes: tuple[int, ...], steps: int) -> None:
    rng = np.random.default_rng(0)
    images = Examples(
        rng.random((IMAGES, sizes[0]), np.float32), rng.integers(0, sizes[-1], IMAGES)
    )
    trainer = Trainer(Data(images, images, images, AS_THEY_ARE))
    how = Training(steps, choose=False)
    starts = [glorot_normal(sizes, np.random.default_rng(seed)) for seed in range(SEEDS)]
    masks = keep_all(starts[0])

    def train(seed: int) -> object:
        return list(trainer.run(starts[seed], masks, how, np.random.default_rng(seed), [steps]))

    def on_threads() -> object:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(train, range(SEEDS)))

    run, prepare = compiled_training(how.optimizer, how.l2)
    many = jax.jit(jax.vmap(run, in_axes=(0, 0, 0, None, None, 0, None)))
    stacked = jax.tree.map(lambda *parts: jnp.stack(parts), *starts)
    moments = jax.vmap(prepare)(stacked)
    keep = tuple(jnp.ones((SEEDS, *mask.shape)) for mask in masks)
    batches = jnp.asarray(rng.integers(0, IMAGES, (SEEDS, steps, how.batch)), jnp.int32)
    X, y = jnp.asarray(images.X), jnp.asarray(images.y, jnp.int32)

    def vmapped() -> object:
        return jax.block_until_ready(many(stacked, moments, keep, X, y, batches, how.learning_rate))

    alone = seconds(lambda: train(0)) / steps
    name = "-".join(map(str, sizes))
    print(f"{name}, a step of one seed: {1e3 * alone:.3f} ms")
    for what, call in ((f"vmap over {SEEDS} seeds", vmapped), ("2 threads", on_threads)):
        each = seconds(call) / steps / SEEDS
        print(f"  {what}: {1e3 * each:.3f} ms a seed, {alone / each:.2f} times as fast")
    if sizes == SIZES[0]:
        print(f"  16 trainings of 15,000 steps: {16 * 15_000 * alone / 60:.1f} minutes")


if __name__ == "__main__":
    for sizes, steps in zip(SIZES, (300, 1_000, 4_000), strict=True):
        measure(sizes, steps)
