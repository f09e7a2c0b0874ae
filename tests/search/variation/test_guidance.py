from itertools import islice

import networkx as nx
import numpy as np
import pytest

from tests import genomes
from wann import envs
from wann.core.config import preset
from wann.core.genome import validate
from wann.core.invariance import LAYERS
from wann.core.invariance import layered as is_layered
from wann.core.kernels import forward_batch
from wann.core.kernels.activations import indices
from wann.core.kernels.gradients.backward import backward, forward_candidates
from wann.core.kernels.vector_math import TILE
from wann.core.network import express
from wann.search.loop import search
from wann.search.state import SearchState
from wann.search.variation import candidates, guidance, initial, mutation
from wann.search.variation.innovation import Innovations
from wann.search.variation.proposals import (
    NewNode,
    Proposals,
    add_proposed_connection,
    add_proposed_node,
    disable_proposed_connection,
)

WEIGHTS = np.array([-1.3, 0.4, 1.1])
KINDS = indices(["linear", "inverse", "abs", "relu"])


def layered(seed, changes=30, rates=genomes.RATES):
    """A layered genome after some changes that were proposed, the images and their classes, the
    innovations, and a source of chance."""
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(6, 8 * TILE)).astype(np.float32)
    labels = (images[:3] + np.abs(images[3:] - images[[1, 2, 0]])).argmax(axis=0)
    innovations = Innovations(6, 3)
    genome = initial.thinned(initial.layered(6, 3, LAYERS, innovations), 0.1, rng)
    for _ in range(changes):
        proposals = propose(genome, images, labels, rng)
        genome = mutation.mutate(
            genome, rng, innovations, KINDS, rates, proposals, keep_symmetric=True
        )
    return genome, images, labels, innovations, rng


def propose(genome, images, labels, rng):
    return guidance.propose(genome, images, labels, WEIGHTS, KINDS, 0, rng)


def test_proposals_come_most_promising_first_in_chance():
    genome, images, labels, _, rng = layered(0)
    proposals = propose(genome, images, labels, rng)
    assert 0 < len(proposals.connections_to_add) <= guidance.ADDED
    assert proposals.connection_chances.sum() == pytest.approx(1)
    assert (proposals.connection_chances > 0).all()
    assert 0 < len(proposals.nodes_to_add) <= guidance.ADDED
    assert proposals.node_chances.sum() == pytest.approx(1)
    assert {node.activation for node in proposals.nodes_to_add} <= set(KINDS.tolist())
    sizes = {len(node.sources) + len(node.negated) for node in proposals.nodes_to_add}
    assert sizes <= set(range(1, candidates.CONTRAST_SOURCES + 1))
    assert any(node.negated for node in proposals.nodes_to_add)
    assert not all(node.negated for node in proposals.nodes_to_add)


@pytest.mark.parametrize("seed", range(20))
def test_proposals_can_be_followed(seed):
    genome, images, labels, innovations, rng = layered(seed)
    proposals = propose(genome, images, labels, rng)
    enabled = genome.connections[genome.connections["enabled"]]
    joined = set(zip(enabled["source"].tolist(), enabled["target"].tolist(), strict=True))
    assert not joined & set(proposals.connections_to_add)
    assert set(proposals.connections_to_remove) <= set(enabled["innovation"].tolist())
    before = express(genome).complexity
    for child, more in (
        (add_proposed_connection(genome, rng, innovations, proposals), True),
        (add_proposed_node(genome, rng, innovations, proposals), True),
        (disable_proposed_connection(genome, rng, proposals), False),
    ):
        if child is not None:
            validate(child)
            change = express(child).complexity - before
            assert change > 0 if more else change < 0


@pytest.mark.parametrize("seed", range(5))
def test_a_layered_network_does_the_same_with_any_weight(seed):
    genome, images, *_ = layered(seed, changes=100)
    network = express(genome)
    assert network.complexity > 50
    assert len(set(network.activations.tolist())) > 2
    graph = nx.DiGraph(
        (source, target) for source, target, _, enabled in genome.connections.tolist() if enabled
    )
    lengths = {
        len(path) - 1
        for output in range(7, 10)
        for source in range(7)
        if source in graph and output in graph
        for path in islice(nx.all_simple_paths(graph, source, output), 200)
    }
    assert lengths == {LAYERS}
    expected = network.forward(images.T, 1.0)
    for weight in (-2.0, -1.0, -0.25, 0.5, 2.0):
        found = network.forward(images.T, weight)
        np.testing.assert_allclose(found, weight**LAYERS * expected, rtol=1e-9, atol=1e-9)


def test_a_whole_search_is_layered():
    task = envs.make("digits")
    config = preset("digits", generations=7, population=12, batch=300, restart=3)
    state = SearchState(task, config, None)
    search(state, workers=1)
    for genome in state.evolution.ask():
        network = express(genome)
        expected = network.forward(task.train.X[:50], 1.0)
        assert np.abs(expected).max() > 0
        np.testing.assert_allclose(network.forward(task.train.X[:50], -0.5), expected / 16)


@pytest.mark.parametrize("seed", range(5))
def test_without_layers_proposals_close_no_cycle_and_go_anywhere(seed):
    rng = np.random.default_rng(seed)
    _, images, labels, *_ = layered(seed, changes=0)
    innovations = Innovations(6, 3)
    genome = initial.thinned(initial.direct(6, 3, innovations), 0.3, rng)
    for _ in range(40):
        proposals = guidance.propose(
            genome, images, labels, WEIGHTS, genomes.ALL_ACTIVATIONS, 0, rng, layered=False
        )
        for child in (
            add_proposed_connection(genome, rng, innovations, proposals),
            add_proposed_node(genome, rng, innovations, proposals),
        ):
            if child is not None:
                validate(child)
                genome = child
    graph = nx.DiGraph(genomes.pairs(genome, enabled=True))
    lengths = {
        len(path) - 1
        for output in range(7, 10)
        for source in range(7)
        if source in graph and output in graph
        for path in islice(nx.all_simple_paths(graph, source, output), 500)
    }
    assert len(lengths) > 2
    assert len(set(genome.hidden["activation"])) > 4


