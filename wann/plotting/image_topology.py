"""The picture of a network for images: its inputs are a grid of pixels, shaded by their use."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path

from wann.core import structure
from wann.core.layers import drawn_layers
from wann.core.network import Network
from wann.plotting import layout, style

SMALLEST = 8  # pixels, the side of the smallest grid
PIXEL_NAME = re.compile(r"\D*\d+(\D+\d+)?\D*")

# Lengths are in points, 1/72 inch.
GRID = 150.0  # side of the grid of pixels
HEIGHT = 320.0  # of the columns of nodes
DOT = 3.6  # diameter of a hidden node
STEP = 5.5  # least distance of two nodes
LEFT = GRID + 40.0  # where the hidden nodes begin
WIDTH = (240.0, 480.0)  # of the room for hidden nodes, least and greatest
BETWEEN = 0.5  # room between two layers, in columns of nodes
SMALLEST_MAP = 12.0  # side of the maps beside the outputs; without them if they were smaller
SWEEPS = 12


def side_of(names: Sequence[str]) -> int | None:
    """The side of the square of pixels that inputs of these names are, None if they are none.

    A network file does not say what its inputs are. They are taken for pixels if there are
    8 x 8, 9 x 9, ... of them, and each name is numbered: ``p3_7``, ``pixel 12``.
    """
    side = math.isqrt(len(names))
    numbered = all(PIXEL_NAME.fullmatch(name) for name in names)
    return side if side >= SMALLEST and side * side == len(names) and numbered else None


def use(network: Network, side: int) -> np.ndarray:
    """How many connections leave each pixel, int[side, side]."""
    counts = np.bincount(network.sources, minlength=len(network.ids))
    return counts[1 : 1 + side * side].reshape(side, side)


def shares(network: Network, side: int) -> np.ndarray:
    """What share each pixel has in each output, float64[O, side, side].

    A node's value hangs on its sources in equal shares, as they all have the same weight, and
    on their sources through them.
    """
    nodes = len(network.ids)
    share = np.zeros((network.outputs, nodes))
    share[:, nodes - network.outputs :] = np.eye(network.outputs)
    spans = list(pairwise(network.offsets.tolist()))
    for node in range(nodes - 1, network.inputs, -1):
        first, end = spans[node]
        sources = network.sources[first:end]
        share[:, sources] += share[:, node, None] / max(len(sources), 1)
    return share[:, 1 : 1 + side * side].reshape(-1, side, side)


def place(network: Network, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the nodes are drawn, x and y in points, float64[N] each.

    Every connection leads from left to right. The layers are bands as wide as their nodes need;
    within a band nodes stand near what they are joined to.
    """
    layers = drawn_layers(network)
    y = _heights(network, layers, side)
    bands = [np.flatnonzero(layers == layer) for layer in range(1, layers.max())]
    across = [math.ceil(len(band) * STEP / HEIGHT) for band in bands]
    units = max(sum(across) + BETWEEN * len(bands), 1)
    width = float(np.clip(units * STEP, *WIDTH))
    x = np.full(len(layers), GRID)
    x[len(layers) - network.outputs :] = LEFT + width + 25.0
    left = LEFT
    for band, columns in zip(bands, across, strict=True):
        order = band[np.argsort(y[band], kind="stable")]
        # Neighbours in height stand in different columns of the band.
        x[order] = left + width / units * (0.5 + np.arange(len(order)) % columns)
        left += width / units * (columns + BETWEEN)
    return x, y


def _heights(network: Network, layers: np.ndarray, side: int) -> np.ndarray:
    """The y of each node: in turns near the sources and near the targets, but apart."""
    nodes, outputs = len(layers), network.outputs
    y = np.zeros(nodes)
    rows = (0.5 - (np.arange(side) + 0.5) / side) * GRID
    y[: 1 + side * side] = [-GRID / 2 - 30, *np.repeat(rows, side)]
    y[nodes - outputs :] = (0.5 - (np.arange(outputs) + 0.5) / outputs) * HEIGHT
    targets = np.repeat(np.arange(nodes), np.diff(network.offsets))
    bands = [np.flatnonzero(layers == layer) for layer in range(1, layers.max())]
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        ends = (targets, network.sources) if forward else (network.sources, targets)
        degrees = np.maximum(np.bincount(ends[0], minlength=nodes), 1)
        for band in bands if forward else reversed(bands):
            wanted = (np.bincount(ends[0], y[ends[1]], nodes) / degrees)[band]
            y[band[np.argsort(wanted, kind="stable")]] = layout.apart(
                np.sort(wanted), min(STEP, HEIGHT / len(band)), HEIGHT
            )
    return y


def draw(
    network: Network,
    side: int,
    outputs: Sequence[str],
    strengths: np.ndarray | None = None,
    before: Network | None = None,
) -> Figure:
    """The topology of a network whose inputs are side x side pixels.

    Pixels are shaded by the number of connections that leave them. Beside each output the
    pixels' shares in it are shaded, see `shares`.

    Args:
        network: What to draw.
        side: The root of its number of inputs.
        outputs: Name of each of the O outputs.
        strengths: The weight of each of the E connections, if it has its own.
        before: An earlier network of the same run; what is new since is bold.
    """
    x, y = place(network, side)
    figure = Figure(figsize=((x[-1] + 20) / 72, (HEIGHT + 20) / 72))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-10, x[-1] + 10), ylim=(-HEIGHT / 2 - 10, HEIGHT / 2 + 10))
    axes.set_axis_off()
    lines = _draw_connections(axes, network, x, y)
    if strengths is not None:
        _weigh_lines(lines, strengths)
        style.weight_legend(axes, strengths)
    if before is not None:
        style.mark_new(lines, structure.new_since(network, before))
    _draw_grid(axes, use(network, side))
    _draw_bias(axes, network, y[0])
    _draw_hidden(axes, network, x, y, DOT)
    _draw_outputs(axes, outputs, x[-1], y, shares(network, side))
    style.activation_legend(axes, structure.formulas_of(network), markers=True)
    return figure


