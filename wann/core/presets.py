"""The settings that tasks begin with: by name, the project's own or those of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wann.envs.images.name import is_idx
from wann.envs.tables.name import CLASSIFICATION, KINDS, is_table, parse

NAMES = ("wann", "paper")
SWITCHES = ("guided", "layered", "symmetric")  # settings with which others stand or fall

# Functions f of one number with f(c x) = c f(x) for every c > 0, so that in a layered network of
# them a shared weight scales all outputs alike.
HOMOGENEOUS = ("linear", "inverse", "abs", "relu")

IMAGES = ("digits", "mnist", "mnist-28", "fashion-mnist", "fashion-mnist-28")
ARRAYS = KINDS  # the names of tasks made from arrays
BIPEDS = (
    "gym:BipedalWalker-v3",
    "gym:BipedalWalkerHardcore-v3",
    "envpool:BipedalWalker-v3",
    "envpool:BipedalWalkerHardcore-v3",
)
CARS = ("gym:CarRacing-v3", "envpool:CarRacing-v3")
STEPPED = ("gym:", "envpool:", "own:")  # with what the names of environments begin


def settings(env: str, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a task in which a preset differs from the defaults.

    Args:
        env: The task's name; of a table `tables.task.kind_of`, unless its name says it.
        name: The preset's, one of `NAMES`.
        given: Settings that a user has chosen. In the preset `wann` those that stand or fall with
            them follow: weights of both signs where networks are not symmetric; the same weights
            in each generation where they are listed; random mutations, many genomes and small
            batches where nothing guides; several fresh weights where networks are not layered.

    Raises:
        ValueError: If there is no such preset.
    """
    if is_table(env):
        env = parse(env).kind or env
    env = env.partition("?")[0]  # after it stands what is seen of images
    if name == "wann":
        return _wann(env, given)
    if name == "paper":
        return _paper(env)
    raise ValueError(f"--preset: expected {' or '.join(NAMES)}, got {name!r}")


# What the paper's released code does on any task. Its mean of rewards over weights and episodes,
# the objectives, the weights, the rates and the shares of elites and culled are the defaults, too.
_PUBLISHED = {
    "shared_weights": "-2,-1,-0.5,0.5,1,2",
    "complexity_probability": 0.8,
    "keep_undrawn": True,
    "elites": 0.2,
    "cull": 0.2,
    "cull_first": True,
    "tournaments": 2,
    "published_mutations": True,
    "change_activation": 0.50,
    "add_node": 0.25,
    "add_connection": 0.20,
    "enable_connection": 0.05,
    "disable_connection": 0.0,
    "calibrated": False,
}

# The released search left out the -100 for a fall. In 38,400 steps of random actions no other
# reward was below -0.76.
_NO_FALL = -1.0

_ALL_BUT_STEP = "linear,sin,gaussian,tanh,sigmoid,inverse,abs,relu,cos"


def _paper(env: str) -> dict[str, Any]:
    """The published settings; those of swing-up for tasks that the paper did not try."""
    if is_images(env) or _is_table(env):
        return {
            **_PUBLISHED,
            "population": 960,
            "generations": 4096,
            "rollouts": 1,
            "batch": 1000,
            "connect_probability": 0.05,
            "tournament": 32,
            "activations": _ALL_BUT_STEP,
            "confirm_rollouts": 1,
        }
    if env in BIPEDS:
        lanes = {"least_reward": _NO_FALL} if env.startswith("envpool:") else {}
        return {
            **_PUBLISHED,
            **lanes,
            "population": 480,
            "generations": 2048,
            "rollouts": 4,
            "connect_probability": 0.25,
            "tournament": 16,
        }
    car = env in CARS
    return {
        **_PUBLISHED,
        "population": 64 if car else 192,
        "generations": 1024,
        "rollouts": 2 if car else 3,
        "connect_probability": 0.5,
        "tournament": 8,
    }


