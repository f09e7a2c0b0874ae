from itertools import combinations

import numpy as np
import pytest

from tests.genomes import genome, grown
from wann.core.network import express
from wann.plotting import layout

NETWORKS = [express(grown(seed, 40 + 8 * seed, 4, 2)) for seed in range(10)]


def crossings_of_all_pairs(plan):
    count = 0
    for (a, b), (c, d) in combinations(plan.lines, 2):
        if plan.layers[a] == plan.layers[c]:
            count += (plan.y[a] - plan.y[c]) * (plan.y[b] - plan.y[d]) < 0
    return count


@pytest.mark.parametrize("network", NETWORKS)
def test_paths_lead_from_source_to_target_through_every_layer(network):
    plan = layout.arrange(network)
    targets = np.repeat(np.arange(len(network.ids)), np.diff(network.offsets))
    for path, source, target in zip(plan.paths, network.sources, targets, strict=True):
        assert (path[0], path[-1]) == (source, target)
        steps = plan.layers[list(path)]
        assert steps.tolist() == list(range(steps[0], steps[-1] + 1))


@pytest.mark.parametrize("network", NETWORKS)
def test_points_of_a_column_keep_apart(network):
    plan = layout.arrange(network, node_gap=1.0, line_gap=0.4)
    sizes = np.where(np.arange(len(plan.y)) < len(network.ids), 1.0, 0.4)
    for layer in range(plan.layers.max() + 1):
        column = np.flatnonzero(plan.layers == layer)
        column = column[np.argsort(plan.y[column])]
        needed = (sizes[column][1:] + sizes[column][:-1]) / 2
        assert (np.diff(plan.y[column]) >= needed - 1e-9).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_inputs_and_outputs_keep_the_order_of_the_task(network):
    y = layout.arrange(network).y
    assert (np.diff(y[1 : 1 + network.inputs]) < 0).all()
    assert y[0] < y[1 : 1 + network.inputs].min()
    assert (np.diff(y[len(network.ids) - network.outputs : len(network.ids)]) < 0).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_crossings_are_counted(network):
    plan = layout.arrange(network)
    assert layout.crossings(plan) == crossings_of_all_pairs(plan)


def test_crossings_that_can_be_saved_are_saved():
    tangled = genome(
        3,
        3,
        [(7, "tanh"), (8, "sin"), (9, "abs")],
        [(1, 9), (9, 4), (2, 8), (8, 5), (3, 7), (7, 6)],
    )
    assert layout.crossings(layout.arrange(express(tangled))) == 0


def test_sweeps_save_crossings(monkeypatch):
    with_sweeps = sum(layout.crossings(layout.arrange(network)) for network in NETWORKS)
    monkeypatch.setattr(layout, "_rounds", lambda most, points: 0)
    without = sum(layout.crossings(layout.arrange(network)) for network in NETWORKS)
    assert with_sweeps < 0.7 * without


def test_connections_of_one_source_share_their_waypoints():
    fan = genome(
        1,
        1,
        [(3, "tanh"), (4, "sin"), (5, "abs")],
        [(0, 3), (3, 4), (4, 5), (5, 2), (1, 4), (1, 5), (1, 2)],
    )
    plan = layout.arrange(express(fan))
    assert len(plan.y) == 6 + 3 + 0  # the nodes, and input 1 in the layers of nodes 3, 4 and 5
    assert plan.lines == sorted(set(plan.lines))


def test_the_same_network_has_the_same_layout():
    first, second = (layout.arrange(NETWORKS[5]) for _ in range(2))
    np.testing.assert_array_equal(first.y, second.y)
    assert first.paths == second.paths


def test_heights_kept_apart_are_the_nearest():
    np.testing.assert_allclose(layout.apart(np.array([0.0, 0.0, 5.0]), 1.0, 20.0), [-0.5, 0.5, 5.0])
    np.testing.assert_allclose(layout.apart(np.array([9.0, 9.5]), 2.0, 18.0), [7.0, 9.0])
    np.testing.assert_allclose(layout.apart(np.array([-3.0, 3.0]), 1.0, 20.0), [-3.0, 3.0])


def test_what_would_take_minutes_is_told():
    """A chain of 500 nodes, each joined to the output, too: 499 + 498 + ... waypoints."""
    hidden = [(i, "tanh") for i in range(3, 503)]
    chain = [(i, i + 1) for i in range(3, 502)]
    network = express(genome(1, 1, hidden, [(1, 3), *chain, *((i, 2) for i in range(3, 503))]))
    for draw in (layout.check, layout.arrange):
        with pytest.raises(ValueError, match=r"at most 100,000 nodes and places .* got 125,253"):
            draw(network)
    layout.check(express(genome(1, 1, hidden, [(1, 3), *chain, (502, 2)])))
