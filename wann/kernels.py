"""The compiled loops on one observation at a time: forward pass and rollout."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import numba
import numpy as np

from envs.task import ControlTask
from wann.activations import activate

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")

# The task's compiled functions in `_rollout`; `compile_rollout` puts them there.
observe: Any = None
step: Any = None


class Graph(NamedTuple):
    """The arrays of a `Network`, which see, as the kernels take them."""

    inputs: int
    outputs: int
    activations: np.ndarray
    offsets: np.ndarray
    sources: np.ndarray


@compiled
def forward(graph: Graph, strengths: np.ndarray | None, weight: float, values: np.ndarray) -> None:
    """Compute all nodes in place; values float64[N] holds the bias and the inputs already.

    `strengths` float64[E] multiplies each connection; None stands for ones.
    """
    for node in range(1 + graph.inputs, len(graph.activations)):
        total = 0.0
        for i in range(graph.offsets[node], graph.offsets[node + 1]):
            if strengths is None:
                total += values[graph.sources[i]]
            else:
                total += strengths[i] * values[graph.sources[i]]
        values[node] = activate(graph.activations[node], weight * total)


@compiled
def forward_rows(
    graph: Graph, strengths: np.ndarray | None, weight: float, x: np.ndarray
) -> np.ndarray:
    """The outputs float64[B, O] for the rows of x float64[B, I]."""
    nodes = len(graph.activations)
    values = np.zeros(nodes)
    values[0] = 1.0
    result = np.empty((len(x), graph.outputs))
    for row in range(len(x)):
        values[1 : 1 + graph.inputs] = x[row]
        forward(graph, strengths, weight, values)
        result[row] = values[nodes - graph.outputs :]
    return result


@compiled
def choose_action(
    outputs: np.ndarray, bounds: tuple[float, float] | None, action: np.ndarray
) -> bool:
    """Turn outputs [O] into an action [O] in place; False if an output is not finite.

    Without bounds the action is discrete: ``action[0]`` is the index of the largest output, the
    first on ties. With bounds every output is clipped to them.
    """
    for i in range(len(outputs)):
        if not np.isfinite(outputs[i]):
            return False
    if bounds is None:
        action[0] = np.argmax(outputs)
    else:
        for i in range(len(outputs)):
            action[i] = min(max(outputs[i], bounds[0]), bounds[1])
    return True


def _rollout(
    graph: Graph,
    strengths: np.ndarray | None,
    weights: np.ndarray,
    states: np.ndarray,
    bounds: tuple[float, float] | None,
    limit: int,
) -> np.ndarray:
    values = np.zeros(len(graph.activations))
    values[0] = 1.0
    observation = values[1 : 1 + graph.inputs]
    outputs = values[len(values) - graph.outputs :]
    action = np.zeros(graph.outputs)
    returns = np.zeros((len(weights), len(states)))
    for w in range(len(weights)):
        for r in range(len(states)):
            state = states[r].copy()
            for _ in range(limit):
                observe(state, observation)
                forward(graph, strengths, weights[w], values)
                if not choose_action(outputs, bounds, action):
                    break
                reward, terminated = step(state, action)
                returns[w, r] += reward
                if terminated:
                    break
    return returns


def compile_rollout(task: ControlTask) -> Callable[..., np.ndarray]:
    """Compile the rollout of a task.

    The kernel names the task's dynamics as module globals, because Numba keeps such a kernel on
    disk, while it would compile one that takes functions as arguments anew in every process.
    Its name carries a digest of the sources it is made from, so that a kernel on disk is used
    only while those are unchanged.

    Returns:
        ``f(graph, strengths, weights, states, bounds, limit) -> float64[W, R]``: the return of
        each episode, one for each of the shared weights [W] and initial states [R, S]. An
        episode in which an output is not finite ends there with the return so far.
    """
    functions = {"observe": task.observe, "step": task.step}
    kernel = FunctionType(_rollout.__code__, {**globals(), **functions})
    digest = _digest(*functions.values(), activate)
    kernel.__qualname__ = f"rollout_{task.name}_{digest}"
    return numba.njit(cache=digest is not None, nogil=True, error_model="numpy")(kernel)


def _digest(*functions: Any) -> str | None:
    """A digest of the files that define compiled functions; None if there are no such files."""
    files = {inspect.getsourcefile(function.py_func) or "" for function in functions}
    if not all(Path(file).is_file() for file in files):
        return None
    contents = b"".join(Path(file).read_bytes() for file in sorted(files))
    return hashlib.sha256(contents).hexdigest()[:16]
