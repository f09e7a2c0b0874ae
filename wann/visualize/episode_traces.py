"""What a network sees and does in an episode of a Gymnasium environment, over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from wann.core.network import Network
from wann.core.text import number
from wann.envs.gym import GymTask
from wann.evaluation.gym import Policy, environment
from wann.plotting import style

MOST_LINES = 8  # actions in a panel with names of their own


@dataclass(frozen=True, eq=False)
class Trace:
    """An episode of T steps.

    Attributes:
        label: The weights, in words.
        observations: float64[T, I], what the network saw before each step.
        actions: float64[T, O], what it did; of discrete actions their number, [T, 1].
        rewards: float64[T].
    """

    label: str
    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray


def trace(task: GymTask, network: Network, weight: float | np.ndarray, seed: int) -> Trace:
    """Play an episode.

    Args:
        task: The task.
        network: A network of its sizes.
        weight: A shared weight, or [C] individual ones.
        seed: Of the reset.
    """
    env = environment(task)
    policy = Policy(task, env, network, weight)
    observation, _ = env.reset(seed=seed)
    seen, done, rewards = [], [], []
    for _ in range(task.episode_limit):
        action = policy(observation)
        if action is None:
            break
        seen.append(np.ravel(observation).astype(np.float64))
        done.append(np.ravel(action).astype(np.float64))
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(float(reward))
        if terminated or truncated:
            break
    label = f"w = {weight:g}" if np.ndim(weight) == 0 else "individual weights"
    width = network.outputs if task.low is not None else 1
    return Trace(
        label.replace("-", "−"),
        np.array(seen).reshape(len(seen), network.inputs),
        np.array(done).reshape(len(done), width),
        np.array(rewards),
    )


@style.paper()
def figure(task: GymTask, traces: Sequence[Trace]) -> Figure:
    """Observations, actions and the return so far, a column for each of some episodes.

    Each observation is a row of its own, pale where it is small and dark where it is large, on
    one scale for all episodes.
    """
    whole = Figure(figsize=(1.0 + 2.4 * len(traces), 4.8), layout="constrained")
    grid = whole.subplots(
        3, len(traces), sharex="col", sharey="row", squeeze=False, height_ratios=(2, 1, 1)
    )
    every = np.concatenate([each.observations for each in traces])
    low, high = every.min(axis=0, initial=np.inf), every.max(axis=0, initial=-np.inf)
    span = np.where(high > low, high - low, 1.0)
    for column, each in zip(grid.T, traces, strict=True):
        steps = len(each.rewards)
        shown = ((each.observations - low) / span).T
        column[0].imshow(
            shown, aspect="auto", cmap="Blues", vmin=0, vmax=1, interpolation="nearest",
            extent=(0, max(steps, 1), len(task.inputs) - 0.5, -0.5),
        )  # fmt: skip
        total = number(float(each.rewards.sum())).replace("-", "−")
        column[0].set_title(f"{each.label}, return {total}")
        for i, values in enumerate(each.actions.T):
            column[1].plot(values, lw=0.8, label=task.outputs[i], drawstyle="steps-post")
        column[2].plot(np.cumsum(each.rewards), lw=1.0, color=style.BLACK)
        column[2].set_xlabel("step")
    grid[0, 0].set_ylabel("observation")
    grid[1, 0].set_ylabel("action")
    grid[2, 0].set_ylabel("return so far")
    if task.low is not None and len(task.outputs) <= MOST_LINES:
        grid[1, -1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return whole
