"""Episodes of Gymnasium environments, which are stepped in Python.

Each thread of each process that evaluates keeps one environment of a task alive, where a reset
makes it forget the past, and every episode begins with a seeded reset.
"""

from __future__ import annotations

import math
import random
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from wann.core.network import Network
from wann.envs.failure import BadObservation, BadStep, EnvironmentFailed, Failure, summary
from wann.envs.gym import GymTask
from wann.envs.stepped.making import ctrl_c
from wann.evaluation import timeout as deadline
from wann.evaluation.stepped.policy import Policy

SEEDS = 2**31  # of resets
OLD = (
    "; that is the API of Gym before 0.26: update the environment, or wrap it with the "
    "package shimmy"
)


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
        with ctrl_c() as came:
            yield
    except (BadObservation, BadStep, EnvironmentFailed) as error:
        raise EpisodeError(network, weight, seed, str(error)) from None
    except BaseException as error:
        if came and isinstance(error, KeyboardInterrupt):
            raise
        text = traceback.format_exc()
        raise EpisodeError(network, weight, seed, summary(error), text) from None


class GymEvaluator:
    """Episodes of a Gymnasium environment; a case is the seed of a reset.

    A return is NaN where a reward, an output or an observation is not finite, and where the
    episode took longer than the timeout.
    """

    def __init__(self, task: GymTask, timeout: float = math.inf) -> None:
        """Episodes of a task, each of at most `timeout` seconds."""
        self.task = task
        self.timeout = timeout

    @property
    def is_own(self) -> bool:
        """Whether only this program knows the environment; it may as well be played here."""
        return self.task.maker is not None and self.timeout == math.inf

    def draw(self, rng: np.random.Generator, rollouts: int) -> np.ndarray:
        """Seeds, int64[R]."""
        return rng.integers(SEEDS, size=rollouts)

    confirmation = report = draw

    def describe(self, cases: np.ndarray) -> str:
        """What cases for a report are."""
        return f"{len(cases)} fresh episodes a weight"

    def samples(self, what: str, cases: np.ndarray) -> int:
        """How many steps the episodes have with each choice of weights, if none ends early."""
        return len(cases) * self.task.episode_limit

    def scores(self, network: Network, weights: np.ndarray, cases: np.ndarray) -> np.ndarray:
        """The return of each choice of weights and seed, float64[W, R].

        Args:
            network: The network.
            weights: Shared ones, [W], or [W, C].
            cases: Seeds [R], or [R, W] with those of each weight.

        Raises:
            EpisodeError: If the environment raises.
        """
        result = np.empty((len(weights), len(cases)))
        seeds = np.broadcast_to(cases.T, result.shape).tolist()
        for w, weight in enumerate(weights):
            for r, seed in enumerate(seeds[w]):
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

    Args:
        task: The task.
        network: What plays.
        weight: A shared weight, or [C] individual ones.
        seed: Of the reset, and of the global generators that an environment may draw from.

    Returns:
        The sum of the rewards; NaN if a reward, an output or an observation is not finite, the
        last observation included: a network that breaks the simulation must not profit from that.

    Raises:
        EpisodeError: If the environment raises.
    """
    with told(network, weight, seed), seeded(seed):
        env = environment(task)
        policy = Policy(task, env, network, weight)
        observation, info = begun(env.reset(seed=seed))
        total = 0.0
        for _ in range(task.episode_limit):
            action = policy(observation, info)
            if action is None:
                return math.nan
            observation, reward, terminated, truncated, info = stepped(env.step(action))
            total += reward
            if terminated or truncated or not math.isfinite(total):
                break
        return total if math.isfinite(total) and policy.sees(observation) else math.nan


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """The generators that all of a program share, seeded for an episode; then as they were.

    Environments should draw from their own `np_random`, but some do not.
    """
    kept, kept_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  it is about these
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(kept)
        np.random.set_state(kept_numpy)  # noqa: NPY002


def begun(found: Any) -> tuple[Any, dict[str, Any]]:
    """The observation and the info that a reset gave.

    Raises:
        BadStep: If it gave something else.
    """
    if not (isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], dict)):
        raise BadStep(f"expected reset() to return (observation, info), got {found!r:.80}{OLD}")
    return found


def stepped(found: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
    """What a step gave, the reward as a float.

    Raises:
        BadStep: If it is not the five things of Gymnasium, or the reward is no number.
    """
    if not (isinstance(found, tuple) and len(found) == 5):
        raise BadStep(
            "expected step() to return (observation, reward, terminated, truncated, info), got "
            f"{found!r:.80}{OLD}"
        )
    observation, reward, terminated, truncated, info = found
    if type(reward) is not float:
        number = np.asarray(reward)
        if number.size != 1 or number.dtype.kind not in "fiub":
            raise BadStep(f"expected a number as the reward of a step, got {reward!r:.80}")
        reward = float(number.item())
    return observation, reward, bool(terminated), bool(truncated), info
