import dataclasses
import math

import numpy as np
import pytest

from tests import genomes
from wann.core.config import SearchConfig
from wann.core.network import express
from wann.evaluation.pool import Pool
from wann.search.champion import Champion
from wann.search.confirmation import Confirmation, summary

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


def test_a_champion_need_not_beat_itself():
    old = Champion(GENOMES[1], 3.0, 2)
    assert challenged(old, [1, 4, 2, 3], [0, 10, 20, 30]) == (old, 0)


def test_a_simplified_champion_is_confirmed_again():
    """And its scores are reported from a third set."""
    whole = Champion(GENOMES[3], 30.5, 2)
    with Pool(ByComplexity([0, 10, 40, 30]), 1) as pool:
        confirmation = Confirmation(pool, dataclasses.replace(CONFIG, simplify=True))
        simple = confirmation.simplified(whole)
        scores = confirmation.report(simple)
    assert len(simple.genome.connections) == 2
    assert (simple.fitness, simple.generation) == (40.5, 2)
    assert scores == {"on": "100 cases of kind 2", "fitness": 41, "peak": 41, "worst": 41}


def test_summary():
    # Two weights, three episodes each.
    scores = summary(np.array([[1.0, 2.0, 3.0], [5.0, 7.0, 9.0]]))
    assert scores == {"fitness": 4.5, "peak": 7.0, "worst": 2.0}
