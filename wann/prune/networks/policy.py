"""The dense policies of control tasks, and what of them is left under a mask.

A policy is a network of tanh nodes with one linear layer of outputs, such as the 5-5-5-1 that
Gaier & Ha (2019) compare swing-up with. The bias is an input like any other, as in the networks
that a search finds: of its connections some are pruned too, and all are counted (66 in 5-5-5-1).

Weights and masks are flat arrays over the C connections, layer by layer; in a layer from I_l to
O_l nodes as the rows of an array [1 + I_l, O_l], whose first row is the bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.kernels import activations
from wann.envs.task import Task
from wann.prune.masks.effective import effective
from wann.prune.networks.mlp import deviations
from wann.prune.networks.model import signs
from wann.storage.model import Model


def split(flat: np.ndarray, sizes: Sequence[int]) -> tuple[np.ndarray, ...]:
    """A flat array [C] as the layers' arrays [1 + I_l, O_l]."""
    shapes = [(1 + a, b) for a, b in pairwise(sizes)]
    ends = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
    parts = np.split(flat, ends)
    return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))


def join(layers: Sequence[np.ndarray]) -> np.ndarray:
    """The layers' arrays as one flat array [C]."""
    return np.concatenate([layer.ravel() for layer in layers])


def glorot_normal(sizes: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """Normal weights with the deviations of Glorot & Bengio (2010), float64[C]."""
    return join(
        [
            rng.standard_normal((1 + a, b)) * deviation
            for a, b, deviation in zip(sizes, sizes[1:], deviations(sizes), strict=False)
        ]
    )


def alive(mask: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """The connections of a mask [C] that count, bool[C].

    Those are the ones from an input to an output, and from the bias to nodes that inputs reach,
    too, or to outputs. A node that only the bias reaches is a constant, which the bias can replace.
    """
    layers = split(mask, sizes)
    weights = effective([layer[1:] for layer in layers])
    found = []
    for i, (layer, weight) in enumerate(zip(layers, weights, strict=True)):
        live = weight.any(axis=0) | (i == len(layers) - 1)
        found.append(np.vstack([layer[:1] & live, weight]))
    return join(found)


def biases(mask: np.ndarray, sizes: Sequence[int]) -> int:
    """How many of the connections of a mask [C] come from the bias."""
    return sum(int(np.count_nonzero(layer[0])) for layer in split(mask, sizes))


def genome(mask: np.ndarray, sizes: Sequence[int]) -> Genome:
    """The connections of a mask [C] and the hidden nodes they join, in this order."""
    first_hidden = 1 + sizes[0] + sizes[-1]
    nodes = [np.arange(1, 1 + sizes[0])]
    for size in sizes[1:-1]:
        nodes.append(first_hidden + np.arange(size))
        first_hidden += size
    nodes.append(1 + sizes[0] + np.arange(sizes[-1]))
    ends = [
        np.stack(np.meshgrid(np.append(0, a), b, indexing="ij"), axis=-1).reshape(-1, 2)
        for a, b in pairwise(nodes)
    ]
    pairs = np.concatenate(ends)[mask]
    connections = np.zeros(len(pairs), CONNECTION)
    connections["source"], connections["target"] = pairs.T
    connections["innovation"] = np.flatnonzero(mask)
    connections["enabled"] = True
    ids = np.intersect1d(pairs, np.concatenate([[], *nodes[1:-1]]))
    hidden = np.zeros(len(ids), NODE)
    hidden["id"], hidden["activation"] = ids, activations.TANH
    return Genome(sizes[0], sizes[-1], hidden, connections)


def model(
    task: Task, sizes: Sequence[int], mask: np.ndarray, weights: np.ndarray, first: np.ndarray
) -> Model:
    """What a mask [C] leaves alive of a policy with weights [C], which began with others [C].

    Those stand in its ``search["initial_weights"]``, one for each connection, and their signs,
    which make of the mask a network with one shared weight, in ``search["initial_signs"]``.
    """
    live = alive(mask, sizes)
    return Model(
        genome(live, sizes),
        task.name,
        task.inputs,
        task.outputs,
        task.action,
        weights[live],
        search={"initial_signs": signs(first[live]), "initial_weights": first[live].tolist()},
    )
