"""How fast a search is: ``python -m benchmarks.search``, about a minute.

Everything is measured side by side in one run, each number as the best of several tries, and set
against the plain versions in tests/naive or the limits that the design promises.
"""

from __future__ import annotations

import dataclasses
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numba
import numpy as np
from rich.console import Console
from rich.table import Table

from tests import naive
from wann import envs
from wann.core.config import preset
from wann.core.genome import Genome
from wann.core.kernels.rollout import compile_rollout
from wann.core.network import express
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.pool import Pool
from wann.search import loop, pareto
from wann.search.state import SearchState
from wann.search.variation import initial, mutation
from wann.search.variation.innovation import Innovations
from wann.storage.load import load
from wann.storage.run import Run

TASK = envs.make("swingup")
CONFIG = preset("swingup")
WEIGHTS = CONFIG.drawn_weights(0)


def counting(step: Any) -> Any:
    """A step with a reward of 1, so that a return is a number of steps."""

    @numba.njit(error_model="numpy")
    def counted(state: np.ndarray, action: np.ndarray) -> tuple[float, bool]:
        _, terminated = step(state, action)
        return 1.0, terminated

    return counted


def best(
    function: Callable[[], object],
    tries: int = 7,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Seconds of the fastest of several calls."""
    seconds = []
    for _ in range(tries):
        start = clock()
        function()
        seconds.append(clock() - start)
    return min(seconds)


# Of one thread's own work: what else runs on the machine hardly counts.
on_core = partial(best, clock=time.thread_time)


def grown(connections: int, seed: int) -> Genome:
    """A genome for swing-up with this many live connections, made by the preset's mutations."""
    innovations = Innovations(5, 1)
    rng = np.random.default_rng([seed, connections])
    while True:
        genome = initial.thinned(initial.direct(5, 1, innovations), 0.5, rng)
        for _ in range(20 * connections):
            live = express(genome).complexity
            if live >= connections:
                break
            genome = mutation.mutate(
                genome, rng, innovations, CONFIG.activation_indices, CONFIG.mutation_rates
            )
        if live == connections:
            return genome


def rollout_speed(table: Table) -> None:
    """Nanoseconds a step, and how many times faster that is than the plain rollout."""
    rollouts = ControlEvaluator(TASK)
    counts = ControlEvaluator(dataclasses.replace(TASK, step=counting(TASK.step)))
    floors = {3: 60.0, 20: None, 22: 210.0, 93: 460.0}
    for connections, floor in floors.items():
        kernel: dict[int, list[float]] = {3: [], 100: []}
        plain = []
        for seed in range(6):
            genome = grown(connections, seed)
            network = express(genome)
            for episodes, times in kernel.items():
                states = TASK.initial_states(np.random.default_rng(seed), episodes)
                steps = counts.rewards(network, WEIGHTS, states).sum()
                seconds = on_core(lambda n=network, s=states: rollouts.rewards(n, WEIGHTS, s))
                times.append(1e9 * seconds / steps)
            start = time.thread_time()
            steps = sum(naive.rollout(TASK, genome, weight, states[0])[1] for weight in WEIGHTS)
            plain.append(1e9 * (time.thread_time() - start) / steps)
        search, report = (float(np.median(times)) for times in kernel.values())
        limit = f"below {floor:.0f}" if floor else ""
        name = f"step of a rollout, {connections} connections"
        table.add_row(f"{name}, 3 episodes a weight", f"{search:.0f} ns", limit)
        table.add_row(f"{name}, 100 episodes a weight", f"{report:.0f} ns", limit)
        if connections == 20:
            ratio = float(np.median(plain)) / search
            table.add_row(f"{name}, the plain version", f"{np.median(plain):.0f} ns", "")
            table.add_row("  times faster", f"{ratio:.0f} x", "above 50 x")


def champions(table: Table) -> None:
    """Nanoseconds a step of champions, against steps that each work on a copy of their state."""
    for name in ("swingup", "cartpole"):
        task = envs.make(name)
        network = load(f"champion:{name}").network
        strengths = np.ones(network.complexity, np.float32)
        kernels = [compile_rollout(task), compile_rollout(task, apart=True)]
        counts = compile_rollout(dataclasses.replace(task, step=counting(task.step)))
        what = f"step of champion:{name}, {network.complexity} connections"
        for episodes in (3, 100):
            states = task.initial_states(np.random.default_rng(0), episodes)
            rest = (network.graph, strengths, WEIGHTS, states, task.bounds, task.episode_limit)
            steps = counts(*rest).sum()
            calls = [partial(kernel, *rest) for kernel in kernels]
            tries = np.array([[on_core(call, 1) for call in calls] for _ in range(15)])
            columns, apart = np.median(1e9 * tries[1:] / steps, axis=0)
            ratio = np.median(tries[1:, 1] / tries[1:, 0])
            limit = "below 15" if name == "swingup" and episodes == 100 else ""
            table.add_row(f"{what}, {episodes} episodes a weight", f"{columns:.1f} ns", limit)
            table.add_row("  each step on a copy", f"{apart:.1f} ns, {ratio:.2f} times", "")


class Stopwatch(Pool):
    """A pool that knows how long pools have worked."""

    seconds = 0.0

    def rewards(self, *arguments: Any) -> np.ndarray:
        """As those of the pool, timed."""
        start = time.perf_counter()
        result = super().rewards(*arguments)
        Stopwatch.seconds += time.perf_counter() - start
        return result

    def scores(self, *arguments: Any) -> np.ndarray:
        """As those of the pool, timed."""
        start = time.perf_counter()
        result = super().scores(*arguments)
        Stopwatch.seconds += time.perf_counter() - start
        return result


def overhead(table: Table) -> None:
    """The share of a generation's time in which nothing is evaluated, files included."""
    loop.Pool = Stopwatch
    config = dataclasses.replace(CONFIG, generations=60)
    for workers in (1, 2):
        times = []

        def note(row: dict[str, Any], times: list[tuple[float, float]] = times) -> None:
            times.append((Stopwatch.seconds, time.perf_counter()))

        with tempfile.TemporaryDirectory() as folder:
            state = SearchState(TASK, config, Run.create(config, Path(folder) / "run"))
            loop.search(state, workers=workers, report=note)
        evaluating, total = np.diff(np.array(times), axis=0).T
        for name, part in (("early", slice(0, 20)), ("later", slice(-20, None))):
            share = 1 - evaluating[part].sum() / total[part].sum()
            table.add_row(
                f"outside evaluation, swing-up, {name} generations, {workers} workers",
                f"{share:.1%} of {1000 * total[part].mean():.0f} ms",
                "below 10 %" if workers == 1 else "",
            )


@numba.njit(nogil=True)
def spin(rounds: int) -> float:
    """Work that shares nothing with anyone."""
    x = 0.0
    for i in range(rounds):
        x += np.sin(x + i)
    return x


def workers(table: Table) -> None:
    """How much faster two workers are than one, and what two threads can gain here at all."""
    networks = [express(grown(20, seed)) for seed in range(192)]
    states = TASK.initial_states(np.random.default_rng(0), 3)
    spin(1)

    def apart() -> None:
        threads = [threading.Thread(target=spin, args=(500_000,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with Pool(ControlEvaluator(TASK), 1) as one, Pool(ControlEvaluator(TASK), 2) as two:
        calls = (
            lambda: one.rewards(networks, WEIGHTS, states),
            lambda: two.rewards(networks, WEIGHTS, states),
            lambda: (spin(500_000), spin(500_000)),
            apart,
        )
        tries = [[best(call, 1) for call in calls] for _ in range(15)]
    single, double, alone, both = np.min(tries, axis=0)
    table.add_row("a generation of 192 on one worker", f"{1000 * single:.0f} ms", "")
    table.add_row("  two workers are faster by", f"{single / double:.2f} x", "above 1.7 x")
    table.add_row("  two threads that share nothing", f"{alone / both:.2f} x", "")


def ranking(table: Table) -> None:
    """Fronts and crowding distances of a population for MNIST."""
    rng = np.random.default_rng(0)
    for objectives in (2, 3):
        values = rng.normal(size=(960, objectives)).round(2)
        seconds = best(lambda v=values: pareto.rank(v))
        limit = "below 5 ms" if objectives == 2 else ""
        table.add_row(f"ranking 960, {objectives} objectives", f"{1000 * seconds:.2f} ms", limit)


def children(table: Table) -> None:
    """Mutating and expressing, on average over the mutations as they are drawn."""
    for task, inputs, outputs, connections in (("swingup", 5, 1, 50), ("mnist", 256, 10, 2000)):
        config = preset(task)
        activations, rates = config.activation_indices, config.mutation_rates
        rng, innovations = np.random.default_rng(0), Innovations(inputs, outputs)
        whole = initial.direct(inputs, outputs, innovations)
        genome = initial.thinned(whole, config.connect_probability, rng)
        growing = {**rates, "add_connection": 2.0}
        while express(genome).complexity < connections:
            genome = mutation.mutate(genome, rng, innovations, activations, growing)

        def family(parent: Genome, count: int, *variation: Any) -> None:
            rng = np.random.default_rng(1)
            for _ in range(count):
                express(mutation.mutate(parent, rng, *variation))

        call = partial(family, genome, 40, innovations, activations, rates)
        seconds = best(call, 25) / 40
        what = f"a child for {task}: {connections} connections, {len(genome.hidden)} hidden nodes"
        table.add_row(what, f"{1e6 * seconds:.0f} µs", "below 100 µs")
        seconds = best(partial(express, genome), 200)
        table.add_row("  of which to express it", f"{1e6 * seconds:.0f} µs", "")


def main() -> None:
    """Measure and print."""
    table = Table("what", "measured", "to hold", title="Speed of the search")
    for measure in (rollout_speed, champions, overhead, workers, ranking, children):
        measure(table)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