def _wann(env: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if is_images(env):
        return _images(given)
    if env == CLASSIFICATION:
        return {**_images(given), **_FEW_CONNECTIONS}
    if _is_table(env):
        return {**_images(given), "connect_probability": 0.8}
    if env in BIPEDS:
        lanes = _LANES if env.startswith("envpool:") else {}
        return {**_BIPED, **lanes, **_weights(given, "0:2:3")}
    if env in CARS:
        lanes = {"give_up": 30} if env.startswith("envpool:") else {}
        return {**_BIPED, **_CAR, **lanes, **_weights(given, "0:2:3")}
    if env == "swingup":
        return {**_SWINGUP, **_weights(given, "0:2:6")}
    if env.startswith(STEPPED):
        return {**_STEPPED, **_weights(given, "0:2:3")}
    return _CARTPOLE if env == "cartpole" else {}


def is_images(env: str) -> bool:
    """Whether a task's name is that of images, which have settings of their own."""
    return env in IMAGES or is_idx(env)


def _is_table(env: str) -> bool:
    return env in ARRAYS or is_table(env)


def _weights(given: Mapping[str, Any], positive: str) -> dict[str, Any]:
    """Fresh weights: positive ones, unless networks may do something else with negative ones.

    Those of a list are no range to draw from.
    """
    symmetric = given.get("symmetric", True)
    weights = positive if symmetric else "-2:2:6"
    fresh = str(given.get("shared_weights", weights)).count(":") == 2
    return {"symmetric": symmetric, "fresh_weights": fresh, "shared_weights": weights}


_CARTPOLE = {"simplify": True, "population": 64, "generations": 100, "target": 499.0}

# Activations that do the same at any size of the weight, or saturate.
_SIZE_HARDLY_MATTERS = "linear,step,tanh,inverse,abs,relu"

# Milder selection than the paper's code (tournaments of 3 and 10 % elites for 8 and 20 %) and
# one more episode: fewer searches end in a poor local optimum. Six fixed weights are learnt by
# heart, with thin peaks at them. With symmetric networks nothing has to be found twice, for
# weights of either sign.
_SWINGUP = {
    "rollouts": 4,
    "activations": _SIZE_HARDLY_MATTERS,
    "confirm_rollouts": 16,
    "restart": 50,
    "simplify": True,
    "complexity_probability": 0.95,
    "tournament": 3,
    "elites": 0.1,
}

# By benchmarks.environments: with few genomes and one episode for each weight there are generations
# enough where steps are dear; of inputs of any size none drowns the others.
_STEPPED = {
    "population": 64,
    "rollouts": 1,
    "tournament": 4,
    "elites": 0.1,
    "confirm_rollouts": 4,
    "normalize": True,
}

# The paper's code has a population of 480 and 4 episodes to the end for each of six weights: 17
# minutes a generation on two cores, in which nearly all fall.
_BIPED = {
    "generations": 2048,
    "population": 96,
    "rollouts": 1,
    "max_steps": 300,
    "connect_probability": 0.25,
    "complexity_probability": 0.2,
    "activations": _SIZE_HARDLY_MATTERS,
    "tournament": 5,
    "elites": 0.1,
    "simplify": True,
    "confirm_rollouts": 4,
}

# EnvPool's lanes go on only while they live, so that more genomes are affordable. With a population
# of 96 and a complexity share of 0.2 such a search stood still. So did most where a fall costs 100,
# as who does not move never falls.
_LANES = {
    "population": 192,
    "complexity_probability": 0.5,
    "least_reward": -10.0,
    "hall_of_fame": 16,
}

# The race car's episodes are dear, and differ much: one for each weight, on a track of its own;
# EnvPool's are not played on where nothing is earned. Of the simplest networks hardly one drives
# at all, so it begins with others; and those that are confirmed breed on.
_CAR = {
    "population": 56,
    "max_steps": 0,
    "own_episodes": True,
    "confirm_rollouts": 1,
    "connect_probability": 0.1,
    "first_mutations": 10,
    "more_mutations": 0.3,
    "complexity_probability": 0.1,
    "hall_of_fame": 8,
    "immigrants": 0.3,
    "cull": 0.8,
}

_ALL_IMAGES = {
    "generations": 20_000,
    "rollouts": 1,
    "connect_probability": 0.05,
    "simplify": True,
    "confirm_rollouts": 1,
}

# The gradient makes each child worth many random ones, so a small population does.
_GUIDED = {
    "population": 64,
    "batch": 4000,
    "complexity_probability": 0.08,
    "tournament": 6,
    "change_activation": 0.0,
    "add_node": 0.3,
    "add_connection": 0.3,
    "disable_connection": 0.25,
    "more_mutations": 0.6,
    "guided": True,
    "restart": 200,
}

# On held-out training rows (benchmarks.tables validate): where the label is a class, an eighth to
# a half of the connections tell as much; where it is a number, they tell less.
_FEW_CONNECTIONS = {"connect_probability": 0.1, "complexity_probability": 0.8}

_UNGUIDED = {
    "population": 960,
    "batch": 1000,
    "complexity_probability": 0.5,
    "tournament": 32,
    "guided": False,
}


def _images(given: Mapping[str, Any]) -> dict[str, Any]:
    guided, layered = given.get("guided", True), given.get("layered", True)
    chosen = {**_ALL_IMAGES, **(_GUIDED if guided else _UNGUIDED), "layered": layered}
    if not layered:
        weights = _weights({"symmetric": False, **given}, "0:2:3")
        return {**chosen, **weights, "activations": _ALL_BUT_STEP}
    homogeneous = ",".join(HOMOGENEOUS)
    if set(given.get("activations", homogeneous).split(",")) <= set(HOMOGENEOUS):
        # Any other weight would give the same, so the peak is the mean.
        weights = {"shared_weights": "1", "objectives": "none"}
    else:
        weights = _weights({}, "0:2:3")  # layered networks of any activations are symmetric
    return {**chosen, "symmetric": True, **weights, "activations": homogeneous}
