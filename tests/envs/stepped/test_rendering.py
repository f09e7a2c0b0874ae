"""Pictures without a display, and what is said where none comes."""

from __future__ import annotations

import ctypes.util
import os

import gymnasium
import numpy as np
import pytest

from wann import envs
from wann.envs.failure import Unfit
from wann.envs.gym import of
from wann.envs.stepped import rendering
from wann.evaluation.recording import Episode, filmed

NONE = Episode("", np.empty((0, 1)), np.empty((0, 1)), np.empty(0), False)


@pytest.fixture
def no_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "MUJOCO_GL", "SDL_VIDEODRIVER"):
        monkeypatch.setenv(name, "")  # so that it is as before after the test
        monkeypatch.delenv(name)
    monkeypatch.setattr("sys.platform", "linux")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("egl", "dummy")),
        ({"DISPLAY": ":0"}, (None, None)),
        ({"WAYLAND_DISPLAY": "wayland-0"}, (None, None)),
        ({"MUJOCO_GL": "osmesa"}, ("osmesa", "dummy")),
        ({"SDL_VIDEODRIVER": "offscreen"}, ("egl", "offscreen")),
    ],
)
def test_what_draws_where_there_is_no_display(monkeypatch, no_display, given, expected):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    rendering.offscreen()
    assert (os.environ.get("MUJOCO_GL"), os.environ.get("SDL_VIDEODRIVER")) == expected


def test_other_systems_are_left_alone(monkeypatch, no_display):
    monkeypatch.setattr("sys.platform", "darwin")
    rendering.offscreen()
    assert not {"MUJOCO_GL", "SDL_VIDEODRIVER"} & set(os.environ)


def test_what_pygame_draws_leaves_the_terminal_alone(monkeypatch, no_display, capfd):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert filmed(envs.make("gym:FrozenLake-v1"), NONE, 0, [0])[0].shape == (256, 256, 3)
    assert capfd.readouterr() == ("", "")


def test_an_environment_of_mujoco_is_drawn(no_display):
    pytest.importorskip("mujoco", reason="needs wann[mujoco]")
    if not ctypes.util.find_library("EGL"):
        pytest.skip("needs EGL")
    shown = filmed(envs.make("gym:InvertedPendulum-v5"), NONE, 0, [0])
    assert shown[0].shape == (480, 480, 3)
    assert len(np.unique(shown[0].reshape(-1, 3), axis=0)) > 10


class Blind(gymnasium.Env):
    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012  as Gymnasium has it
    observation_space = gymnasium.spaces.Box(-1, 1, (1,))
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        return np.zeros(1, np.float32), {}

    def render(self):
        raise OSError("no screen")


def test_an_environment_that_raises_instead_of_drawing():
    with pytest.raises(Unfit, match=r"own:Blind: the environment did not draw .*no screen\)$"):
        filmed(of(Blind), NONE, 0, [0])


def test_what_to_install_for_mujoco():
    kind = type("Arm", (Blind,), {"__module__": "gymnasium.envs.mujoco.arm"})
    said = rendering.failed("gym:Arm-v5", kind(), OSError("no screen"))
    assert said.startswith("gym:Arm-v5: the environment did not draw (OSError: no screen); MuJoCo")
    assert "apt install libegl1" in said
