import math

import gymnasium
import numpy as np
import pytest

from wann.envs import cartpole


def observed(state):
    observation = np.empty(4)
    cartpole.observe(state, observation)
    return observation


@pytest.mark.parametrize("balanced", [False, True], ids=["random", "balanced"])
def test_equals_gymnasium_step_for_step(balanced):
    env = gymnasium.make("CartPole-v1")
    lengths = []
    for seed in range(20 if balanced else 200):
        rng = np.random.default_rng([seed, balanced])
        state = cartpole.initial_states(np.random.default_rng(seed), 1)[0]
        apart = state.copy()
        observation, _ = env.reset(seed=seed)
        for length in range(1, 501):
            np.testing.assert_allclose(observed(state), observation, rtol=1e-6)
            lean = observation @ [0.1, 0.3, 1.0, 1.0] + rng.normal(0.0, 0.05)
            action = int(lean > 0.0) if balanced else int(rng.integers(2))
            observation, gym_reward, gym_terminated, truncated, _ = env.step(action)
            reward, terminated = cartpole.step(state, np.array([float(action)]))
            cartpole.step(apart, np.array([float(action)]))
            np.testing.assert_allclose(state, env.unwrapped.state, rtol=0.0, atol=3e-15)
            if length <= 100:  # a last digit that differs grows: the pole amplifies it
                np.testing.assert_allclose(apart, env.unwrapped.state, rtol=0.0, atol=2.4e-10)
            assert (reward, terminated) == (gym_reward, gym_terminated)
            assert truncated == (length == cartpole.make().episode_limit)
            if terminated or truncated:
                break
            state[:] = env.unwrapped.state
        lengths.append(length)
    assert (max(lengths) == 500) is balanced


def test_a_step_from_rest_by_hand():
    state = np.zeros(4)
    # The rod is pushed at its foot with 10 N: temp = 10/1.1, θ̈ = -temp / (0.5 (4/3 - 0.1/1.1)),
    # ẍ = temp - 0.05 θ̈ / 1.1; velocities change by 0.02 s of that, positions not yet.
    assert cartpole.step(state, np.array([1.0])) == (1.0, False)
    np.testing.assert_allclose(state, [0.0, 0.195121951, 0.0, -0.292682927], atol=1e-9)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_ends_just_beyond_the_limits(sign):
    push = np.array([1.0])
    twelve_degrees = math.radians(12.0)
    assert cartpole.step(sign * np.array([2.4, 0.0, 0.0, 0.0]), push) == (1.0, False)
    assert cartpole.step(sign * np.array([2.4, 0.001, 0.0, 0.0]), push) == (1.0, True)
    assert cartpole.step(sign * np.array([0.0, 0.0, twelve_degrees, -0.001]), push) == (1.0, False)
    assert cartpole.step(sign * np.array([0.0, 0.0, twelve_degrees, 0.001]), push) == (1.0, True)


def test_observations_have_float32_precision():
    assert observed(np.array([0.1, 0.0, 0.0, 0.0]))[0] == float(np.float32(0.1)) != 0.1


def test_starts_fill_the_range():
    starts = cartpole.initial_states(np.random.default_rng(0), 10_000)
    assert -0.05 <= starts.min() < -0.0499
    assert 0.0499 < starts.max() <= 0.05
