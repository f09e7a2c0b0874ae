import dataclasses
import math

import numpy as np
import pytest

from tests import genomes, naive
from wann.core.config import SearchConfig, preset
from wann.core.genome import validate
from wann.core.network import express
from wann.search.evolution import Evolution, shares
from wann.search.variation.innovation import ROOM

SMALL = SearchConfig(population=20, tournament=4)
# No mutation finds anything to enable, so that a child is its parent itself.
STILL = dataclasses.replace(
    SMALL,
    change_activation=0.0,
    add_node=0.0,
    add_connection=0.0,
    enable_connection=1.0,
)


def rewards_of(fitness):
    """[P, 1, 1] rewards of the given fitness."""
    return np.array(fitness, dtype=float).reshape(-1, 1, 1)


def told(config, rewards, complexity=None):
    """The population before and after one generation."""
    evolution = Evolution(2, 1, config)
    before = evolution.ask()
    evolution.tell(rewards, [1] * len(rewards) if complexity is None else complexity)
    return before, evolution.ask()


def ranking(before, after):
    """The places that the genomes of a population hold after a generation of elites only."""
    return [next(i for i, genome in enumerate(before) if genome is after_) for after_ in after]


def elites_only(**settings):
    return SearchConfig(population=4, elites=0.9, **settings)


def play(evolution, generations):
    """Move on with made-up rewards that depend on the networks."""
    for _ in range(generations):
        networks = [express(genome) for genome in evolution.ask()]
        x = np.random.default_rng(evolution.generation).normal(size=(3, networks[0].inputs))
        outputs = [[n.forward(x, w)[:, 0] for w in (-1.0, 2.0)] for n in networks]
        evolution.tell(np.sin(outputs), [network.complexity for network in networks])


def test_the_first_generation():
    population = Evolution(3, 2, dataclasses.replace(SMALL, connect_probability=0.25)).ask()
    assert len(population) == 20
    for genome in population:
        validate(genome)
        assert len(genome.hidden) == 0
    counts = [len(genome.connections) for genome in population]
    assert np.mean(counts) == pytest.approx(2.0, abs=0.8)
    assert len(set(counts)) > 1


def test_elites_survive_in_their_order():
    fitness = np.random.default_rng(0).permutation(20)
    before, after = told(SMALL, rewards_of(fitness))
    best = np.argsort(-fitness)
    assert len(after) == 20
    assert all(after[place] is before[best[place]] for place in range(4))


def test_a_huge_tournament_always_chooses_the_best():
    fitness = np.random.default_rng(0).permutation(20)
    before, after = told(
        dataclasses.replace(STILL, tournament=500, elites=0.0), rewards_of(fitness)
    )
    assert all(child is before[fitness.argmax()] for child in after)


def test_the_culled_have_no_children():
    config = dataclasses.replace(STILL, tournament=1, elites=0.0, cull=0.5, population=200)
    fitness = np.random.default_rng(0).permutation(200)
    before, after = told(config, rewards_of(fitness))
    parents = {next(i for i, g in enumerate(before) if g is child) for child in after}
    assert all(fitness[i] >= 100 for i in parents)
    assert len(parents) > 70  # of 100: 63 % of the pairs in a lottery of 200


@pytest.mark.parametrize(
    ("env", "settings", "expected"),
    [
        # floor(0.2 x 192) = 38 are culled, and floor(0.2 x 154) = 30 of the others survive.
        ("swingup", {}, (30, 154)),
        ("gym:BipedalWalker-v3", {}, (76, 384)),
        ("mnist", {}, (153, 768)),
        ("swingup", {"population": 64, "elites": 0.05}, (2, 52)),
    ],
)
def test_the_paper_counts_elites_after_the_cull(env, settings, expected):
    assert shares(preset(env, "paper", **settings)) == expected


def test_elites_are_a_share_of_all_otherwise():
    assert shares(SearchConfig(population=192)) == (38, 154)
    assert shares(SearchConfig(population=64, elites=0.05, cull=0.99)) == (3, 1)


