"""Balancing a pole on a cart: Gymnasium's CartPole-v1, compiled.

The state is (x, ẋ, θ, θ̇): the cart's position (m) and velocity (m/s), the pole's angle (rad,
clockwise from upright) and angular velocity (rad/s). The formulas are Florian's (2007, "Correct
equations for the dynamics of the cart-pole system", without friction), written in the order of
Gymnasium's `CartPoleEnv.step`: floating-point results depend on it.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from wann.envs import trigonometry
from wann.envs.drawing import draw_cart_pole
from wann.envs.task import ControlTask

GRAVITY = 9.8  # m/s²
CART_MASS = 1.0  # kg
POLE_MASS = 0.1  # kg
HALF_LENGTH = 0.5  # m, from the pivot to the pole's centre
FORCE = 10.0  # N
TIME_STEP = 0.02  # s
X_LIMIT = 2.4  # m
THETA_LIMIT = 12 * 2 * math.pi / 360  # rad
START_LIMIT = 0.05  # m, m/s, rad, rad/s
TOTAL_MASS = POLE_MASS + CART_MASS
POLE_MASS_LENGTH = POLE_MASS * HALF_LENGTH


def initial_states(rng: np.random.Generator, count: int) -> np.ndarray:
    """The starts of `count` episodes, uniform in ±0.05: float64[count, 4].

    `initial_states(np.random.default_rng(seed), 1)[0]` is where Gymnasium's environment starts
    after `reset(seed=seed)`.
    """
    return rng.uniform(-START_LIMIT, START_LIMIT, (count, 4))


@numba.njit(nogil=True, error_model="numpy")
def observe(state: np.ndarray, observation: np.ndarray) -> None:
    """Write the state, rounded to float32 as Gymnasium does, to the float64[4] `observation`.

    The state itself stays float64. Without the rounding a network could choose differently here
    and in Gymnasium where two outputs nearly tie.
    """
    for i in range(4):
        observation[i] = np.float32(state[i])


@numba.njit(nogil=True, error_model="numpy")
def step(state: np.ndarray, action: np.ndarray) -> tuple[float, bool]:
    """Move the float64[4] state on by 0.02 s, in place.

    Args:
        state: (x, ẋ, θ, θ̇).
        action: float64[1]; 1 pushes the cart to the right, anything else to the left.

    Returns:
        The reward, always 1, and whether the cart left the track or the pole fell.
    """
    x, x_dot, theta, theta_dot = state
    force = FORCE if action[0] == 1.0 else -FORCE
    cos, sin = trigonometry.cos(theta), trigonometry.sin(theta)

    temp = (force + POLE_MASS_LENGTH * (theta_dot * theta_dot) * sin) / TOTAL_MASS
    theta_acc = (GRAVITY * sin - cos * temp) / (
        HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * (cos * cos) / TOTAL_MASS)
    )
    x_acc = temp - POLE_MASS_LENGTH * theta_acc * cos / TOTAL_MASS

    x = x + TIME_STEP * x_dot
    theta = theta + TIME_STEP * theta_dot
    state[0] = x
    state[1] = x_dot + TIME_STEP * x_acc
    state[2] = theta
    state[3] = theta_dot + TIME_STEP * theta_acc
    return 1.0, abs(x) > X_LIMIT or abs(theta) > THETA_LIMIT


def draw(state: np.ndarray) -> np.ndarray:
    """A picture of the state, uint8[240, 600, 3]."""
    return draw_cart_pole(state[0], state[2], x_limit=X_LIMIT, pole_length=2 * HALF_LENGTH)


def make() -> ControlTask:
    """The task "cartpole"."""
    return ControlTask(
        name="cartpole",
        inputs=("x", "x_dot", "theta", "theta_dot"),
        outputs=("left", "right"),
        episode_limit=500,
        solved_at=475.0,
        bounds=None,
        initial_states=initial_states,
        observe=observe,
        step=step,
        draw=draw,
        gym_id="CartPole-v1",
        units=("m", "m/s", "rad", "rad/s"),
    )
