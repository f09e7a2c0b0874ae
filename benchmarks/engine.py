"""EnvPool as an engine against Gymnasium: ``python -m benchmarks.engine``, some minutes.

The speed of a whole search, variation, champions and episodes that end early included, on two
threads, against two plain loops of Gymnasium with a fixed action in two processes; by turns in one
run, the medians compared. All steps of all episodes are counted, as plain loops would take them,
and beside that only those that were taken, as episodes that go alike are stepped once: the first
is counted in a search of its own, in which nothing is shared. With ``--agreement``: whether a fixed
policy's returns are distributed alike, 200 episodes each.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from typing import Any

import gymnasium
import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import ks_2samp

import wann
from benchmarks.gym import grown
from wann import envs
from wann.core.config import SearchConfig, preset
from wann.envs.envpool import EnvPoolTask
from wann.evaluation.engine import envpool as engine
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.gym import GymEvaluator
from wann.evaluation.pool import Pool

ROUNDS = 3
# Each task with what has to be held, the steps of a plain loop, and the settings of a search.
TASKS: dict[str, tuple[float, int, dict[str, Any]]] = {
    "CarRacing-v3": (6.0, 600, {"population": 24, "generations": 2, "max_steps": 100}),
    "Acrobot-v1": (10.0, 60_000, {"population": 192, "generations": 3, "rollouts": 2}),
    "BipedalWalker-v3": (1.8, 15_000, {"population": 192, "generations": 3}),
    "LunarLander-v3": (1.8, 60_000, {"population": 192, "generations": 4, "rollouts": 1}),
}
AGREEMENT = ("Acrobot-v1", "Pendulum-v1", "LunarLander-v3", "BipedalWalker-v3", "CarRacing-v3")
EPISODES = 200
CUT = {"CarRacing-v3": 100}  # steps of an episode


def plain(env_id: str, steps: int, seed: int) -> float:
    """Steps a second of the plainest loop."""
    env = gymnasium.make(env_id)
    action = np.zeros_like(env.action_space.sample())
    env.reset(seed=seed)
    started = time.perf_counter()
    for step in range(steps):
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            env.reset(seed=seed + step)
    return steps / (time.perf_counter() - started)


def searched(config: SearchConfig, steps: list[int]) -> tuple[float, int]:
    """Seconds of a whole search on two threads, and the steps that it took, as a list counts."""
    steps.clear()
    started = time.perf_counter()
    wann.evolve(envs.make(config.env), config, workers=2, progress=False)
    return time.perf_counter() - started, sum(steps)


def steps_of_all(config: SearchConfig, steps: list[int]) -> int:
    """The steps of all episodes of a search, each in an environment of its own."""
    shared = engine.play

    def alone(*arguments: Any, **options: Any) -> np.ndarray:
        return shared(*arguments, **{"watch": lambda lanes, numbers: None, **options})

    # A function is replaced, which types forbid: lanes that are watched do not share.
    engine.play = alone  # type: ignore[assignment]
    try:
        return searched(config, steps)[1]
    finally:
        engine.play = shared


class Counted:
    """An EnvPool that adds the number of environments that step to a list."""

    def __init__(self, pool: Any, steps: list[int]) -> None:
        self._pool, self._steps = pool, steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def step(self, actions: np.ndarray, environments: np.ndarray) -> Any:
        """Step some."""
        self._steps.append(len(environments))
        return self._pool.step(actions, environments)


def count_taken() -> list[int]:
    """Let every step of environments add their number to a list."""
    steps: list[int] = []
    made = EnvPoolTask.pool

    def counted(self: Any, seeds: Any, **options: Any) -> Counted:
        return Counted(made(self, seeds, **options), steps)

    # A method is replaced, which types forbid: it counts what environments step.
    EnvPoolTask.pool = counted  # type: ignore[method-assign]
    return steps


def speed(table: Table, chosen: list[str]) -> None:
    """Whole searches against two plain loops."""
    steps = count_taken()
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        for env_id in chosen:
            hold, plain_steps, settings = TASKS[env_id]
            common = {
                "simplify": False,
                "confirm_rollouts": 2,
                "report_episodes": 2,  # a champion's many scores are not the search
                **settings,
            }
            config = preset(f"envpool:{env_id}", **common)
            every = steps_of_all(config, steps)  # which compiles, too
            tries = []
            for _ in range(ROUNDS):
                both = processes.starmap(plain, [(env_id, plain_steps, s) for s in (0, 1)])
                seconds, taken = searched(config, steps)
                tries.append((sum(both), every / seconds, taken / seconds))
            rates = [f"{rate:,.0f}" for rate in np.median(tries, axis=0)]
            ratios = (", ".join(f"{each[i] / each[0]:.2f}" for each in tries) for i in (1, 2))
            table.add_row(env_id, *rates, *ratios, f"{hold:g}")


def agreement(table: Table, chosen: list[str]) -> None:
    """The returns of a fixed policy in both."""
    for env_id in chosen:
        task = envs.make(f"envpool:{env_id}")
        config = preset(task.name, max_steps=CUT.get(env_id, 0), give_up=0)
        ours = evaluator_for(task, config)
        theirs = evaluator_for(envs.make(f"gym:{env_id}"), config)
        assert isinstance(ours, engine.EnvPoolEvaluator)
        assert isinstance(theirs, GymEvaluator)
        weight, seeds = np.array([1.3]), np.arange(EPISODES)
        networks = grown(config, len(task.inputs), len(task.outputs), 12)
        few = ours.returns("scores", networks, weight, seeds[:8])[:, 0]
        network = networks[int(few.std(axis=1).argmax())]  # whose episodes differ most
        with Pool(ours, 2) as pool:
            a = pool.scores([network], weight, seeds)[0, 0]
        with Pool(theirs, 2) as pool:
            b = pool.scores([network], weight, EPISODES + seeds)[0, 0]
        error = np.hypot(a.std(), b.std()) / np.sqrt(EPISODES)
        table.add_row(
            env_id,
            f"{b.mean():.1f} ± {b.std():.1f}",
            f"{a.mean():.1f} ± {a.std():.1f}",
            f"{(a.mean() - b.mean()) / error:+.2f}",
            f"{ks_2samp(a, b).pvalue:.3f}",
        )


def main() -> None:
    """Measure and print; names of tasks choose some."""
    chosen = [word for word in sys.argv[1:] if not word.startswith("--")]
    if "--agreement" in sys.argv:
        table = Table(
            "task", "Gymnasium", "EnvPool", "difference, standard errors", "p (Kolmogorov-Smirnov)",
            title=f"Returns of a fixed policy, {EPISODES} episodes each",
        )  # fmt: skip
        agreement(table, chosen or list(AGREEMENT))
    else:
        table = Table(
            "task", "two plain loops", "a whole search", "of these taken", "times, each round",
            "by steps taken", "to hold",
            title="Environment steps a second, two processes or threads",
        )  # fmt: skip
        speed(table, chosen or list(TASKS))
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
