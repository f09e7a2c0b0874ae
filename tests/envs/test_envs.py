import dataclasses
import subprocess
import sys

import gymnasium
import numpy as np
import pytest

from wann import envs
from wann.envs import cartpole, drawing, swingup
from wann.envs.task import ControlTask

CONTROL = ["cartpole", "swingup"]
BLUE, VERMILION = [0, 114, 178], [213, 94, 0]


@pytest.fixture(params=CONTROL)
def task(request):
    return envs.make(request.param)


@pytest.fixture
def registry(monkeypatch):
    """The registry, put back as it was after the test."""
    monkeypatch.setattr(envs, "_makers", dict(envs._makers))
    return envs


def test_names():
    assert envs.names()[:5] == ["cartpole", "swingup", "digits", "mnist", "fashion-mnist"]


def test_unknown_names_list_the_nearest_first():
    with pytest.raises(ValueError, match=r"unknown env 'cartpol': expected one of cartpole, "):
        envs.make("cartpol")
    kinds = r"gym:ID, envpool:ID, csv:FILE, idx:FOLDER, MODULE:NAME"
    with pytest.raises(ValueError, match=rf"{kinds}; did you mean fashion-mnist\?"):
        envs.make("fashion_mnist")


def test_own_tasks(registry):
    def make(episode_limit=200):
        return dataclasses.replace(cartpole.make(), name="short", episode_limit=episode_limit)

    registry.register("short", make)
    assert registry.names()[-1] == "short"
    assert registry.make("short").episode_limit == 200
    assert registry.make("short", episode_limit=50).episode_limit == 50
    registry.register("short", cartpole.make)
    assert registry.make("short").episode_limit == 500


def test_built_in_names_are_taken(registry):
    with pytest.raises(ValueError, match="env 'swingup' is built in: choose another name"):
        registry.register("swingup", cartpole.make)


def test_importing_the_registry_compiles_nothing():
    code = "import wann.envs, sys; sys.exit('numba' in sys.modules or 'PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_action_kinds():
    assert envs.make("cartpole").action == {"kind": "discrete"}
    assert envs.make("swingup").action == {"kind": "continuous", "low": -1.0, "high": 1.0}


def test_the_registry_knows_a_task_by_its_own_name(task):
    assert isinstance(task, ControlTask)
    assert envs.make(task.name) == task


def test_sizes_fit_gymnasium(task):
    env = gymnasium.make(task.gym_id)
    assert env.observation_space.shape == (len(task.inputs),)
    assert env.spec.max_episode_steps == task.episode_limit
    if task.bounds is None:
        assert env.action_space.n == len(task.outputs)
    else:
        assert env.action_space.shape == (len(task.outputs),)
        assert (env.action_space.low[0], env.action_space.high[0]) == task.bounds


def test_starts_are_fixed_by_the_seed(task):
    starts = task.initial_states(np.random.default_rng(7), 9)
    assert starts.dtype == np.float64
    assert len(np.unique(starts, axis=0)) == 9
    np.testing.assert_array_equal(task.initial_states(np.random.default_rng(7), 9), starts)
    np.testing.assert_array_equal(task.initial_states(np.random.default_rng(7), 4), starts[:4])
    assert not np.array_equal(task.initial_states(np.random.default_rng(8), 9), starts)


def test_episodes_are_fixed_by_their_start(task):
    def rewards():
        state = task.initial_states(np.random.default_rng(3), 1)[0]
        return [task.step(state, np.array([float(i % 2)])) for i in range(50)]

    assert rewards() == rewards()


def test_pictures_show_the_cart_and_the_pole(task):
    picture = task.draw(task.initial_states(np.random.default_rng(0), 1)[0])
    assert picture.shape == (drawing.HEIGHT, drawing.WIDTH, 3)
    assert picture.dtype == np.uint8
    for colour in (BLUE, VERMILION):
        assert (picture == colour).all(axis=2).sum() > 200


@pytest.mark.parametrize(
    ("draw", "state", "mirrored"),
    [
        (cartpole.draw, [0.7, 0.0, 0.2, 0.0], [-0.7, 0.0, -0.2, 0.0]),
        (swingup.draw, swingup.state_of(1.1, 0, 2.0, 0), swingup.state_of(-1.1, 0, -2.0, 0)),
    ],
    ids=CONTROL,
)
def test_mirrored_states_have_mirrored_pictures(draw, state, mirrored):
    picture = draw(np.array(state)).astype(float)
    reflection = draw(np.array(mirrored))[:, ::-1].astype(float)
    assert abs(picture - reflection).mean() < 0.1
    assert abs(picture - draw(np.array(mirrored))).mean() > 2.0


def pole_centre(picture):
    """The middle of the pole's pixels, m to the right of and above the track's middle."""
    rows, columns = np.nonzero((picture == VERMILION).all(axis=2))
    metre = drawing.WIDTH / (2 * (2.4 + 0.7))
    return (columns.mean() - drawing.WIDTH / 2) / metre, (drawing.HEIGHT / 2 - rows.mean()) / metre


def test_poles_lean_where_the_formulas_say():
    # A push to the right makes θ̇ negative in CartPole and positive in swing-up; in both the
    # pole must be seen to fall to the left.
    assert pole_centre(cartpole.draw(np.array([0.0, 0.0, -0.3, 0.0])))[0] < -0.1
    assert pole_centre(swingup.draw(swingup.state_of(0.0, 0.0, 0.3, 0.0)))[0] < -0.05


def test_poles_are_to_scale():
    assert pole_centre(cartpole.draw(np.zeros(4)))[1] == pytest.approx(0.5, abs=0.03)
    hanging = swingup.draw(swingup.state_of(1.0, 0.0, np.pi, 0.0))
    np.testing.assert_allclose(pole_centre(hanging), [1.0, -0.3], atol=0.03)


def test_the_nearest_name():
    assert envs.did_you_mean("swinup", ["cartpole", "swingup"]) == "; did you mean swingup?"
    assert envs.did_you_mean("xyz", ["cartpole", "swingup"]) == ""


def test_envs_are_listed_in_one_order_whatever_was_misspelt():
    order = ", ".join(envs.names())
    for name in ("mnits", "swinup", "xyz"):
        with pytest.raises(ValueError, match=f"unknown env '{name}': expected one of {order}"):
            envs.make(name)
    with pytest.raises(ValueError, match=r"MODULE:NAME; did you mean mnist\?"):
        envs.make("mnits")
