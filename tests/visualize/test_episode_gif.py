import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from tests.genomes import genome, grown
from wann import envs
from wann.core.network import express
from wann.evaluation.recording import record
from wann.plotting import style
from wann.visualize import episode_gif

WEIGHTS = np.array([-2.0, -0.5, 1.0, 1.5])


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


def test_an_output_that_is_not_finite_ends_the_episode():
    task = envs.make("swingup")
    episode = record(task, express(genome(5, 1, [], [(0, 6)])), np.inf, start_of(task)[0])
    assert episode.ended
    assert len(episode.rewards) == 0
    assert len(episode_gif.frames(task, [episode])) == 1


def test_frames_show_all_weights_until_the_last_episode_is_over(task):
    network = network_for(task)
    episodes = [record(task, network, weight, start_of(task)[0]) for weight in WEIGHTS]
    frames = episode_gif.frames(task, episodes)
    assert len(frames) == 1 + max(len(episode.rewards) for episode in episodes)
    width, height = frames[0].size
    assert width == 2 * episode_gif.WIDTH + episode_gif.GAP
    assert height == 2 * (episode_gif.WIDTH * 240 // 600 + episode_gif.CAPTION) + episode_gif.GAP
    assert len({frame.tobytes() for frame in frames}) == len(frames)


def test_what_an_episode_is_called_and_what_it_earned_do_not_meet():
    task = envs.make("cartpole")
    network = network_for(task)
    for weights in (1 / 12, np.full(network.enabled, 1 / 12)):
        episode = record(task, network, weights, start_of(task)[0])
        assert episode.ended
        last = np.array(episode_gif.frames(task, [episode])[-1].convert("L"))
        inked = np.flatnonzero(last[: episode_gif.CAPTION].min(axis=0) < 128)
        assert np.diff(inked).max() > 30  # pixels between the two


def test_long_episodes_have_a_limited_number_of_frames():
    task = dataclasses.replace(envs.make("swingup"), draw=lambda state: np.zeros((24, 60, 3), "u1"))
    network = express(genome(5, 1, [], [(1, 6)]))
    episode = record(task, network, 0.0, start_of(task)[0])
    assert len(episode.rewards) == 1000
    assert len(episode_gif.frames(task, [episode])) == episode_gif.FRAMES


def test_gifs_keep_their_frames_and_rare_colours():
    colours = list(style.ACTIVATION_COLOURS.values())
    frames = []
    for colour in colours:
        frame = Image.new("RGB", (200, 100), "white")
        frame.paste(Image.new("RGB", (4, 4), colour), (10, 10))
        frames.append(frame)
    file = io.BytesIO()
    style.save_gif(frames, file, 80, 1500)
    with Image.open(file) as gif:
        assert gif.n_frames == len(frames)
        for i, frame in enumerate(frames):
            gif.seek(i)
            shown = np.array(gif.convert("RGB").getpixel((11, 11)), int)
            assert np.abs(shown - frame.getpixel((11, 11))).max() < 24
            assert gif.info["duration"] == (1500 if i == len(frames) - 1 else 80)


def test_a_task_without_pictures():
    task = dataclasses.replace(envs.make("cartpole"), draw=None)
    with pytest.raises(ValueError, match="the task cartpole draws no pictures"):
        episode_gif.frames(task, [])
