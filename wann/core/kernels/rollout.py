"""Episodes of a control task, many at a time: a network's nodes are computed for all of them.

An episode with one shared weight is a lane. The lanes of a tile go in step: each node is one row
of `TILE` numbers, summed and activated as in the batched forward pass, in float32; the dynamics
go lane by lane, in float64. The return of an episode does not depend on what shares its tile.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from wann.core.kernels.forward import Graph
from wann.core.kernels.jit import compiled, compiled_fast, keep
from wann.core.kernels.simd import aligned_rows, sum_rows
from wann.core.kernels.vector_math import ONE, TILE, ZERO, activate_rows
from wann.envs.task import ControlTask

# The task's compiled functions in `_rollout`; `compile_rollout` puts them there.
observe: Any = None
step: Any = None


@compiled_fast
def _compute(
    graph: Graph,
    places: np.ndarray,
    strengths: np.ndarray,
    weights: np.ndarray,
    memory: np.ndarray,
) -> None:
    """Compute all nodes of all lanes; weights float32[TILE] holds the weight of each lane.

    Row n of the memory belongs to node n, the last row holds zeros.
    """
    one = np.ones(1, np.float32)
    zeros = len(graph.activations)
    for node in range(1 + graph.inputs, len(graph.activations)):
        sum_rows(
            memory, node, zeros, places, 0, strengths, graph.offsets[node], graph.offsets[node + 1]
        )
        for lane in range(TILE):
            memory[node, lane] *= weights[lane]
        activate_rows(graph.activations[node], one, memory, node)


@compiled_fast
def _choose_action(
    memory: np.ndarray,
    outputs: int,
    lane: int,
    bounds: tuple[float, float] | None,
    action: np.ndarray,
) -> bool:
    """Turn a lane's outputs, the O rows from `outputs` on, into an action, float64[O], in place.

    Without bounds the action is discrete: ``action[0]`` is the index of the largest output, the
    first on ties. With bounds every output is clipped to them.

    Returns:
        Whether all outputs are finite; if not, there is no action.
    """
    best = 0
    for o in range(len(action)):
        value = memory[outputs + o, lane]
        if not np.isfinite(value):
            return False
        if bounds is not None:
            action[o] = min(max(np.float64(value), bounds[0]), bounds[1])
        elif value > memory[outputs + best, lane]:
            best = o
    if bounds is None:
        action[0] = best
    return True


def _rollout(
    graph: Graph,
    strengths: np.ndarray,
    weights: np.ndarray,
    states: np.ndarray,
    bounds: tuple[float, float] | None,
    limit: int,
) -> np.ndarray:
    nodes, rollouts = len(graph.activations), len(states)
    outputs = nodes - graph.outputs
    places = graph.sources.astype(np.int64)
    memory = aligned_rows(nodes + 1)
    observation, action = np.empty(graph.inputs), np.zeros(graph.outputs)
    returns = np.zeros(len(weights) * rollouts)
    lane_state = np.empty((TILE, states.shape[1]))
    lane_weight = np.zeros(TILE, np.float32)
    lane_episode = np.empty(TILE, np.int64)
    for first in range(0, len(returns), TILE):
        memory[:] = ZERO
        memory[0] = ONE
        alive = min(TILE, len(returns) - first)
        for lane in range(alive):
            episode = first + lane
            lane_episode[lane] = episode
            lane_weight[lane] = weights[episode // rollouts]
            lane_state[lane] = states[episode % rollouts]
        for _ in range(limit):
            for lane in range(alive):
                observe(lane_state[lane], observation)
                for i in range(graph.inputs):
                    memory[1 + i, lane] = observation[i]
            _compute(graph, places, strengths, lane_weight, memory)
            lane = 0
            while lane < alive:
                ended = True
                if _choose_action(memory, outputs, lane, bounds, action):
                    reward, ended = step(lane_state[lane], action)
                    returns[lane_episode[lane]] += reward
                if not ended:
                    lane += 1
                    continue
                # The last lane takes the place of the one that ended.
                alive -= 1
                lane_episode[lane] = lane_episode[alive]
                lane_weight[lane] = lane_weight[alive]
                lane_state[lane] = lane_state[alive]
                memory[outputs:nodes, lane] = memory[outputs:nodes, alive]
            if alive == 0:
                break
    return returns.reshape(len(weights), rollouts)


def compile_rollout(task: ControlTask) -> Callable[..., np.ndarray]:
    """Compile the rollout of a task.

    The kernel names the task's dynamics as module globals, because Numba keeps such a kernel on
    disk, while it would compile one that takes functions as arguments anew in every process.

    Returns:
        ``f(graph, strengths, weights, states, bounds, limit) -> float64[W, R]``: the return of
        each episode, one for each of the shared weights [W] and initial states [R, S], with a
        factor for each connection in strengths, float32[E]. An episode in which an output is not
        finite ends there with the return so far.

    Raises:
        TypeError: If the task's dynamics are not compiled.
        ValueError: If its states or observations have the wrong size.
    """
    functions = {"observe": task.observe, "step": task.step}
    for name, function in functions.items():
        if not hasattr(function, "py_func"):
            raise TypeError(f"task {task.name}: expected {name} to be compiled by numba.njit")
        keep(function)
    _check_sizes(task)
    return compiled(FunctionType(_rollout.__code__, {**globals(), **functions}))


def _check_sizes(task: ControlTask) -> None:
    """Observe one state with room behind, where a number too much shows and does no harm."""
    states = task.initial_states(np.random.default_rng(0), 2)
    if states.ndim != 2 or len(states) != 2:
        raise ValueError(
            f"task {task.name}: expected initial_states to give [count, S], "
            f"got {states.shape} for a count of 2"
        )
    inputs = len(task.inputs)
    observation = np.full(2 * inputs + 64, np.nan)
    task.observe(np.array(states[0], np.float64), observation[:inputs])
    written = int(np.count_nonzero(~np.isnan(observation)))
    if written != inputs:
        raise ValueError(
            f"task {task.name}: expected observe to write {inputs} numbers, one for each of its "
            f"inputs, got {written}"
        )
