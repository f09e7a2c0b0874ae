import dataclasses
import math

import numpy as np
import pytest

from tests import genomes
from wann import envs
from wann.core.config import SearchConfig, preset
from wann.core.network import express
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.evaluation.protocol import GRID
from wann.evaluation.sweep import sweep
from wann.search.champion import Champion
from wann.search.confirmation import WHOLE_ROLLOUTS, Confirmation, summary, weights_of
from wann.search.variation import initial
from wann.search.variation.innovation import Innovations

CONFIG = SearchConfig(confirm_rollouts=5, shared_weights="-1,1")
GENOMES = [genomes.genome(2, 1, [], [(i, 3) for i in range(n)]) for n in range(4)]
NETWORKS = [express(genome) for genome in GENOMES]


class ByComplexity:
    """Scores that are known for each number of connections; each set of cases has a name."""

    def __init__(self, scores):
        self.known = scores

    def draw(self, rng, rollouts):
        return np.full(rollouts, 0)

    def confirmation(self, rng, rollouts):
        return np.full(rollouts, 1)

    def report(self, rng, rollouts):
        return np.full(rollouts, 2)

    def describe(self, cases):
        return f"{len(cases)} cases of kind {cases[0]}"

    def scores(self, network, weights, cases):
        return np.full((len(weights), len(cases)), self.known[network.complexity] + 0.5 * cases)

    rewards = scores


def challenged(champion, fitness, scores):
    """The champion after a generation of `GENOMES` with this fitness, and the rollouts."""
    rewards = np.array(fitness, dtype=float).reshape(4, 1, 1)
    with Pool(ByComplexity(scores), 1) as pool:
        confirmation = Confirmation(pool, CONFIG)
        return confirmation.challenge(champion, GENOMES, NETWORKS, rewards, 9)


def test_the_first_champion_is_the_best_of_its_generation():
    assert challenged(None, [1, 4, 2, 3], [0, 10, 20, 30]) == (Champion(GENOMES[1], 10.5, 9), 10)


@pytest.mark.parametrize("broken", [math.nan, -math.inf, math.inf])
def test_a_genome_with_a_reward_that_is_not_finite_does_not_challenge(broken):
    champion, _ = challenged(None, [broken, 4, 2, 3], [90, 10, 20, 30])
    assert champion.genome is GENOMES[1]


@pytest.mark.parametrize(
    ("before", "wins"), [(10.4, True), (10.5, False), (10.6, False), (-math.inf, True)]
)
def test_a_challenger_must_be_better_on_the_confirmation_cases(before, wins):
    old = Champion(GENOMES[3], before, 2)
    champion, rollouts = challenged(old, [1, 4, 2, 3], [0, 10, 20, 30])
    assert champion == (Champion(GENOMES[1], 10.5, 9) if wins else old)
    assert rollouts == 10


@pytest.mark.parametrize("way", [{"give_up": 30}, {"least_reward": -1.0}, {}])
def test_where_selection_goes_by_other_episodes_confirmation_does_so_too(way):
    class Short(ByComplexity):
        def rewards(self, network, weights, cases):
            return self.scores(network, weights, cases) - 100

    with Pool(Short([0, 10, 20, 30]), 1) as pool:
        confirmation = Confirmation(pool, dataclasses.replace(CONFIG, **way))
        rewards = np.array([1.0, 4, 2, 3]).reshape(4, 1, 1)
        champion, _ = confirmation.challenge(None, GENOMES, NETWORKS, rewards, 9)
        scores = confirmation.report(champion, envs.make("swingup"))
    assert champion.fitness == (-89.5 if way else 10.5)
    assert scores["fitness"] == 11  # of whole episodes in any case


def test_a_champion_need_not_beat_itself():
    old = Champion(GENOMES[1], 3.0, 2)
    assert challenged(old, [1, 4, 2, 3], [0, 10, 20, 30]) == (old, 0)


def test_a_simplified_champion_is_confirmed_again():
    """And its scores are reported from a third set."""
    whole = Champion(GENOMES[3], 30.5, 2)
    with Pool(ByComplexity([0, 10, 40, 30]), 1) as pool:
        confirmation = Confirmation(pool, dataclasses.replace(CONFIG, simplify=True))
        simple = confirmation.simplified(whole)
        scores = confirmation.report(simple, envs.make("swingup"))
    assert len(simple.genome.connections) == 2
    assert (simple.fitness, simple.generation) == (40.5, 2)
    said = {"on": "100 cases of kind 2", "weights": "the weights -1, 1"}
    assert scores == {**said, "fitness": 41, "peak": 41, "worst": 41}


