"""The figure of regression: what a network predicts, against what is so."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from wann.envs.tables.regression import RegressionTask
from wann.evaluation.regression.readout import batch, fitted, outputs, r_squared
from wann.plotting import style
from wann.storage.model import Model

WEIGHT = 1.0  # the shared weight of a model that has none of its own


def figure(model: Model, task: RegressionTask) -> Figure:
    """A panel for each of the O targets, a point for each row that is reported on.

    Scale and offset are fitted on the training rows, as for every score.

    Args:
        model: A network for the task.
        task: Gives the rows.
    """
    weight = WEIGHT if model.weights is None else model.weights
    weights = np.atleast_1d(weight) if np.ndim(weight) == 0 else np.asarray(weight)[None]
    train, case = batch(task.train), batch(task.report)
    readout = fitted(outputs(model.network, weights, train), train.targets)
    predicted = readout(outputs(model.network, weights, case))[0]
    part = "validation" if task.test is None else "test"
    with_weight = f"shared weight {weight:g}" if np.ndim(weight) == 0 else "individual weights"
    with style.paper():
        count = len(task.outputs)
        drawn = Figure(figsize=(0.4 + 3.4 * count, 3.6), layout="constrained")
        panels = drawn.subplots(1, count, squeeze=False)[0]
        for axes, name, found, true in zip(
            panels, task.outputs, predicted, case.targets, strict=True
        ):
            ends = [min(true.min(), found.min()), max(true.max(), found.max())]
            axes.plot(ends, ends, color=style.GREY, linewidth=0.8, label="exact")
            axes.plot(true, found, ".", color=style.BLUE, markersize=4, alpha=0.6)
            axes.set_xlabel(f"{style.name(name)}, {len(true)} {part} rows")
            axes.set_ylabel("predicted")
            score = r_squared(found[None, None], true[None])[0]
            axes.set_title(f"R² {score:.3f}, {with_weight}")
    return drawn
