"""The champions of a search, one after the other: a strip and an animation."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from wann.core import structure
from wann.core.kernels import activations
from wann.core.network import Network
from wann.core.text import number
from wann.plotting import image_topology, layout, primitives, style, topology
from wann.plotting.primitives import Spacing
from wann.storage.model import Model

STRIP, ANIMATION = 8, 24  # champions, at most
ROW = 4  # champions side by side
MINIATURE = Spacing(node=9.0, line=4.0, gap=(14.0, 30.0))
MOST_WIDTH = 1000  # pixels of the animation


def caption(model: Model) -> str:
    """Generation, confirmed fitness and size of a champion, as far as they are known."""
    parts = []
    if "generation" in model.search:
        parts.append(f"generation {model.search['generation']}")
    fitness = model.scores.get("confirmed_fitness", model.scores.get("fitness"))
    if isinstance(fitness, int | float):
        parts.append(f"fitness {number(fitness)}".replace("-", "−"))
    parts.append(f"{model.network.complexity} connections")
    return ", ".join(parts)


def undrawn(models: Sequence[Model]) -> str | None:
    """Why networks cannot be drawn, None if they can."""
    try:
        for model in models:
            topology.check(model.network, model.inputs)
    except ValueError as error:
        return str(error)
    return None


@style.paper()
def strip(models: Sequence[Model]) -> Figure:
    """Champions in the order they came, in rows; what is new since the one before is bold."""
    columns = min(ROW, len(models))
    rows = -(-len(models) // columns)
    figure = Figure(figsize=(2.2 * columns, 1.5 * rows))
    grid = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(wspace=0.12, hspace=0.35, bottom=0.0)
    for i, axes in enumerate(grid.flat):
        axes.set_axis_off()
        if i < len(models):
            before = models[i - 1].network if i else None
            _miniature(axes, models[i], before)
            for markers in axes.lines:
                # Those at the edge are wider than a panel's margin; of none, there is no extent.
                markers.set_clip_on(not len(markers.get_xdata()))
            first, _, rest = caption(models[i]).partition(", ")
            axes.set_title(f"{first}\n{rest}", fontsize=7)
    present = {k: v for model in models for k, v in structure.formulas_of(model.network).items()}
    order = [*activations.NAMES, *present]
    formulas = {name: present[name] for name in sorted(present, key=order.index)}
    below = figure.add_axes((0.1, -0.02, 0.8, 0.01))
    below.set_axis_off()
    style.activation_legend(below, formulas, markers=True)
    new = Line2D([], [], color=style.NEW, lw=1.8, label="new since the champion before")
    figure.legend(handles=[new], loc="lower right", bbox_to_anchor=(0.9, 1.0))
    return figure


def _miniature(axes: Axes, model: Model, before: Network | None) -> None:
    network = model.network
    if side := image_topology.side_of(model.inputs):
        image_topology.miniature(axes, network, side, before)
        return
    plan = layout.arrange(network, MINIATURE.node, MINIATURE.line)
    halves = primitives.half_widths(network, plan, named=False)
    x = primitives.columns(plan, halves, MINIATURE.gap)
    lines = primitives.draw_lines(axes, plan, x, halves)
    primitives.mark_new(lines, network, plan, before)
    primitives.draw_ends(axes, network, plan, x, 1.7)
    primitives.draw_markers(axes, network, plan, x, 4.0, before)
    middle, half = (plan.y.max() + plan.y.min()) / 2, max(np.ptp(plan.y) / 2, 30.0) + 4
    axes.set(xlim=(x[0] - 6, x[-1] + 6), ylim=(middle - half, middle + half))


@style.paper()
def animation(models: Sequence[Model]) -> list[Image.Image]:
    """The topology of each champion, on pictures of one size; what is new is bold."""
    figures = []
    for before, model in zip([None, *models], models, strict=False):
        figure = model.topology(before.network if before else None)
        figure.axes[0].set_title(caption(model), loc="left", color=style.BLACK)
        figures.append(figure)
    widest = max(figure.get_size_inches()[0] for figure in figures)
    pictures = [_rendered(figure, min(110.0, MOST_WIDTH / widest)) for figure in figures]
    width, height = (max(p.size[i] for p in pictures) for i in (0, 1))
    canvases = []
    for picture in pictures:
        canvas = Image.new("RGB", (width, height), "white")
        canvas.paste(picture, (0, 0))
        canvases.append(canvas)
    return canvases


def _rendered(figure: Figure, dpi: float) -> Image.Image:
    file = io.BytesIO()
    style.save(figure, file, "png", dpi)
    return Image.open(file).convert("RGB")
