"""What winning tickets look like: which weights survive, from where, and how far they moved.

Frankle & Carbin (2019, appendix F) find that the survivors of a layer began far from 0, so that
their initial values have two modes, and that they move more than the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from wann.core import files
from wann.envs.classification import ClassificationTask
from wann.prune.images.experiment import Experiment
from wann.prune.images.outcome import from_arrays
from wann.prune.images.settings import ImageSettings
from wann.prune.masks.effective import effective
from wann.prune.run import TICKET, PruneRun


class Layer(NamedTuple):
    """One layer of a ticket.

    Attributes:
        initial: Its weights before any training, [I_l, O_l].
        moved: How far each went in the training of the dense network, |trained - initial|.
        mask: bool[I_l, O_l], what survives.
    """

    initial: np.ndarray
    moved: np.ndarray
    mask: np.ndarray

    @property
    def share(self) -> float:
        """Of its weights, what survives."""
        return float(self.mask.mean())


def anatomy(run: PruneRun, task: ClassificationTask) -> list[Layer]:
    """The layers of the first seed's sparsest ticket; none where the run holds no such thing.

    Args:
        run: A pruning of image classifiers; its steps are read.
        task: Its task.

    Raises:
        ValueError: If the run is damaged.
    """
    levels = [row.level for row in run.rows() if row.arm == TICKET and row.regime == "C"]
    if not levels or not max(levels):
        return []
    settings = run.settings_as(ImageSettings)
    seed = settings.seed
    names = (f"s{seed}-own-dense", f"s{seed}-own-{TICKET}-l{max(levels)}")
    if not all(run.step(name).exists() for name in names):
        return []
    dense, ticket = (from_arrays(files.read_arrays(run.step(name))) for name in names)
    initial = Experiment(replace(settings, arms=""), task).initial(seed)
    return [
        Layer(first, np.abs(trained - first), mask)
        for first, trained, mask in zip(
            initial.weights, dense.mlp.weights, effective(ticket.masks), strict=True
        )
    ]
