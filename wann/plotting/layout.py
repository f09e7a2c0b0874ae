"""Where to draw a network: columns from left to right, few crossings, no line through a node.

The method is that of Sugiyama, Tagawa and Toda (1981): layers, waypoints where a connection skips
a layer, barycentre sweeps, then coordinates. networkx has no crossing reduction, and igraph,
which has one, is under the GPL. One thing differs: connections that leave one node share their
waypoints and part only where they must, so that a network's lines are as many trees as it has
sources, and the eye can follow them among hundreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wann.core.layers import drawn_layers
from wann.core.network import Network

SWEEPS = 24  # the crossings rarely get fewer after the first ten
SETTLE = 120  # rounds in which the heights come to rest
MOST_POINTS = 100_000  # nodes and waypoints of a picture
PATIENCE = 100_000  # points to sweep over: huge networks get fewer rounds, not minutes


@dataclass(frozen=True)
class Layout:
    """Points and the lines between them.

    The first N of the Q points are the network's nodes; the others are waypoints, one for each
    source in each layer that its connections cross.

    Attributes:
        layers: int[Q], the column of each point: 0 for bias and inputs, the last for outputs.
        y: float64[Q], upwards.
        paths: For each of the E connections the points it runs through, source and target
            included, one in every layer between them.
    """

    layers: np.ndarray
    y: np.ndarray
    paths: list[tuple[int, ...]]

    @property
    def lines(self) -> list[tuple[int, int]]:
        """Every pair of neighbouring points that some connection joins, once."""
        return sorted({line for path in self.paths for line in pairwise(path)})


def check(network: Network) -> None:
    """See that a network can be laid out in seconds.

    Raises:
        ValueError: If it has too many nodes and layers.
    """
    _checked_layers(network)


def _checked_layers(network: Network) -> np.ndarray:
    layers = drawn_layers(network)
    last = layers.copy()
    targets = np.repeat(np.arange(len(layers)), np.diff(network.offsets))
    np.maximum.at(last, network.sources, layers[targets])
    points = len(layers) + int(np.maximum(last - layers - 1, 0).sum())
    if points > MOST_POINTS:
        raise ValueError(
            f"expected a network that can be drawn, of at most {MOST_POINTS:,} nodes and places "
            f"where connections cross layers, got {points:,}"
        )
    return layers


def arrange(network: Network, node_gap: float = 1.0, line_gap: float = 0.4) -> Layout:
    """Lay a network out; the same network always gets the same layout.

    Inputs stand in the task's order from top to bottom, the bias below them, outputs in the
    task's order: only hidden nodes are moved to save crossings.

    Args:
        network: N nodes and E connections.
        node_gap: The distance of neighbouring nodes in a column; other units follow from it.
        line_gap: The distance of neighbouring waypoints.

    Raises:
        ValueError: If it is too large; see `check`.
    """
    nodes = len(network.activations)
    layers, paths = _waypoints(network, _checked_layers(network))
    layout = Layout(layers, np.zeros(len(layers)), paths)
    columns = _ordered(layout, _first_order(network, layers))
    sizes = np.where(np.arange(len(layers)) < nodes, node_gap, line_gap)
    return Layout(layers, _coordinates(layout, columns, sizes, nodes), paths)


def crossings(layout: Layout) -> int:
    """How often two lines cross."""
    return _crossings(layout, _neighbours(layout)[1], layout.y)


def _waypoints(network: Network, layers: np.ndarray) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Layers of the nodes and of the waypoints, and the path of each connection."""
    points = layers.tolist()
    trunks: dict[tuple[int, int], int] = {}
    paths = []
    targets = np.repeat(np.arange(len(layers)), np.diff(network.offsets))
    for source, target in zip(network.sources.tolist(), targets.tolist(), strict=True):
        path = [source]
        for layer in range(points[source] + 1, points[target]):
            if (source, layer) not in trunks:
                trunks[source, layer] = len(points)
                points.append(layer)
            path.append(trunks[source, layer])
        paths.append((*path, target))
    return np.array(points), paths


def _first_order(network: Network, layers: np.ndarray) -> list[list[int]]:
    """The points of each column from bottom to top."""
    columns: list[list[int]] = [[] for _ in range(layers.max() + 1)]
    for point in range(len(layers) - 1, -1, -1):
        columns[layers[point]].append(point)
    columns[0] = [0, *columns[0][:-1]]
    first_output = len(network.activations) - network.outputs
    columns[-1] = list(range(len(network.activations) - 1, first_output - 1, -1))
    return columns


def _neighbours(layout: Layout) -> tuple[list[list[int]], list[list[int]]]:
    """Each point's neighbours in the column before it, and in the column after it."""
    before: list[list[int]] = [[] for _ in layout.layers]
    after: list[list[int]] = [[] for _ in layout.layers]
    for source, target in layout.lines:
        before[target].append(source)
        after[source].append(target)
    return before, after


