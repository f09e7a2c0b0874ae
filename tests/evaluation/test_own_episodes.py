"""Episodes of each weight's own."""

import numpy as np
import pytest

from wann import envs
from wann.core.config import SearchConfig
from wann.core.network import express_all
from wann.evaluation.evaluator import drawn, evaluator_for
from wann.evaluation.pool import Pool
from wann.search.confirmation import Confirmation
from wann.search.state import SearchState


@pytest.mark.parametrize("env", ["gym:CartPole-v1", "envpool:CartPole-v1"])
def test_each_weight_meets_its_own(env):
    if env.startswith("envpool:"):
        pytest.importorskip("envpool", reason="needs wann[envpool]")
    config = SearchConfig(env=env, own_episodes=True, rollouts=2, population=4, max_steps=30)
    state = SearchState(envs.make(env), config, None)
    weights, cases = state.weights(), state.cases()
    assert cases.shape == (2, len(weights))
    assert len(np.unique(cases)) == cases.size
    networks = express_all(state.evolution.ask())
    with Pool(state.evaluator, 1) as pool:
        found = pool.rewards(networks, weights, cases)
        for w, weight in enumerate(weights):
            alone = pool.rewards(networks, np.array([weight]), cases[:, w])
            np.testing.assert_array_equal(found[:, w : w + 1], alone)
    assert (found != found[:, :1]).any()


class Seen:
    """An evaluator that tells which cases it was given; returns are the cases."""

    def __init__(self):
        self.cases = []

    def draw(self, rng, rollouts):
        return rng.integers(2**31, size=rollouts)

    confirmation = draw

    def rewards(self, network, weights, cases):
        self.cases.append(cases)
        return np.zeros((len(weights), len(cases)))

    scores = rewards


def test_confirmation_has_them_too():
    config = SearchConfig(own_episodes=True, confirm_rollouts=3, shared_weights="-1,1")
    evaluator = Seen()
    state = SearchState(envs.make("gym:CartPole-v1"), config, None)
    genomes = state.evolution.ask()[:2]
    with Pool(evaluator, 1) as pool:
        _, rollouts = Confirmation(pool, config).challenge(
            None, genomes, express_all(genomes), np.zeros((2, 2, 3)), 0
        )
    assert rollouts == 2 * 3
    assert [cases.shape for cases in evaluator.cases] == [(3, 2)]
    assert len(np.unique(evaluator.cases[0])) == 6


def test_otherwise_all_have_the_same():
    rng, config = np.random.default_rng(0), SearchConfig()
    assert drawn(evaluator_for(envs.make("cartpole"), config).draw, rng, 3, 6, config).shape == (
        3,
        4,
    )
    assert drawn(Seen().draw, rng, 3, 6, config).shape == (3,)


def test_tasks_whose_cases_are_no_seeds_have_none():
    with pytest.raises(ValueError, match="--own-episodes: expected --env gym:ID or envpool:ID"):
        SearchState(envs.make("cartpole"), SearchConfig(own_episodes=True), None)
