import dataclasses
import math
import pickle
import random
import signal

import numpy as np
import pytest

from tests import genomes, gym_tasks, naive, own_tasks
from tests.genomes import genome
from wann import envs
from wann.core.config import SearchConfig
from wann.core.network import express
from wann.envs.failure import EnvironmentFailed
from wann.evaluation import gym
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.gym import EpisodeError, GymEvaluator, play

WEIGHTS = np.array([-1.0, 0.5, 2.0])


def task(name):
    return envs.make(f"gym:tests.gym_tasks:{name}")


def seed_of(start):
    """The seed of an episode of the test tasks that starts there."""
    for seed in range(100):
        if np.random.default_rng(seed).integers(4) == start:
            return seed
    raise AssertionError


# Takes action 5 at totals below 0, 7 above, and the first of equals at 0.
CHOOSER = express(genome(2, 3, connections=[(1, 5)]))
# The pushes are w · total and w.
PUSHER = express(genome(2, 2, connections=[(1, 3), (0, 4)]))


def test_discrete_actions_by_hand():
    # Outputs (0, 0, w · total): from a start of 2 the third action, 7, in each of ten steps.
    assert play(task("Counter"), CHOOSER, 1.0, seed_of(2)) == 70.0
    # With a negative weight the first two outputs are the largest, and equal: action 5.
    assert play(task("Counter"), CHOOSER, -1.0, seed_of(2)) == 50.0
    # All equal at a total of 0: action 5; after that 7.
    assert play(task("Counter"), CHOOSER, 1.0, seed_of(0)) == 5.0 + 9 * 7.0


def test_continuous_actions_by_hand():
    # Pushes clipped to [-1, 1] and [0, 5]: a reward of 0.5 · 1 + 100 · 0.5 at a total of 1; then
    # the total has grown by the pushes, 1.0, to 2.0, and the first push stays at 1.
    found = play(task("Push"), PUSHER, 0.5, seed_of(1))
    assert found == pytest.approx((0.5 + 50) + 9 * (1.0 + 50))
    # A bias of -3 is clipped to 0, where the total falls by 1 in each step from 1 on: at 1 the
    # push is -1, at 0 it is 0, and there it stays.
    assert play(task("Push"), PUSHER, -3.0, seed_of(1)) == pytest.approx(-1.0)


def reference(found, genome, weight, seed):
    """The return of an episode by the plain network."""
    env = found.environment()
    observation, _ = env.reset(seed=seed)
    total = 0.0
    for _ in range(found.episode_limit):
        outputs = naive.outputs(genome, observation.ravel(), weight)
        if not np.isfinite(outputs).all():
            break
        if found.low is None:
            action = found.first + int(naive.act(outputs, None)[0])
        else:
            action = np.clip(outputs, found.low, found.high).astype(env.action_space.dtype)
            action = action.reshape(env.action_space.shape)
        observation, reward, terminated, truncated, _ = env.step(action)
        total += reward
        if terminated or truncated:
            break
    env.close()
    return total


@pytest.mark.parametrize(
    "name", ["Acrobot-v1", "Pendulum-v1", "CartPole-v1", "tests.gym_tasks:Push"]
)
def test_returns_are_those_of_the_plain_network(name):
    found = envs.make(f"gym:{name}")
    rng = np.random.default_rng(0)
    for seed in range(4):
        some = genomes.grown(seed, 12, len(found.inputs), len(found.outputs))
        network = express(some)
        individual = rng.normal(size=network.enabled)
        for weight in (np.float64(0.7), individual):
            expected = reference(found, some, weight, seed)
            assert play(found, network, weight, seed) == pytest.approx(expected, rel=1e-9)


def test_rewards_of_all_weights_and_seeds():
    evaluator = GymEvaluator(task("Counter"))
    seeds = np.array([seed_of(2), seed_of(0)])
    expected = [[50.0, 50.0], [70.0, 68.0], [70.0, 68.0]]
    np.testing.assert_array_equal(evaluator.rewards(CHOOSER, WEIGHTS, seeds), expected)
    np.testing.assert_array_equal(evaluator.scores(CHOOSER, WEIGHTS, seeds), expected)
    one_each = np.repeat(WEIGHTS[:, None], CHOOSER.enabled, axis=1)
    np.testing.assert_array_equal(evaluator.rewards(CHOOSER, one_each, seeds), expected)


