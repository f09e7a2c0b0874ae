import time

import numpy as np
import pytest

from tests import own_tasks
from wann import envs
from wann.core.config import preset
from wann.envs.failure import Failure, Unfit
from wann.evaluation.gym import GymEvaluator
from wann.evaluation.pool import Pool
from wann.evaluation.stepped import probe
from wann.search.loop import search
from wann.search.state import SearchState


def looked(name):
    return probe.looked(envs.make(f"gym:tests.own_tasks:{name}-v0"))


@pytest.mark.parametrize("name", ["Costly", "Shared", "Masked", "Rover", "Arm", "Quits"])
def test_environments_as_they_should_be(name):
    found = looked(name)
    assert (found.problem, found.note) == ("", "")
    assert found.seconds > 0


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("OldReset", r"expected reset\(\) to take a seed, .*; that is the API of Gym before 0.26"),
        ("OldBoth", r"expected reset\(\) to return \(observation, info\), got .*; that is the API"),
        ("OldStep", r"expected step\(\) to return \(observation, reward, .*; that is the API"),
        ("Infinite", r"expected finite numbers to see, .* \(obs_1\): say --wrapper"),
        ("Odd", "expected a number as the reward of a step, got None"),
    ],
)
def test_environments_that_cannot_be_searched_on(name, problem):
    task = envs.make(f"gym:tests.own_tasks:{name}-v0")
    with Pool(GymEvaluator(task), 2) as pool, pytest.raises(Unfit, match=f"{name}-v0: {problem}"):
        probe.look(pool, task)


def test_an_episode_that_hangs_is_left():
    task = envs.make("gym:tests.gym_tasks:Stalls")
    found = probe.looked(task, 0.2)
    assert found.note == "an episode of random actions takes longer than --rollout-timeout"
    assert probe.looked(envs.make("gym:tests.own_tasks:Costly-v0"), 60.0).seconds > 0


def test_a_time_limit_covers_an_episode_that_hangs():
    task = envs.make("gym:tests.gym_tasks:Stalls")
    config = preset(task.name, population=2, generations=1)
    started = time.monotonic()
    with pytest.raises(Failure, match="the time limit was over before the first generation"):
        search(SearchState(task, config, None), workers=2, time_limit=0.5)
    assert time.monotonic() - started < 30  # it would sleep for an hour


def test_observations_of_another_size(monkeypatch):
    monkeypatch.setattr(own_tasks.Costly, "seen", lambda self: np.zeros(3))
    assert (
        "expected an observation of 2 numbers, as its space says, got 3" in looked("Costly").problem
    )


def test_episodes_that_differ_are_told():
    found = looked("Restless")
    assert found.problem == ""
    assert "does not depend on the seed alone" in found.note


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), SystemExit(0), KeyboardInterrupt(), GeneratorExit()]
)
def test_what_an_environment_raises_is_left_to_the_search(monkeypatch, error):
    def ends(self):
        raise error

    monkeypatch.setattr(own_tasks.Odd, "reward", ends)
    assert looked("Odd") == probe.Look()


def test_the_pace_is_known_afterwards():
    task = envs.make("gym:tests.own_tasks:Costly-v0")
    with Pool(GymEvaluator(task), 2) as pool:
        assert probe.look(pool, task) == ""
        assert pool.pace > 0
