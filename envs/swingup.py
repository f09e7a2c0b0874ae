"""Swinging up a pole on a cart and balancing it: CartPoleSwingUp, compiled.

The cart is pushed along a track of 4.8 m, the pole hangs down at first. Angles θ (rad) count
anticlockwise from upright, positions x (m) rightwards. The state is the observation followed by
the angle itself:

    (x, ẋ, cos θ, sin θ, θ̇, θ)        m, m/s, -, -, rad/s, rad

The sine and cosine are kept because the reward, the observation and the next step all need
them: computing them once per step halves its time.

The physics is the cart-pole of PILCO (Deisenroth and Rasmussen, 2011) as used by Gaier and Ha,
"Weight Agnostic Neural Networks" (2019): a uniform rod on a cart with viscous friction, explicit
Euler. A push to the right turns the upright pole towards positive θ, to the left.
"""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numba
import numpy as np

from wann.envs import registration, trigonometry
from wann.envs.drawing import draw_cart_pole
from wann.envs.task import ControlTask

GRAVITY = 9.82  # m/s²
CART_MASS = 0.5  # kg
POLE_MASS = 0.5  # kg
POLE_LENGTH = 0.6  # m
FORCE = 10.0  # N, at an action of 1
FRICTION = 0.1  # N s/m
TIME_STEP = 0.01  # s
X_LIMIT = 2.4  # m
EPISODE_LIMIT = 1000  # steps
START_MEAN = (0.0, 0.0, math.pi, 0.0)  # of x, ẋ, θ, θ̇
START_STD = 0.2  # of each
TOTAL_MASS = CART_MASS + POLE_MASS

GYM_ID = registration.SWINGUP


def state_of(
    x: np.ndarray | float,
    x_dot: np.ndarray | float,
    theta: np.ndarray | float,
    theta_dot: np.ndarray | float,
) -> np.ndarray:
    """The state with this position, velocity, angle and angular velocity.

    Args:
        x: Position, m; a number or an array, like the other three.
        x_dot: Velocity, m/s.
        theta: Angle, rad, anticlockwise from upright.
        theta_dot: Angular velocity, rad/s.

    Returns:
        float64[..., 6], the leading axes being those of the arguments.
    """
    return np.stack([x, x_dot, np.cos(theta), np.sin(theta), theta_dot, theta], axis=-1)


def initial_states(rng: np.random.Generator, count: int) -> np.ndarray:
    """The starts of `count` episodes, the pole hanging: float64[count, 6].

    (x, ẋ, θ, θ̇) are normal with mean (0, 0, π, 0) and standard deviation 0.2 each.
    """
    return state_of(*rng.normal(START_MEAN, START_STD, (count, 4)).T)


@numba.njit(nogil=True, error_model="numpy")
def observe(state: np.ndarray, observation: np.ndarray) -> None:
    """Write (x, ẋ, cos θ, sin θ, θ̇) of the float64[6] state to the float64[5] `observation`."""
    for i in range(5):
        observation[i] = state[i]


