"""How sensitive is each layer? One at a time is pruned, the others stay whole; no more training.

Han et al. (2015, figure 6) choose each layer's sparsity by that; then
``--sparsity layer1=0.9,layer3=0.5`` prunes each layer as much as it bears.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.iterative import ImagePruning
from wann.prune.images.outcome import NO_CURVE
from wann.prune.masks.selection import highest, left
from wann.prune.methods.base import TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import keep_all, masked
from wann.prune.run import TICKET
from wann.prune.scores.pruned import Pruned
from wann.prune.scores.registry import SCORES


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The dense network; for each layer l and sparsity the arm layer-l."""
    own = ImagePruning(experiment, seed, TICKET, experiment.settings)
    dense = own.dense_result(target=False)
    yield dense
    mlp, everything = dense.outcome.mlp, keep_all(dense.outcome.mlp)
    pruned = Pruned(
        mlp.weights, experiment.initial(seed).weights, everything, mlp, *experiment.data.train
    )
    rng = experiment.rng(seed, Chance.SCORES)
    scores = SCORES[experiment.settings.score](pruned, rng)
    for layer, its in enumerate(scores):
        for level, sparsity in enumerate(experiment.settings.sparsities(), 1):
            mask = highest(its, left(np.size(its), sparsity))
            masks = (*everything[:layer], mask, *everything[layer + 1 :])
            outcome = dense.outcome._replace(
                mlp=masked(mlp, masks), masks=masks, step=None, curve=NO_CURVE
            )
            outcome = outcome._replace(validation=experiment.validation(outcome))
            arm = f"layer-{layer + 1}"
            yield Result(arm, seed, level, "C", outcome, experiment.test(outcome))


METHOD = Method(
    "sensitivity",
    "Han et al. 2015",
    "train, prune one layer at a time and leave the others whole; no more training",
    ImageMethod({"sparsity": "0.5,0.8,0.9,0.95,0.98"}, (*TRAINING, "sparsity", "score"), results),
)
