"""What survivors hold."""

import numpy as np

from wann.prune.images.rewinding import SURVIVORS, Past
from wann.prune.networks.mlp import glorot_normal

PAST = Past(*(glorot_normal((6, 5, 3), np.random.default_rng(seed)) for seed in range(3)))


def hold(name, seed=7):
    return SURVIVORS[name](PAST, np.random.default_rng(seed))


def test_states_of_the_past():
    assert hold("initial") is PAST.initial
    assert hold("early") is PAST.early
    assert hold("trained") is PAST.trained


def test_a_fresh_draw_has_the_same_distribution_and_other_values():
    found = hold("fresh")
    assert found.sizes == (6, 5, 3)
    assert (found.weights[0] != PAST.initial.weights[0]).all()
    large = glorot_normal((300, 200), np.random.default_rng(0)).weights[0]
    np.testing.assert_allclose(large.std(), np.sqrt(2 / 500), rtol=0.01)


def test_constants_have_the_first_sign():
    for name, sizes in (
        ("signed-constant", [np.sqrt(2 / 11), np.sqrt(2 / 8)]),
        ("signed-shared", [1, 1]),
    ):
        for w, first, size in zip(hold(name).weights, PAST.initial.weights, sizes, strict=True):
            np.testing.assert_array_equal(np.sign(w), np.sign(first))
            np.testing.assert_allclose(abs(w), size, rtol=1e-6)
    assert all((w == 1).all() for w in hold("unsigned-shared").weights)
