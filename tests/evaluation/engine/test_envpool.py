"""Episodes in EnvPool: what a seed gives, alone and among others, and against Gymnasium."""

import dataclasses
import math
import pickle

import numpy as np
import psutil
import pytest
from scipy.stats import ks_2samp

from tests import genomes
from wann import envs
from wann.core.config import SearchConfig
from wann.core.network import express
from wann.envs.stepped.normalization import Normalization
from wann.evaluation.engine.envpool import EnvPoolEvaluator
from wann.evaluation.engine.episodes import play
from wann.evaluation.engine.lanes import Lanes
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.gym import GymEvaluator
from wann.evaluation.pool import Pool
from wann.evaluation.recording import record

pytest.importorskip("envpool", reason="needs wann[envpool]")
WEIGHTS = np.array([-1.3, 0.4, 1.9])
SEEDS = np.array([7, 2**31 - 1, 0])


def networks(task, count=5):
    if task.env_id == "CarRacing-v3":  # the bias gives gas, one cell of grass or another steers
        cars = [[(0, 11), (cell, 10)] for cell in (3, 4)]
        return [express(genomes.genome(9, 3, connections=each)) for each in cars]
    sizes = len(task.inputs), len(task.outputs)
    return [express(each) for each in genomes.population(1, count, 12, *sizes)]


def evaluator(name, steps):
    return evaluator_for(envs.make(f"envpool:{name}"), SearchConfig(max_steps=steps))


@pytest.mark.parametrize(
    ("name", "steps"),
    [("Acrobot-v1", 500), ("LunarLander-v3", 300), ("BipedalWalker-v3", 120), ("CarRacing-v3", 70)],
)
def test_an_episode_is_the_same_alone_in_a_batch_and_after_others(name, steps):
    found = evaluator(name, steps)
    some = networks(found.task)
    returns = found.returns("rewards", some, WEIGHTS, SEEDS)
    assert len(np.unique(returns)) > 3
    np.testing.assert_array_equal(
        found.returns("rewards", some[::-1], WEIGHTS, SEEDS)[::-1], returns
    )
    np.testing.assert_array_equal(
        found.scores(some[1], WEIGHTS[1:2], SEEDS[::-1])[0], returns[1, 1, ::-1]
    )
    alone = record(found.task, some[1], WEIGHTS[2], int(SEEDS[0]))
    assert alone.rewards.sum() == returns[1, 2, 0]


def test_any_number_of_threads_gives_the_same():
    found = evaluator("LunarLander-v3", 150)
    some = networks(found.task, 9)
    expected = found.returns("rewards", some, WEIGHTS, SEEDS)
    for workers in (1, 2, 5):
        with Pool(found, workers) as pool:
            np.testing.assert_array_equal(pool.rewards(some, WEIGHTS, SEEDS), expected)
            one = pool.scores(some[3:4], WEIGHTS, SEEDS)  # a part of the episodes for each thread
            np.testing.assert_array_equal(one, expected[3:4])


def test_individual_weights():
    found = evaluator("Acrobot-v1", 200)
    (network,) = networks(found.task, 1)
    shared = found.scores(network, WEIGHTS, SEEDS)
    individual = np.repeat(WEIGHTS[:, None], network.enabled, axis=1)
    np.testing.assert_allclose(found.scores(network, individual, SEEDS), shared)


@pytest.mark.parametrize("name", ["Acrobot-v1", "Pendulum-v1", "CartPole-v1"])
def test_returns_are_distributed_as_gymnasiums(name):
    ours = evaluator(name, 0)
    theirs = GymEvaluator(envs.make(f"gym:{name}"))
    weight, seeds = np.array([1.3]), np.arange(60)
    for network in networks(ours.task):
        found = ours.scores(network, weight, seeds)[0]
        if found.std() > 1.0:
            break
    else:
        raise AssertionError("expected a policy whose episodes differ")
    expected = theirs.scores(network, weight, 1000 + seeds)[0]
    assert ks_2samp(found, expected).pvalue > 1e-3
    error = np.hypot(found.std(), expected.std()) / np.sqrt(60)
    assert abs(found.mean() - expected.mean()) < 4 * error


