"""The medium that a figure is made for: a screen, print, or slides."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection, PathCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.offsetbox import DrawingArea, PackerBase
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

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
LAYOUT_PAD = 3 / 72  # inches around what is laid out, and
TICK_PAD = 3.5  # points between a tick and its number, as Matplotlib has it
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
    engine = figure.get_layout_engine()
    if not isinstance(engine, ConstrainedLayoutEngine):
        return Fitted(1.0, measures.dpi * measures.width / style.extent(figure).width)
    share = max(width / USUAL, 1.0) if medium == "print" else 1.0
    tall = max(height / width, measures.least / share)
    pad = LAYOUT_PAD * measures.text
    engine.set(w_pad=pad, h_pad=pad)
    figure.set_size_inches(measures.width * share, measures.width * share * tall)
    for text in figure.findobj(Text):
        text.set_fontsize(float(text.get_fontsize()) * measures.text)
    for line in figure.findobj(Line2D):
        line.set_linewidth(line.get_linewidth() * measures.lines)
        line.set_markersize(line.get_markersize() * measures.lines)
    for collection in figure.findobj(Collection):
        widths = np.atleast_1d(collection.get_linewidth()) * measures.lines
        collection.set_linewidth(widths.tolist())
        if isinstance(collection, PathCollection):
            collection.set_sizes(collection.get_sizes() * measures.lines**2)
    for legend in figure.findobj(Legend):
        _scale(legend, measures.text)
    for axes in figure.axes:
        size, pad = style.TEXT * measures.text, TICK_PAD * measures.text
        axes.tick_params(which="both", labelsize=size, pad=pad)  # of ticks to come, too
        for axis in (axes.xaxis, axes.yaxis):
            axis.labelpad *= measures.text
    return Fitted(measures.text, measures.dpi)


def _scale(legend: Legend, factor: float) -> None:
    """Scale what stands beside the texts of a legend: its size was taken from theirs before."""
    legend.borderaxespad *= factor
    for packer in legend.findobj(PackerBase):
        packer.sep = (packer.sep or 0) * factor
        packer.pad = (packer.pad or 0) * factor
    for area in legend.findobj(DrawingArea):
        area.width, area.height = area.width * factor, area.height * factor
        area.xdescent, area.ydescent = area.xdescent * factor, area.ydescent * factor
        for handle in area.get_children():
            larger = Affine2D().scale(factor)
            if isinstance(handle, PathCollection):  # of markers, which have sizes of their own
                handle.set_offset_transform(larger + handle.get_offset_transform())
            else:
                handle.set_transform(larger + Artist.get_transform(handle))  # patches add theirs
