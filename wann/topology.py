"""The picture of a network: inputs on the left, outputs on the right, every node its activation."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.path import Path

from wann import activations, layout, pixels, style
from wann.layout import Layout
from wann.model import Model
from wann.network import Network

LABELLED = 60  # with more hidden nodes they are markers without names, and so are inputs

# Points, 1/72 inch.
BOX_HEIGHT = 11.0
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


NAMED = Spacing(node=17.0, line=6.0, gap=(16.0, 60.0))
MARKED = Spacing(node=9.0, line=3.0, gap=(9.0, 40.0))


def topology(model: Model) -> Figure:
    """The topology of a model; with individual weights their signs and magnitudes, too."""
    weights = model.weights if isinstance(model.weights, np.ndarray) else None
    return draw(model.network, model.inputs, model.outputs, weights)


def svg(
    network: Network,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    weights: np.ndarray | None = None,
) -> str:
    """The topology of a network as SVG, for notebooks; see `draw`."""
    inputs = inputs or [f"x{i}" for i in range(1, 1 + network.inputs)]
    outputs = outputs or [f"y{o}" for o in range(1, 1 + network.outputs)]
    file = io.BytesIO()
    style.save(draw(network, inputs, outputs, weights), file, "svg")
    text = file.getvalue().decode()
    return text[text.index("<svg") :]


@style.paper()
def draw(
    network: Network,
    inputs: Sequence[str],
    outputs: Sequence[str],
    weights: np.ndarray | None = None,
) -> Figure:
    """The topology of a network, at the size it needs.

    Args:
        network: What to draw. Inputs and a bias that nothing uses are pale.
        inputs: Name of each of the I inputs; if they are pixels, they are drawn as a grid, see
            `pixels.side_of`.
        outputs: Name of each of the O outputs.
        weights: [C] individual weights, one for each of the genome's enabled connections.
    """
    strengths = None if weights is None else network.strengths(weights)[0]
    if side := pixels.side_of(inputs):
        figure = pixels.draw(network, side, outputs, strengths)
    else:
        figure = _draw_columns(network, inputs, outputs, strengths)
    hidden = len(layout.hidden_nodes(network))
    figure.axes[0].set_title(
        f"{network.complexity} connections, {hidden} hidden nodes", loc="left", color=style.GREY
    )
    return figure


def _draw_columns(
    network: Network, inputs: Sequence[str], outputs: Sequence[str], strengths: np.ndarray | None
) -> Figure:
    named = len(layout.hidden_nodes(network)) <= LABELLED
    spacing = NAMED if named else MARKED
    plan = layout.arrange(network, spacing.node, spacing.line)
    halves = half_widths(network, plan, named)
    x = columns(plan, halves, spacing.gap)
    stretch = np.clip((x[-1] - x[0]) / (spacing.longest * max(np.ptp(plan.y), 1.0)), 1.0, 2.0)
    plan = Layout(plan.layers, plan.y * stretch, plan.paths)

    figure = Figure()
    axes = figure.add_axes((0, 0, 1, 1))
    frame(figure, axes, (x[0] - 10, x[-1] + 10), (plan.y.min() - 12, plan.y.max() + 12))
    lines = draw_lines(axes, plan, x, halves)
    if strengths is not None:
        weigh_lines(lines, plan, strengths)
        style.weight_legend(axes, strengths)
    draw_ends(axes, network, plan, x, END)
    if named:
        _draw_boxes(axes, network, plan, x)
    else:
        draw_markers(axes, network, plan, x, 5.5)
    if len(inputs) <= LABELLED:
        _write_inputs(axes, network, plan, x[0], inputs)
    for node, name in enumerate(outputs, len(network.ids) - network.outputs):
        axes.text(x[-1] + 8, plan.y[node], style.name(name), va="center_baseline")
    style.activation_legend(axes, layout.activations_of(network), markers=not named)
    return figure


def frame(figure: Figure, axes: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Show this range, one unit of it a point, and no axes."""
    figure.set_size_inches((x[1] - x[0]) / 72, (y[1] - y[0]) / 72)
    axes.set(xlim=x, ylim=y)
    axes.set_axis_off()


def half_widths(network: Network, plan: Layout, named: bool) -> np.ndarray:
    """Half the width of each column, float64[layers]."""
    halves = np.full(plan.layers.max() + 1, END)
    if named:
        for node in layout.hidden_nodes(network):
            layer = plan.layers[node]
            halves[layer] = max(halves[layer], _half_box(network, node))
    return halves


def _half_box(network: Network, node: int) -> float:
    return BOX_MARGIN + LETTER * len(activations.NAMES[network.activations[node]])


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
    own = {tuple(path[-2:]): strength for path, strength in zip(plan.paths, strengths, strict=True)}
    looks = [style.weight_look(own.get(line), strengths) for line in plan.lines]
    lines.set(
        edgecolors=[look[0] for look in looks],
        linewidths=[look[1] for look in looks],
        linestyles=[look[2] for look in looks],
    )


def draw_ends(axes: Axes, network: Network, plan: Layout, x: np.ndarray, radius: float) -> None:
    """The bias as a square, inputs and outputs as circles, what is not used pale."""
    used = set(network.sources.tolist())
    hidden = layout.hidden_nodes(network)
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
    axes: Axes, network: Network, plan: Layout, x: np.ndarray, diameter: float
) -> None:
    """The hidden nodes as markers, those of one activation as one series."""
    hidden = np.array(layout.hidden_nodes(network), int)
    for name in layout.activations_of(network):
        members = hidden[network.activations[hidden] == activations.index(name)]
        look = style.activation_marker(name)
        at = x[plan.layers[members]], plan.y[members]
        axes.plot(*at, linestyle="", markersize=diameter, markeredgewidth=0.3, zorder=3, **look)


def _draw_boxes(axes: Axes, network: Network, plan: Layout, x: np.ndarray) -> None:
    for node in layout.hidden_nodes(network):
        name = activations.NAMES[network.activations[node]]
        colour = style.ACTIVATION_COLOURS[name]
        middle, height, half = x[plan.layers[node]], plan.y[node], _half_box(network, node)
        box = FancyBboxPatch(
            (middle - half, height - BOX_HEIGHT / 2),
            2 * half,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=4.5",
            facecolor=colour,
            edgecolor=style.BLACK,
            linewidth=0.5,
            zorder=3,
        )
        axes.add_patch(box)
        text = axes.text(middle, height, name, ha="center", va="center_baseline", zorder=4)
        text.set(fontsize=6.5, color=style.text_on(colour))


def _write_inputs(
    axes: Axes, network: Network, plan: Layout, x: float, inputs: Sequence[str]
) -> None:
    used = set(network.sources.tolist())
    for node, name in enumerate(("bias", *inputs)):
        colour = style.BLACK if node in used else style.GREY
        text = axes.text(x - 8, plan.y[node], style.name(name), color=colour)
        text.set(ha="right", va="center_baseline")
