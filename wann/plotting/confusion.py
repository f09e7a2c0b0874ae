"""The figure of what a classifier gets wrong: its confusion matrix, and some of the images."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from wann.envs.classification import ClassificationTask, Examples
from wann.plotting import style

SHOWN = 30  # images at most, COLUMNS in a row
COLUMNS = 6


def matrix(right: np.ndarray, chosen: np.ndarray, classes: int) -> np.ndarray:
    """How often each class was taken for each: int64[O, O], row = right, column = chosen.

    Args:
        right: int64[B], the classes.
        chosen: int64[B], those a network chose.
        classes: Number of classes O.
    """
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (right, chosen), 1)
    return counts


def figure(task: ClassificationTask, examples: Examples, chosen: np.ndarray, title: str) -> Figure:
    """Draw the confusion matrix and, where the examples are images, the first wrong ones.

    Args:
        task: Gives the names of the classes and the shape of the images.
        examples: B examples.
        chosen: int64[B], the classes a network chose.
        title: What the network is.
    """
    wrong = np.flatnonzero(chosen != examples.y)[:SHOWN]
    with style.paper():
        drawn = Figure(figsize=(11 if task.image_shape else 5.5, 5.2), layout="constrained")
        parts: Any = drawn.subfigures(1, 2) if task.image_shape else [drawn]
        _draw_matrix(parts[0], task, matrix(examples.y, chosen, len(task.outputs)), title)
        if task.image_shape:
            _draw_images(parts[1], task, examples, chosen, wrong)
    return drawn


def _draw_matrix(part: Figure, task: ClassificationTask, counts: np.ndarray, title: str) -> None:
    axes = part.subplots()
    mistakes = counts.copy()
    np.fill_diagonal(mistakes, 0)
    axes.imshow(mistakes, cmap="Greys", vmin=0)  # shades for mistakes only: hits would drown them
    half = mistakes.max() / 2
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if mistakes[row, column] > half else "black"
            weight = "bold" if row == column else "normal"
            axes.text(
                column, row, count, ha="center", va="center", size=7, color=colour, weight=weight
            )
    names = [style.name(name) for name in task.outputs]
    turned: dict[str, Any] = {"rotation": 45, "ha": "right"} if max(map(len, names)) > 3 else {}
    axes.set_xticks(range(len(names)), names, **turned)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="chosen", ylabel="right")
    axes.set_title(f"{title}: {np.trace(counts) / counts.sum():.1%}")


def _draw_images(
    part: Figure,
    task: ClassificationTask,
    examples: Examples,
    chosen: np.ndarray,
    wrong: np.ndarray,
) -> None:
    part.suptitle(f"first {len(wrong)} mistakes: right → chosen")
    for axes, i in zip(part.subplots(SHOWN // COLUMNS, COLUMNS).flat, wrong, strict=False):
        axes.imshow(examples.X[i].reshape(task.image_shape), cmap="gray")
        names = (style.name(task.outputs[label]) for label in (examples.y[i], chosen[i]))
        axes.set_title(" → ".join(names), size=8)
    for axes in part.axes:
        axes.set_axis_off()
