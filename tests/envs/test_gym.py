import subprocess
import sys

import gymnasium
import pytest

from tests import gym_tasks
from wann import envs
from wann.core.network import express
from wann.envs import gym
from wann.evaluation import gym as episodes
from wann.search.variation import initial
from wann.search.variation.innovation import Innovations


def task(name):
    return envs.make(f"gym:tests.gym_tasks:{name}")


def test_a_task_of_ones_own():
    found = task("Counter")
    assert found == gym.GymTask(
        env_id="tests.gym_tasks:Counter",
        inputs=("obs_0", "obs_1"),
        outputs=("action_5", "action_6", "action_7"),
        episode_limit=1000,
        solved_at=55.0,
        low=None,
        high=None,
        first=5,
    )
    assert found.name == "gym:tests.gym_tasks:Counter"
    assert found.action == {"kind": "discrete", "first": 5}
    assert isinstance(found.environment().unwrapped, gym_tasks.Counter)


def test_bounds_of_each_action():
    found = task("Push")
    assert found.outputs == ("action_0", "action_1")
    assert (found.low, found.high) == ((-1.0, 0.0), (1.0, 5.0))
    assert found.action == {"kind": "continuous", "low": [-1.0, 0.0], "high": [1.0, 5.0]}
    assert found.solved_at is None


def test_limits_of_episodes():
    assert task("Limited").episode_limit == 7
    assert task("Endless").episode_limit == gym.LIMIT == 1000


@pytest.mark.parametrize(
    ("env_id", "inputs", "outputs", "limit", "solved_at", "action"),
    [
        ("MountainCar-v0", 2, 3, 200, -110.0, {"kind": "discrete"}),
        ("Acrobot-v1", 6, 3, 500, -100.0, {"kind": "discrete"}),
        ("Pendulum-v1", 3, 1, 200, None, {"kind": "continuous", "low": -2.0, "high": 2.0}),
    ],
)
def test_gymnasiums_own_tasks(env_id, inputs, outputs, limit, solved_at, action):
    found = envs.make(f"gym:{env_id}")
    assert (len(found.inputs), len(found.outputs)) == (inputs, outputs)
    assert (found.episode_limit, found.solved_at, found.action) == (limit, solved_at, action)


def test_the_biped():
    pytest.importorskip("Box2D", reason="needs gymnasium[box2d]")
    found = envs.make("gym:BipedalWalker-v3")
    assert (len(found.inputs), len(found.outputs), found.episode_limit) == (24, 4, 1600)
    assert found.solved_at == 300.0
    assert found.action == {"kind": "continuous", "low": -1.0, "high": 1.0}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gym:BipedalWaker-v3", "BipedalWaker.*the nearest: BipedalWalker-v3"),
        ("gym:BipedalWalker-v9", "v9.*the nearest: BipedalWalker-v3"),
        ("gym:acrobot-v1", "the nearest: Acrobot-v1"),
        ("gym:", "gym:: Malformed environment ID"),
        ("gym:a b", "gym:a b: Malformed"),
        ("gym:no_such_module:X-v0", "MODULE:ID with.*No module named 'no_such_module'"),
        ("gym:tests.gym_tasks:Pictures", r"got images \(96, 96, 3\)"),
        ("gym:tests.gym_tasks:Unbounded", "expected actions with finite bounds"),
        ("gym:tests.gym_tasks:Blind", "expected 1 to 10000 numbers in an observation, got 0"),
        ("gmy:Acrobot-v1", "unknown env 'gmy:Acrobot-v1'.*gym:ID"),
    ],
)
def test_what_cannot_be_a_task(name, message):
    with pytest.raises(ValueError, match=message):
        envs.make(name)


def test_options_are_refused():
    with pytest.raises(ValueError, match="gym:Acrobot-v1' takes no such option: data"):
        envs.make("gym:Acrobot-v1", data=None)


def test_missing_packages_are_named(monkeypatch):
    def missing(*arguments, **options):
        raise gymnasium.error.DependencyNotInstalled("it is not installed")

    monkeypatch.setattr(gym.gymnasium, "make", missing)
    with pytest.raises(ValueError, match=r"pip install 'gymnasium\[toy-text\]'"):
        envs.make("gym:Taxi-v4")


def test_what_was_refused_once():
    found = task("Switches")
    assert found.action["parts"] == [{"kind": "binary", "outputs": 3}]
    assert task("Seen").inputs == ("a_0", "a_1")


def test_one_line_and_exit_code_2():
    command = [sys.executable, "-m", "wann.search", "--env", "gym:LunarLadner-v3"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "LunarLander-v3" in ended.stderr


def test_a_file_imports_no_module(tmp_path, monkeypatch):
    (tmp_path / "from_a_file.py").write_text("raise SystemExit('code of the file has run')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="would import a module: if you trust it, say --env gym:"):
        envs.made_for("gym:from_a_file:X-v0")
    with pytest.raises(ValueError, match="would import a module"):
        envs.made_for("gym:from_a_file:X-v0", "gym:tests.gym_tasks:Counter")
    assert envs.made_for("gym:tests.gym_tasks:Counter", "gym:tests.gym_tasks:Counter") == task(
        "Counter"
    )
    assert envs.made_for("gym:Acrobot-v1") == envs.make("gym:Acrobot-v1")
    assert envs.made_for("cartpole").name == "cartpole"


def test_an_episode_does_not_depend_on_those_before_it():
    pytest.importorskip("Box2D", reason="needs gymnasium[box2d]")
    task = envs.make("gym:BipedalWalker-v3")
    network = express(initial.direct(24, 4, Innovations(24, 4)))
    first = [episodes.play(task, network, 0.7, seed) for seed in range(8)]
    again = [episodes.play(task, network, 0.7, seed) for seed in reversed(range(8))]
    assert again[::-1] == first
