import dataclasses
import math

import numpy as np
import pytest

from tests import genomes
from wann import envs
from wann.core.config import SearchConfig, preset
from wann.core.network import express
from wann.evaluation.pool import OutOfTime, Pool
from wann.search.champion import Champion
from wann.search.confirmation import Confirmation
from wann.search.evolution import Evolution
from wann.search.hall import HallOfFame
from wann.search.loop import search
from wann.search.state import SearchState
from wann.storage.run import Run

GENOMES = [genomes.genome(3, 1, [], [(i, 4) for i in range(n)]) for n in range(5)]


def rewards_of(fitness):
    return np.array(fitness, float).reshape(-1, 1, 1)


def test_the_best_two_contend_unless_they_are_members_or_do_the_same():
    hall = HallOfFame(3, [Champion(GENOMES[2], 5.0, 0)])
    assert hall.contenders(GENOMES, rewards_of([1, 7, 9, 8, math.nan])) == [3, 1]
    assert hall.contenders(GENOMES, rewards_of([1, 9, 9, 8, 8])) == [3, 0]
    assert hall.contenders(GENOMES, rewards_of([1, 7, 2, 8, math.inf])) == [3, 1]


def test_who_is_worse_than_half_of_a_full_hall_does_not_contend():
    hall = HallOfFame(2, [Champion(GENOMES[2], 5.0, 0), Champion(GENOMES[3], 5.0, 0)])
    assert hall.contenders(GENOMES, rewards_of([5, 7, 9, 4, 6])) == [1]
    assert hall.contenders(GENOMES, rewards_of([5, 6, 9, 4, 6])) == []
    hall.size = 3
    assert hall.contenders(GENOMES, rewards_of([5, 7, 9, 4, 6])) == [1, 4]


def test_the_best_stay_and_of_equals_the_first():
    hall = HallOfFame(2)
    for fitness, genome in zip((3.0, -math.inf, 5.0, 3.0), GENOMES, strict=False):
        hall.admit([Champion(genome, fitness, 1)])
    assert [member.fitness for member in hall.members] == [5.0, 3.0]
    assert hall.genomes == [GENOMES[2], GENOMES[0]]


def test_all_are_confirmed_anew():
    hall = HallOfFame(3, [Champion(genome, 9.0 - i, i) for i, genome in enumerate(GENOMES[:3])])
    hall.again(lambda each: dataclasses.replace(each, fitness=float(each.generation)))
    assert hall.genomes == GENOMES[2::-1]


class Known:
    """Scores by the number of connections."""

    def confirmation(self, rng, rollouts):
        return np.arange(rollouts)

    def rewards(self, network, weights, cases):
        return np.full((len(weights), len(cases)), [4.0, 8, 3, 6, 7][network.complexity])

    scores = rewards


def test_the_best_of_the_hall_is_the_champion():
    hall = HallOfFame(3)
    with Pool(Known(), 1) as pool:
        confirmation = Confirmation(pool, SearchConfig(confirm_rollouts=5, shared_weights="1,2"))
        networks = [express(genome) for genome in GENOMES]
        found = GENOMES, networks, rewards_of([0, 1, 3, 5, 4]), 2
        champion, rollouts = confirmation.challenge(None, *found, hall)
        assert champion == Champion(GENOMES[4], 7.0, 2)
        assert rollouts == 2 * 2 * 5
        assert hall.genomes == [GENOMES[4], GENOMES[3]]
        hall.size = 2
        again = confirmation.challenge(champion, *found, hall)
        assert again == (champion, 0)  # both are members, and no other is better
        hall.size = 3
        luckier = GENOMES, networks, rewards_of([0, 5, 4, 3, 3]), 3
        champion, _ = confirmation.challenge(champion, *luckier, hall)
        assert champion == Champion(GENOMES[1], 8.0, 3)
        assert hall.genomes == [GENOMES[1], GENOMES[4], GENOMES[3]]


