"""Are all layers equal? One layer of a trained network is reset, the others stay as they are.

Zhang, Bengio & Singer (2019) reset a layer to its initial weights, or to a fresh draw, and do not
train again. A layer that bears the first is called ambient, one that does not critical.
"""

from __future__ import annotations

from collections.abc import Iterator

from wann.prune.images.experiment import Chance, Experiment, Result
from wann.prune.images.iterative import ImagePruning
from wann.prune.images.outcome import NO_CURVE
from wann.prune.images.rewinding import SURVIVORS, Past
from wann.prune.methods.base import TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import MLP
from wann.prune.run import TICKET


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The dense network, and for each layer l the arms layer-l-initial and layer-l-fresh."""
    own = ImagePruning(experiment, seed, TICKET, experiment.settings)
    dense = own.dense_result(target=True)
    yield dense
    trained = dense.outcome.mlp
    past = Past(experiment.initial(seed), trained, trained)
    for survivors in ("initial", "fresh"):
        other = SURVIVORS[survivors](past, experiment.rng(seed, Chance.SURVIVORS))
        for i in range(len(trained.weights)):
            outcome = dense.outcome._replace(
                mlp=with_layer(trained, other, i), step=None, curve=NO_CURVE
            )
            outcome = outcome._replace(validation=experiment.validation(outcome))
            arm = f"layer-{i + 1}-{survivors}"
            yield Result(arm, seed, 0, "C", outcome, experiment.test(outcome))


def with_layer(mlp: MLP, other: MLP, layer: int) -> MLP:
    """A network with the weights and biases of one layer, counted from 0, taken from another."""
    weights, biases = list(mlp.weights), list(mlp.biases)
    weights[layer], biases[layer] = other.weights[layer], other.biases[layer]
    return MLP(tuple(weights), tuple(biases))


METHOD = Method(
    "layer-reset",
    "Zhang et al. 2019",
    "train, reset one layer to its initial weights, or draw it anew; no more training",
    ImageMethod({"sparsity": "0"}, TRAINING, results),
)
