"""How the curves of a figure are told apart: by colour, and without."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from wann.plotting import style

_LINES: tuple[tuple[str, Any], ...] = (
    (style.BLUE, "solid"),
    (style.VERMILION, (0, (5, 1.5))),
    (style.GREEN, (0, (1, 1))),
    (style.PURPLE, (0, (5, 1.5, 1, 1.5))),
    (style.ORANGE, (0, (2.5, 1))),
    (style.BLACK, (0, (8, 2))),
    (style.SKY, (0, (3, 1, 1, 1, 1, 1))),
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "p", "<")
_MARKED = 8  # points of a long curve that have a marker


class Look(NamedTuple):
    """How a curve looks.

    Attributes:
        colour: Its colour.
        dashes: Its dashes, as Matplotlib has them.
        marker: Of its points.
        alone: Whether no other curve of the figure has its colour and dashes, so far.
    """

    colour: str
    dashes: Any
    marker: str
    alone: bool

    def line(self, points: int) -> dict[str, Any]:
        """Options of a plot of so many points, which need no markers.

        A single one makes no line, and has one; so has a curve that its line alone does not tell.
        """
        bare = points > 1 and self.alone
        return {
            "color": self.colour,
            "linestyle": self.dashes,
            "marker": "" if bare else self.marker,
            "markersize": 3,
            "markevery": max(1, points // _MARKED),
        }


def looks() -> Iterator[Look]:
    """Looks without end; of the first 56 no two are alike."""
    for i in count():
        colour, dashes = _LINES[i % len(_LINES)]
        yield Look(colour, dashes, _MARKERS[i % len(_MARKERS)], i < len(_LINES))
