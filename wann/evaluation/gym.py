"""Episodes of Gymnasium environments, which are stepped in Python.

Each thread of each process that evaluates keeps one environment of a task alive, where a reset
makes it forget the past, and every episode begins with a seeded reset.
"""

from __future__ import annotations

import math
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from wann.core.kernels.action import act
from wann.core.network import Network
from wann.envs.failure import EnvironmentFailed, Failure, summary
from wann.envs.gym import GymTask, is_users
from wann.evaluation import timeout as deadline

SEEDS = 2**31  # of resets


class EpisodeError(Failure):
    """An exception in an environment, or one that would end the program.

    Attributes:
        network: The network that played.
        weight: What it played with: a shared weight, or [C] individual ones.
        seed: Of the reset that began the episode.
        what: The exception, in a line.
        text: The traceback; empty where the line says it all.
    """

    def __init__(
        self, network: Network, weight: float | np.ndarray, seed: int, what: str, text: str = ""
    ) -> None:
        """All of it, as it stands in `args`, so that it can travel between processes."""
        super().__init__(network, weight, seed, what, text)
        self.network, self.weight, self.seed = network, weight, seed
        self.what, self.text = what, text

    def __str__(self) -> str:
        """What happened, and how to get there again."""
        with_weight = f" with weight {self.weight:g}" if np.ndim(self.weight) == 0 else ""
        return f"the environment failed in episode {self.seed}{with_weight}: {self.what}"


class BadObservation(ValueError):
    """An observation is not one of the task's."""


@contextmanager
def told(network: Network, weight: float | np.ndarray, seed: int) -> Iterator[None]:
    """Tell whatever an environment raises as the failure of an episode.

    SystemExit, KeyboardInterrupt and GeneratorExit would else end the program, or the worker,
    without a word.

    Args:
        network: What plays.
        weight: A shared weight, or [C] individual ones.
        seed: Of the episode.

    Raises:
        EpisodeError: If the environment raises anything.
        KeyboardInterrupt: If it is the user's.
    """
    try:
        yield
    except (BadObservation, EnvironmentFailed) as error:
        raise EpisodeError(network, weight, seed, str(error)) from None
    except BaseException as error:
        if is_users(error):
            raise
        text = traceback.format_exc()
        raise EpisodeError(network, weight, seed, summary(error), text) from None


class GymEvaluator:
    """Episodes of a Gymnasium environment; a case is the seed of a reset.

    A return is NaN where a reward is not finite, and where the episode took longer than the
    timeout.
    """

    def __init__(self, task: GymTask, timeout: float = math.inf) -> None:
        """Episodes of a task, each of at most `timeout` seconds."""
        self.task = task
        self.timeout = timeout

    def draw(self, rng: np.random.Generator, rollouts: int) -> np.ndarray:
        """Seeds, int64[R]."""
        return rng.integers(SEEDS, size=rollouts)

    confirmation = report = draw

    def describe(self, cases: np.ndarray) -> str:
        """What cases for a report are."""
        return f"{len(cases)} fresh episodes a weight"

    def scores(self, network: Network, weights: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """The return of each choice of weights and seed, float64[W, R].

        Raises:
            EpisodeError: If the environment raises.
        """
        result = np.empty((len(weights), len(cases)))
        for w, weight in enumerate(weights):
            for r, seed in enumerate(cases.tolist()):
                result[w, r] = self._return(network, weight, seed)
        return result

    rewards = scores

    def _return(self, network: Network, weight: Any, seed: int) -> float:
        if self.timeout == math.inf:
            return play(self.task, network, weight, seed)
        ready = partial(prepare, self.task, network, weight, seed)
        arguments = self.task, network, weight, seed
        result: float = deadline.call(self.timeout, math.nan, ready, play, *arguments)
        return result


_mine = threading.local()


def environment(task: GymTask) -> Any:
    """This thread's environment of a task; that of the last task is closed.

    One with a Box2D world is made anew each time, which takes a fraction of a millisecond: some
    keep the world over a reset, and what happened in it changes the roundings of what comes
    (https://github.com/openai/gym/issues/2390).
    """
    if getattr(_mine, "task", None) != task or _has_past(_mine.env):
        if hasattr(_mine, "env"):
            _mine.env.close()
        _mine.task = None
        _mine.env = task.environment()
        _mine.task = task
    return _mine.env


def _has_past(env: Any) -> bool:
    world = getattr(env.unwrapped, "world", None)
    return type(world).__module__.startswith("Box2D")


def prepare(task: GymTask, network: Network, weight: float | np.ndarray, seed: int) -> None:
    """Do once what takes a while: make the environment, and load what is compiled.

    Raises:
        EpisodeError: If the environment raises.
    """
    with told(network, weight, seed):
        Policy(task, environment(task), network, 0.0)(np.zeros(network.inputs))


def play(task: GymTask, network: Network, weight: float | np.ndarray, seed: int) -> float:
    """The return of one episode.

    A non-finite output ends it there with the return so far.

    Args:
        task: The task.
        network: What plays.
        weight: A shared weight, or [C] individual ones.
        seed: Of the reset.

    Returns:
        The sum of the rewards; NaN if one is not finite.

    Raises:
        EpisodeError: If the environment raises.
    """
    with told(network, weight, seed):
        env = environment(task)
        policy = Policy(task, env, network, weight)
        observation, _ = env.reset(seed=seed)
        total = 0.0
        for _ in range(task.episode_limit):
            action = policy(observation)
            if action is None:
                break
            observation, reward, terminated, truncated, _ = env.step(action)
            total += float(reward)
            if terminated or truncated or not math.isfinite(total):
                break
        return total if math.isfinite(total) else math.nan


class Policy:
    """A network with weights that acts in an environment."""

    def __init__(
        self, task: GymTask, env: Any, network: Network, weight: float | np.ndarray
    ) -> None:
        """Get everything ready that does not change from step to step."""
        self._graph = network.graph
        self._strengths, self._shared = network.strengths(weight)
        self._values = np.zeros(len(network.activations))
        self._values[0] = 1.0
        self._inputs = self._values[1 : 1 + network.inputs]
        self._outputs = self._values[len(self._values) - network.outputs :]
        self._first = task.first
        self._low = self._high = None
        if task.low is not None:
            self._low, self._high = np.array(task.low), np.array(task.high)
            self._shape, self._dtype = env.action_space.shape, env.action_space.dtype

    def __call__(self, observation: np.ndarray) -> Any:
        """The action, or None if an output is not finite.

        Raises:
            BadObservation: If it is not made of as many numbers as the network has inputs.
        """
        seen = np.asarray(observation)
        if seen.size != len(self._inputs) or seen.dtype.kind not in "fiub":
            raise BadObservation(
                f"expected an observation of {len(self._inputs)} numbers, got "
                + (
                    f"{seen.dtype}{[*seen.shape]}"
                    if seen.dtype != object
                    else f"{observation!r:.80}"
                )
            )
        self._inputs[:] = seen.ravel()
        chosen = act(
            self._graph, self._strengths, self._shared, self._values, self._low, self._high
        )
        if chosen < 0:
            return None
        if self._low is None:
            return self._first + chosen
        return self._outputs.astype(self._dtype).reshape(self._shape)