def test_limits():
    assert play(task("Endless"), CHOOSER, -1.0, 0) == 5.0 * 1000
    assert play(task("Limited"), CHOOSER, -1.0, 0) == 5.0 * 7
    for limit, expected in ((3, 15.0), (0, 35.0), (9, 45.0)):
        evaluator = evaluator_for(task("Limited"), SearchConfig(max_steps=limit))
        assert evaluator.scores(CHOOSER, -WEIGHTS[2:], np.array([0])).item() == expected


def test_an_output_that_is_not_finite_is_no_return():
    # 1e300 · total overflows where the total is 2 or more, which it is after the first step.
    network = express(genome(2, 3, [(6, "linear")], [(1, 6), (6, 3)]))
    assert math.isnan(play(task("Counter"), network, 1e200, seed_of(0)))
    assert math.isnan(play(task("Counter"), network, 1e200, seed_of(2)))


def test_a_reward_that_is_not_finite():
    seeds = np.array([seed_of(1), seed_of(3), seed_of(2)])
    found = GymEvaluator(task("NotANumber")).rewards(CHOOSER, WEIGHTS[:1], seeds)
    np.testing.assert_array_equal(found, [[10.0, np.nan, 10.0]])


def test_an_exception_in_the_environment():
    seeds = np.array([seed_of(1), seed_of(3)])
    with pytest.raises(EpisodeError, match="too short") as caught:
        GymEvaluator(task("Raises")).rewards(CHOOSER, WEIGHTS, seeds)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.weight, error.seed) == (-1.0, seed_of(3))
    np.testing.assert_array_equal(error.network.sources, CHOOSER.sources)
    assert "gym_tasks.py" in error.text
    assert str(error) == (
        f"the environment failed in episode {seed_of(3)} with weight -1: ZeroDivisionError: the "
        "track is too short"
    )


@pytest.mark.parametrize("place", ["constructor", "reset", "step", "close"])
@pytest.mark.parametrize("error", [SystemExit(0), KeyboardInterrupt(), GeneratorExit()])
def test_an_environment_that_would_end_the_program(monkeypatch, place, error):
    found = task("Ends")
    gym.environment(found)
    monkeypatch.setattr(gym_tasks.Ends, "error", error)
    monkeypatch.setattr(gym_tasks.Ends, "place", place)
    if place in ("constructor", "close"):
        found = dataclasses.replace(found, episode_limit=9)  # is made anew
    with pytest.raises(EpisodeError, match=rf" with weight 1: .*{type(error).__name__}"):
        play(found, CHOOSER, 1.0, seed_of(3))
    monkeypatch.setattr(gym_tasks.Ends, "place", "")
    assert play(found, CHOOSER, 1.0, seed_of(2)) > 0


@pytest.mark.parametrize("error", [SystemExit(0), KeyboardInterrupt(), GeneratorExit(), OSError()])
def test_an_environment_that_fails_when_it_is_made(monkeypatch, error):
    monkeypatch.setattr(gym_tasks.Ends, "error", error)
    monkeypatch.setattr(gym_tasks.Ends, "place", "constructor")
    kind = type(error).__name__
    match = rf"gym:tests.gym_tasks:Ends: .* or made, in .*gym_tasks.py, line \d+: {kind}(: 0)?$"
    with pytest.raises(EnvironmentFailed, match=match):
        task("Ends")


def test_a_module_that_ends_the_program():
    with pytest.raises(EnvironmentFailed, match=r"in .*ends_on_import.py, line 5: SystemExit: 0$"):
        envs.make("gym:tests.ends_on_import:Some")


