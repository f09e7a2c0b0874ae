"""What a network is to an environment: its inputs and outputs, by the spaces of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box

from wann.envs.failure import Unfit
from wann.envs.observation import Observation
from wann.envs.stepped import actions, observations
from wann.envs.stepped.actions import Part

# CarRacing-v3 for small networks: what they see of its pictures, and how they drive.
# Its picture has 96 x 96 pixels. The upper 84 rows show the track from above, the car always at
# the same place, near row 70 in the middle; below are bars for the speed, the wheels, the steering
# and how fast the car turns. Networks see the share of grass in six cells of 16 x 24 pixels before
# the car and beside it, left and right, and two of the bars; that of turning grows to the left or
# to the right, with a number for each side. They are few, so that of the networks that a search
# begins with more see what it takes to drive.
# Actions are those of Gaier and Ha, "Weight Agnostic Neural Networks" (2019): the three outputs
# are clipped to [-1, 1], [-1, 1] and [0, 1]; the first steers, (second + 1)/2 is the gas, the
# third brakes.
CAR_ID = "CarRacing-v3"
CAR_OBSERVE = "+".join(
    (
        "grid:3x2:green-red>0.2@24:72,24:72",
        "grid:1x1:luminance@84:94,12:15",
        "grid:1x2:red-green@86:91,62:82",
    )
)
CAR_INPUTS = (
    *(f"grass_{where}_{side}" for where in ("far", "near", "here") for side in ("left", "right")),
    "speed",
    "turning_left",
    "turning_right",
)
CAR_OUTPUTS = ("steering", "gas", "brake")
CAR_LOW, CAR_HIGH = (-1.0, -1.0, 0.0), (1.0, 1.0, 1.0)  # of the outputs
# An action is CAR_SCALE · output + CAR_SHIFT.
CAR_SCALE, CAR_SHIFT = (1.0, 0.5, 1.0), (0.0, 0.5, 0.0)


def usually_seen(env_id: str) -> str:
    """What is seen of the images of an environment if nothing is said; empty if there is none."""
    return CAR_OBSERVE if env_id == CAR_ID else ""


def interface(
    name: str,
    observe: str,
    seen: gymnasium.Space[Any],
    done: gymnasium.Space[Any],
    limits: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """What a network is to an environment: those fields of a `GymTask`.

    Args:
        name: The name of the task, for messages.
        observe: What is seen of images, or nothing.
        seen: The space of observations.
        done: The space of actions.
        limits: The bounds of actions that have none.

    Raises:
        ValueError: If the observations or actions are of a kind that networks cannot have.
    """
    values: dict[str, Any] = {
        **_acting(actions.parts(name, done, limits)),
        "inputs": _inputs(name, seen, observe),
        "observe": observe,
    }
    if observe == CAR_OBSERVE:
        values["inputs"] = CAR_INPUTS
    if name.partition(":")[2] == CAR_ID and isinstance(done, Box):
        values.update(
            outputs=CAR_OUTPUTS,
            low=CAR_LOW,
            high=CAR_HIGH,
            scale=CAR_SCALE,
            shift=CAR_SHIFT,
        )
    return values


def _inputs(name: str, space: gymnasium.Space[Any], observe: str) -> tuple[str, ...]:
    images = (
        isinstance(space, Box)
        and space.dtype == np.uint8
        and len(space.shape) in ((2, 3) if observe else (3,))
    )
    if observe and not images:
        raise Unfit(f"{name}: --observe: expected a task with images, got {space}")
    if images and not observe:
        raise Unfit(
            f"{name}: expected numbers to see, got images {space.shape}: say which with "
            "--observe grid:7x8, the mean luminance of 7 x 8 cells"
        )
    if observe:
        return Observation(observe, space.shape or ()).names
    return observations.names(name, space)


def _acting(parts: Sequence[Part]) -> dict[str, Any]:
    """The fields of a task that say how its outputs become an action."""
    outputs = tuple(name for part in parts for name in part.names)
    values: dict[str, Any] = {"outputs": outputs, "low": None, "high": None}
    if len(parts) > 1 or parts[0].kind == actions.BINARY:
        return {**values, "parts": tuple(parts)}
    if parts[0].kind == actions.CONTINUOUS:
        return {**values, "low": parts[0].low, "high": parts[0].high}
    return {**values, "first": parts[0].first}
