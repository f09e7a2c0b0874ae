"""Scores of one connection alone, by hand."""

import numpy as np

from tests.prunings import pruned, score
from wann.prune.networks.mlp import MLP, keep_all
from wann.prune.scores.pruned import Pruned

POLICY = Pruned(
    weights=(np.array([[3.0, -1.0], [0.5, 0.0]]),),
    initial=(np.array([[0.1, -0.2], [0.3, -0.4]]),),
    masks=(np.array([[True, True], [True, False]]),),
    deviations=(np.array([[2.0, 0.25], [0.5, np.nan]]),),
)


def test_magnitudes():
    one = pruned(0)
    for found, w in zip(score("magnitude", one), one.weights, strict=True):
        np.testing.assert_array_equal(found, abs(w))
    for found, w in zip(score("initial-magnitude", one), one.initial, strict=True):
        np.testing.assert_array_equal(found, abs(w))


def test_same_sign_by_hand():
    biases = (np.zeros(1),)
    trained = MLP((np.array([[2.0], [-3.0], [1.0], [0.0]]),), biases)
    initial = MLP((np.array([[0.1], [0.2], [-0.3], [0.4]]),), biases)
    one = Pruned(trained.weights, initial.weights, keep_all(trained))
    assert score("large-final-same-sign", one)[0].ravel().tolist() == [2, 0, 0, 0]


def test_random_depends_on_the_generator_alone():
    a, b = pruned(0), pruned(1)
    np.testing.assert_array_equal(score("random", a)[0], score("random", b)[0])
    assert (score("random", a)[0] != score("random", a, seed=1)[0]).all()


def test_signal_to_noise_by_hand():
    (found,) = score("signal-to-noise", POLICY)
    assert found[POLICY.masks[0]].tolist() == [1.5, 4.0, 1.0]


def test_magnitudes_by_hand():
    assert score("magnitude", POLICY)[0].ravel().tolist() == [3.0, 1.0, 0.5, 0.0]
    assert score("initial-magnitude", POLICY)[0].ravel().tolist() == [0.1, 0.2, 0.3, 0.4]


def test_random_scores_are_nested_by_their_generator():
    a, b = (score("random", POLICY, seed=1)[0].ravel() for _ in range(2))
    assert a.tolist() == b.tolist()
    assert len(set(a.tolist())) == 4
