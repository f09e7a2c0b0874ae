"""A champion at work: the same episode under several weights, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wann.core.text import number
from wann.envs.task import ControlTask
from wann.evaluation.recording import Episode
from wann.plotting import style

FRAMES = 100  # at most; with more the file gets large, not clearer
WIDTH = 300  # pixels, of one panel's picture
CAPTION = 24  # pixels
GAP = 6  # pixels, between panels


def frames(task: ControlTask, episodes: Sequence[Episode]) -> list[Image.Image]:
    """The pictures of an animation, at most `FRAMES`, until the last episode is over.

    An episode that ended early stays where it ended, pale.

    Raises:
        ValueError: If the task draws no pictures.
    """
    if task.draw is None:
        raise ValueError(f"the task {task.name} draws no pictures")
    steps = max(len(episode.rewards) for episode in episodes)
    times = np.unique(np.linspace(0, steps, min(FRAMES, steps + 1)).round().astype(int))
    return [_montage([_panel(task, episode, time) for episode in episodes]) for time in times]


def _panel(task: ControlTask, episode: Episode, time: int) -> Image.Image:
    assert task.draw is not None
    assert episode.states is not None
    time = min(time, len(episode.rewards))
    over = episode.ended and time == len(episode.rewards)
    picture = Image.fromarray(task.draw(episode.states[time]))
    picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
    if over:
        picture = Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.6)
    panel = Image.new("RGB", (WIDTH, picture.height + CAPTION), "white")
    panel.paste(picture, (0, CAPTION))
    pen, middle = ImageDraw.Draw(panel), CAPTION / 2
    total = f"return {number(float(episode.rewards[:time].sum()))}".replace("-", "−")
    if over:
        total += f", ended at step {time}"
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
