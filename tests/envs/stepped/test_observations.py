import numpy as np
import pytest
from gymnasium import spaces

from tests import own_tasks
from wann import envs
from wann.envs.failure import BadObservation
from wann.envs.stepped import observations

BOX = spaces.Box(-1, 1, (2,), np.float32)


@pytest.mark.parametrize(
    ("space", "names"),
    [
        (spaces.Box(-1, 1, (1, 2)), "obs_0 obs_1"),
        (spaces.Discrete(3, start=4), "state_4 state_5 state_6"),
        (spaces.MultiDiscrete([2, 3]), "state_0_0 state_0_1 state_1_0 state_1_1 state_1_2"),
        (spaces.MultiBinary(2), "obs_0 obs_1"),
        (spaces.Dict({"b": BOX, "a": spaces.Discrete(2)}), "a_0 a_1 b_0 b_1"),
        (spaces.Tuple((BOX, spaces.Discrete(2))), "0_0 0_1 1_0 1_1"),
        (spaces.Dict(car=spaces.Dict(at=BOX, on=spaces.Discrete(1))), "car_at_0 car_at_1 car_on_0"),
        (spaces.Dict({"a": BOX, "a_0": spaces.Box(0, 1, (1,)), "b": BOX}), "a_0 a_1 a_0_0 b_0 b_1"),
        (spaces.Dict({"a_0": BOX, "a": spaces.MultiDiscrete([1, 1])}), "obs_0 obs_1 obs_2 obs_3"),
    ],
)  # fmt: skip
def test_names_by_hand(space, names):
    assert " ".join(observations.names("x", space)) == names


@pytest.mark.parametrize("space", [
    spaces.Discrete(5), spaces.MultiDiscrete([2, 3]), spaces.Tuple((spaces.Discrete(2), BOX)),
    spaces.Dict(z=spaces.MultiBinary((2, 2)), a=spaces.Discrete(3, start=-1)), spaces.Text(3),
])  # fmt: skip
def test_there_is_a_name_for_each_number(space):
    space.seed(0)
    names = observations.names("x", space)
    assert len(set(names)) == len(names)
    assert spaces.flatten(space, space.sample()).shape == (len(names),)


def test_the_number_that_a_name_says_is_set():
    space = spaces.Dict(mode=spaces.Discrete(3), at=BOX)
    names = observations.names("x", space)
    flat = spaces.flatten(space, {"mode": 2, "at": np.array([0.5, -0.5], np.float32)})
    assert dict(zip(names, flat.tolist(), strict=True)) == {
        "at_0": 0.5, "at_1": -0.5, "mode_0": 0, "mode_1": 0, "mode_2": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Words", "Words-v0: expected observations that gymnasium.spaces.flatten makes numbers of"),
    ],
)
def test_what_cannot_be_seen(name, message):
    with pytest.raises(ValueError, match=message):
        envs.make(f"gym:tests.own_tasks:{name}-v0")


def test_too_much_to_see():
    with pytest.raises(ValueError, match=r"x: expected 1 to 10000 numbers .* got 10001"):
        observations.names("x", spaces.Box(0, 1, (10_001,)))


@pytest.mark.parametrize("wrong", [None, 3, {"mode": 1}, {"mode": 7, "position": 1, "lamps": 0}])
def test_what_is_no_observation_of_the_space(monkeypatch, wrong):
    monkeypatch.setattr(own_tasks.Rover, "seen", lambda self: wrong)
    env = observations.Flattened(own_tasks.Rover())
    with pytest.raises(BadObservation, match=r"expected an observation in Dict.*, got"):
        env.reset(seed=0)