EVEN = [(4, "inverse")], [(1, 4), (4, 3)]  # symmetric, and scaled by w²
ODD = [], [(1, 3)]
POSITIVE = {"shared_weights": "0:2:6", "fresh_weights": True}


@pytest.mark.parametrize(
    ("genes", "settings", "discrete", "said", "stand_for_all"),
    [
        (ODD, {}, False, "the weights -2, -1, -0.5, 0.5, 1, 2", True),
        (ODD, POSITIVE, False, "24 weights in [0, 2]", False),
        (EVEN, POSITIVE, False,
         "24 weights in [0, 2]; symmetric: the same for negative ones", True),
        (EVEN, {"shared_weights": "-2:-1:3"}, False,
         "3 weights in [-2, -1]; symmetric: the same for positive ones", True),
        (ODD, {"shared_weights": "-2:2:5"}, False, "5 weights in [-2, 2]", True),
        (ODD, {"shared_weights": "1"}, False, "the one weight 1", False),
        (EVEN, {"shared_weights": "1"}, False,
         "the one weight 1; symmetric: the same for negative ones", False),
        (ODD, {"shared_weights": "1"}, True, "the one weight 1", False),
        (EVEN, {"shared_weights": "1"}, True,
         "the one weight 1; by construction the same for any but 0", True),
    ],
)  # fmt: skip
def test_what_the_weights_say_of_a_network(genes, settings, discrete, said, stand_for_all):
    network = express(genomes.genome(2, 1, *genes))
    config = SearchConfig(**settings)
    assert weights_of(network, config, discrete) == (said, stand_for_all)


@pytest.mark.parametrize(
    ("env", "settings"),
    [
        ("swingup", POSITIVE),  # half of the range, for networks that are not symmetric
        ("digits", {"shared_weights": "1", "fresh_weights": False}),
    ],
)
def test_scores_over_the_whole_range_agree_with_a_sweep(env, settings):
    task = envs.make(env)
    config = preset(env, symmetric=False, guided=False, layered=False, batch=300, **settings)
    evaluator = evaluator_for(task, config)
    genome = genomes.grown(3, 60, len(task.inputs), len(task.outputs))
    with Pool(evaluator, 1) as pool:
        scores = Confirmation(pool, config).report(Champion(genome, 0.0, 1), task)
        cases = evaluator.report(np.random.default_rng(5), 100)
        swept = sweep(pool, express(genome), GRID, cases, None)
    noise = swept.scores.mean(axis=0).std() / math.sqrt(WHOLE_ROLLOUTS // len(GRID))
    assert scores["whole_range"] == pytest.approx(swept.scores.mean(), abs=4 * noise + 1e-9)
    assert abs(scores["fitness"] - scores["whole_range"]) > 4 * noise + 1e-3


@pytest.mark.parametrize("env", ["swingup", "digits"])
def test_what_stands_for_all_weights_is_scored_once(env):
    task, config = envs.make(env), preset(env, batch=300)
    innovations = Innovations(len(task.inputs), len(task.outputs))
    genome = initial.layered(len(task.inputs), len(task.outputs), 4, innovations)
    with Pool(evaluator_for(task, config), 1) as pool:
        scores = Confirmation(pool, config).report(Champion(genome, 0.0, 1), task)
    assert "whole_range" not in scores


@pytest.mark.parametrize(
    ("settings", "rollouts"),
    [
        ({"symmetric": True, "simplify": False}, 2 * 3),
        ({"symmetric": True, "simplify": True}, 2 * (3 + 5) + WHOLE_ROLLOUTS),
        ({"symmetric": False, "simplify": False}, 2 * 3 + WHOLE_ROLLOUTS),
    ],
)
def test_the_time_kept_for_the_end_is_for_what_is_done_there(settings, rollouts):
    config = dataclasses.replace(CONFIG, report_episodes=3, **settings)
    with Pool(ByComplexity({}), 1) as pool:
        confirmation = Confirmation(pool, config)
        pool.pace = 2.0
        assert confirmation.seconds == 2.0 * rollouts


def test_summary():
    # Two weights, three episodes each.
    scores = summary(np.array([[1.0, 2.0, 3.0], [5.0, 7.0, 9.0]]))
    assert scores == {"fitness": 4.5, "peak": 7.0, "worst": 2.0}