def _ordered(layout: Layout, columns: list[list[int]]) -> list[list[int]]:
    """Reorder the inner columns, by the mean places of their points' neighbours, to save
    crossings; the first and the last column stay."""
    before, after = _neighbours(layout)
    place = np.zeros(len(layout.layers))

    def put(column: Sequence[int]) -> None:
        # Places are relative to the column's height, so that short and tall columns compare.
        place[column] = (np.arange(len(column)) + 0.5) / max(len(column), 1)

    for column in columns:
        put(column)
    best, fewest = columns, _crossings(layout, after, place)
    for sweep in range(_rounds(SWEEPS, len(place))):
        forward = sweep % 2 == 0
        neighbours = before if forward else after
        inner = range(1, len(columns) - 1)
        columns = [list(column) for column in columns]
        for layer in inner if forward else reversed(inner):
            columns[layer].sort(
                key=lambda p: place[neighbours[p]].mean() if neighbours[p] else place[p]
            )
            put(columns[layer])
        count = _crossings(layout, after, place)
        if count < fewest:
            best, fewest = columns, count
    return best


def _crossings(layout: Layout, after: list[list[int]], place: np.ndarray) -> int:
    """How often two lines cross if the points stand at these places of their columns."""
    count = 0
    for layer in range(layout.layers.max()):
        points = np.flatnonzero(layout.layers == layer)
        points = points[np.argsort(place[points])]
        ends = [np.sort(place[after[p]]) for p in points]
        seen = np.empty(0)
        for end in ends:
            # Lines from below that end above cross this one.
            count += int((len(seen) - np.searchsorted(seen, end, side="right")).sum())
            seen = np.sort(np.concatenate((seen, end)))
    return count


def _coordinates(
    layout: Layout, columns: list[list[int]], sizes: np.ndarray, nodes: int
) -> np.ndarray:
    """Heights float64[Q]: every point near its neighbours, but apart in its column.

    The first and the last column are spread evenly over the height of the others.
    """
    before, after = _neighbours(layout)
    gaps = [np.concatenate(([0.0], (sizes[c][1:] + sizes[c][:-1]) / 2)) for c in columns]
    height = max(float(sizes[column].sum()) for column in columns)
    y = np.zeros(len(sizes))
    for column, gap in zip(columns, gaps, strict=True):
        offsets = np.cumsum(gap)
        y[column] = offsets - offsets[-1] / 2
    for column in (columns[0], columns[-1]):
        gap_between = height / len(column)
        y[column] = (np.arange(len(column)) - (len(column) - 1) / 2) * gap_between

    inner = range(1, len(columns) - 1)
    near = {layer: _Near.of(columns[layer], before, after, nodes) for layer in inner}
    for settle in range(_rounds(SETTLE, len(y))):
        for layer in inner if settle % 2 == 0 else reversed(inner):
            offsets = np.cumsum(gaps[layer])
            wanted = near[layer].mean(y)
            y[columns[layer]] = _ascending(wanted - offsets, near[layer].pull) + offsets
    return y


def _rounds(most: int, points: int) -> int:
    return max(min(most, PATIENCE * most // (SWEEPS * points)), 2)


@dataclass(frozen=True)
class _Near:
    """The neighbours of a column's points, and how strongly each one pulls."""

    points: np.ndarray  # int, which point of the column pulls
    neighbours: np.ndarray  # int, at which one
    strengths: np.ndarray
    pull: np.ndarray  # the sum of the strengths at each point of the column

    @classmethod
    def of(
        cls, column: list[int], before: list[list[int]], after: list[list[int]], nodes: int
    ) -> _Near:
        pairs = [(i, near) for i, p in enumerate(column) for near in before[p] + after[p]]
        # Bends are worst where a connection only passes by: its waypoints keep in line.
        strengths = np.array(
            [1.0 + 15.0 * (column[i] >= nodes and near >= nodes) for i, near in pairs]
        )
        points, neighbours = np.array(pairs).T
        return cls(points, neighbours, strengths, np.bincount(points, strengths))

    def mean(self, y: np.ndarray) -> np.ndarray:
        """The mean height of each point's neighbours."""
        return np.bincount(self.points, self.strengths * y[self.neighbours]) / self.pull


def apart(wanted: np.ndarray, gap: float, height: float) -> np.ndarray:
    """The heights nearest to the ascending ones wanted that keep a gap, in ±height/2."""
    offsets = gap * np.arange(len(wanted))
    free = _ascending(wanted - offsets, np.ones(len(wanted)))
    return np.clip(free, -height / 2, height / 2 - offsets[-1]) + offsets


def _ascending(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The ascending sequence nearest to the values, by weighted squares: neighbours that stand
    in the wrong order are pooled at their mean."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, mass, size = pools.pop()
            total = mass + pool[1]
            pool = ((mean * mass + pool[0] * pool[1]) / total, total, size + pool[2])
        pools.append(pool)
    return np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])
