"""What a network is to an environment: inputs and outputs, from the spaces of the latter."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete

from wann.envs.observation import Observation

SEEN = "?"  # stands in a name before what is seen of images

# CarRacing-v3 for small networks: what they see of its pictures, and how they drive.
# Its picture has 96 x 96 pixels. The upper 84 rows show the track from above, the car always at
# the same place; below are bars for the speed, the wheels, the steering and how fast the car
# turns. Networks see the share of grass in cells of 12 x 12 pixels, and the bars; both the bars
# that grow to the left and to the right have a number for each side.
# Actions are those of Gaier and Ha, "Weight Agnostic Neural Networks" (2019): the three outputs
# are clipped to [-1, 1], [-1, 1] and [0, 1]; the first steers, (second + 1)/2 is the gas, the
# third brakes.
CAR_ID = "CarRacing-v3"
CAR_GRASS = (7, 8)  # cells
CAR_OBSERVE = "+".join(
    (
        "grid:7x8:green-red>0.2@0:84,0:96",
        "grid:1x1:luminance@84:94,12:15",
        "grid:1x1:blue-red@84:94,17:27",
        "grid:1x2:green-red@86:91,38:58",
        "grid:1x2:red-green@86:91,62:82",
    )
)
CAR_INPUTS = (
    *(f"grass_{row}_{column}" for row in range(CAR_GRASS[0]) for column in range(CAR_GRASS[1])),
    "speed",
    "wheels",
    "steering_left",
    "steering_right",
    "turning_left",
    "turning_right",
)
CAR_OUTPUTS = ("steering", "gas", "brake")
CAR_LOW, CAR_HIGH = (-1.0, -1.0, 0.0), (1.0, 1.0, 1.0)  # of the outputs
# An action is CAR_SCALE · output + CAR_SHIFT.
CAR_SCALE, CAR_SHIFT = (1.0, 0.5, 1.0), (0.0, 0.5, 0.0)


class Unfit(ValueError):
    """What is told of an environment as it is."""


def usually_seen(env_id: str) -> str:
    """What is seen of the images of an environment if nothing is said; empty if there is none."""
    return CAR_OBSERVE if env_id == CAR_ID else ""


def parted(name: str) -> tuple[str, str]:
    """The id in a name, and what is seen of images."""
    env_id, mark, observe = name.partition(SEEN)
    return env_id, observe if mark else usually_seen(env_id)


def interface(
    name: str, observe: str, seen: gymnasium.Space[Any], done: gymnasium.Space[Any]
) -> dict[str, Any]:
    """What a network is to an environment: those fields of a `GymTask`.

    Args:
        name: The name of the task, for messages.
        observe: What is seen of images, or nothing.
        seen: The space of observations.
        done: The space of actions.

    Raises:
        Unfit: If the observations or actions are of a kind that networks cannot have.
    """
    outputs, low, high, first = _outputs(name, done)
    values: dict[str, Any] = {
        "inputs": _inputs(name, seen, observe),
        "outputs": outputs,
        "low": low,
        "high": high,
        "first": first,
        "observe": observe,
    }
    if observe == CAR_OBSERVE:
        values["inputs"] = CAR_INPUTS
    if name.partition(":")[2] == CAR_ID:
        values.update(
            outputs=CAR_OUTPUTS,
            low=CAR_LOW,
            high=CAR_HIGH,
            scale=CAR_SCALE,
            shift=CAR_SHIFT,
        )
    return values


def _inputs(name: str, space: gymnasium.Space[Any], observe: str) -> tuple[str, ...]:
    if not isinstance(space, Box):
        raise Unfit(
            f"{name}: expected observations in a Box, got {type(space).__name__}; register "
            "it with gymnasium.wrappers.FlattenObservation around it"
        )
    images = space.dtype == np.uint8 and len(space.shape) in ((2, 3) if observe else (3,))
    if observe and not images:
        raise Unfit(f"{name}: --observe: expected a task with images, got {space}")
    if images and not observe:
        raise Unfit(
            f"{name}: expected numbers to see, got images {space.shape}: say which with "
            "--observe grid:7x8, the mean luminance of 7 x 8 cells"
        )
    if observe:
        try:
            return Observation(observe, space.shape).names
        except ValueError as error:
            raise Unfit(str(error)) from None
    return _names("obs", space.shape, name, "observation")


def _outputs(
    name: str, space: gymnasium.Space[Any]
) -> tuple[tuple[str, ...], tuple[float, ...] | None, tuple[float, ...] | None, int]:
    """The names of the outputs, the bounds of each or None, and the first discrete action."""
    if isinstance(space, Discrete):
        first = int(space.start)
        return tuple(f"action_{first + i}" for i in range(int(space.n))), None, None, first
    if not isinstance(space, Box):
        raise Unfit(f"{name}: expected actions in a Box or Discrete, got {type(space).__name__}")
    names = _names("action", space.shape, name, "action")
    low, high = (tuple(map(float, bound.ravel())) for bound in (space.low, space.high))
    if not all(map(math.isfinite, low + high)):
        raise Unfit(
            f"{name}: expected actions with finite bounds, got {space}; register it with "
            "gymnasium.wrappers.RescaleAction or another wrapper that sets them"
        )
    return names, low, high, 0


def _names(what: str, shape: tuple[int, ...], name: str, whole: str) -> tuple[str, ...]:
    count = math.prod(shape)
    if count == 0:
        raise Unfit(f"{name}: expected one or more numbers in an {whole}, got {shape}")
    return tuple(f"{what}_{i}" for i in range(count))