@numba.njit(nogil=True, error_model="numpy")
def step(state: np.ndarray, action: np.ndarray) -> tuple[float, bool]:
    """Move the float64[6] state on by 0.01 s, in place.

    Args:
        state: (x, ẋ, cos θ, sin θ, θ̇, θ).
        action: float64[1], the force in units of 10 N, clipped to [-1, 1].

    Returns:
        The reward for the new state, (cos θ + 1)/2 · cos(πx/4.8), at most 1, and whether the
        cart left the track, |x| > 2.4.
    """
    x, x_dot, cos, sin, theta_dot, theta = state
    force = FORCE * min(max(action[0], -1.0), 1.0) - FRICTION * x_dot
    spin = POLE_MASS * POLE_LENGTH * theta_dot * theta_dot * sin
    inverse = 1.0 / (4.0 * TOTAL_MASS - 3.0 * POLE_MASS * cos * cos)  # divisions are slow
    x_acc = (-2.0 * spin + 3.0 * POLE_MASS * GRAVITY * sin * cos + 4.0 * force) * inverse
    theta_acc = (
        (-3.0 * spin * cos + 6.0 * TOTAL_MASS * GRAVITY * sin + 6.0 * force * cos)
        * (1.0 / POLE_LENGTH)
        * inverse
    )

    x += TIME_STEP * x_dot
    theta += TIME_STEP * theta_dot
    cos = trigonometry.cos(theta)
    state[0] = x
    state[1] = x_dot + TIME_STEP * x_acc
    state[2] = cos
    state[3] = trigonometry.sin(theta)
    state[4] = theta_dot + TIME_STEP * theta_acc
    state[5] = theta
    reward = 0.5 * (cos + 1.0) * trigonometry.cos(math.pi / (2.0 * X_LIMIT) * x)
    return reward, abs(x) > X_LIMIT


def draw(state: np.ndarray) -> np.ndarray:
    """A picture of the float64[6] state, uint8[240, 600, 3]."""
    return draw_cart_pole(state[0], -state[5], x_limit=X_LIMIT, pole_length=POLE_LENGTH)


def make() -> ControlTask:
    """The task "swingup"."""
    return ControlTask(
        name="swingup",
        inputs=("x", "x_dot", "cos_theta", "sin_theta", "theta_dot"),
        outputs=("force",),
        episode_limit=EPISODE_LIMIT,
        solved_at=700.0,
        bounds=(-1.0, 1.0),
        initial_states=initial_states,
        observe=observe,
        step=step,
        draw=draw,
        gym_id=GYM_ID,
        units=("m", "m/s", "", "", "rad/s"),
    )


class SwingUpEnv(gymnasium.Env[np.ndarray, np.ndarray]):
    """The same task as a Gymnasium environment, `wann/CartPoleSwingUp-v0`.

    Everything is float64, so that an episode is bit for bit that of the compiled task, and
    `reset(seed=seed)` starts at `initial_states(np.random.default_rng(seed), 1)[0]`.

    Observation: (x, ẋ, cos θ, sin θ, θ̇) in m, m/s, -, -, rad/s; θ counts anticlockwise from
    upright. Action: one number, the force in units of 10 N, clipped to [-1, 1]. Reward:
    (cos θ + 1)/2 · cos(πx/4.8). An episode terminates when |x| > 2.4 m and is truncated after
    1000 steps of 0.01 s.
    """

    metadata = {  # noqa: RUF012  Gymnasium declares it without ClassVar
        "render_modes": ["rgb_array"],
        "render_fps": round(1 / TIME_STEP),
    }

    def __init__(self, render_mode: str | None = None) -> None:
        # The speeds' bounds are far beyond what 10 N reach; infinite ones are warned of.
        high = np.array([2 * X_LIMIT, 100.0, 1.0, 1.0, 1000.0])
        self.observation_space = gymnasium.spaces.Box(-high, high, dtype=np.float64)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), dtype=np.float64)
        self.render_mode = render_mode
        self.state = state_of(*START_MEAN)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode; `options` are not used."""
        super().reset(seed=seed)
        self.state = initial_states(self.np_random, 1)[0]
        return self._observation(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Move on by 0.01 s.

        Raises:
            ValueError: If the action is not one number, or is NaN.
        """
        force = np.asarray(action, dtype=np.float64).reshape(-1)
        if force.size != 1 or np.isnan(force[0]):
            raise ValueError(f"expected one number as the action, got {action!r}")
        reward, terminated = step(self.state, force)
        return self._observation(), reward, terminated, False, {}

    def render(self) -> np.ndarray | None:
        """The picture of the state, uint8[240, 600, 3]; None without a render mode."""
        return None if self.render_mode is None else draw(self.state)

    def _observation(self) -> np.ndarray:
        observation = np.empty(5)
        observe(self.state, observation)
        return observation
