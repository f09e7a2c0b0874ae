"""A champion at work: the same episode under several weights, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wann.core.text import number
from wann.envs.failure import EnvironmentFailed, Unfit
from wann.envs.gym import GymTask
from wann.envs.task import ControlTask
from wann.evaluation.recording import Episode, filmed
from wann.plotting import style

FRAMES = 100  # at most; with more the file gets large, not clearer
WIDTH = 300  # pixels, of one panel's picture
CAPTION = 24  # pixels
GAP = 6  # pixels, between panels


def frames(
    task: ControlTask | GymTask, episodes: Sequence[Episode], case: Any = None
) -> list[Image.Image]:
    """The pictures of an animation, at most `FRAMES`, until the last episode is over.

    An episode that ended early stays where it ended, pale.

    Args:
        task: The task.
        episodes: As `record` gave them.
        case: How they begin; of use where they are played once more, as those of Gymnasium are.

    Raises:
        ValueError: If the task draws no pictures.
    """
    if not isinstance(task, GymTask) and task.draw is None:
        raise ValueError(f"the task {task.name} draws no pictures")
    steps = max(len(episode.rewards) for episode in episodes)
    times = np.unique(np.linspace(0, steps, min(FRAMES, steps + 1)).round().astype(int))
    films = [_film(task, episode, case, times) for episode in episodes]
    return [
        _montage([_panel(film[i], each, time) for film, each in zip(films, episodes, strict=True)])
        for i, time in enumerate(times.tolist())
    ]


def undrawn(task: GymTask) -> str | None:
    """Why there are no pictures of an environment; None if there are."""
    if not callable(task.maker) and task.prefix == "gym:":
        env = task.environment()
        modes = (env.metadata or {}).get("render_modes", ())
        env.close()
        if "rgb_array" not in modes:
            return f"{task.name} draws no pictures: its render_modes lack rgb_array"
    none = Episode("", np.empty((0, 1)), np.empty((0, 1)), np.empty(0), False)
    try:
        filmed(task, none, 0, [0])
    except (Unfit, EnvironmentFailed) as error:
        return " ".join(str(error).split())
    return None


def _film(
    task: ControlTask | GymTask, episode: Episode, case: Any, times: np.ndarray
) -> list[Image.Image]:
    """A picture of an episode at each of some times; after its end, the last one."""
    last = len(episode.rewards)
    if isinstance(task, GymTask):
        found = filmed(task, episode, case, (min(time, last) for time in times.tolist()))
        return [_small(found[min(time, last)]) for time in times.tolist()]
    assert task.draw is not None
    assert episode.states is not None
    return [_small(task.draw(episode.states[min(time, last)])) for time in times.tolist()]


def _small(picture: np.ndarray) -> Image.Image:
    whole = Image.fromarray(picture)
    return whole.resize((WIDTH, round(whole.height * WIDTH / whole.width)))


def _panel(picture: Image.Image, episode: Episode, time: int) -> Image.Image:
    time = min(time, len(episode.rewards))
    over = episode.ended and time == len(episode.rewards)
    if over:
        picture = Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.6)
    panel = Image.new("RGB", (WIDTH, picture.height + CAPTION), "white")
    panel.paste(picture, (0, CAPTION))
    pen, middle = ImageDraw.Draw(panel), CAPTION / 2
    total = f"return {number(float(episode.rewards[:time].sum()))}".replace("-", "−")
    if over:  # on the picture, as there is no room for it above
        place = (WIDTH / 2, CAPTION + picture.height / 2)
        pen.text(place, f"ended at step {time}", fill="black", font=_font(bold=False), anchor="mm")
    pen.text((4, middle), episode.label, fill="black", font=_font(bold=True), anchor="lm")
    pen.text((WIDTH - 4, middle), total, fill="black", font=_font(bold=False), anchor="rm")
    return panel


def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(style.font_file(bold), 13)


def _montage(panels: Sequence[Image.Image]) -> Image.Image:
    """The panels in rows of up to three, or of two where that fills the rows."""
    count = len(panels)
    columns = count if count < 4 else 2 if count == 4 else 3
    width, height = panels[0].width + GAP, panels[0].height + GAP
    rows = -(-count // columns)
    whole = Image.new("RGB", (columns * width - GAP, rows * height - GAP), "white")
    for i, panel in enumerate(panels):
        whole.paste(panel, (i % columns * width, i // columns * height))
    return whole
