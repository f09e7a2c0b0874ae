import numpy as np
import pytest

import wann
from tests import genomes
from wann import envs
from wann.core.config import preset
from wann.core.genome import validate
from wann.core.network import express
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import OutOfTime, Pool
from wann.search import simplify

WEIGHTS = np.array([-1.0, 1.0])


def run(evaluator, genome, seed=0):
    with Pool(evaluator, 1) as pool:
        result = simplify.simplified(pool, genome, WEIGHTS, 2, np.random.default_rng(seed))
    validate(result)
    return result


class Counting:
    """Gives a network 100, less 10 for each needed connection that it lacks."""

    def __init__(self, needed, harmful=()):
        self.needed, self.harmful = set(needed), set(harmful)

    def draw(self, rng, rollouts):
        return np.arange(rollouts)

    def rewards(self, network, weights, cases):
        targets = np.repeat(np.arange(len(network.activations)), np.diff(network.offsets))
        pairs = zip(network.ids[network.sources], network.ids[targets], strict=True)
        there = {(int(a), int(b)) for a, b in pairs}
        value = 100 - 10 * len(self.needed - there) - len(self.harmful & there)
        return np.full((len(weights), len(cases)), float(value))


def pairs(genome):
    enabled = genome.connections[genome.connections["enabled"]]
    return set(zip(enabled["source"].tolist(), enabled["target"].tolist(), strict=True))


def test_only_what_is_needed_stays():
    genome = genomes.genome(2, 1, connections=[(0, 3), (1, 3), (2, 3)])
    assert pairs(run(Counting([(1, 3)]), genome)) == {(1, 3)}


def test_what_harms_goes():
    genome = genomes.genome(2, 1, connections=[(0, 3), (1, 3), (2, 3)])
    needed = [(0, 3), (1, 3)]
    assert pairs(run(Counting(needed, [(2, 3)]), genome)) == set(needed)


def test_small_losses_do_not_add_up():
    """Each connection is worth 0.15 % of the reward: one may go, but not one after the other."""

    class Slope(Counting):
        def rewards(self, network, weights, cases):
            return np.full((len(weights), len(cases)), 100 - 0.15 * (3 - network.complexity))

    genome = genomes.genome(2, 1, connections=[(0, 3), (1, 3), (2, 3)])
    assert express(run(Slope([]), genome)).complexity == 2


def test_rounds_go_on_while_they_pay():
    """What hangs on a node that lost its way out is not tried, and counts for nothing."""
    hidden = [(3 + i, "linear") for i in range(1, 5)]
    chain = [(1, 4), (4, 5), (5, 6), (6, 7), (7, 3), (2, 3)]
    genome = genomes.genome(2, 1, hidden=hidden, connections=chain)
    assert express(run(Counting([(2, 3)]), genome)).complexity == 1


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_a_champion_is_smaller_and_as_good_after_a_search(seed):
    settings = {"seed": seed, "generations": 15, "population": 32, "complexity_probability": 0.0}
    settings["target"] = np.inf
    whole = wann.evolve(
        "cartpole", preset("cartpole", **settings, simplify=False), workers=1, progress=False
    )
    small = wann.evolve(
        "cartpole", preset("cartpole", **settings, simplify=True), workers=1, progress=False
    )
    assert small.network.complexity < whole.network.complexity
    assert small.scores["fitness"] > 0.99 * whole.scores["fitness"]


def test_the_seed_decides():
    task = envs.make("cartpole")
    evaluator = evaluator_for(task, preset("cartpole"))
    genome = genomes.grown(3, 60, inputs=4, outputs=2)
    assert run(evaluator, genome, 5) == run(evaluator, genome, 5)


def test_nothing_dead_stays():
    """Neither disabled connections nor nodes on no path; what is left computes the same."""
    genome = genomes.grown(4, 80, inputs=4, outputs=2)
    network = express(genome)
    result = simplify.live_part(genome, network)
    validate(result)
    assert result.connections["enabled"].all()
    assert len(result.connections) == network.complexity < len(genome.connections)
    x = np.random.default_rng(0).normal(size=(5, 4))
    np.testing.assert_allclose(express(result).forward(x, 0.7), network.forward(x, 0.7))


class Slow(Counting):
    """Each network takes a second, by a clock of its own."""

    now = 0.0

    def rewards(self, network, weights, cases):
        self.now += 1.0
        return super().rewards(network, weights, cases)


@pytest.fixture
def slow(monkeypatch):
    evaluator = Slow(())
    monkeypatch.setattr("wann.evaluation.pool.time.monotonic", lambda: evaluator.now)
    return evaluator


def test_it_stops_in_time_with_what_it_has_found(slow):
    genome = genomes.grown(0, 60, inputs=4, outputs=2)
    with Pool(slow, 1) as pool:
        smaller = simplify.simplified(pool, genome, WEIGHTS, 2, np.random.default_rng(0), 10.5)
        assert slow.now == 11.0
        assert pool.until == np.inf
    assert 0 < express(smaller).complexity < express(genome).complexity


def test_the_time_of_the_pool_is_another(slow):
    with Pool(slow, 1) as pool:
        pool.until = 5.0
        with pytest.raises(OutOfTime):
            simplify.simplified(
                pool,
                genomes.grown(0, 60, inputs=4, outputs=2),
                WEIGHTS,
                2,
                np.random.default_rng(0),
            )
    assert slow.now == 6.0
