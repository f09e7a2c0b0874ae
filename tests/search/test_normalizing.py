"""Normalised searches: estimated in the first generations, the same for any workers, kept."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests import genomes
from wann import envs, evolve
from wann.core.arrays import evenly
from wann.core.config import preset
from wann.core.network import express, express_all
from wann.envs.stepped.normalization import total
from wann.evaluation.pool import Pool
from wann.search import normalizing
from wann.search.state import SearchState
from wann.storage.load import load
from wann.storage.run import Run
from wann.storage.subject import read

NAME = "gym:tests.own_tasks:Rover-v0"


def settings(**changes):
    few = {
        "population": 10,
        "rollouts": 1,
        "generations": 7,
        "confirm_rollouts": 2,
        "report_episodes": 3,
        "shared_weights": "-1,1",
        "normalize": True,
    }
    return preset(NAME, **{**few, **changes})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = Run.create(settings(), tmp_path_factory.mktemp("runs") / "run")
    evolve(NAME, settings(), folder, workers=2)
    return folder


def test_the_same_whatever_the_workers(run):
    model = load(run.path)
    for workers in (1, 3):
        other = evolve(NAME, settings(), workers=workers)
        assert other.genome == model.genome
        assert other.normalization == model.normalization
        assert other.scores == model.scores


def test_the_same_after_a_resume(run, tmp_path):
    for first in (2, 6):  # before and after it is frozen
        folder = Run.create(settings(), tmp_path / f"run{first}")
        evolve(NAME, settings(generations=first), folder, workers=2)
        model = evolve(NAME, settings(), folder, workers=2)
        assert model.normalization == load(run.path).normalization
        assert model.genome == load(run.path).genome
        assert model.scores["fitness"] == load(run.path).scores["fitness"]


def test_it_is_that_of_what_is_seen(run):
    found = dict(zip(load(run.path).inputs, zip(
        load(run.path).normalization.mean, load(run.path).normalization.deviation, strict=True
    ), strict=True))  # fmt: skip
    # Steps 0 to 9, so modes 0 to 2 and positions 0 to -9; lamps that stay; starts of 300 to 900.
    assert found["position_1"] == pytest.approx((-4.5, np.sqrt(8.25)))
    assert found["mode_0"] == pytest.approx((0.4, np.sqrt(0.24)))
    assert found["lamps_0"] == (1.0, 1.0)
    assert 300 <= found["position_0"][0] <= 900


def test_it_is_frozen_after_some_generations(tmp_path):
    frozen = [
        evolve(NAME, settings(generations=count), workers=1).normalization
        for count in (normalizing.GENERATIONS - 1, normalizing.GENERATIONS, 7)
    ]
    assert frozen[0] != frozen[1] == frozen[2]


def test_commands_normalise_as_the_search_did(run):
    subject = read(run.path, NAME)
    assert subject.task.normalization == subject.model.normalization is not None


def test_damaged_moments(run):
    arrays = run.load_checkpoint()
    for change in ({"observed_count": np.array(0)}, {"observed_squares": np.full(7, -1.0)}):
        state = SearchState(envs.make(NAME), settings(), None)
        with pytest.raises(ValueError, match="expected moments of observations"):
            state._restore({**arrays, **change})


def test_compiled_tasks_are_not_normalised():
    with pytest.raises(ValueError, match="normalize: expected env gym:ID or envpool:ID, got c"):
        evolve("cartpole", preset("cartpole", normalize=True))


def test_an_episode_that_hangs_shows_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("HUNG", str(tmp_path / "hung"))
    task = envs.make("gym:tests.gym_tasks:Hangs")
    network = express(genomes.genome(2, 2, connections=[(1, 3)]))
    begin = next(seed for seed in range(50) if _start(task, seed) == 3)
    with ThreadPoolExecutor(1) as thread:  # whose process begins with the variable
        assert thread.submit(normalizing.observed, task, network, 1.0, begin, 2.0).result() is None
        again = thread.submit(normalizing.observed, task, network, 1.0, begin, 20.0)
        found = again.result()  # it hangs but once
    assert found.mean[1] == normalizing.observed(task, network, 1.0, begin, np.inf).mean[1]


def _start(task, seed):
    env = task.environment()
    env.reset(seed=seed)
    return env.unwrapped.start


@pytest.mark.parametrize("env", ["Acrobot-v1", "LunarLander-v3"])
def test_lanes_see_together_what_each_sees_alone(env):
    pytest.importorskip("envpool", reason="needs wann[envpool]")
    task = dataclasses.replace(envs.make(f"envpool:{env}"), episode_limit=100)
    state = SearchState(task, preset(task.name, population=10), None)
    networks, weights = express_all(state.evolution.ask()), np.array([0.3, 1.7, np.inf])
    players = [networks[i] for i in evenly(10, normalizing.PLAYERS)]
    alone = [
        normalizing.observed(task, player, weight, 7, np.inf)
        for player in players
        for weight in weights.tolist()
    ]
    assert sum(each is None for each in alone) > 0  # infinite weights
    expected = total([each for each in alone if each is not None])
    for workers in (1, 2, 3):
        with Pool(state.evaluator, workers) as pool:
            found = normalizing.moments(pool, task, networks, weights, 7, None)
            assert pool.rollouts == len(alone)
        assert found.count == expected.count > 500
        np.testing.assert_array_equal(found.mean, expected.mean)
        np.testing.assert_array_equal(found.squares, expected.squares)