@pytest.mark.parametrize(
    ("switches", "paths"),
    [({"guided": False}, True), ({"layered": False}, False)],
)
def test_guided_and_layered_are_two_switches(switches, paths):
    small = {"generations": 12, "population": 12, "batch": 300, "tournament": 4}
    config = preset("digits", **switches, **small)
    state = SearchState(envs.make("digits"), config, None)
    search(state, workers=1)
    for genome in state.evolution.ask():
        validate(genome)
    assert all(map(is_layered, state.evolution.ask())) == paths


def test_following_the_gradient_raises_the_likelihood():
    gains = []
    for seed in range(4):
        networks = (
            layered(seed, changes=0)[0],
            layered(seed, 60, {"add_connection": 1, "add_node": 0.5, "disable_connection": 0.5})[0],
        )
        _, images, labels, *_ = layered(seed, changes=0)
        before, after = (
            forward_batch.scores(express(g).graph, images, labels, WEIGHTS)[0].mean()
            for g in networks
        )
        gains.append(after - before)
    assert np.mean(gains) > 0.45


def test_contrasts_follow_the_second_moment_over_all_weights_and_images():
    rng = np.random.default_rng(2)
    inputs = rng.normal(size=(12, 200)).astype(np.float32)
    inputs[[0, 4]] = [[1.0], [0.0]]  # the bias, and a pixel that is always black
    deltas = rng.normal(size=(1, 600)).astype(np.float32)
    found = candidates.contrasts(inputs, deltas, KINDS, np.random.default_rng(3))
    # The same with each column for itself.
    columns = np.tile(inputs.astype(float), 3)
    columns -= columns.mean(axis=1, keepdims=True)
    again = np.random.default_rng(3)
    again.permutation(deltas)
    towards = again.standard_normal((12, candidates.CONTRASTS), np.float32)
    for _ in range(candidates.ITERATIONS):
        towards = columns @ (deltas[0][:, None] * (columns.T @ towards))
        towards /= np.linalg.norm(towards, axis=0)
    order = np.argsort(-np.abs(towards.T), axis=1)
    for row, signs, expected, values in zip(
        found.sources, found.signs, order, towards.T, strict=True
    ):
        count = np.count_nonzero(row >= 0)
        assert row[:count].tolist() == expected[:count].tolist()
        same = signs[:count] == np.sign(values[row[:count]])
        assert same.all() or not same.any()  # turned where no sign was negative


def test_where_no_target_is_above_contrasts_there_are_none():
    inputs, none = np.ones((12, 200), np.float32), np.empty((0, 600), np.float32)
    found = candidates.contrasts(inputs, none, KINDS, np.random.default_rng(0))
    assert found.sources.shape == found.signs.shape == (0, candidates.CONTRAST_SOURCES)
    assert candidates.multiply_adds(found, inputs) == 0


@pytest.mark.parametrize("begin", [0, 3, 7])
def test_examples_are_taken_in_a_ring(begin):
    columns = np.arange(20).reshape(2, 10)
    taken = guidance._in_a_ring(columns, begin, 7)
    first = (begin + np.arange(7)) % 10
    np.testing.assert_array_equal(taken, [first, 10 + first])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("contrasts", [False, True])
def test_a_new_node_has_the_values_that_were_weighed(seed, contrasts):
    genome, images, labels, innovations, rng = layered(seed)
    network = express(genome)
    layers = guidance.node_layers(network)
    values, deltas = backward(network.graph, images, labels, WEIGHTS)
    found = candidates.random_nodes(layers, KINDS, rng)
    if contrasts:
        three = np.flatnonzero(layers == 3)
        inputs = values[:7, : images.shape[1]]
        found = candidates.contrasts(inputs, deltas[three], KINDS, rng)
    sources, signs, kinds, new_layers = found
    made = forward_candidates(sources, signs, kinds, WEIGHTS.astype(np.float32), values)
    seen = set()
    for new in range(0, len(sources), 7):
        targets = np.flatnonzero(layers == new_layers[new] + 1)
        own = sources[new] >= 0
        assert (signs[new] != 0).tolist() == own.tolist()
        assert 1 + contrasts <= own.sum() == len(set(sources[new][own].tolist()))
        assert (signs[new] < 0).any() == contrasts
        if len(targets) == 0:
            continue
        plus, minus = (network.ids[sources[new][signs[new] == s]].tolist() for s in (1, -1))
        target = int(network.ids[rng.choice(targets)])
        proposals = Proposals(
            [], np.empty(0), [NewNode(plus, minus, target, int(kinds[new]))], np.ones(1), []
        )
        child = add_proposed_node(genome, rng, innovations, proposals)
        validate(child)
        bigger = express(child)
        row = {node: i for i, node in enumerate(bigger.ids.tolist())}
        added = sorted(set(row) - set(network.ids.tolist()))
        assert len(added) == 1 + bool(minus) + bool(plus and minus)
        grown, _ = backward(bigger.graph, images, labels, WEIGHTS)
        matches = [np.allclose(grown[row[node]], made[new], rtol=1e-3, atol=1e-4) for node in added]
        assert any(matches)
        seen.add(int(new_layers[new]))
    assert seen == ({2} if contrasts else {1, 2, 3})
