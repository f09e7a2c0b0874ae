"""Pictures of recorded episodes, for tasks that draw themselves: a sheet of small ones for each."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from wann.core.arrays import evenly
from wann.envs.gym import GymTask
from wann.envs.task import ControlTask
from wann.evaluation.recording import Episode, filmed
from wann.visualize.episode_gif import undrawn

WIDTH = 240  # pixels of a picture, at most
FRAMES = 30  # of an episode, at most
COLUMNS = 6  # of a sheet
QUALITY = 55  # of WebP
MOST_BYTES = 1_200_000  # of all sheets of one run

Values = dict[str, Any]


def sheets(
    task: ControlTask | GymTask, episodes: Sequence[Episode], case: Any, share: float = 1.0
) -> list[Values] | None:
    """A sheet for each episode; None for a task that draws no pictures.

    Args:
        task: The task.
        episodes: As `recording.record` gave them.
        case: How they begin.
        share: Of `MOST_BYTES`, where a page has several runs.

    Returns:
        For each episode ``picture``, the sheet in base64, the ``size`` of a picture in pixels, the
        number of ``columns``, and in ``times`` the number of steps that were done at each.

    Raises:
        EnvironmentFailed: If a Gymnasium environment raises.
    """
    if isinstance(task, GymTask):
        if undrawn(task):
            return None
    elif task.draw is None:
        return None
    count = FRAMES
    while True:
        films = [_film(task, episode, case, count) for episode in episodes]
        found = [_sheet(times, pictures) for times, pictures in films]
        if sum(len(sheet["picture"]) for sheet in found) <= MOST_BYTES * share or count < 4:
            return found
        count //= 2


def _film(
    task: ControlTask | GymTask, episode: Episode, case: Any, count: int
) -> tuple[list[int], list[Image.Image]]:
    """Some steps of an episode, the first and the last included, and what is seen then."""
    times = evenly(len(episode.rewards) + 1, count)
    if isinstance(task, GymTask):
        shown = filmed(task, episode, case, times)
    else:
        assert task.draw is not None
        assert episode.states is not None
        shown = {time: task.draw(episode.states[time]) for time in times}
    return times, [_small(shown[time]) for time in times]


def _small(picture: np.ndarray) -> Image.Image:
    whole = Image.fromarray(picture)
    width = min(WIDTH, whole.width)
    return whole.resize((width, max(round(whole.height * width / whole.width), 1)))


def _sheet(times: list[int], pictures: list[Image.Image]) -> Values:
    width, height = pictures[0].size
    columns = min(COLUMNS, len(pictures))
    whole = Image.new("RGB", (columns * width, -(-len(pictures) // columns) * height), "white")
    for i, picture in enumerate(pictures):
        whole.paste(picture, (i % columns * width, i // columns * height))
    file = io.BytesIO()
    whole.save(file, "WEBP", quality=QUALITY)
    return {
        "picture": base64.b64encode(file.getvalue()).decode(),
        "size": [width, height],
        "columns": columns,
        "times": times,
    }
