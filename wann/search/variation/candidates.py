"""Nodes that could be new, for the gradient to weigh."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.invariance import LAYERS
from wann.core.kernels.activations import INVERSE, LINEAR

NODES = 128  # new nodes that are weighed, made up at random
SOURCES = 4  # of such a node, at most
CONTRAST_LAYER = 2  # the first layer whose nodes may be curved functions
# New contrasts that are weighed, for each of some targets; the most sources of one; the iterations
# towards the directions that they follow, and the images that these are found on, at most.
CONTRASTS, CONTRAST_TARGETS, CONTRAST_SOURCES, ITERATIONS, CONTRAST_IMAGES = 32, 2, 8, 3, 512


class Candidates(NamedTuple):
    """C nodes that could be new.

    Attributes:
        sources: int64[C, S], filled up with -1.
        signs: int64[C, S], whether a source counts as 1 or -1; 0 where there is none.
        activations: uint8[C].
        layers: [C], of the nodes or, where networks are not layered, behind the sources of each.
    """

    sources: np.ndarray
    signs: np.ndarray
    activations: np.ndarray
    layers: np.ndarray


def random_nodes(
    layers: np.ndarray, activations: np.ndarray, rng: np.random.Generator
) -> Candidates:
    """Nodes in any hidden layer, with random sources in the one below."""
    chosen = rng.integers(1, LAYERS, size=NODES)
    chosen = chosen[np.isin(chosen - 1, layers)]
    count = len(chosen)
    sources = np.empty((count, CONTRAST_SOURCES), np.int64)
    for layer in np.unique(chosen):
        rows = chosen == layer
        sources[rows] = rng.choice(np.flatnonzero(layers == layer - 1), sources[rows].shape)
    sources = _thinned(sources, rng)
    straight = rng.choice(np.array((LINEAR, INVERSE), np.uint8), count)
    kinds = np.where(chosen % 2 == 1, straight, rng.choice(activations, count))
    return Candidates(sources, np.where(sources < 0, 0, 1), kinds, chosen)


def nodes_anywhere(
    nodes: int, first: int, activations: np.ndarray, rng: np.random.Generator
) -> Candidates:
    """Nodes in networks that are not layered, with random sources before a random place.

    Args:
        nodes: Number of nodes that may be sources: all but the outputs.
        first: That of the first hidden one.
        activations: uint8 indices of those that the nodes may have.
        rng: The source of chance.
    """
    before = rng.integers(first, nodes + 1, size=(NODES, 1))
    sources = _thinned(rng.integers(before, size=(NODES, CONTRAST_SOURCES)), rng)
    last = sources.max(axis=1)
    layers = np.where(last < first, 0, last) + 0.5
    return Candidates(sources, np.where(sources < 0, 0, 1), rng.choice(activations, NODES), layers)


def _thinned(sources: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One to `SOURCES` of the sources of each node [C, S], sorted; -1 in the place of others."""
    sources[np.arange(CONTRAST_SOURCES) > rng.integers(SOURCES, size=(len(sources), 1))] = -1
    sources.sort(axis=1)
    sources[:, 1:][sources[:, 1:] == sources[:, :-1]] = -1
    return sources


def contrasts(
    inputs: np.ndarray, deltas: np.ndarray, activations: np.ndarray, rng: np.random.Generator
) -> Candidates:
    """Nodes in `CONTRAST_LAYER` that see the difference between some inputs and some others.

    A straight function of inputs gains nothing that a connection would not; what a curved one
    gains depends on the second moment of the inputs, weighted by the slope of its target. Its
    largest eigenvectors are the directions in which the inputs tell most. A few power iterations
    lead from random directions towards them, and the largest elements of each are taken.

    Args:
        inputs: float32[1 + I, B], the values of bias and inputs.
        deltas: float32[T, W · B], those of nodes in the layer above, for each of W weights.
        activations: uint8 indices of those that the nodes may have.
        rng: Chooses `CONTRAST_TARGETS` of the T, and where to start.
    """
    some = inputs[:, :CONTRAST_IMAGES]
    centred = some - some.mean(axis=1, keepdims=True)
    chosen = rng.permutation(deltas)[:CONTRAST_TARGETS]
    # The second moment is a sum over weights and images, and the weights have the same inputs.
    each = chosen.reshape(len(chosen), deltas.shape[1] // inputs.shape[1], inputs.shape[1])
    slopes = each[:, :, :CONTRAST_IMAGES].sum(axis=1)
    slopes = np.repeat(slopes.T, CONTRASTS, axis=1)  # [B, C], by the target of each direction
    found = rng.standard_normal((len(inputs), slopes.shape[1]), np.float32)
    for _ in range(ITERATIONS):
        found = centred @ (slopes * (centred.T @ found))
        found /= np.linalg.norm(found, axis=0) + np.float32(1e-20)
    towards = found.T
    count, most = len(towards), min(CONTRAST_SOURCES, len(inputs))
    sources = np.full((count, CONTRAST_SOURCES), -1)
    sources[:, :most] = np.argsort(-np.abs(towards), axis=1)[:, :most]
    sources[np.arange(CONTRAST_SOURCES) >= rng.integers(2, 1 + most, size=(count, 1))] = -1
    signs = np.where(np.take_along_axis(towards, sources, axis=1) > 0, 1, -1)
    signs[sources < 0] = 0
    signs[(signs >= 0).all(axis=1)] *= -1  # one negative sign at least makes it a contrast
    return Candidates(
        sources, signs, rng.choice(activations, count), np.full(count, CONTRAST_LAYER)
    )


def multiply_adds(contrasts: Candidates, inputs: np.ndarray) -> int:
    """What it took to find some contrasts of inputs [1 + I, B]."""
    images = min(CONTRAST_IMAGES, inputs.shape[1])
    return 2 * ITERATIONS * len(contrasts.sources) * len(inputs) * images
