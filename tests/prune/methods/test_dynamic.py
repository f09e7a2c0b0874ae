"""SET and RigL: densities, how many move and where to."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.masks.selection import kept
from wann.prune.methods.dynamic import densities, moved
from wann.prune.methods.registry import of_images, preset
from wann.prune.networks.mlp import MLP


def test_densities_are_in_proportion_and_add_up():
    sizes, counts = (784, 300, 100, 10), (235_200, 30_000, 1_000)
    found = densities(sizes, 0.02)
    assert np.dot(found, counts) == pytest.approx(0.02 * sum(counts))
    ratio = [(784 + 300) / 235_200, 400 / 30_000, 110 / 1_000]
    np.testing.assert_allclose(np.divide(found, ratio), found[0] / ratio[0])
    dense_output = densities(sizes, 0.1)
    assert dense_output[2] == 1.0
    assert np.dot(dense_output, counts) == pytest.approx(0.1 * sum(counts))


def test_the_smallest_go_and_the_most_wanted_come():
    weights = np.array([[5.0, -0.1, 0.0], [0.2, 0.0, -4.0]], np.float32)
    mask = weights != 0
    wanted = np.array([[9.0, 9.0, 1.0], [0.5, 3.0, 9.0]])
    # Half of four: -0.1 and 0.2 go; free are they and two others; the largest are 9 and 3.
    (found,), mlp = moved(MLP((weights,), (np.zeros(3),)), (mask,), (wanted,), 0.5)
    np.testing.assert_array_equal(found, [[True, True, False], [False, True, True]])
    np.testing.assert_array_equal(mlp.weights[0], [[5, 0, 0], [0, 0, -4]])


def test_nothing_moves_with_a_share_of_0_or_where_all_are_kept():
    weights = np.ones((2, 2), np.float32)
    full = (np.ones((2, 2), bool),)
    one = MLP((weights,), (np.zeros(2),))
    for masks, share in ((full, 0.5), ((np.eye(2) > 0,), 0.0)):
        found, _ = moved(one, masks, (np.random.default_rng(0).random((2, 2)),), share)
        np.testing.assert_array_equal(found[0], masks[0])


@pytest.mark.parametrize("name", ["set", "rigl"])
def test_a_network_is_as_sparse_as_it_began(name):
    settings = replace(preset(name, "digits"), hidden="16", steps=1_000, sparsity="0.8")
    settings = replace(settings, arms="")
    experiment = Experiment(settings, envs.make("digits"))
    (result,) = of_images(name).runner(experiment, 0)
    assert kept(result.outcome.masks) == pytest.approx(0.2 * experiment.total, abs=2)
    assert result.score > 0.5
    for w, mask in zip(result.outcome.mlp.weights, result.outcome.masks, strict=True):
        assert (w[~mask] == 0).all()
