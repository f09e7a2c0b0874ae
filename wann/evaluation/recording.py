"""One episode, step by step: what a network saw, what it did, and what it earned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from wann.core.kernels.jit import keep
from wann.core.network import Network
from wann.envs.failure import Unfit
from wann.envs.gym import GymTask
from wann.envs.stepped import making, rendering
from wann.envs.stepped.actions import assembled
from wann.envs.task import ControlTask
from wann.evaluation.gym import SEEDS, Policy, begun, environment, seeded, stepped, told


@dataclass(frozen=True, eq=False)
class Episode:
    """An episode of T steps under one choice of weights.

    Attributes:
        label: The weights, in words.
        observations: float64[T, I], what the network saw before each step.
        actions: float64[T, A], what it did: the outputs, or a number for each choice.
        rewards: float64[T].
        ended: Whether it ended before the limit.
        states: float64[T + 1, S], from the first state to the last; None of a Gymnasium
            environment, which keeps them to itself.
    """

    label: str
    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    ended: bool
    states: np.ndarray | None = None


def first_case(task: ControlTask | GymTask, rng: np.random.Generator) -> Any:
    """The first case that the task's evaluator draws: an initial state [S], or a seed."""
    if isinstance(task, GymTask):
        return int(rng.integers(SEEDS))
    return task.initial_states(rng, 1)[0]


def record(
    task: ControlTask | GymTask, network: Network, weight: float | np.ndarray, case: Any
) -> Episode:
    """Play an episode by the rules of the task's evaluator, and keep every step.

    Networks of compiled tasks compute in float64 here, in float32 in a search: returns may
    differ a little.

    Args:
        task: The task.
        network: A network of its sizes.
        weight: A shared weight, or [C] individual ones.
        case: How it begins: the initial state, float64[S], or for Gymnasium the reset's seed.

    Raises:
        EpisodeError: If a Gymnasium environment raises.
    """
    steps = _Steps([], [], [])
    if isinstance(task, GymTask):
        states, numbers = None, len(task.numbers)
        with told(network, weight, case), seeded(case):
            _play_gym(task, network, weight, case, steps)
    else:
        numbers = 1 if task.bounds is None else network.outputs
        states = _play_control(task, network, weight, case, steps)
    count = len(steps.rewards)
    label = f"w = {weight:.3g}" if np.ndim(weight) == 0 else "individual weights"
    return Episode(
        label.replace("-", "−"),
        np.array(steps.observations).reshape(count, network.inputs),
        np.array(steps.actions).reshape(count, numbers),
        np.array(steps.rewards),
        count < task.episode_limit,
        states,
    )


class _Steps(NamedTuple):
    observations: list[np.ndarray]
    actions: list[np.ndarray]
    rewards: list[float]


def _play_control(
    task: ControlTask,
    network: Network,
    weight: float | np.ndarray,
    start: np.ndarray,
    steps: _Steps,
) -> np.ndarray:
    """Play from an initial state [S]; return the states, float64[T + 1, S]."""
    observe, step = keep(task.observe), keep(task.step)
    observation = np.zeros(network.inputs)
    state, states = start.copy(), [start.copy()]
    ended = False
    while not ended and len(steps.rewards) < task.episode_limit:
        observe(state, observation)
        outputs = network.forward(observation, weight)
        if not np.isfinite(outputs).all():
            break
        if task.bounds is None:
            outputs[0] = outputs.argmax()
        else:
            outputs = np.clip(outputs, *task.bounds)
        steps.observations.append(observation.copy())
        steps.actions.append(outputs[:1].copy() if task.bounds is None else outputs.copy())
        reward, ended = step(state, outputs)
        states.append(state.copy())
        steps.rewards.append(reward)
    return np.array(states)


def _play_gym(
    task: GymTask, network: Network, weight: float | np.ndarray, seed: int, steps: _Steps
) -> None:
    """Play from the reset of a seed."""
    env = environment(task)
    policy = Policy(task, env, network, weight)
    observation, info = begun(env.reset(seed=seed))
    for _ in range(task.episode_limit):
        action = policy(observation, info)
        if action is None:
            break
        # Before the step: an environment may write the next observation into the same array.
        steps.observations.append(np.ravel(observation).astype(np.float64))
        steps.actions.append(policy.numbers.copy())
        observation, reward, terminated, truncated, info = stepped(env.step(action))
        steps.rewards.append(reward)
        if terminated or truncated:
            break


def filmed(task: GymTask, episode: Episode, seed: int, times: Iterable[int]) -> dict[int, Any]:
    """What an environment shows at some times of an episode, when all is done once more.

    Args:
        task: The task.
        episode: As `record` gave it.
        seed: How it began.
        times: Numbers of steps done, at most all.

    Returns:
        For each time a picture, uint8[height, width, 3].

    Raises:
        ValueError: If the environment draws none, or raises instead.
        EnvironmentFailed: If it raises elsewhere.
    """
    wanted, shown = set(times), {}
    rendering.offscreen()
    with making.told(task.name), seeded(seed):
        env = task.environment(render_mode="rgb_array")
        try:
            env.reset(seed=seed)
            for time in range(len(episode.rewards) + 1):
                if time in wanted:
                    # Once over, EnvPool begins anew with the next step; the last is of the end.
                    shown[time] = _picture(task, env)
                if time < len(episode.rewards):
                    numbers = iter(episode.actions[time].tolist())
                    env.step(assembled(env.action_space, numbers))
        finally:
            env.close()
    return shown


def _picture(task: GymTask, env: gymnasium.Env[Any, Any]) -> np.ndarray:
    try:
        picture = np.asarray(env.render())
    except Exception as error:
        raise Unfit(rendering.failed(task.name, env, error)) from error
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise Unfit(f"{task.name} draws no pictures (rgb_array)")
    return picture
