"""What a page needs to show a task at work: how it moves, episodes' starts, examples to sort."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from wann.core.arrays import evenly
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.envs.classification import ClassificationTask, Examples
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import ControlTask, Task
from wann.evaluation import protocol, recording
from wann.report import filmstrips

STARTS = 12  # episodes that can be played
EXAMPLES = 40  # pictures or rows that can be looked at
ROWS = 150  # of regression, whose predictions are drawn
EXAMPLE_NUMBERS = 120_000  # at most, over all of them: they take a byte each
RECORDED_WEIGHTS = 11
RECORDED_THROWS = 4  # of the die
RECORDED_NUMBERS = 120_000  # at most, in one run's recordings: they take seven bytes each

# Tasks whose dynamics the page computes itself (tasks.js), with constants of their modules.
DYNAMICS = {
    "cartpole": (
        "GRAVITY",
        "HALF_LENGTH",
        "FORCE",
        "TIME_STEP",
        "X_LIMIT",
        "THETA_LIMIT",
        "TOTAL_MASS",
        "POLE_MASS",
        "POLE_MASS_LENGTH",
    ),
    "swingup": (
        "GRAVITY",
        "POLE_MASS",
        "POLE_LENGTH",
        "FORCE",
        "FRICTION",
        "TIME_STEP",
        "X_LIMIT",
        "TOTAL_MASS",
    ),
}


def of_task(task: Task, seed: int) -> dict[str, Any]:
    """What all networks of a task share on the page.

    Args:
        task: The task.
        seed: Of the episodes' starts, which are the first of those a sweep plays.

    Returns:
        Values for JSON: ``kind`` says which others there are; see tasks.js.
    """
    if isinstance(task, ClassificationTask):
        return {"kind": "examples", "solved_at": task.solved_at, **_examples(task)}
    if isinstance(task, RegressionTask):
        return {"kind": "predictions", "solved_at": task.solved_at, **_predicted(task)}
    if not isinstance(task, ControlTask | GymTask):
        return {"kind": "unknown"}
    units = [] if isinstance(task, GymTask) else list(task.units)
    shared = {"limit": task.episode_limit, "solved_at": task.solved_at, "units": units}
    if isinstance(task, GymTask) or task.name not in DYNAMICS:
        return {"kind": "recorded", **shared}
    from wann.envs import cartpole, swingup  # only here: they import Numba

    module = {"cartpole": cartpole, "swingup": swingup}[task.name]
    starts = task.initial_states(generator(seed, Stream.SWEEP), STARTS)
    return {
        "kind": task.name,
        **shared,
        "constants": {name: getattr(module, name) for name in DYNAMICS[task.name]},
        "starts": starts.tolist(),
    }


def record(
    task: ControlTask | GymTask,
    network: Network,
    weights: np.ndarray,
    seed: int,
    tuned: np.ndarray | None = None,
    share: float = 1.0,
) -> dict[str, Any]:
    """An episode under each of some choices of weights, for a task that the page cannot compute.

    Args:
        task: The task.
        network: What plays.
        weights: float64[W]; about `RECORDED_WEIGHTS` of them are played.
        seed: Of the episode's start, and of the random weights.
        tuned: [C] tuned weights, if there are any.
        share: Of the usual room, where a page has several runs.

    Returns:
        Values for JSON: ``weights``, and for each of them an episode in ``episodes``, with
        ``observations`` [T, I] and ``rewards`` [T], cut after as many steps as there is room for,
        and ``film``, its pictures (see `filmstrips`), if the task draws any; in ``random`` episodes
        of random weights, which they hold, [E]; and one in ``tuned``.
    """
    weights = weights[evenly(len(weights), RECORDED_WEIGHTS)]
    throws = list(protocol.random_weights(seed, network.enabled)[:RECORDED_THROWS])
    choices: list[float | np.ndarray] = [*weights.tolist(), *throws]
    choices += [] if tuned is None else [tuned]
    most = max(int(RECORDED_NUMBERS * share) // (len(choices) * (network.inputs + 1)), 1)
    case = recording.first_case(task, generator(seed, Stream.SWEEP))
    played = [recording.record(task, network, choice, case) for choice in choices]
    films = filmstrips.sheets(task, played, case, share)

    def shown(i: int) -> dict[str, Any]:
        episode = played[i]
        observations, rewards = episode.observations[:most], episode.rewards[:most]
        if isinstance(task, GymTask) and task.normalization is not None:
            observations = task.normalization(observations)  # the page's network takes these
        film = None if films is None else films[i]
        return {"observations": _short(observations), "rewards": _short(rewards), "film": film}

    found = [shown(i) for i in range(len(played))]
    thrown = found[len(weights) : len(weights) + len(throws)]
    return {
        "weights": weights.tolist(),
        "episodes": found[: len(weights)],
        "random": [
            {**each, "weights": own[network.genes].tolist()}
            for each, own in zip(thrown, throws, strict=True)
        ],
        "tuned": None if tuned is None else found[-1],
    }


def _short(values: np.ndarray) -> Any:
    """Four digits of each number, in lists."""
    if values.ndim > 1:
        return [_short(row) for row in values]
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values]


def _examples(task: ClassificationTask) -> dict[str, Any]:
    """Some test examples, as many of each class, in bytes: a value is low + scale · byte."""
    source = task.validation if task.test is None else task.test
    wide = EXAMPLE_NUMBERS // source.X.shape[1]
    chosen = balanced(source, max(min(EXAMPLES, wide), 1))
    X = source.X[chosen].astype(np.float64)
    low, high = float(X.min()), float(X.max())
    scale = (high - low) / 255 or 1.0
    numbers = np.round((X - low) / scale).astype(np.uint8)
    return {
        "pixels": base64.b64encode(numbers.tobytes()).decode(),
        "low": low,
        "scale": scale,
        "labels": source.y[chosen].tolist(),
        "shape": list(task.image_shape) if task.image_shape else None,
        "part": "validation" if task.test is None else "test",
    }


def _predicted(task: RegressionTask) -> dict[str, Any]:
    """Rows to predict, evenly chosen of those that are reported on, with what is true of them."""
    X, y = task.report
    most = max(EXAMPLE_NUMBERS // (4 * X.shape[1]), 1)  # a number takes some four bytes
    chosen = evenly(len(y), min(ROWS, most))
    return {
        "rows": _short(X[chosen]),
        "truth": _short(y[chosen]),
        "count": len(y),
        "part": "validation" if task.test is None else "test",
    }


def balanced(examples: Examples, count: int) -> np.ndarray:
    """Indices of the first examples of each class in turn, int[at most count]."""
    order = np.argsort(examples.y, kind="stable")
    counts = np.bincount(examples.y)
    turn = np.concatenate([np.arange(n) for n in counts])  # how many of its class came before
    return np.sort(order[np.argsort(turn, kind="stable")][:count])
