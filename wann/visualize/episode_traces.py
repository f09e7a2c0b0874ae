"""What a network sees and does in an episode of a Gymnasium environment, over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from wann.core.text import number
from wann.envs.gym import GymTask
from wann.evaluation.recording import Episode
from wann.plotting import style

MOST_LINES = 8  # actions in a panel with names of their own


@style.paper()
def figure(task: GymTask, episodes: Sequence[Episode]) -> Figure:
    """Observations, actions and the return so far, a column for each of some episodes.

    Each observation is a row of its own, pale where it is small and dark where it is large, on
    one scale for all episodes.
    """
    whole = Figure(figsize=(1.0 + 2.4 * len(episodes), 4.8), layout="constrained")
    grid = whole.subplots(
        3, len(episodes), sharex="col", sharey="row", squeeze=False, height_ratios=(2, 1, 1)
    )
    every = np.concatenate([each.observations for each in episodes])
    low, high = every.min(axis=0, initial=np.inf), every.max(axis=0, initial=-np.inf)
    span = np.where(high > low, high - low, 1.0)
    for column, each in zip(grid.T, episodes, strict=True):
        steps = len(each.rewards)
        shown = ((each.observations - low) / span).T
        column[0].imshow(
            shown, aspect="auto", cmap="Blues", vmin=0, vmax=1, interpolation="nearest",
            extent=(0, max(steps, 1), len(task.inputs) - 0.5, -0.5),
        )  # fmt: skip
        total = number(float(each.rewards.sum())).replace("-", "−")
        column[0].set_title(f"{each.label}, return {total}")
        for i, values in enumerate(each.actions.T):
            column[1].plot(values, lw=0.8, label=task.numbers[i], drawstyle="steps-post")
        column[2].plot(np.cumsum(each.rewards), lw=1.0, color=style.BLACK)
        column[2].set_xlabel("step")
    grid[0, 0].set_ylabel("observation")
    grid[1, 0].set_ylabel("action")
    grid[2, 0].set_ylabel("return so far")
    if 1 < len(task.numbers) <= MOST_LINES or task.low is not None:
        grid[1, -1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return whole
