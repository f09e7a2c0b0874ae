"""The episodes that go in step: a lane each, side by side in the columns of a tile's arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.kernels.jit import compiled

VECTOR = 8  # float64s: the widest vectors of today's processors


class Tile(NamedTuple):
    """What is known of the episodes in a tile; S, I, O as of the task."""

    states: np.ndarray  # float64[S, TILE]
    observations: np.ndarray  # float64[I, TILE]
    actions: np.ndarray  # float64[O, TILE]
    over: np.ndarray  # uint8[TILE], whether the episode has ended
    returns: np.ndarray  # float64[TILE], the rewards so far
    weights: np.ndarray  # float32[TILE]
    episodes: np.ndarray  # int64[TILE], their numbers


@compiled
def any_over(tile: Tile, lanes: int) -> bool:
    """Whether an episode in the first lanes has ended."""
    over = np.uint8(0)
    for lane in range(lanes):
        over |= tile.over[lane]
    return over != 0


@compiled
def _copy_lane(tile: Tile, source: int, target: int) -> None:
    for rows in (tile.states, tile.actions):
        for i in range(len(rows)):
            rows[i, target] = rows[i, source]
    tile.over[target] = tile.over[source]
    tile.returns[target] = tile.returns[source]
    tile.weights[target] = tile.weights[source]
    tile.episodes[target] = tile.episodes[source]


@compiled
def leave(tile: Tile, alive: int, returns: np.ndarray) -> int:
    """Write the returns of episodes that are over; the last lanes take their places.

    Returns:
        How many lanes are left.
    """
    lane = np.int64(0)  # as its other values, so that nothing is compiled twice
    while lane < alive:
        if tile.over[lane]:
            returns[tile.episodes[lane]] = tile.returns[lane]
            alive -= 1
            _copy_lane(tile, alive, lane)
        else:
            lane += 1
    return alive


@compiled
def fill(tile: Tile, alive: int) -> int:
    """Repeat the first lane behind the last, so that vectors are full of states of the task.

    Returns:
        How many lanes there are to compute.
    """
    lanes = -(-alive // VECTOR) * VECTOR
    for lane in range(alive, lanes):
        _copy_lane(tile, np.int64(0), lane)
    return lanes
