import numpy as np
import pytest

from wann.prune.policies import methods
from wann.prune.policies.methods import GONE, POLICY_RECIPES, State, find

RNG = np.random.default_rng(0)
STATE = State(
    first=np.array([0.1, -0.2, 0.3, -0.4]),
    live=np.array([True, True, True, False]),
    weights=np.array([3.0, -1.0, 0.5, 0.0]),
    spread=np.array([2.0, 0.25, 0.5, np.nan]),
)


def test_signal_to_noise_by_hand():
    assert methods.signal_to_noise(STATE, RNG).tolist() == [1.5, 4.0, 1.0, GONE]


def test_magnitudes_by_hand():
    assert methods.magnitude(STATE, RNG).tolist() == [3.0, 1.0, 0.5, GONE]
    assert methods.initial_magnitude(STATE, RNG).tolist() == [0.1, 0.2, 0.3, 0.4]


def test_inverted_scores_still_drop_what_is_dead_first():
    scores = methods.inverted(methods.magnitude(STATE, RNG))
    assert np.argsort(-scores, kind="stable").tolist() == [2, 1, 0, 3]


def test_random_scores_are_nested_by_their_generator():
    a, b = (methods.random(STATE, np.random.default_rng(1)) for _ in range(2))
    assert a.tolist() == b.tolist()
    assert len(set(a.tolist())) == 4


@pytest.mark.parametrize("name", ["synflow", "optimal-brain-damage"])
def test_recipes_that_need_gradients_are_refused(name):
    with pytest.raises(ValueError, match=f"without gradients: .*; got '{name}'"):
        find(name)


def test_every_recipe_says_what_it_does():
    for name, recipe in POLICY_RECIPES.items():
        assert find(name) is recipe
        assert recipe.paper == "control" or recipe.paper[-4:].isdecimal()
        assert recipe.line
