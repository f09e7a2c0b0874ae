"""Films: how pictures become GIF and MP4, and a search as one, for a talk."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import IO, Any

import numpy as np
from PIL import Image

from wann.envs.gym import GymTask
from wann.envs.task import ControlTask
from wann.evaluation.recording import record
from wann.plotting import style
from wann.storage.model import Model
from wann.visualize import episode_gif, lineage

FILM_RATE = 15  # frames a second
CHAMPIONS = 6  # of a film, at most
SCENE = 40  # frames of each
WIDTH, HEIGHT = 640, 360  # pixels for a topology
WEIGHT = 1.0  # shared, that champions play with


def of_search(
    models: Sequence[Model], task: ControlTask | GymTask, start: Any
) -> list[Image.Image]:
    """Champions in the order they came: the topology of each, what is new marked, and its play.

    Args:
        models: The champions.
        task: What they are for.
        start: How the episode begins, the same for all.
    """
    found = []
    for topology, model in zip(lineage.animation(models), models, strict=True):
        topology.thumbnail((WIDTH, HEIGHT))
        episode = record(task, model.network, WEIGHT, start)
        played = episode_gif.frames(task, [episode], start)
        for i in np.linspace(0, len(played) - 1, SCENE).round().astype(int).tolist():
            found.append(_beside(topology, played[i]))
    return found


def _beside(left: Image.Image, right: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (WIDTH + right.width, max(HEIGHT, right.height)), "white")
    whole.paste(left, ((WIDTH - left.width) // 2, (whole.height - left.height) // 2))
    whole.paste(right, (WIDTH, (whole.height - right.height) // 2))
    return whole


def write_gif(draw: Callable[[], list[Any]], duration: int, hold: int, file: IO[bytes]) -> None:
    """Write pictures as a GIF, each shown for a duration and the last for a while, ms."""
    style.save_gif(draw(), file, duration, hold)


def write_mp4(draw: Callable[[], list[Any]], file: IO[bytes]) -> None:
    """Write pictures of one size as an MP4."""
    import imageio.v3 as imageio  # an extra

    pictures = np.stack([np.asarray(frame.convert("RGB")) for frame in draw()])
    even = pictures[:, : pictures.shape[1] // 2 * 2, : pictures.shape[2] // 2 * 2]  # for the codec
    with warnings.catch_warnings():
        # Another program starts right after the fork, so JAX's threads are in no danger.
        warnings.filterwarnings("ignore", r"os\.fork\(\) was called", RuntimeWarning)
        content = imageio.imwrite(
            "<bytes>", even, extension=".mp4", plugin="FFMPEG", fps=FILM_RATE, macro_block_size=2
        )
    file.write(content)
