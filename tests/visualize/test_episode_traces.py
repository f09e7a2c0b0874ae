import numpy as np
import pytest

from tests.genomes import genome
from wann import envs
from wann.core.network import express
from wann.core.text import number
from wann.evaluation.gym import play
from wann.visualize import episode_traces

COUNTER = envs.make("gym:tests.gym_tasks:Counter")
PUSH = envs.make("gym:tests.gym_tasks:Push")
CHOOSER = express(genome(2, 3, connections=[(1, 5)]))
PUSHER = express(genome(2, 2, connections=[(1, 3), (0, 4)]))


def test_a_trace_by_hand():
    # The third output is the total: from above 0 on the action is 7, else, all equal, 5.
    found = episode_traces.trace(COUNTER, CHOOSER, 1.0, 3)
    start = found.observations[0, 0]
    first = 7.0 if start > 0 else 5.0
    assert found.actions[:, 0].tolist() == [first] + 9 * [7.0]
    assert found.rewards.tolist() == found.actions[:, 0].tolist()
    totals = start + np.concatenate(([0.0], np.cumsum(found.actions[:-1, 0])))
    np.testing.assert_array_equal(found.observations[:, 0], totals)
    assert found.label == "w = 1"


@pytest.mark.parametrize("weight", [-1.0, 0.5, np.array([0.5, -0.25])])
def test_its_rewards_are_those_of_the_search(weight):
    for seed in range(3):
        found = episode_traces.trace(PUSH, PUSHER, weight, seed)
        assert found.rewards.sum() == pytest.approx(play(PUSH, PUSHER, weight, seed))
        assert found.actions.shape == (10, 2)


def test_an_episode_without_a_step():
    found = episode_traces.trace(COUNTER, CHOOSER, np.inf, 0)
    assert (found.observations.shape, found.actions.shape) == ((0, 2), (0, 1))
    episode_traces.figure(COUNTER, [found])


def test_the_figure():
    weights = (-1.0, 1.0)
    some = [episode_traces.trace(PUSH, PUSHER, weight, 1) for weight in weights]
    drawn = episode_traces.figure(PUSH, some)
    titles = [axes.get_title() for axes in drawn.axes[:2]]
    returns = [number(float(each.rewards.sum())).replace("-", "−") for each in some]
    assert titles == [f"w = −1, return {returns[0]}", f"w = 1, return {returns[1]}"]
    images = np.hstack([axes.images[0].get_array() for axes in drawn.axes[:2]])
    assert images.shape == (2, 20)  # each observation from 0 to 1 over both; the start is one
    np.testing.assert_allclose(images.min(axis=1), [0.0, 0.0])
    np.testing.assert_allclose(images.max(axis=1), [1.0, 0.0])
    so_far = drawn.axes[4].lines[0].get_ydata()
    np.testing.assert_allclose(so_far, np.cumsum(some[0].rewards))
    assert [text.get_text() for text in drawn.axes[3].get_legend().get_texts()] == [
        "action_0",
        "action_1",
    ]
