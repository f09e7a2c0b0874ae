"""Pictures of environments, also where there is no display."""

from __future__ import annotations

import os
import sys

import gymnasium

from wann.envs.failure import summary

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
# What MuJoCo and SDL, which is pygame's, draw by, as their own variables say; with none they look
# for a display, and SDL writes to the terminal that there is none.
_WITHOUT_DISPLAY = {"MUJOCO_GL": "egl", "SDL_VIDEODRIVER": "dummy"}
_HINT = (
    "MuJoCo draws without a display by EGL (apt install libegl1), or by OSMesa (apt install "
    "libosmesa6) with MUJOCO_GL=osmesa"
)


def offscreen() -> None:
    """Draw without a display where there is none, unless the user says by what."""
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        for name, driver in _WITHOUT_DISPLAY.items():
            os.environ.setdefault(name, driver)


def failed(name: str, env: gymnasium.Env[object, object], error: Exception) -> str:
    """A line on an environment that raised instead of drawing, with what to do if that is known."""
    mujoco = any("mujoco" in each.__module__ for each in type(env.unwrapped).__mro__)
    hint = f"; {_HINT}" if mujoco else ""
    return f"{name}: the environment did not draw ({summary(error)}){hint}"
