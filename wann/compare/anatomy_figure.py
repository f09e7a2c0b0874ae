"""The figure of a winning ticket: where its weights began, how far they moved, what they see."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wann.envs.classification import ClassificationTask
from wann.envs.task import Task
from wann.plotting import style
from wann.prune.images import anatomy as anatomies
from wann.prune.images.anatomy import Layer
from wann.prune.run import PruneRun

BINS = 41


def first_ticket(prunings: Sequence[PruneRun], task: Task) -> list[Layer]:
    """The anatomy of the first lottery ticket; none where there is no run of one.

    Raises:
        ValueError: If the run is damaged.
    """
    for run in prunings:
        which = run.settings.get("method"), run.settings.get("network", "mlp")
        if which == ("lottery-ticket", "mlp") and isinstance(task, ClassificationTask):
            return anatomies.anatomy(run, task)
    return []


@style.paper()
def anatomy(layers: Sequence[Layer]) -> Figure:
    """Initial weights by layer, distances moved, shares kept, and the mask over the inputs.

    Args:
        layers: Those of a ticket.
    """
    count = len(layers)
    figure = Figure(figsize=(max(6.6, 2.2 * count), 4.4), layout="constrained")
    grid = figure.add_gridspec(2, 3 * count)
    for i, layer in enumerate(layers):
        axes = figure.add_subplot(grid[0, 3 * i : 3 * i + 3])
        limit = float(np.abs(layer.initial).max())
        bins = np.linspace(-limit, limit, BINS).tolist()
        axes.hist(layer.initial.ravel(), bins, density=True, color=style.PALE, label="all")
        if layer.mask.any():
            axes.hist(
                layer.initial[layer.mask],
                bins,
                density=True,
                histtype="step",
                color=style.BLUE,
                linewidth=1.4,
                label="survivors",
            )
        axes.set_title(f"layer {i + 1}: {layer.share:.1%} kept", loc="left")
        axes.set_xlabel("initial weight")
        axes.set_yticks([])
        if not i:
            axes.set_ylabel("density")
            axes.legend()
    moved = figure.add_subplot(grid[1, :count])
    share = figure.add_subplot(grid[1, count : 2 * count])
    pixels = figure.add_subplot(grid[1, 2 * count :])
    places = np.arange(count)
    for offset, kept, colour, label in (
        (-0.2, True, style.BLUE, "survivors"),
        (0.2, False, style.PALE, "others"),
    ):
        means = [_mean(layer.moved[layer.mask == kept]) for layer in layers]
        moved.bar(places + offset, means, 0.4, color=colour, label=label)
    moved.set_xticks(places, [f"{i + 1}" for i in places])
    moved.set_xlabel("layer")
    moved.set_title("mean distance moved in training", loc="left")
    moved.set_ylim(top=1.4 * moved.get_ylim()[1])  # room for the legend
    moved.legend(ncols=2)
    share.bar(places, [100 * layer.share for layer in layers], color=style.BLUE)
    share.set_xticks(places, [f"{i + 1}" for i in places])
    share.set_xlabel("layer")
    share.set_title("per cent kept", loc="left")
    _pixels(figure, pixels, layers[0].mask.sum(axis=1))
    return figure


def _pixels(figure: Figure, axes: Axes, counts: np.ndarray) -> None:
    """How many connections leave each input: as an image where the inputs are a square."""
    side = isqrt(len(counts))
    if side * side == len(counts):
        picture = axes.imshow(counts.reshape(side, side), cmap="viridis")
        figure.colorbar(picture, ax=axes)
        axes.set_xticks([])
        axes.set_yticks([])
    else:
        axes.bar(np.arange(len(counts)), counts, color=style.BLUE)
        axes.set_xlabel("input")
    axes.set_title("connections of each input", loc="left")


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0