class Pool3:
    """Three environments: one earns NaN, one shows NaN, and one ends after 3 steps; each step
    earns its number."""

    def __init__(self, seeds, bad_reward=True):
        self.count, self.time, self.sent = len(seeds), 0, []

    def reset(self, environments):
        return np.ones((len(environments), 2)), {"env_id": environments}

    def step(self, actions, env_id):
        self.time += 1
        self.sent.append(env_id.tolist())
        assert len(actions) == len(env_id)
        rewards = np.where((env_id == 0) & (self.time == 2), np.nan, env_id + 1.0)
        seen = np.ones((len(env_id), 2))
        seen[env_id == 1] = np.nan if self.time == 2 else 1.0
        over = (env_id == 2) & (self.time == 3)
        # In another order than they were sent in.
        turned = slice(None, None, -1)
        return (
            seen[turned], rewards[turned], over[turned], np.zeros(len(env_id), bool),
            {"env_id": env_id[turned]},
        )  # fmt: skip

    def close(self):
        pass


def test_what_is_not_finite_and_who_steps_on(monkeypatch):
    task = dataclasses.replace(envs.make("envpool:CartPole-v1"), inputs=("a", "b"), episode_limit=5)
    made = []
    monkeypatch.setattr(
        type(task), "pool", lambda self, seeds: made.append(Pool3(seeds)) or made[-1]
    )
    network = express(genomes.genome(2, 2, connections=[(1, 3), (2, 4)]))
    lanes = Lanes([network], np.ones(1), 4, None, None)
    returns = play(task, lanes, np.arange(4), np.arange(4))
    # The last one goes on to the limit: 4 in each of five steps.
    np.testing.assert_array_equal(returns, [np.nan, np.nan, 9.0, 20.0])
    sent = [sorted(each) for each in made[0].sent]
    assert sent == [[0, 1, 2, 3], [0, 1, 2, 3], [2, 3], [3], [3]]


@pytest.mark.parametrize("limit", [3, 5])
def test_a_last_observation_that_is_not_finite(monkeypatch, limit):
    class Broken(Pool3):  # the one that ends after 3 steps ends with infinity
        def step(self, actions, env_id):
            seen, rewards, over, truncated, info = super().step(actions, env_id)
            seen[(info["env_id"] == 2) & (self.time == 3)] = np.inf
            return seen, rewards, over & (limit == 5), truncated, info

    task = dataclasses.replace(
        envs.make("envpool:CartPole-v1"), inputs=("a", "b"), episode_limit=limit
    )
    monkeypatch.setattr(type(task), "pool", lambda self, seeds: Broken(seeds))
    lanes = Lanes([express(genomes.genome(2, 2, connections=[(1, 3)]))], np.ones(1), 4, None, None)
    returns = play(task, lanes, np.arange(4), np.arange(4))
    np.testing.assert_array_equal(returns, [np.nan, np.nan, np.nan, 4.0 * limit])


def test_an_episode_that_earns_nothing_is_given_up(monkeypatch):
    class Paid(Pool3):  # 1 a step; 3, then nothing; 2, then -1 a step; nothing at all, but it ends
        def step(self, actions, env_id):
            seen, _, _, truncated, info = super().step(actions, env_id)
            table = np.array([[1, 1, 1, 1], [3, 0, 0, 0], [2, -1, -1, -1], [0, 0, 0, 0]])
            rewards = table[info["env_id"], min(self.time, 4) - 1]
            return np.ones_like(seen), rewards, info["env_id"] == 3, truncated, info

    task = dataclasses.replace(
        envs.make("envpool:CartPole-v1"), inputs=("a", "b"), episode_limit=11
    )
    made = []
    monkeypatch.setattr(type(task), "pool", lambda self, seeds: made.append(Paid(seeds)) or made[0])
    lanes = Lanes([express(genomes.genome(2, 2, connections=[(1, 3)]))], np.ones(1), 4, None, None)
    returns = play(task, lanes, np.arange(4), np.arange(4), give_up=2)
    # Given up after 3 of 11 steps: of the 8 that are left each two bring 0, or -2.
    np.testing.assert_array_equal(returns, [11.0, 3.0, 2 - 2 - 2 * 4.0, 0.0])
    assert [len(each) for each in made[0].sent] == [4, 3, 3, *[1] * 8]


