import math
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from wann import envs
from wann.envs import swingup


def stepped(motion, action):
    """(x, ẋ, θ, θ̇) one step later, the reward, and whether the episode ended."""
    state = swingup.state_of(*motion)
    reward, terminated = swingup.step(state, np.array([action]))
    np.testing.assert_allclose(state, swingup.state_of(*state[[0, 1, 5, 4]]), atol=1e-15)
    return state[[0, 1, 5, 4]], reward, terminated


def plain_step(motion, action):
    """The published formulas as they are printed."""
    x, v, th, w = motion
    g, m, total, length, b, dt = 9.82, 0.5, 1.0, 0.6, 0.1, 0.01
    u = 10.0 * float(np.clip(action, -1.0, 1.0))
    s, c, ml = math.sin(th), math.cos(th), m * length
    x_acc = (-2 * ml * w**2 * s + 3 * m * g * s * c + 4 * u - 4 * b * v) / (
        4 * total - 3 * m * c**2
    )
    th_acc = (-3 * ml * w**2 * s * c + 6 * total * g * s + 6 * (u - b * v) * c) / (
        4 * length * total - 3 * ml * c**2
    )
    x, th = x + dt * v, th + dt * w
    reward = (math.cos(th) + 1) / 2 * math.cos(math.pi * x / 4.8)
    return np.array([x, v + dt * x_acc, th, w + dt * th_acc]), reward, abs(x) > 2.4


def random_motions(count):
    return np.random.default_rng(0).normal(0.0, [1.0, 2.0, 3.0, 5.0], (count, 4))


def test_two_steps_by_hand():
    # Upright at rest, 10 N: ẍ = 4·10 / (4 - 1.5) = 16, θ̈ = 6·10 / (0.6·2.5) = 40.
    motion, reward, terminated = stepped([0.0, 0.0, 0.0, 0.0], 1.0)
    np.testing.assert_allclose(motion, [0.0, 0.16, 0.0, 0.4], atol=1e-12)
    assert (reward, terminated) == (1.0, False)
    # Then only friction, -0.016 N: ẍ = -0.064 / 2.5 = -0.0256, θ̈ = -0.096 / 1.5 = -0.064.
    motion, reward, _ = stepped(motion, 0.0)
    np.testing.assert_allclose(motion, [0.0016, 0.159744, 0.004, 0.39936], atol=1e-12)
    assert reward == pytest.approx(0.9999954517, abs=1e-10)


def test_a_level_pole_falls_like_a_rod():
    motion, reward, _ = stepped([0.0, 0.0, math.pi / 2, 0.0], 0.0)
    # θ̈ = 3g / 2l, and the cart is not pushed aside.
    np.testing.assert_allclose(motion, [0.0, 0.0, math.pi / 2, 0.2455], atol=1e-12)
    assert reward == pytest.approx(0.5)


def test_equals_the_printed_formulas():
    for motion in random_motions(2000):
        action = motion[3] / 3.0  # beyond ±1 in half of the cases
        expected, expected_reward, expected_end = plain_step(motion, action)
        actual, reward, terminated = stepped(motion, action)
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)
        assert reward == pytest.approx(expected_reward, abs=1e-12)
        assert terminated == expected_end


def test_stays_with_the_printed_formulas_for_a_hundred_steps():
    for i, motion in enumerate(random_motions(200) * [0.5, 0.5, 1.0, 0.5]):
        state, rng = swingup.state_of(*motion), np.random.default_rng(i)
        for _ in range(100):
            action = rng.uniform(-1.5, 1.5)
            motion, _, _ = plain_step(motion, action)
            swingup.step(state, np.array([action]))
        np.testing.assert_allclose(state[[0, 1, 5, 4]], motion, rtol=0.0, atol=2.4e-10)


