"""The medium that a figure is made for: a screen, print, or slides."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from wann.plotting import style

Medium = Literal["screen", "print", "slides"]
MEDIA: tuple[Medium, ...] = get_args(Medium)


class _Measures(NamedTuple):
    """Of a medium.

    Attributes:
        width: Inches, of a figure of one panel.
        least: Its height, by the width, at least.
        text: What sizes of text are multiplied by.
        lines: What widths of lines and sizes of markers are.
        dpi: Of a PNG.
    """

    width: float
    least: float
    text: float
    lines: float
    dpi: float


USUAL = 5.0  # inches, the width of a figure of one panel on a screen
_MEASURES = {
    # A column of a journal, 89 mm with the rim, its text of 7 points.
    "print": _Measures(3.4, 0.7, 7 / 8, 0.8, 600),
    # 16:9, of 1,920 pixels, its text of 16 points or more on a slide 10 inches wide.
    "slides": _Measures(9.9, 9 / 16, 2.1, 2.0, 192),
}


class Fitted(NamedTuple):
    """How a figure was fitted: what sizes of text were multiplied by, and the dpi of a PNG of it,
    None for the usual ones."""

    text: float
    dpi: float | None


def fit(figure: Figure, medium: Medium) -> Fitted:
    """Give a figure the size, text and lines of its medium.

    Figures that lay themselves out get the medium's width, those of several panels as much more of
    it as they have on a screen. Pictures of networks, whose nodes and names hang together, stay as
    they are: they are made larger or smaller as a whole.

    Args:
        figure: The figure; it is changed.
        medium: One of `MEDIA`.
    """
    if medium == "screen":
        return Fitted(1.0, None)
    measures = _MEASURES[medium]
    width, height = figure.get_size_inches()
    if not figure.get_constrained_layout():
        return Fitted(1.0, measures.dpi * measures.width / style.extent(figure).width)
    share = max(width / USUAL, 1.0) if medium == "print" else 1.0
    tall = max(height / width, measures.least / share)
    figure.set_size_inches(measures.width * share, measures.width * share * tall)
    for text in figure.findobj(Text):
        text.set_fontsize(float(text.get_fontsize()) * measures.text)
    for line in figure.findobj(Line2D):
        line.set_linewidth(line.get_linewidth() * measures.lines)
        line.set_markersize(line.get_markersize() * measures.lines)
    for collection in figure.findobj(Collection):
        widths = np.atleast_1d(collection.get_linewidth()) * measures.lines
        collection.set_linewidth(widths.tolist())
    for axes in figure.axes:
        axes.tick_params(which="both", labelsize=style.TEXT * measures.text)  # of ticks to come
    return Fitted(measures.text, measures.dpi)
