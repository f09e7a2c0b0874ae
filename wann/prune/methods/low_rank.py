"""Thin layers: each hidden layer is replaced by two, by a PCA of its responses.

Zhang, Zou, He & Sun (2015), section 2.1: the responses y of a layer to training images, before
its activation, lie near a subspace. With its r main directions U and the mean m of y,
U Uᵀ (y - m) + m is the best approximation of y, and a layer W with biases b becomes W U, of
r nodes that are linear, and Uᵀ, with biases (b - m) U Uᵀ + m.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wann.prune.images.experiment import Experiment, Result
from wann.prune.images.iterative import ImagePruning
from wann.prune.images.outcome import Outcome
from wann.prune.methods.base import TRAINING, ImageMethod, Method
from wann.prune.networks.mlp import MLP, keep_all, layer_inputs
from wann.prune.run import TICKET

IMAGES = 5_000  # at most so many training images for the responses


def results(experiment: Experiment, seed: int) -> Iterator[Result]:
    """The dense network, and a thin one for each sparsity."""
    own = ImagePruning(experiment, seed, TICKET, experiment.settings)
    dense = own.dense_result(target=False)
    yield dense
    images = experiment.data.train.X[:IMAGES]
    for level, sparsity in enumerate(experiment.settings.sparsities(), 1):
        thin = thinned(dense.outcome.mlp, images, sparsity)
        cost = dense.outcome.samples + len(images)
        operations = dense.outcome.multiply_adds + len(images) * dense.outcome.mlp.total
        activation = ("linear", "relu") * (len(dense.outcome.mlp.weights) - 1)
        outcome = Outcome(thin, keep_all(thin), 0.0, cost, operations, activation)
        outcome = outcome._replace(validation=experiment.validation(outcome))
        score = experiment.test(outcome)
        yield Result(TICKET, seed, level, "C", outcome, score, target=True)


def rank(inputs: int, outputs: int, sparsity: float) -> int:
    """How many nodes two thin layers may share to have at most the weights that are left of one;
    at least one."""
    return max(1, int((1 - sparsity) * inputs * outputs / (inputs + outputs)))


def thinned(mlp: MLP, images: np.ndarray, sparsity: float) -> MLP:
    """The network with two thin layers for each hidden one; nodes between the two are linear.

    Args:
        mlp: The network, with relu.
        images: Training images [B, I].
        sparsity: Share of each hidden layer's weights to save.

    Returns:
        A network of 2 L - 1 layers.
    """
    entering = layer_inputs(mlp, images)
    weights, biases = [], []
    for x, w, b in zip(entering, mlp.weights[:-1], mlp.biases, strict=False):
        responses = (x @ w + b).astype(np.float64)
        mean = responses.mean(axis=0)
        directions = np.linalg.eigh(np.cov(responses, rowvar=False))[1]  # rising eigenvalues
        inputs, outputs = w.shape
        u = directions[:, : -1 - rank(inputs, outputs, sparsity) : -1]
        weights += [(w @ u).astype(np.float32), u.T.astype(np.float32)]
        biases += [np.zeros(u.shape[1], np.float32), ((b - mean) @ u @ u.T + mean).astype("f4")]
    return MLP((*weights, mlp.weights[-1]), (*biases, mlp.biases[-1]))


METHOD = Method(
    "low-rank",
    "Zhang et al. 2015",
    "train, replace hidden layers by two thin ones, by PCA of what the layer puts out",
    ImageMethod({"sparsity": "0.5"}, (*TRAINING, "sparsity"), results),
)