def test_a_users_interruption_is_no_failure_of_the_environment(monkeypatch):
    found = task("Ends")
    monkeypatch.setattr(gym_tasks.Ends, "_end", lambda *_: signal.raise_signal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's "&" ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            play(found, CHOOSER, 1.0, seed_of(3))
        with pytest.raises(KeyboardInterrupt):
            dataclasses.replace(found, episode_limit=9).environment()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_episode_with_a_bad_observation_says_all_in_a_line():
    with pytest.raises(
        EpisodeError, match=r"with weight 1: expected an .* got float64\[1\]$"
    ) as told:
        play(task("Misshapen"), CHOOSER, 1.0, seed_of(3))
    assert told.value.text == ""


def test_one_environment_is_kept():
    first = gym.environment(task("Counter"))
    assert gym.environment(task("Counter")) is first
    other = gym.environment(task("Push"))
    assert isinstance(other.unwrapped, gym_tasks.Push)
    assert gym.environment(task("Counter")) is not first


def test_seeds():
    evaluator = GymEvaluator(task("Counter"))
    few, many = (evaluator.draw(np.random.default_rng(3), count) for count in (2, 6))
    np.testing.assert_array_equal(few, many[:2])
    assert len(set(many.tolist())) == 6
    assert evaluator.describe(many) == "6 fresh episodes a weight"
    assert evaluator.timeout == math.inf


def test_a_compiled_task_and_gymnasiums_agree():
    compiled, stepped = envs.make("cartpole"), envs.make("gym:CartPole-v1")
    network = express(genomes.grown(3, 20, 4, 2))
    seeds = np.arange(20)
    states = np.concatenate(
        [compiled.initial_states(np.random.default_rng(seed), 1) for seed in seeds]
    )
    expected = evaluator_for(compiled, SearchConfig()).rewards(network, WEIGHTS, states)
    found = evaluator_for(stepped, SearchConfig()).rewards(network, WEIGHTS, seeds)
    np.testing.assert_array_equal(found, expected)
    assert np.unique(found).size > 3


# Pushes with the weight: more than 1 is a large action. Sees the bias alone.
PUSHES = express(genome(2, 1, connections=[(0, 3)]))


def costly(name, weight, **changes):
    found = dataclasses.replace(envs.make(f"gym:tests.own_tasks:{name}-v0"), **changes)
    return play(found, PUSHES, weight, 0)


def test_ways_to_end_an_episode_early_where_every_step_costs():
    """Breaking the simulation never pays; what the environment allows, counts."""
    for name in ("Costly", "BreaksSight", "BreaksAndEnds", "BreaksReward", "Quits", "Truncates"):
        assert costly(name, 0.5) == -10.0
    assert math.isnan(costly("BreaksSight", 2.0))
    assert math.isnan(costly("BreaksAndEnds", 2.0))  # that it says it is over changes nothing
    assert math.isnan(costly("BreaksReward", 2.0))
    assert math.isnan(costly("Costly", math.inf))  # an output
    assert costly("Quits", 2.0) == -1.0  # terminated: that is the task's
    assert costly("Truncates", 2.0) == -1.0
    assert costly("Costly", 0.5, episode_limit=4) == -4.0  # the same for all networks


def test_an_episode_that_takes_too_long_where_every_step_costs(monkeypatch):
    monkeypatch.setattr(gym.deadline, "call", lambda seconds, late, *call: late)
    evaluator = GymEvaluator(envs.make("gym:tests.own_tasks:Costly-v0"), 1.0)
    assert np.isnan(evaluator.scores(PUSHES, WEIGHTS, np.array([0]))).all()


def test_forbidden_choices_are_not_taken():
    found = envs.make("gym:tests.own_tasks:Masked-v0")
    network = express(genomes.grown(3, 10, 2, 3))
    for weight in (-1.0, 0.5, 2.0):
        assert play(found, network, weight, 0) == -10.0  # another choice would raise


@pytest.mark.parametrize("reward", [np.array([-2.0]), np.float32(-2), -2, np.array(-2)])
def test_rewards_of_many_kinds(monkeypatch, reward):
    monkeypatch.setattr(own_tasks.Odd, "given", reward)
    assert costly("Odd", 0.5) == -20.0


@pytest.mark.parametrize("reward", [None, "1", np.zeros(2), [], 1j])
def test_rewards_that_are_no_number(monkeypatch, reward):
    monkeypatch.setattr(own_tasks.Odd, "given", reward)
    with pytest.raises(EpisodeError, match="expected a number as the reward of a step, got"):
        costly("Odd", 0.5)


def test_the_generators_that_all_share_are_seeded_and_left_alone():
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002  it is about these
    expected = random.random(), np.random.rand()  # noqa: NPY002
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    first = costly("Shared", 0.5)
    assert (random.random(), np.random.rand()) == expected  # noqa: NPY002
    assert costly("Shared", 0.5) == first < -1.0


def test_several_parts_are_seen_and_done():
    found = envs.make("gym:tests.own_tasks:Rover-v0")
    assert found.inputs == (
        *("lamps_0", "lamps_1", "mode_0", "mode_1", "mode_2", "position_0", "position_1"),
    )
    # The first part follows the mode: choice 1 in mode 1; the second is always its second choice.
    network = express(genome(7, 5, connections=[(4, 9), (1, 12)]))
    assert play(found, network, 1.0, 0) == -(10 * 10 + 3)  # modes 1 at steps 1, 4, 7
    arm = envs.make("gym:tests.own_tasks:Arm-v0")
    network = express(genome(7, 6, connections=[(1, 9), (1, 11), (1, 13)]))
    assert play(arm, network, 1.0, 0) == -10 * (2 + 10 + 100)
