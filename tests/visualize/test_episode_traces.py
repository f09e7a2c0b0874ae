import numpy as np

from tests.genomes import genome
from wann import envs
from wann.core.network import express
from wann.core.text import number
from wann.evaluation.recording import record
from wann.visualize import episode_traces

COUNTER = envs.make("gym:tests.gym_tasks:Counter")
PUSH = envs.make("gym:tests.gym_tasks:Push")
CHOOSER = express(genome(2, 3, connections=[(1, 5)]))
PUSHER = express(genome(2, 2, connections=[(1, 3), (0, 4)]))


def test_an_episode_without_a_step():
    found = record(COUNTER, CHOOSER, np.inf, 0)
    assert (found.observations.shape, found.actions.shape) == ((0, 2), (0, 1))
    episode_traces.figure(COUNTER, [found])


def test_the_figure():
    weights = (-1.0, 1.0)
    some = [record(PUSH, PUSHER, weight, 1) for weight in weights]
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