def test_only_selection_gives_up():
    task = envs.make("envpool:Pendulum-v1")  # which never earns anything
    whole, found = (
        evaluator_for(task, SearchConfig(max_steps=60, give_up=steps)) for steps in (0, 20)
    )
    network = express(genomes.genome(3, 1, connections=[(1, 4)]))
    expected = whole.rewards(network, WEIGHTS, SEEDS)
    assert (found.rewards(network, WEIGHTS, SEEDS) != expected).all()
    np.testing.assert_array_equal(found.scores(network, WEIGHTS, SEEDS), expected)
    with pytest.raises(ValueError, match="--give-up: expected none for cartpole"):
        evaluator_for(envs.make("cartpole"), SearchConfig(give_up=20))


def test_only_in_selection_does_a_reward_count_as_no_less():
    task = envs.make("envpool:Pendulum-v1")  # where a step costs up to 16
    low, lower, whole = (
        evaluator_for(task, SearchConfig(max_steps=60, least_reward=least))
        for least in (-0.5, -2.0, -math.inf)
    )
    some = express(genomes.genome(3, 1, connections=[(1, 4)]))
    rewards = record(task, some, WEIGHTS[0], int(SEEDS[0])).rewards[:60]
    for found, least in ((low, -0.5), (lower, -2.0)):
        returns = found.rewards(some, WEIGHTS, SEEDS)
        assert returns[0, 0] == np.maximum(rewards, least).sum() > rewards.sum()
        np.testing.assert_array_equal(
            found.scores(some, WEIGHTS, SEEDS), whole.rewards(some, WEIGHTS, SEEDS)
        )
    with pytest.raises(ValueError, match="--least-reward: expected none for cartpole"):
        evaluator_for(envs.make("cartpole"), SearchConfig(least_reward=-1))
    with pytest.raises(ValueError, match="--least-reward: expected a number of 0 or less, got 1"):
        SearchConfig(least_reward=1)


def test_normalised_observations_are_what_lanes_act_by():
    task = envs.make("envpool:Acrobot-v1")
    scaled = Normalization((0.5, 0.1, -0.2, 0.3, 1.0, -1.0), (0.2, 0.1, 0.3, 0.2, 0.1, 0.05))
    found, raw = (
        evaluator_for(each, SearchConfig(max_steps=150))
        for each in (dataclasses.replace(task, normalization=scaled), task)
    )
    some = networks(task)
    returns = found.returns("rewards", some, WEIGHTS, SEEDS)
    assert (returns != raw.returns("rewards", some, WEIGHTS, SEEDS)).any()
    for p, w, r in ((0, 0, 0), (2, 1, 1), (4, 2, 2)):
        alone = record(found.task, some[p], WEIGHTS[w], int(SEEDS[r]))
        assert alone.rewards.sum() == returns[p, w, r]


def test_an_output_that_is_not_finite_ranks_last():
    found = evaluator("Acrobot-v1", 50)
    network = express(genomes.genome(6, 3, [(10, "linear")], [(0, 10), (10, 8)]))
    returns = found.scores(network, np.array([1.0, 1e200]), SEEDS)
    assert np.isfinite(returns[0]).all()
    assert np.isnan(returns[1]).all()


def test_an_evaluator_travels():
    found = pickle.loads(pickle.dumps(evaluator("Acrobot-v1", 40)))
    assert isinstance(found, EnvPoolEvaluator)
    assert found.task.episode_limit == 40


def test_a_timeout_is_refused():
    with pytest.raises(ValueError, match=r"--rollout-timeout: expected none .*--max-steps"):
        evaluator_for(envs.make("envpool:Acrobot-v1"), SearchConfig(rollout_timeout=5.0))


def test_pools_leave_no_threads_behind():
    found = evaluator("Acrobot-v1", 20)
    some = networks(found.task)
    found.returns("rewards", some, WEIGHTS, SEEDS)
    before = psutil.Process().num_threads()  # those of the system: EnvPool's are not Python's
    for _ in range(20):
        found.returns("rewards", some, WEIGHTS, SEEDS)
    assert psutil.Process().num_threads() < before + 10