def test_elites_after_the_cull_survive():
    fitness = np.random.default_rng(0).permutation(20)
    before, after = told(dataclasses.replace(STILL, cull_first=True), rewards_of(fitness))
    best = np.argsort(-fitness)
    assert shares(dataclasses.replace(STILL, cull_first=True)) == (3, 16)
    assert all(after[place] is before[best[place]] for place in range(3))


@pytest.mark.parametrize("tournaments", [1, 2])
def test_the_better_of_two_tournaments(tournaments):
    """The best genome is a parent with the chance 1 - (1 - 1/P)^(tournaments x size)."""
    config = dataclasses.replace(
        STILL, population=1000, tournament=50, tournaments=tournaments, elites=0.0, cull=0.9
    )
    fitness = np.random.default_rng(0).permutation(1000)
    before, after = told(config, rewards_of(fitness))
    of_the_best = sum(child is before[fitness.argmax()] for child in after)
    assert of_the_best == pytest.approx(1000 * (1 - 0.99 ** (50 * tournaments)), abs=50)


def test_the_papers_search_makes_clones():
    """No hidden node whose activation could change: half of the children, at least."""
    config = preset("mine", "paper", population=400, elites=0.0)
    before, after = told(config, rewards_of(np.arange(400)))
    assert {len(genome.connections) for genome in before} == {3}
    clones = sum(any(child is parent for parent in before) for child in after)
    assert clones == pytest.approx(400 * 0.7, abs=40)  # all pairs of input and output are there


def test_the_second_objective_is_few_connections():
    # By (fitness, 1/connections): 0 and 2 are the front, then 1, dominated by 2, then 3.
    config = elites_only(complexity_probability=1.0)
    before, after = told(config, rewards_of([4, 2, 3, 1]), [10, 5, 3, 7])
    assert sorted(ranking(before, after)[:2]) == [0, 2]
    assert ranking(before, after)[2] == 1


def test_the_second_objective_is_the_best_weight():
    # Fitness 1.5, 2, 1, 0.5 and peak 3, 2, 2, 1: 0 and 1 are the front, then 2.
    rewards = np.array([[0, 3], [2, 2], [0, 2], [0, 1]], dtype=float).reshape(4, 2, 1)
    config = elites_only(complexity_probability=0.0)
    before, after = told(config, rewards, [1, 1, 100, 1])
    assert sorted(ranking(before, after)[:2]) == [0, 1]
    assert ranking(before, after)[2] == 2


def test_a_generation_without_one_finite_reward():
    before, after = told(SMALL, np.full((20, 2, 3), math.nan))
    assert after[:4] == before[:4]


@pytest.mark.parametrize("shape", [(19, 1, 1), (20,), (20, 6)])
def test_wrong_rewards(shape):
    with pytest.raises(ValueError, match=r"expected rewards \[20, W, R\], got \("):
        Evolution(2, 1, SMALL).tell(np.zeros(shape), [1] * 20)


def test_wrong_complexities():
    with pytest.raises(ValueError, match="expected 20 complexities, got 3"):
        Evolution(2, 1, SMALL).tell(np.zeros((20, 1, 1)), [1, 2, 3])


@pytest.mark.parametrize("crossover", [0.0, 0.7])
def test_many_generations(crossover):
    config = dataclasses.replace(
        SMALL, crossover=crossover, disable_connection=0.1, complexity_probability=0.0
    )
    evolution = Evolution(3, 2, config)
    for _ in range(12):
        before = evolution.ask()
        play(evolution, 5)
        assert evolution.ask() != before
    assert evolution.generation == 60
    numbers = {}
    for genome in evolution.ask():
        validate(genome)
        assert express(genome).complexity == naive.complexity(genome)
        for source, target, innovation, _ in genome.connections.tolist():
            assert numbers.setdefault((source, target), innovation) == innovation
    assert max(len(genome.connections) for genome in evolution.ask()) > 8


