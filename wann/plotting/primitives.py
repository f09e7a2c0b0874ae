"""Lines, ends and markers of a network that is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path

from wann.core import structure
from wann.core.network import Network
from wann.plotting import style
from wann.plotting.layout import Layout

# Points, 1/72 inch.
BOX_MARGIN, LETTER = 4.0, 1.9  # half the width of a box: the margin and so much a letter
END = 3.5  # radius of an input or output


@dataclass(frozen=True)
class Spacing:
    """The room a kind of drawing gives its parts, in points.

    Attributes:
        node: Distance of neighbouring nodes in a column.
        line: Distance of neighbouring lines that pass through a column.
        gap: The least and the greatest room between columns.
        longest: The shape wanted: so many times as wide as it is high.
    """

    node: float
    line: float
    gap: tuple[float, float]
    longest: float = 3.0


def half_widths(network: Network, plan: Layout, named: bool) -> np.ndarray:
    """Half the width of each column, float64[layers]."""
    halves = np.full(plan.layers.max() + 1, END)
    if named:
        for node in structure.hidden_nodes(network):
            layer = plan.layers[node]
            halves[layer] = max(halves[layer], half_box(network, node))
    return halves


def half_box(network: Network, node: int) -> float:
    """Half the width of the box that holds the name of a hidden node's activation."""
    return BOX_MARGIN + LETTER * len(network.names[network.activations[node]])


def columns(plan: Layout, halves: np.ndarray, gap: tuple[float, float]) -> np.ndarray:
    """The x of each column's middle, float64[layers]; steep lines get more room."""
    rise = np.zeros(len(halves))
    for source, target in plan.lines:
        layer = plan.layers[target]
        rise[layer] = max(rise[layer], abs(plan.y[target] - plan.y[source]))
    steps = halves[:-1] + np.clip(0.4 * rise[1:], *gap) + halves[1:]
    return np.concatenate(([0.0], np.cumsum(steps)))


def draw_lines(axes: Axes, plan: Layout, x: np.ndarray, halves: np.ndarray) -> PathCollection:
    """Every line once: level across a column, bent between two, so that it touches no node."""
    curve = [Path.MOVETO, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO]
    paths = []
    for a, b in plan.lines:
        left, right = plan.layers[a], plan.layers[b]
        start, end = x[left] + halves[left], x[right] - halves[right]
        middle = (start + end) / 2
        first, second = plan.y[a], plan.y[b]
        corners = [(x[left], first), (start, first), (middle, first)]
        corners += [(middle, second), (end, second), (x[right], second)]
        paths.append(Path(corners, curve))
    lines = PathCollection(paths, facecolors="none", edgecolors=style.LINE, linewidths=0.8)
    lines.set_zorder(1)
    axes.add_collection(lines, autolim=False)
    return lines


def weigh_lines(lines: PathCollection, plan: Layout, strengths: np.ndarray) -> None:
    """Show the weight [E] of each connection on its last line, which is its own."""
    own = {path[-2:]: strength for path, strength in zip(plan.paths, strengths, strict=True)}
    looks = [style.weight_look(own.get(line), strengths) for line in plan.lines]
    lines.set(
        edgecolors=[look[0] for look in looks],
        linewidths=[look[1] for look in looks],
        linestyles=[look[2] for look in looks],
    )


def mark_new(lines: PathCollection, network: Network, plan: Layout, before: Network | None) -> None:
    """Draw every line of each connection bold that is new since an earlier network."""
    if before is not None:
        new = structure.new_since(network, before)
        fresh = [path for path, is_new in zip(plan.paths, new, strict=True) if is_new]
        own = {line for path in fresh for line in pairwise(path)}
        style.mark_new(lines, [line in own for line in plan.lines])


def draw_ends(axes: Axes, network: Network, plan: Layout, x: np.ndarray, radius: float) -> None:
    """The bias as a square, inputs and outputs as circles, what is not used pale."""
    used = set(network.sources.tolist())
    hidden = structure.hidden_nodes(network)
    for node in (*range(hidden.start), *range(hidden.stop, len(network.ids))):
        pale = node < hidden.start and node not in used
        axes.plot(
            x[plan.layers[node]],
            plan.y[node],
            marker="s" if node == 0 else "o",
            markersize=2 * radius,
            markerfacecolor="white",
            markeredgecolor=style.PALE if pale else style.BLACK,
            markeredgewidth=0.9,
            zorder=3,
        )


def draw_markers(
    axes: Axes,
    network: Network,
    plan: Layout,
    x: np.ndarray,
    diameter: float,
    before: Network | None,
) -> None:
    """The hidden nodes as markers, those of one activation as one series; rings around those
    that changed since an earlier network."""
    changed = structure.changed_since(network, before) if before else []
    (rings,) = axes.plot(x[plan.layers[changed]], plan.y[changed], "o", zorder=2)
    rings.set(markersize=2 * diameter, markerfacecolor="white")
    rings.set(markeredgecolor=style.NEW, markeredgewidth=1.2)
    hidden = np.array(structure.hidden_nodes(network), int)
    for name in structure.activations_of(network):
        members = hidden[network.activations[hidden] == network.names.index(name)]
        look = style.activation_marker(name)
        at = x[plan.layers[members]], plan.y[members]
        axes.plot(*at, linestyle="", markersize=diameter, markeredgewidth=0.3, zorder=3, **look)
