"""Episodes of a control task, many at a time: networks and dynamics go in step for all of them.

An episode with one shared weight is a lane. Each node is one row of `TILE` numbers, summed and
activated as in the batched forward pass, in float32. Each entry of a state is a row, too, in
float64: the task's step and observation are written for one state, and compiled into a loop over
lanes, which becomes vector instructions where they are straight lines of arithmetic. The return
of an episode does not depend on what shares its tile.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from wann.core.kernels import programs
from wann.core.kernels.activations import LINEAR, OWN
from wann.core.kernels.forward import Graph
from wann.core.kernels.jit import compiled, compiled_fast, keep
from wann.core.kernels.simd import aligned_rows, lane_of, sum_rows
from wann.core.kernels.tile import Tile, any_over, fill, leave
from wann.core.kernels.vector_math import ONE, TILE, ZERO, activate_rows
from wann.envs.task import ControlTask

# The task's compiled functions and the sizes of what they take, for the functions that go through
# lanes; and those functions, for `_rollout`. `compile_rollout` puts them there.
observe: Any = None
step: Any = None
STATE = INPUTS = OUTPUTS = 0
observe_lanes: Any = None
step_lanes: Any = None


@compiled_fast
def _compute(
    graph: Graph, places: np.ndarray, strengths: np.ndarray, memory: np.ndarray, lanes: int
) -> None:
    """Compute all nodes of the first lanes.

    Row n of the memory belongs to node n; behind them come a row of zeros, and one with the
    weight of each lane.
    """
    one = np.ones(1, np.float32)
    zeros = len(graph.activations)
    for node in range(1 + graph.inputs, zeros):
        low, high = graph.offsets[node], graph.offsets[node + 1]
        if lanes <= 16:
            sum_rows(memory, node, zeros, places, 0, strengths, low, high, 16, zeros + 1)
        elif lanes <= 32:
            sum_rows(memory, node, zeros, places, 0, strengths, low, high, 32, zeros + 1)
        else:
            sum_rows(memory, node, zeros, places, 0, strengths, low, high, TILE, zeros + 1)
        if graph.activations[node] >= OWN:
            programs.activate_rows(graph.own, graph.activations[node] - OWN, one, memory, node)
        elif graph.activations[node] != LINEAR:
            activate_rows(graph.activations[node], one, memory, node)


@compiled
def _choose_actions(
    memory: np.ndarray, first: int, bounds: tuple[float, float] | None, tile: Tile
) -> None:
    """Turn the outputs of all lanes, the O rows from `first` on, into actions.

    Without bounds an action is discrete: its first entry is the index of the largest output, the
    first on ties. With bounds every output is clipped to them. An episode is over if an output is
    not finite; then there is no action.
    """
    actions, over = tile.actions, tile.over
    over[:] = 0
    for o in range(len(actions)):
        output = memory[first + o]
        for lane in range(TILE):
            over[lane] |= not np.isfinite(output[lane])
    if bounds is not None:
        for o in range(len(actions)):
            output = memory[first + o]
            for lane in range(TILE):
                actions[o, lane] = min(max(np.float64(output[lane]), bounds[0]), bounds[1])
        return
    best, index = memory[first].copy(), np.zeros(TILE, np.float32)
    for o in range(1, len(actions)):
        output, number = memory[first + o], np.float32(o)
        for lane in range(TILE):
            larger = output[lane] > best[lane]
            best[lane] = output[lane] if larger else best[lane]
            index[lane] = number if larger else index[lane]
    for lane in range(TILE):  # an assignment of rows takes two seconds more to compile
        actions[0, lane] = index[lane]


def _observe(tile: Tile, lanes: int) -> None:
    for lane in range(lanes):
        observe(lane_of(tile.states, lane, STATE), lane_of(tile.observations, lane, INPUTS))


def _step(tile: Tile, lanes: int) -> None:
    for lane in range(lanes):
        state, action = lane_of(tile.states, lane, STATE), lane_of(tile.actions, lane, OUTPUTS)
        reward, over = step(state, action)
        tile.returns[lane] += reward
        tile.over[lane] = 1 if over else 0


def _observe_apart(tile: Tile, lanes: int) -> None:
    """As `_observe`, for functions that take only arrays without gaps."""
    state, observation = np.empty(STATE), np.empty(INPUTS)
    for lane in range(lanes):
        for i in range(STATE):
            state[i] = tile.states[i, lane]
        observe(state, observation)
        for i in range(INPUTS):
            tile.observations[i, lane] = observation[i]


def _step_apart(tile: Tile, lanes: int) -> None:
    state, action = np.empty(STATE), np.empty(OUTPUTS)
    for lane in range(lanes):
        for i in range(STATE):
            state[i] = tile.states[i, lane]
        for i in range(OUTPUTS):
            action[i] = tile.actions[i, lane]
        reward, over = step(state, action)
        for i in range(STATE):
            tile.states[i, lane] = state[i]
        tile.returns[lane] += reward
        tile.over[lane] = 1 if over else 0


def _rollout(
    graph: Graph,
    strengths: np.ndarray,
    weights: np.ndarray,
    states: np.ndarray,
    bounds: tuple[float, float] | None,
    limit: int,
) -> np.ndarray:
    nodes, rollouts = len(graph.activations), len(states)
    places = graph.sources.astype(np.int64)
    memory = aligned_rows(nodes + 2)
    returns = np.zeros(len(weights) * rollouts)
    tile = Tile(
        np.zeros((STATE, TILE)),
        np.zeros((INPUTS, TILE)),
        np.zeros((OUTPUTS, TILE)),
        np.zeros(TILE, np.uint8),
        np.zeros(TILE),
        memory[nodes + 1],
        np.zeros(TILE, np.int64),
    )
    for first in range(0, len(returns), TILE):
        memory[:] = ZERO
        memory[0] = ONE
        alive = min(TILE, len(returns) - first)
        for lane in range(alive):
            episode = first + lane
            tile.episodes[lane] = episode
            tile.returns[lane] = 0.0
            tile.weights[lane] = weights[episode // rollouts]
            for i in range(STATE):
                tile.states[i, lane] = states[episode % rollouts, i]
        lanes = fill(tile, alive)
        for _ in range(limit):
            observe_lanes(tile, lanes)
            for i in range(INPUTS):
                for lane in range(lanes):
                    memory[1 + i, lane] = tile.observations[i, lane]
            _compute(graph, places, strengths, memory, lanes)
            _choose_actions(memory, nodes - graph.outputs, bounds, tile)
            if any_over(tile, lanes):
                for lane in range(alive):  # ending an episode must never pay
                    if tile.over[lane]:
                        tile.returns[lane] = np.nan
                alive = leave(tile, alive, returns)
                lanes = fill(tile, alive)
            step_lanes(tile, lanes)
            if any_over(tile, lanes):
                alive = leave(tile, alive, returns)
                lanes = fill(tile, alive)
            if alive == 0:
                break
        tile.over[:] = 1
        leave(tile, alive, returns)
    return returns.reshape(len(weights), rollouts)


def compile_rollout(task: ControlTask, apart: bool = False) -> Callable[..., np.ndarray]:
    """Compile the rollout of a task.

    The kernel names the task's dynamics as module globals, because Numba keeps such a kernel on
    disk, while it would compile one that takes functions as arguments anew in every process.

    Args:
        task: The task.
        apart: Whether its functions are called with copies of a lane, not with columns of a tile.

    Returns:
        ``f(graph, strengths, weights, states, bounds, limit) -> float64[W, R]``: the return of
        each episode, one for each of the shared weights [W] and initial states [R, S], with a
        factor for each connection in strengths, float32[E]. An episode in which an output is not
        finite ends there, and its return is NaN.

    Raises:
        TypeError: If the task's dynamics are not compiled.
        ValueError: If its states or observations have the wrong size.
    """
    functions = {"observe": task.observe, "step": task.step}
    for name, function in functions.items():
        if not hasattr(function, "py_func"):
            raise TypeError(f"task {task.name}: expected {name} to be compiled by numba.njit")
        keep(function)
    named = {name: _inlined(function) for name, function in functions.items()}
    named |= {"STATE": _check_sizes(task)}
    named |= {"INPUTS": len(task.inputs), "OUTPUTS": len(task.outputs)}
    loops = (_observe_apart, _step_apart) if apart else (_observe, _step)
    observe_lanes, step_lanes = (compiled(_with(loop, named)) for loop in loops)
    named |= {"observe_lanes": observe_lanes, "step_lanes": step_lanes}
    return compiled(_with(_rollout, named))


def _with(function: Callable[..., Any], named: dict[str, Any]) -> Callable[..., Any]:
    """A function as it stands here, with other globals."""
    return FunctionType(function.__code__, {**globals(), **named})


def _inlined(function: Any) -> Any:
    """A compiled function whose body comes to stand where it is called."""
    import numba

    options = {**function.targetoptions, "forceinline": True}
    return numba.jit(locals=function.locals, **options)(function.py_func)


def _check_sizes(task: ControlTask) -> int:
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
    return int(states.shape[1])
