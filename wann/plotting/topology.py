"""The picture of a network: inputs on the left, outputs on the right, every node its activation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from wann.core import structure
from wann.core.network import Network
from wann.plotting import image_topology, layout, primitives, style
from wann.plotting.layout import Layout
from wann.plotting.primitives import Spacing

LABELLED = 60  # with more hidden nodes they are markers without names, and so are inputs

# Points, 1/72 inch.
BOX_HEIGHT = 11.0
MARKER = 5.5  # diameter of a hidden node without a name
NAME_GAP = 8.0  # from the middle of an input or output to its name

NAMED = Spacing(node=17.0, line=6.0, gap=(16.0, 60.0))
MARKED = Spacing(node=9.0, line=3.0, gap=(9.0, 40.0))


def svg(
    network: Network,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    weights: np.ndarray | None = None,
) -> str:
    """The topology of a network as SVG, for notebooks; see `draw`."""
    inputs = inputs or [f"x{i}" for i in range(1, 1 + network.inputs)]
    outputs = outputs or [f"y{o}" for o in range(1, 1 + network.outputs)]
    return style.svg(draw(network, inputs, outputs, weights))


@style.paper()
def draw(
    network: Network,
    inputs: Sequence[str],
    outputs: Sequence[str],
    weights: np.ndarray | None = None,
    before: Network | None = None,
) -> Figure:
    """The topology of a network, at the size it needs.

    Args:
        network: What to draw. Inputs and a bias that nothing uses are pale.
        inputs: Name of each of the I inputs; if they are pixels, they are drawn as a grid, see
            `image_topology.side_of`.
        outputs: Name of each of the O outputs.
        weights: [C] individual weights, one for each of the genome's enabled connections;
            their signs and magnitudes are shown.
        before: An earlier network of the same run; what is new since is bold.
    """
    strengths = None if weights is None else network.strengths(weights)[0]
    if side := image_topology.side_of(inputs):
        figure = image_topology.draw(network, side, outputs, strengths, before)
    else:
        figure = _draw_columns(network, inputs, outputs, strengths, before)
    hidden = len(structure.hidden_nodes(network))
    if before is not None:
        style.new_legend(figure.axes[0])
    figure.axes[0].set_title(
        f"{network.complexity} connections, {hidden} hidden nodes", loc="left", color=style.GREY
    )
    return figure


def check(network: Network, inputs: Sequence[str]) -> None:
    """See that a network can be drawn in seconds.

    Raises:
        ValueError: If it is too large.
    """
    if not image_topology.side_of(inputs):
        layout.check(network)


def _draw_columns(
    network: Network,
    inputs: Sequence[str],
    outputs: Sequence[str],
    strengths: np.ndarray | None,
    before: Network | None,
) -> Figure:
    named = len(structure.hidden_nodes(network)) <= LABELLED
    spacing = NAMED if named else MARKED
    plan = layout.arrange(network, spacing.node, spacing.line)
    halves = primitives.half_widths(network, plan, named)
    x = primitives.columns(plan, halves, spacing.gap)
    stretch = np.clip((x[-1] - x[0]) / (spacing.longest * max(np.ptp(plan.y), 1.0)), 1.0, 2.0)
    plan = Layout(plan.layers, plan.y * stretch, plan.paths)

    figure = Figure()
    axes = figure.add_axes((0, 0, 1, 1))
    left, right, bottom, top = x[0] - 10, x[-1] + 10, plan.y.min() - 12, plan.y.max() + 12
    figure.set_size_inches((right - left) / 72, (top - bottom) / 72)  # one unit is one point
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.set_axis_off()
    lines = primitives.draw_lines(axes, plan, x, halves)
    if strengths is not None:
        primitives.weigh_lines(lines, plan, strengths)
        style.weight_legend(axes, strengths)
    primitives.mark_new(lines, network, plan, before)
    primitives.draw_ends(axes, network, plan, x, primitives.END)
    if named:
        _draw_boxes(axes, network, plan, x, before)
    else:
        primitives.draw_markers(axes, network, plan, x, MARKER, before)
    if len(inputs) <= LABELLED:
        _write_inputs(axes, network, plan, x[0], inputs)
    for node, name in enumerate(outputs, len(network.ids) - network.outputs):
        axes.text(x[-1] + NAME_GAP, plan.y[node], style.name(name), va="center_baseline")
    style.activation_legend(axes, structure.formulas_of(network), markers=not named)
    return figure


def _draw_boxes(
    axes: Axes, network: Network, plan: Layout, x: np.ndarray, before: Network | None
) -> None:
    changed = structure.changed_since(network, before) if before else []
    for node in structure.hidden_nodes(network):
        name = network.names[network.activations[node]]
        colour = style.activation_colour(name)
        middle, height, half = (
            x[plan.layers[node]],
            plan.y[node],
            primitives.half_box(network, node),
        )
        box = FancyBboxPatch(
            (middle - half, height - BOX_HEIGHT / 2),
            2 * half,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=4.5",
            facecolor=colour,
            edgecolor=style.NEW if node in changed else style.BLACK,
            linewidth=2.0 if node in changed else 0.5,
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
        text = axes.text(x - NAME_GAP, plan.y[node], style.name(name), color=colour)
        text.set(ha="right", va="center_baseline")