def test_members_are_the_elites_and_breed():
    still = SearchConfig(
        population=20, tournament=1000, change_activation=0, add_node=0, add_connection=0,
        enable_connection=1.0, hall_of_fame=2,
    )  # fmt: skip
    evolution = Evolution(3, 1, still)
    evolution.tell(rewards_of(range(20)), [1] * 20, hall=GENOMES[3:1:-1])
    elites, children = evolution.ask()[:2], evolution.ask()[2:]
    assert elites == GENOMES[3:1:-1]
    assert len(children) == 18
    assert all(child == GENOMES[3] for child in children)  # the best wins all tournaments
    evolution = Evolution(3, 1, dataclasses.replace(still, tournament=1, cull=0.9, seed=2))
    before = [*GENOMES[2:4], *evolution.ask()[2:]]
    evolution._population = before
    evolution.tell(rewards_of(range(20)), [1] * 20, hall=GENOMES[3:1:-1])
    children = evolution.ask()[2:]
    parents = [*GENOMES[2:4], *before[18:]]  # the hall, and a tenth of the generation
    found = [next(i for i, parent in enumerate(parents) if child == parent) for child in children]
    assert set(found) == {0, 1, 2, 3}


def test_half_of_a_generation_at_most_are_members():
    config = SearchConfig(population=4, hall_of_fame=5)
    evolution = Evolution(3, 1, config)
    evolution.tell(rewards_of(range(4)), [1] * 4, hall=GENOMES[::-1])
    assert len(evolution.ask()) == 4
    assert evolution.ask()[:2] == GENOMES[:2:-1]
    hall = HallOfFame(2, [Champion(GENOMES[2], 5.0, 0), Champion(GENOMES[3], 4.0, 0)])
    # One of the two is not there, and half of those that are is the other.
    assert hall.contenders([GENOMES[2], *GENOMES[:2]], rewards_of([5, 6, 4])) == [1]
    assert hall.contenders(GENOMES[:2], rewards_of([5, 6])) == [1, 0]


CONFIG = preset(
    "cartpole", hall_of_fame=4, generations=6, population=12, confirm_rollouts=3, simplify=False,
    target=math.inf, report_episodes=1,
)  # fmt: skip


def test_a_search_with_a_hall_goes_on_as_if_never_stopped(tmp_path):
    task, rows = envs.make("cartpole"), []
    whole = SearchState(task, CONFIG, None)
    search(whole, workers=2)
    run = Run.create(CONFIG, tmp_path / "run")
    search(SearchState(task, CONFIG, run), workers=1, interrupted=lambda: True)
    resumed = SearchState(task, CONFIG, Run(run.path))
    assert 0 < len(resumed.hall.members) <= 2
    search(resumed, workers=1, report=rows.append)
    assert len(rows) == 5
    assert resumed.hall.members == whole.hall.members
    assert resumed.champion == whole.champion == whole.hall.members[0]
    assert resumed.evaluations == whole.evaluations


def test_a_generation_that_is_given_up_counts_for_nothing(monkeypatch):
    def no_time(*arguments):
        raise OutOfTime(np.empty((0, 0, 0)))

    monkeypatch.setattr(Confirmation, "simplified", no_time)
    config = dataclasses.replace(CONFIG, restart=1)
    state = SearchState(envs.make("cartpole"), config, None)
    state.champion = before = Champion(state.evolution.ask()[0], -1.0, 0)
    search(state, workers=1)
    assert state.champion is before
    assert state.hall.members == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("hall_fitness", [1.0, 2.0], "at most 3 members"),
        ("hall_fitness", [2.0], "hall_fitness: expected float64"),
        ("hall_generations", [0, -1], "hall_generations: expected numbers from 0"),
        ("hall_counts", [[0, 1]] * 2, "hidden|connections"),
        ("hall_counts", None, "hall_counts"),
    ],
)
def test_a_damaged_hall(name, value, says):
    hall = HallOfFame(3, [Champion(GENOMES[2], 5.0, 0), Champion(GENOMES[3], 4.0, 1)])
    arrays = hall.to_arrays()
    assert HallOfFame.from_arrays(3, arrays, [3, 1], ()).members == hall.members
    if value is None:
        del arrays[name]
    else:
        arrays[name] = np.array(value)
    with pytest.raises(ValueError, match=says):
        HallOfFame.from_arrays(3, arrays, [3, 1], ())
    with pytest.raises(ValueError, match="at most 1 members"):
        HallOfFame.from_arrays(1, hall.to_arrays(), [3, 1], ())
