"""Disturbances of weights and images, as numbers."""

import numpy as np
import pytest

from wann.evaluation.noise.disturbances import cut, noisy, rounded, shifted, with_noise


def rng():
    return np.random.default_rng(3)


def test_weights_are_off_by_a_share_of_themselves():
    weights = np.array([2.0, -0.5, 0.0] * 20_000)
    ratio = noisy(weights, 0.1, rng())[weights != 0] / weights[weights != 0]
    assert ratio.mean() == pytest.approx(1, abs=0.002)
    assert ratio.std() == pytest.approx(0.1, rel=0.02)
    assert (noisy(weights, 0.1, rng())[weights == 0] == 0).all()


def test_weights_are_rounded_to_steps_of_each_node():
    weights = np.array([1.0, 0.4, -0.6, 30.0, 14.0, 0.0])
    targets = np.array([5, 5, 5, 2, 2, 2])
    # Two bits: -s, 0 or s. Three: thirds of the largest.
    np.testing.assert_allclose(rounded(weights, targets, 2), [1, 0, -1, 30, 0, 0])
    np.testing.assert_allclose(rounded(weights, targets, 3), [1, 1 / 3, -2 / 3, 30, 10, 0])


def test_one_shared_weight_needs_no_bits():
    weights, targets = np.full(9, -0.7), np.arange(9) // 3
    np.testing.assert_allclose(rounded(weights, targets, 2), weights)


def test_nodes_all_of_whose_weights_are_0_stay_so():
    assert (rounded(np.zeros(3), np.array([0, 0, 1]), 4) == 0).all()


def test_a_share_of_the_connections_is_cut():
    found = cut(np.full(50_000, 1.5), 0.2, rng())
    assert set(found) == {0.0, 1.5}
    assert (found == 0).mean() == pytest.approx(0.2, abs=0.01)


def test_images_move_by_pixels_one_of_four_ways():
    image = np.arange(1.0, 13).reshape(1, 12)
    ways = {
        (0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8),
        (5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0),
        (0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11),
        (2, 3, 4, 0, 6, 7, 8, 0, 10, 11, 12, 0),
    }
    found = shifted(np.repeat(image, 40, axis=0), (3, 4), 1, rng())
    assert {tuple(row) for row in found.astype(int).tolist()} == ways
    two = shifted(np.repeat(image, 40, axis=0), (3, 4), 2, rng())
    assert {np.count_nonzero(row) for row in two} == {4, 6}


def test_noise_on_images_has_its_deviation():
    found = with_noise(np.full((100, 200), 0.5, np.float32), 0.3, rng())
    assert found.dtype == np.float32
    assert found.mean() == pytest.approx(0.5, abs=0.01)
    assert found.std() == pytest.approx(0.3, rel=0.02)
