import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest

from wann import envs
from wann.core.config import SearchConfig, preset
from wann.core.network import express_all
from wann.evaluation.evaluator import drawn, evaluator_for
from wann.evaluation.pool import OutOfTime, Pool
from wann.search.loop import search
from wann.search.objectives import fitness
from wann.search.racing import raced
from wann.search.state import SearchState

WEIGHTS = np.array([1.0, 2.0])


class Known:
    """Workers that know what each network earns; networks are numbers."""

    def __init__(self, table, most=math.inf):
        self.table, self.most, self.asked = np.asarray(table, float), most, []

    def rewards(self, networks, weights, cases):
        if len(self.asked) == self.most:
            raise OutOfTime(np.full((len(networks), len(weights), len(cases)), np.nan))
        self.asked.append((list(networks), list(cases)))
        return self.table[np.ix_(networks, range(len(weights)), cases)]


def test_the_better_half_goes_on():
    table = np.random.default_rng(0).normal(size=(9, 2, 6)).round(3)
    pool = Known(table)
    found = raced(pool, range(9), WEIGHTS, np.arange(6))
    left = range(9)
    for (members, cases), (met, count) in zip(
        pool.asked, ((1, 9), (2, 5), (4, 3), (6, 2)), strict=True
    ):
        assert members == list(left[:count])  # the best first
        assert cases == list(range(met // 2 if met < 6 else 4, met))
        left = sorted(members, key=lambda i: -table[i, :, :met].mean())
    np.testing.assert_array_equal(found[pool.asked[-1][0]], table[pool.asked[-1][0]])


def test_none_that_is_out_has_more_than_those_that_went_on():
    table = np.random.default_rng(1).normal(size=(16, 2, 8))
    pool = Known(table)
    found = fitness(raced(pool, range(16), WEIGHTS, np.arange(8)))
    went_on = [set(members) for members, _ in pool.asked]
    for before, after in pairwise(went_on):
        out = sorted(before - after)
        assert found[out].max() <= min(found[sorted(after)]) + 1e-12
        first = table[out, :, : len(pool.asked[0][1])]
        if before == went_on[0]:  # among each other they stay in order
            assert (np.argsort(found[out]) == np.argsort(first.mean(axis=(1, 2)))).all()


def test_who_is_out_keeps_what_it_had_with_each_weight():
    table = np.array([[[5, 5.0], [5, 5]], [[3, 9], [1, 9]]])
    found = raced(Known(table), range(2), WEIGHTS, np.arange(2))
    np.testing.assert_array_equal(found[1], [[3, 3], [1, 1]])
    lucky = np.array([[[5, -5.0], [5, -5]], [[4, 9], [2, 9]]])  # the winner falls below the other
    found = raced(Known(lucky), range(2), WEIGHTS, np.arange(2))
    np.testing.assert_array_equal(found[1], [[1, 1], [-1, -1]])
    assert fitness(found).tolist() == [0, 0]


def test_broken_ones_are_out():
    table = np.ones((4, 2, 2))
    table[1, 0, 0] = np.nan
    table[2, 1, 1] = np.nan
    found = fitness(raced(Known(table), range(4), WEIGHTS, np.arange(2)))
    assert found[1] == -np.inf
    assert found[0] == 1
    everything = fitness(raced(Known(np.full((3, 2, 2), np.nan)), range(3), WEIGHTS, np.arange(2)))
    assert (everything == -np.inf).all()


def test_one_case_is_no_race():
    table = np.random.default_rng(2).normal(size=(5, 2, 1))
    np.testing.assert_array_equal(raced(Known(table), range(5), WEIGHTS, np.arange(1)), table)


def test_out_of_time():
    table = np.random.default_rng(3).normal(size=(8, 2, 4))
    with pytest.raises(OutOfTime) as info:
        raced(Known(table, most=2), range(8), WEIGHTS, np.arange(4))
    assert info.value.result.shape == (8, 2, 4)
    means = table[:, :, :2].mean(axis=(1, 2))
    best = int(fitness(info.value.result).argmax())
    assert means[best] == max(
        means[sorted(Known(table).table[:, :, :1].mean(axis=(1, 2)).argsort()[4:])]
    )
    with pytest.raises(OutOfTime) as info:
        raced(Known(table, most=0), range(8), WEIGHTS, np.arange(4))
    assert not np.isfinite(info.value.result).any()


def test_a_search_that_races_and_counts(tmp_path):
    config = preset("cartpole", generations=3, population=16, racing=True, rollouts=4)
    config = dataclasses.replace(config, target=math.inf, simplify=False, report_episodes=1)
    found = []
    for workers in (1, 2):
        state = SearchState(envs.make("cartpole"), config, None)
        rows = []
        search(state, workers=workers, report=rows.append)
        found.append((state.champion.genome, state.evaluations, rows[0]["evaluations"]))
    assert found[0] == found[1]
    weights = len(config.weight_values)
    assert found[0][2] == weights * (16 + 8 + 2 * 4 + config.confirm_rollouts)


@pytest.mark.parametrize("env", ["gym:CartPole-v1", "envpool:CartPole-v1"])
def test_episodes_of_each_weights_own(env):
    if env.startswith("envpool"):
        pytest.importorskip("envpool")
    config = SearchConfig(env=env, own_episodes=True, rollouts=2, population=4, max_steps=30)
    task = envs.make(env)
    state = SearchState(task, config, None)
    weights, cases = state.weights(), state.cases()
    assert cases.shape == (2, len(weights))
    assert len(np.unique(cases)) == cases.size
    with Pool(evaluator_for(task, config), 1) as pool:
        networks = express_all(state.evolution.ask())
        both = pool.rewards(networks, weights, cases)
        for w, weight in enumerate(weights):
            alone = pool.rewards(networks, np.array([weight]), cases[:, w])
            np.testing.assert_array_equal(both[:, w : w + 1], alone)
    assert drawn(evaluator_for(task, config).draw, np.random.default_rng(0), 3).shape == (3,)


def test_tasks_whose_cases_are_no_seeds_have_none_of_their_own():
    with pytest.raises(ValueError, match="--own-episodes: expected --env gym:ID or envpool:ID"):
        SearchState(envs.make("cartpole"), SearchConfig(own_episodes=True), None)
