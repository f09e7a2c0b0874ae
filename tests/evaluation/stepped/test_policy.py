import dataclasses

import numpy as np
import pytest

from tests.genomes import genome
from wann import envs
from wann.core.network import express
from wann.envs.failure import BadObservation
from wann.envs.stepped.normalization import Normalization
from wann.evaluation.stepped.policy import Policy, legal_of

# Takes action 5 at totals below 0, 7 above, and the first of equals at 0.
CHOOSER = express(genome(2, 3, connections=[(1, 5)]))


@pytest.mark.parametrize(
    ("observation", "got"),
    [
        (np.zeros(3), r"float64\[3\]"),
        (np.zeros(1), r"float64\[1\]"),
        (0.5, r"float64\[\]"),
        (None, "None"),
        ([1.0, None], r"\[1.0, None\]"),
        (["a", "b"], r"<U1\[2\]"),
        (np.zeros(2, complex), r"complex128\[2\]"),
        ({"x": 1}, r"\{'x': 1\}"),
    ],
)
def test_an_observation_that_is_none_of_the_tasks(observation, got):
    found = envs.make("gym:tests.gym_tasks:Counter")
    policy = Policy(found, found.environment(), CHOOSER, 1.0)
    with pytest.raises(BadObservation, match=f"^expected an observation of 2 numbers, got {got}$"):
        policy(observation)


@pytest.mark.parametrize("mask", [np.ones(2), (np.ones(1), {"a": np.ones(1)})])
def test_a_mask_of_another_size(mask):
    with pytest.raises(BadObservation, match=r"an action_mask of 3 numbers, one for each .* got 2"):
        legal_of(mask, 3)


def test_masks_of_several_parts_are_joined():
    mask = {"a": (np.array([1, 0]), np.array([0])), "b": [1]}
    np.testing.assert_array_equal(legal_of(mask, 4), [True, False, False, True])


def test_observations_are_normalised():
    found = envs.make("gym:tests.own_tasks:Costly-v0")
    normalization = Normalization((0.0, 1.0), (1.0, 0.5))
    policy = Policy(
        dataclasses.replace(found, normalization=normalization), found.environment(),
        express(genome(2, 1, connections=[(2, 3)])), 1.0,
    )  # fmt: skip
    assert policy(np.array([0.0, 3.0])).tolist() == [4.0]
    assert policy(np.array([0.0, np.nan])) is None
