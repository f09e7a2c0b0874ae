"""Episodes step by step: by hand, and against what the search computes."""

import dataclasses

import numpy as np
import pytest

from tests import naive
from tests.genomes import genome, grown
from wann import envs
from wann.core.config import SearchConfig
from wann.core.network import express
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.gym import play
from wann.evaluation.recording import first_case, record

WEIGHTS = np.array([-2.0, -0.5, 1.0, 1.5])
COUNTER = envs.make("gym:tests.gym_tasks:Counter")
PUSH = envs.make("gym:tests.gym_tasks:Push")
CHOOSER = express(genome(2, 3, connections=[(1, 5)]))
PUSHER = express(genome(2, 2, connections=[(1, 3), (0, 4)]))


@pytest.fixture(params=["cartpole", "swingup"])
def task(request):
    task = envs.make(request.param)
    return dataclasses.replace(task, episode_limit=60)


def genome_for(task, seed=0):
    return grown(seed, 40, len(task.inputs), len(task.outputs), probability=1.0)


def network_for(task, seed=0):
    return express(genome_for(task, seed))


def start_of(task):
    return task.initial_states(np.random.default_rng(5), 1)


@pytest.mark.parametrize("seed", range(4))
def test_returns_are_those_of_the_search(task, seed):
    network, start = network_for(task, seed), start_of(task)
    for weight in WEIGHTS:
        episode = record(task, network, weight, start[0])
        total, steps = naive.rollout(task, genome_for(task, seed), weight, start[0])
        assert episode.rewards.sum() == pytest.approx(total, rel=1e-6)
        assert len(episode.rewards) == steps
        assert len(episode.states) == len(episode.rewards) + 1
        np.testing.assert_array_equal(episode.states[0], start[0])
        assert episode.ended == (len(episode.rewards) < 60)


def test_individual_weights(task):
    network, start = network_for(task), start_of(task)
    shared = record(task, network, 0.5, start[0])
    episode = record(task, network, np.full(network.enabled, 0.5), start[0])
    assert episode.rewards.sum() == pytest.approx(shared.rewards.sum(), rel=1e-6)
    assert episode.label == "individual weights"


def test_labels_name_the_weight(task):
    episode = record(task, network_for(task), -0.5, start_of(task)[0])
    assert episode.label == "w = −0.5"
    assert record(task, network_for(task), 1 / 12, start_of(task)[0]).label == "w = 0.0833"


def test_observations_and_actions_are_those_of_the_states(task):
    network = network_for(task)
    episode = record(task, network, 1.5, start_of(task)[0])
    observation, discrete = np.zeros(network.inputs), task.bounds is None
    assert episode.actions.shape == (len(episode.rewards), 1 if discrete else network.outputs)
    for t, action in enumerate(episode.actions):
        state = episode.states[t].copy()
        task.observe(state, observation)
        np.testing.assert_array_equal(episode.observations[t], observation)
        outputs = network.forward(observation, 1.5)
        expected = [outputs.argmax()] if discrete else np.clip(outputs, *task.bounds)
        np.testing.assert_array_equal(action, expected)
        taken = np.zeros(network.outputs)
        taken[: len(action)] = action
        reward, _ = task.step(state, taken)
        assert reward == episode.rewards[t]
        np.testing.assert_array_equal(state, episode.states[t + 1])


@pytest.mark.parametrize("name", ["cartpole", "swingup", "gym:tests.gym_tasks:Push"])
def test_the_first_case_is_that_of_the_evaluator(name):
    task = envs.make(name)
    drawn = evaluator_for(task, SearchConfig()).draw(np.random.default_rng(3), 4)
    np.testing.assert_array_equal(first_case(task, np.random.default_rng(3)), drawn[0])


def test_a_trace_by_hand():
    # The third output is the total: from above 0 on the action is 7, else, all equal, 5.
    found = record(COUNTER, CHOOSER, 1.0, 3)
    start = found.observations[0, 0]
    first = 7.0 if start > 0 else 5.0
    assert found.actions[:, 0].tolist() == [first] + 9 * [7.0]
    assert found.rewards.tolist() == found.actions[:, 0].tolist()
    totals = start + np.concatenate(([0.0], np.cumsum(found.actions[:-1, 0])))
    np.testing.assert_array_equal(found.observations[:, 0], totals)
    assert found.label == "w = 1"
    assert (found.states, found.ended) == (None, True)  # over after ten steps


@pytest.mark.parametrize("weight", [-1.0, 0.5, np.array([0.5, -0.25])])
def test_its_rewards_are_those_of_the_search(weight):
    for seed in range(3):
        found = record(PUSH, PUSHER, weight, seed)
        assert found.rewards.sum() == pytest.approx(play(PUSH, PUSHER, weight, seed))
        assert found.actions.shape == (10, 2)