def test_power_is_force_times_velocity():
    """The rate at which the mechanical energy changes, from Lagrange's view of cart and rod.

    The rod's centre is at (x - l/2 sin θ, l/2 cos θ), its moment of inertia about that m l²/12.
    """
    total, m, length, g, dt = 1.0, 0.5, 0.6, 9.82, 0.01
    for motion in random_motions(500):
        after, _, _ = stepped(motion, 0.7)
        _, v, th, w = motion
        _, v_acc, _, w_acc = (after - motion) / dt
        s, c, half = math.sin(th), math.cos(th), length / 2
        kinetic = (
            total * v * v_acc
            - m * half * (v_acc * w * c + v * w_acc * c - v * w * w * s)
            + m * length**2 / 3 * w * w_acc
        )
        potential = -m * g * half * s * w
        assert kinetic + potential == pytest.approx((7.0 - 0.1 * v) * v, abs=1e-7)


def test_mirrored_motions_stay_mirrored():
    for motion in random_motions(200):
        there, reward, terminated = stepped(motion, 0.3)
        mirrored, *rest = stepped(-motion, -0.3)
        np.testing.assert_array_equal(mirrored, -there)
        assert rest == [reward, terminated]


def test_actions_are_clipped():
    motion = [0.1, 0.2, 0.3, 0.4]
    for far, limit in [(7.0, 1.0), (-7.0, -1.0)]:
        np.testing.assert_array_equal(stepped(motion, far)[0], stepped(motion, limit)[0])


def test_the_reward_is_largest_upright_in_the_middle():
    assert stepped([0.0, 0.0, 0.0, 0.0], 0.0)[1] == 1.0
    assert max(stepped([x, 0.0, t, 0.0], 0.0)[1] for x, _, t, _ in random_motions(2000)) < 1.0
    assert stepped([0.0, 0.0, math.pi, 0.0], 0.0)[1] == pytest.approx(0.0)
    assert stepped([2.4, 0.0, 0.0, 0.0], 0.0)[1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_ends_only_beyond_the_track(side):
    assert not stepped([side * 2.4, 0.0, math.pi, 0.0], 0.0)[2]
    assert stepped([side * 2.4, side * 0.001, math.pi, 0.0], 0.0)[2]


def test_starts_hang():
    starts = swingup.initial_states(np.random.default_rng(0), 20_000)
    motions = starts[:, [0, 1, 5, 4]]
    np.testing.assert_allclose(motions.mean(axis=0), [0.0, 0.0, math.pi, 0.0], atol=0.01)
    np.testing.assert_allclose(motions.std(axis=0), 0.2, atol=0.005)
    np.testing.assert_array_equal(starts, swingup.state_of(*motions.T))


def test_the_gymnasium_environment_passes_its_checks():
    env = gymnasium.make(swingup.GYM_ID)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)


@pytest.mark.parametrize("seed", range(5))
def test_gymnasium_and_compiled_episodes_are_equal(seed):
    task = swingup.make()
    env = gymnasium.make(swingup.GYM_ID)
    rng = np.random.default_rng([seed, 1])
    state = task.initial_states(np.random.default_rng(seed), 1)[0]
    observation = np.empty(5)
    seen, _ = env.reset(seed=seed)
    for length in range(1, task.episode_limit + 1):
        task.observe(state, observation)
        np.testing.assert_array_equal(seen, observation)
        action = np.array([np.clip(-seen[0] - seen[1] + rng.normal(), -1.0, 1.0)])
        seen, gym_reward, gym_terminated, truncated, _ = env.step(action)
        assert task.step(state, action) == (gym_reward, gym_terminated)
        assert truncated == (length == 1000)
        if gym_terminated or truncated:
            break


def test_the_registered_limits_are_the_tasks():
    spec = gymnasium.spec(swingup.GYM_ID)
    task = envs.make("swingup")
    assert task.gym_id == spec.id
    assert task.episode_limit == spec.max_episode_steps
    assert task.solved_at == spec.reward_threshold


def test_rendering():
    env = gymnasium.make(swingup.GYM_ID, render_mode="rgb_array")
    env.reset(seed=0)
    np.testing.assert_array_equal(env.render(), swingup.draw(env.unwrapped.state))
    assert swingup.SwingUpEnv().render() is None


@pytest.mark.parametrize("action", [np.array([math.nan]), np.zeros(2)], ids=["nan", "two"])
def test_bad_actions_are_refused(action):
    env = swingup.SwingUpEnv()
    env.reset(seed=0)
    with pytest.raises(ValueError, match="expected one number as the action, got array"):
        env.step(action)