def miniature(axes: Axes, network: Network, side: int, before: Network | None) -> None:
    """The same without any words, for a picture of several networks."""
    x, y = place(network, side)
    lines = _draw_connections(axes, network, x, y)
    if before is not None:
        style.mark_new(lines, structure.new_since(network, before), width=0.8)
    grid = _inset(axes, 0, -GRID / 2, GRID, GRID)
    grid.imshow(use(network, side), cmap="Greys", vmin=0)
    _draw_hidden(axes, network, x, y, DOT / 2)
    ends = slice(len(x) - network.outputs, None)
    axes.plot(x[ends], y[ends], "o", ms=3, mfc="white", mec=style.BLACK, mew=0.6, zorder=3)
    axes.set(xlim=(0, x[-1] + 12), ylim=(-HEIGHT / 2 - 12, HEIGHT / 2 + 12))


def _draw_connections(axes: Axes, network: Network, x: np.ndarray, y: np.ndarray) -> PathCollection:
    targets = np.repeat(np.arange(len(x)), np.diff(network.offsets))
    curve = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    paths = []
    for a, b in zip(network.sources, targets, strict=True):
        middle = (x[a] + x[b]) / 2
        paths.append(Path([(x[a], y[a]), (middle, y[a]), (middle, y[b]), (x[b], y[b])], curve))
    lines = PathCollection(paths, facecolors="none", edgecolors=style.BLACK, linewidths=0.45)
    lines.set(alpha=0.7 * min(1.0, 300 / max(len(paths), 1)) ** 0.5, zorder=1)
    axes.add_collection(lines, autolim=False)
    return lines


def _weigh_lines(lines: PathCollection, strengths: np.ndarray) -> None:
    looks = [style.weight_look(strength, strengths) for strength in strengths.tolist()]
    lines.set(edgecolors=[look[0] for look in looks])
    lines.set(linewidths=[look[1] / 2 for look in looks])
    lines.set(linestyles=[look[2] for look in looks])


def _draw_grid(axes: Axes, counts: np.ndarray) -> None:
    most = max(int(counts.max()), 1)
    grid = _inset(axes, 0, -GRID / 2, GRID, GRID)
    image = grid.imshow(counts, cmap="Greys", vmin=0, vmax=most)
    grid.set_title("connections from each pixel", loc="left", pad=4)
    bar = axes.inset_axes((0, -GRID / 2 - 10, GRID, 5), transform=axes.transData)
    colorbar = bar.figure.colorbar(image, cax=bar, orientation="horizontal", ticks=[0, most])
    colorbar.outline.set_linewidth(0.5)
    bar.tick_params(length=0, pad=2)


def _inset(axes: Axes, left: float, bottom: float, width: float, height: float) -> Axes:
    inset = axes.inset_axes((left, bottom, width, height), transform=axes.transData)
    inset.set(xticks=[], yticks=[])
    inset.spines[:].set(visible=True, linewidth=0.5)
    return inset


def _draw_bias(axes: Axes, network: Network, y: float) -> None:
    used = bool((network.sources == 0).any())
    line, text = (style.BLACK, style.BLACK) if used else (style.PALE, style.GREY)
    axes.plot(GRID, y, "s", ms=5, mfc="white", mec=line, zorder=3)
    axes.text(GRID - 7, y, "bias", ha="right", va="center_baseline", color=text)


def _draw_hidden(
    axes: Axes, network: Network, x: np.ndarray, y: np.ndarray, diameter: float
) -> None:
    hidden = np.array(structure.hidden_nodes(network), int)
    for name in structure.activations_of(network):
        members = hidden[network.activations[hidden] == network.names.index(name)]
        look = style.activation_marker(name)
        axes.plot(x[members], y[members], ls="", ms=diameter, mew=0.2, zorder=3, **look)


def _draw_outputs(
    axes: Axes, outputs: Sequence[str], x: float, y: np.ndarray, maps: np.ndarray
) -> None:
    size = min(HEIGHT / len(maps) * 0.88, 60.0)
    mapped = size >= SMALLEST_MAP
    for name, height, values in zip(outputs, y[-len(maps) :], maps, strict=True):
        axes.plot(x, height, "o", ms=6, mfc="white", mec=style.BLACK, zorder=3)
        if mapped:
            inset = _inset(axes, x + 8, height - size / 2, size, size)
            inset.imshow(values, cmap="Greys", vmin=0)
        right = x + 8 + (size + 5) * mapped
        axes.text(right, height, style.name(name), va="center_baseline")
    if mapped:
        top = y[-len(maps)] + size / 2 + 4
        axes.text(x + 8 + size, top, "pixels' shares in each output", ha="right")
