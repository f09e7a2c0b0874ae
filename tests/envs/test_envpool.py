import importlib.util
import sys

import numpy as np
import pytest

from wann import envs
from wann.envs import envpool, interface

needs_envpool = pytest.mark.skipif(
    importlib.util.find_spec("envpool") is None, reason="needs wann[envpool]"
)


@needs_envpool
@pytest.mark.parametrize(
    ("env_id", "inputs", "outputs", "limit", "solved_at", "action"),
    [
        ("Acrobot-v1", 6, 3, 500, -100.0, {"kind": "discrete"}),
        ("Pendulum-v1", 3, 1, 200, None, {"kind": "continuous", "low": -2.0, "high": 2.0}),
        ("BipedalWalker-v3", 24, 4, 1600, 300.0, {"kind": "continuous", "low": -1.0, "high": 1.0}),
        ("LunarLander-v3", 8, 4, 1000, 200.0, {"kind": "discrete"}),
    ],
)
def test_tasks(env_id, inputs, outputs, limit, solved_at, action):
    found = envs.make(f"envpool:{env_id}")
    assert found.name == f"envpool:{env_id}"
    assert (len(found.inputs), len(found.outputs)) == (inputs, outputs)
    assert (found.episode_limit, found.solved_at, found.action) == (limit, solved_at, action)


@needs_envpool
def test_the_race_car():
    found = envs.make("envpool:CarRacing-v3")
    assert found.name == "envpool:CarRacing-v3"
    assert (found.inputs, found.outputs) == (interface.CAR_INPUTS, ("steering", "gas", "brake"))
    low, high = [-1.0, -1.0, 0.0], [1.0, 1.0, 1.0]
    assert found.action == {"kind": "continuous", "low": low, "high": high}
    # As in the paper: steering as it is, the gas from [-1, 1] to [0, 1], the brake as it is.
    actions = found.actions(np.array([[-0.5, -1.0, 0.25], [1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]))
    np.testing.assert_array_equal(actions, [[-0.5, 0, 0.25], [1, 0.5, 0], [0, 1, 1]])
    assert actions.dtype == np.float32
    env = found.environment()
    start, _ = env.reset(seed=3)
    assert start.shape == (9,)
    for _ in range(60):  # the picture comes nearer at first
        observation, *_ = env.step(np.array([0.0, 1.0, 0.0]))
    seen = dict(zip(found.inputs, observation.tolist(), strict=True))
    assert seen["speed"] > 0.05
    assert 0.0 < sum(seen[name] for name in found.inputs[:6]) < 5.9  # road and grass


@needs_envpool
def test_what_is_seen_stands_in_the_name():
    found = envs.make("envpool:CarRacing-v3?grid:2x3")
    assert found.name == "envpool:CarRacing-v3?grid:2x3"
    assert found.inputs[0] == "luminance_0_0"
    assert len(found.inputs) == 6
    assert found.outputs == interface.CAR_OUTPUTS


@needs_envpool
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Acrobat-v1", "EnvPool has no environment of this id; the nearest: .*Acrobot-v1"),
        ("", "EnvPool has no environment of this id"),
        ("tests.gym_tasks:Counter", "EnvPool has no environment of this id"),
        ("Taxi-v3", "expected observations in a Box, got Discrete"),
        ("Breakout-v5", r"images \(4, 84, 84\): say which with --observe grid:7x8"),
        ("Acrobot-v1?grid:2x2", "--observe: expected a task with images"),
        ("CarRacing-v3?grid:97x1", "from 1 to 96 rows of cells"),
    ],
)
def test_what_cannot_be_a_task(name, message):
    with pytest.raises(ValueError, match=message):
        envs.make(f"envpool:{name}")


def test_without_envpool(monkeypatch, refused, tmp_path):
    from wann.search import __main__ as search

    monkeypatch.setitem(sys.modules, "envpool", None)
    run = tmp_path / "run"
    said = refused(search.main, ["--env=envpool:Acrobot-v1", "--run", run])
    assert "pip install 'wann[envpool]'" in said
    assert "or take gym:Acrobot-v1" in said
    assert not run.exists()
    assert "or take" not in refused(search.main, ["--env=envpool:Breakout-v5", "--run", run])


def test_advice(monkeypatch):
    task = envs.make("gym:Acrobot-v1")
    monkeypatch.setattr(envpool.importlib.util, "find_spec", lambda name: name)
    assert "--env envpool:Acrobot-v1" in (envpool.advice(task) or "")
    assert envpool.advice(envs.make("gym:MountainCar-v0")) is None
    assert envpool.advice(envs.make("cartpole")) is None
    monkeypatch.setattr(envpool.importlib.util, "find_spec", lambda name: None)
    assert envpool.advice(task) is None
