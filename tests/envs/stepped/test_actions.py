from itertools import chain

import numpy as np
import pytest
from gymnasium import spaces

from tests import own_tasks
from wann import envs
from wann.envs.stepped import actions


def test_parts_by_hand():
    found = envs.make("gym:tests.own_tasks:Arm-v0")
    assert found.outputs == (
        *("grip_0_1", "grip_0_2", "grip_1_0", "grip_1_1"),
        *("turn_0", "turn_1"),
    )
    assert found.action == {
        "kind": "parts",
        "parts": [
            {"kind": "discrete", "first": 1, "outputs": 2},
            {"kind": "binary", "outputs": 2},
            {"kind": "continuous", "low": [-1.0, 0.0], "high": [1.0, 2.0], "outputs": 2},
        ],
    }
    assert found.numbers == ("grip_0", "grip_1_0", "grip_1_1", "turn_0", "turn_1")
    outputs = np.array([[0.0, 0.1, 0.0, 1e-9, 7.0, -3.0], [2.0, 2.0, -1.0, -1.0, 0.5, 0.5]])
    numbers = actions.decode(found.action, outputs)
    np.testing.assert_array_equal(numbers, [[2, 0, 1, 1.0, 0.0], [1, 0, 0, 0.5, 0.5]])
    whole = actions.assembled(own_tasks.Arm.action_space, iter(numbers[0].tolist()))
    assert own_tasks.Arm.action_space.contains(whole)
    assert whole["grip"][0] == 2
    np.testing.assert_array_equal(whole["grip"][1], [0, 1])
    np.testing.assert_array_equal(whole["turn"], [1.0, 0.0])


@pytest.mark.parametrize("space", [
    spaces.Discrete(4, start=-2),
    spaces.MultiDiscrete([2, 5, 1]),
    spaces.MultiDiscrete(np.array([[2, 3], [3, 2]])),
    spaces.MultiBinary((2, 2)),
    spaces.Box(-1, 2, (2, 1), np.float32),
    spaces.Tuple((spaces.Discrete(2), spaces.Dict(a=spaces.MultiBinary(3)))),
    own_tasks.Arm.action_space,
])  # fmt: skip
def test_whatever_the_outputs_the_action_is_legal(space):
    parts = actions.parts("x", space, None)
    names = list(chain.from_iterable(part.names for part in parts))
    assert len(set(names)) == len(names)
    rule = {
        "kind": "parts",
        "parts": [{**part.rule, "outputs": len(part.names)} for part in parts],
    }
    outputs = np.random.default_rng(0).normal(scale=3, size=(50, len(names)))
    numbers = actions.decode(rule, outputs)
    for row in numbers:
        assert space.contains(actions.assembled(space, iter(row.tolist())))
    assert len(np.unique(numbers, axis=0)) > 1


def test_forbidden_choices_are_not_taken():
    outputs, rule = np.array([3.0, 1.0, 2.0]), {"kind": "discrete", "first": 5}
    for mask, expected in (([1, 1, 1], 5), ([0, 1, 1], 7), ([0, 1, 0], 6), ([0, 0, 0], 5)):
        np.testing.assert_array_equal(
            actions.decode(rule, outputs, np.array(mask, bool)), [expected]
        )


def test_bounds_of_actions_that_have_none():
    with pytest.raises(ValueError, match=r"finite bounds, .* say --action-bounds LOW:HIGH"):
        envs.make("gym:tests.own_tasks:Boundless-v0")
    found = envs.make("gym:tests.own_tasks:Boundless-v0?bounds:-2:3")
    assert found.action == {"kind": "continuous", "low": -2.0, "high": 3.0}
    assert found.name == "gym:tests.own_tasks:Boundless-v0?bounds:-2:3"


HUGE = [
    spaces.Discrete(10**12),
    spaces.MultiDiscrete([10**12, 10**12]),
    spaces.MultiBinary(10**9),
    spaces.Tuple((spaces.Discrete(6000), spaces.Dict(a=spaces.Discrete(6000)))),
    spaces.Dict(a=spaces.MultiDiscrete(np.full(4, 2**62))),
]


@pytest.mark.parametrize("space", HUGE, ids=str)
def test_too_many_outputs_are_told_before_they_are_named(space):
    with pytest.raises(ValueError, match="env: expected at most 10,000 outputs for an action, got"):
        actions.parts("env", space, None)
