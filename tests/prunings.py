"""What the tests of scores prune."""

import numpy as np

from wann.prune.networks.mlp import MLP, glorot_normal, keep_all
from wann.prune.scores.pruned import Pruned
from wann.prune.scores.registry import SCORES


def pruned(seed, sizes=(4, 5, 3)):
    rng = np.random.default_rng(seed)
    start = glorot_normal(sizes, rng)
    mlp = MLP(
        tuple(rng.normal(size=w.shape) for w in start.weights),
        tuple(rng.normal(size=b.shape) for b in start.biases),
    )
    images, labels = rng.normal(size=(6, sizes[0])), rng.integers(0, sizes[-1], 6)
    return Pruned(mlp.weights, start.weights, keep_all(mlp), mlp, images, labels)


def score(name, pruned, seed=0):
    return SCORES[name](pruned, np.random.default_rng(seed))
