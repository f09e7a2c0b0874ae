"""What stepping Gymnasium environments costs: ``python -m benchmarks.gym``, a few minutes.

Everything is measured by turns in one run, and the medians are compared: steps a second of one
bare loop with a fixed action against those of a search's workers, and the share of the workers'
time in which no episode is played.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import gymnasium
import numpy as np
from distributed import LocalCluster
from rich.console import Console
from rich.table import Table

from wann import envs
from wann.core.config import SearchConfig, preset
from wann.core.network import Network, express
from wann.evaluation.cluster import Machines
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.evaluation.recording import record
from wann.search.variation import initial, mutation
from wann.search.variation.innovation import Innovations

ROUNDS = 5


def grown(config: SearchConfig, inputs: int, outputs: int, count: int) -> list[Network]:
    """Networks after 40 mutations each."""
    rng, innovations = np.random.default_rng(0), Innovations(inputs, outputs)
    kinds, rates = config.activation_indices, config.mutation_rates
    networks = []
    for _ in range(count):
        whole = initial.direct(inputs, outputs, innovations)
        genome = initial.thinned(whole, config.connect_probability, rng)
        for _ in range(40):
            genome = mutation.mutate(genome, rng, innovations, kinds, rates)
        networks.append(express(genome))
    return networks


def bare(env_id: str, steps: int) -> float:
    """Steps a second of the plainest loop, one process."""
    env = gymnasium.make(env_id)
    action = np.zeros_like(env.action_space.sample())
    env.reset(seed=0)
    started = time.perf_counter()
    for step in range(steps):
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            env.reset(seed=step)
    return steps / (time.perf_counter() - started)


def seconds(function: Callable[[], object]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def speed(table: Table, env_id: str, population: int, episodes: int, plain: int) -> None:
    """Steps a second of two workers on a generation against one bare loop."""
    task = envs.make(f"gym:{env_id}")
    config = preset(task.name, max_steps=400)
    evaluator = evaluator_for(task, config)
    networks = grown(config, len(task.inputs), len(task.outputs), population)
    cases = evaluator.draw(np.random.default_rng(1), episodes)
    steps = sum(
        min(len(record(task, network, weight, seed).rewards), 400)
        for network in networks
        for weight in config.weight_values
        for seed in cases.tolist()
    )
    with Pool(evaluator, 2) as pool:
        pool.rewards(networks, config.weight_values, cases)
        tries = [
            (bare(env_id, plain), steps / seconds(
                lambda: pool.rewards(networks, config.weight_values, cases)
            ))
            for _ in range(ROUNDS)
        ]  # fmt: skip
    alone, ours = np.median(tries, axis=0)
    size = np.mean([network.complexity for network in networks])
    table.add_row(f"{env_id}: bare loop, fixed action", f"{alone:,.0f} steps/s", "")
    table.add_row(f"  two workers, {size:.0f} connections", f"{ours:,.0f} steps/s", "")
    ratios = ", ".join(f"{b / a:.2f}" for a, b in tries)
    table.add_row("  two workers against the bare loop", f"{ours / alone:.2f} x", "1.8 x")
    table.add_row(f"  each round: {ratios}", "", "")


def overhead(table: Table, env_id: str) -> None:
    """The share of two workers' time, local and on Dask, in which no episode is played."""
    task = envs.make(f"gym:{env_id}")
    config = preset(task.name)
    evaluator = evaluator_for(task, config)
    networks = grown(config, len(task.inputs), len(task.outputs), 64)
    cases = evaluator.draw(np.random.default_rng(1), 1)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        for machines in (Machines(), Machines("dask", cluster.scheduler_address)):
            with Pool(evaluator, 2, machines) as pool:
                call = partial(pool.rewards, networks, config.weight_values, cases)
                call()  # starts them
                shares = []
                for _ in range(ROUNDS):
                    wall = seconds(call)
                    working = pool.pace * len(networks) * len(config.weight_values) * len(cases)
                    shares.append(1 - working / (2 * wall))
            name = f"{env_id}, {machines.backend}: share of the time outside episodes"
            table.add_row(name, f"{np.median(shares):.1%} of {wall:.2f} s", "10 %")


def main() -> None:
    """Measure and print."""
    table = Table("what", "measured", "to hold", title="Gymnasium environments")
    speed(table, "BipedalWalker-v3", 12, 1, 4000)
    speed(table, "Acrobot-v1", 16, 1, 20_000)
    overhead(table, "Acrobot-v1")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