def test_children_of_two_parents_are_clones_of_neither():
    """The parents differ in two connections, of which a mutation switches one: a child equals a
    parent only if the mutation undoes what crossover has done."""
    connections = [(source, target) for source in range(4) for target in (4, 5)]
    one = genomes.genome(3, 2, [], [(*pair, i not in (2, 5)) for i, pair in enumerate(connections)])
    two = genomes.genome(3, 2, [], connections)
    config = dataclasses.replace(
        STILL, population=200, crossover=1.0, elites=0.0, disable_connection=1.0
    )
    population = [one, two] * 100
    start = Evolution(3, 2, config).to_arrays() | {
        "hidden": np.concatenate([genome.hidden for genome in population]),
        "hidden_counts": np.array([len(genome.hidden) for genome in population]),
        "connections": np.concatenate([genome.connections for genome in population]),
        "connection_counts": np.array([len(genome.connections) for genome in population]),
    }
    evolution = Evolution.from_arrays(start, config)
    evolution.tell(np.zeros((200, 1, 1)), [1] * 200)
    switched = set()
    for child in evolution.ask():
        assert child not in (one, two)
        switched.add(tuple(child.connections["enabled"].tolist()))
    assert len(switched) > 10


def test_the_seed_decides_everything():
    def population(seed):
        evolution = Evolution(3, 2, dataclasses.replace(SMALL, seed=seed))
        play(evolution, 10)
        return evolution.ask()

    assert population(1) == population(1)
    assert population(1) != population(2)


def test_asking_twice_changes_nothing():
    evolution = Evolution(2, 1, SMALL)
    evolution.ask().clear()
    assert evolution.ask() == evolution.ask()
    assert len(evolution.ask()) == 20


@pytest.mark.parametrize("crossover", [0.0, 0.5])
def test_goes_on_from_a_checkpoint_at_every_generation(monkeypatch, crossover):
    monkeypatch.setattr("wann.search.evolution.FORGET_EVERY", 4)
    config = dataclasses.replace(SMALL, crossover=crossover)
    through, resumed = Evolution(3, 2, config), Evolution(3, 2, config)
    for generation in range(10):
        resumed = Evolution.from_arrays(resumed.to_arrays(), config)
        assert resumed.generation == generation
        assert resumed.ask() == through.ask()
        play(through, 1)
        play(resumed, 1)
    for genome in resumed.ask():
        assert not genome.connections.flags.writeable
        base = genome.connections.base  # that of the whole population would live on with it
        # An array of NumPy's, or memory of Numba's: both say how large they are as a buffer.
        assert base is None or memoryview(base).nbytes == genome.connections.nbytes


def test_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr("wann.search.evolution.FORGET_EVERY", 10)
    evolution = Evolution(2, 1, SMALL)
    play(evolution, 50)
    genes = {n for g in evolution.ask() for n in g.connections["innovation"].tolist()}
    assert len(evolution.innovations.to_arrays()["connections"]) == len(genes)


@pytest.mark.parametrize("symmetric", [False, True], ids=["any", "symmetric"])
def test_a_generation_at_once_has_the_children_made_one_by_one(symmetric):
    """Also where the tables of numbers get full on the way, and something cannot act."""
    config = dataclasses.replace(preset("swingup"), population=60, symmetric=symmetric)
    at_once, one_by_one = (Evolution(3, 2, config) for _ in range(2))
    one_by_one._all_compiled = False
    assert at_once._all_compiled
    rng = np.random.default_rng(0)
    known = at_once.innovations.tables().connections
    places = len(known.numbers)
    for source in range(places // 2 - ROOM - int(known.state[0])):  # full, but for one
        for evolution in (at_once, one_by_one):
            evolution.innovations.connection(source, 1000)
    for _ in range(12):
        rewards, complexity = rng.normal(size=(60, 2, 2)), rng.integers(1, 9, 60)
        for evolution in (at_once, one_by_one):
            evolution.tell(rewards, complexity)
        assert at_once.ask() == one_by_one.ask()
        ours, theirs = at_once.to_arrays(), one_by_one.to_arrays()
        assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)
    for genome in at_once.ask():
        validate(genome)
    assert len(at_once.innovations.tables().connections.numbers) > places


@pytest.mark.parametrize(
    "settings",
    [{"crossover": 0.5}, {"more_mutations": 0.5}, {"published_mutations": True}],
    ids=lambda settings: next(iter(settings)),
)
def test_what_is_not_compiled_is_made_one_by_one(settings):
    assert not Evolution(3, 2, dataclasses.replace(SMALL, **settings))._all_compiled
