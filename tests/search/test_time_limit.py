"""The time limit covers all of a search; what is told afterwards is the whole truth."""

import time
from dataclasses import replace

import gymnasium
import numpy as np
import pytest

from tests import own_tasks
from wann import envs, evolve
from wann.core.config import preset
from wann.core.network import express
from wann.envs import gym
from wann.envs.failure import Failure
from wann.evaluation import pool
from wann.evaluation.pool import Pool
from wann.search.champion import Champion
from wann.search.confirmation import Confirmation
from wann.search.loop import search
from wann.search.state import SearchState


class Slow(own_tasks.Costly):
    """An episode takes 0.1 s."""

    def step(self, action):
        time.sleep(0.01)
        return super().step(action)


if "Slow-v0" not in gymnasium.registry:
    gymnasium.register("Slow-v0", Slow)


def slow(**changes):
    few = {"population": 12, "rollouts": 1, "shared_weights": "-1,1", "simplify": True}
    return preset("gym:Slow-v0", **{**few, **changes})


@pytest.mark.parametrize("simplify", [False, True])
def test_it_covers_the_generation_simplifying_and_scoring(simplify):
    """Without it: 12 x 2 episodes a generation, 64 to confirm, 264 at the end, and more."""
    evolve("gym:Slow-v0", slow(generations=1, report_episodes=1, confirm_rollouts=1), workers=2)
    config = slow(simplify=simplify)
    started = time.monotonic()
    model = evolve("gym:Slow-v0", config, workers=2, time_limit=3.0)
    assert time.monotonic() - started < 6.0  # where the machine has other work, too
    assert 1 <= int(model.scores["on"].split()[0]) < 100
    assert model.scores["fitness"] == -10.0


def test_cheap_episodes_are_all_scored_though_no_time_is_left():
    task, config = envs.make("cartpole"), preset("cartpole", population=12)
    state = SearchState(task, config, None)
    with Pool(state.evaluator, 1) as workers:
        confirmation = Confirmation(workers, config)
        genomes = state.evolution.ask()
        networks = [express(genome) for genome in genomes]
        rewards = workers.rewards(networks, state.weights(), state.cases())
        champion, _ = confirmation.challenge(None, genomes, networks, rewards, 0)
        scores = confirmation.report(champion, task, ends=time.monotonic() - 5)
    assert scores["on"] == "100 fresh episodes a weight"


@pytest.mark.parametrize(("episodes", "slower"), [(100, 5.0), (17, 2.0)])
def test_scores_take_no_longer_where_the_machine_slows_down(monkeypatch, episodes, slower):
    """By a clock on which each episode takes some times as long as those before."""
    clock, kept = [0.0], pool.evaluate

    def evaluate(evaluator, what, networks, weights, cases):
        seconds = 0.1 * slower * len(networks) * len(weights) * len(cases)
        clock[0] += seconds
        return kept(evaluator, what, networks, weights, cases)[0], seconds

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(pool, "evaluate", evaluate)
    task, config = envs.make("cartpole"), preset("cartpole", population=12)
    state = SearchState(task, config, None)
    champion = Champion(state.evolution.ask()[0], 0.0, 0)
    with Pool(state.evaluator, 1) as workers:
        workers.pace = 0.1
        allowed = 0.1 * len(config.weight_values) * episodes
        scores = Confirmation(workers, config).report(champion, task, ends=allowed)
    assert clock[0] <= allowed
    assert episodes / slower * 0.75 < int(scores["on"].split()[0]) <= episodes / slower


def test_a_time_in_which_nothing_is_tried():
    with pytest.raises(Failure, match="the time limit was over before the first generation"):
        evolve("gym:Slow-v0", slow(rollouts=50), workers=2, time_limit=0.5)


def test_rollouts_and_time_are_those_of_the_end_too():
    config = slow(generations=2, report_episodes=5, confirm_rollouts=2, simplify=False)
    state = SearchState(gym.of(own_tasks.Costly), config, None)
    played, lines = [], []
    kept = own_tasks.Costly.reset

    def reset(self, **options):
        played.append(1)
        return kept(self, **options)

    own_tasks.Costly.reset = reset
    try:
        started = time.monotonic()
        search(state, workers=1, phase=lines.append)
        took = time.monotonic() - started
    finally:
        own_tasks.Costly.reset = kept
    looks = 4  # three episodes before the search, and one reset to see what it gives
    assert state.evaluations == len(played) - looks + (looks - 3)
    assert state.seconds == pytest.approx(took, abs=0.5)
    assert lines[0] == "looking at the environment"
    assert lines[-1] == "scoring the champion on fresh episodes"
    assert np.isfinite(took)


@pytest.mark.parametrize("env", ["cartpole", "digits"])
def test_it_covers_compiled_tasks(env, monkeypatch):
    """By a clock on which each job takes a second and nothing else takes time."""
    clock, kept, lines = [0.0], pool.evaluate, []

    def evaluate(*job):
        clock[0] += 1.0
        found, _ = kept(*job)
        return found, 1.0

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(pool, "evaluate", evaluate)
    config = preset(env, population=8, report_episodes=2, confirm_rollouts=2, target=np.inf)
    state = SearchState(envs.make(env), replace(config, batch=50, simplify=True), None)
    search(state, workers=1, time_limit=30.0, phase=lambda line: lines.append((line, clock[0])))
    (_, simplifying), (_, scoring) = lines[-2:]
    assert 15 < simplifying < 24
    assert simplifying < scoring <= 30
    assert clock[0] <= 31
