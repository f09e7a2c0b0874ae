"""A few numbers from images, for networks that could not take every pixel; nothing is learnt.

An observation is written as one or more parts, joined by "+":

    grid:ROWSxCOLUMNS[:CHANNEL[>THRESHOLD]][@TOP:BOTTOM,LEFT:RIGHT]

The picture, or the crop of it from row TOP to before BOTTOM and column LEFT to before RIGHT, is
divided into ROWS x COLUMNS cells, as equal as whole pixels allow. Each cell gives one number: the
mean of the channel over its area or, with a threshold, the share of its pixels above that. Values
are in [0, 1], of differences in [-1, 1]. A channel is luminance (the default), red, green, blue,
or one of the latter minus another, such as green-red. Pictures are uint8: [rows, columns, 3] or
[3, rows, columns] with colours, [rows, columns] or [frames, rows, columns] without; each frame
gives its own numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from wann.envs.failure import Unfit

# The lightness of colours, as ITU-R BT.601 weighs them.
CHANNELS = {
    "luminance": (0.299, 0.587, 0.114),
    "red": (1.0, 0.0, 0.0),
    "green": (0.0, 1.0, 0.0),
    "blue": (0.0, 0.0, 1.0),
}
FORM = "grid:ROWSxCOLUMNS[:CHANNEL[>THRESHOLD]][@TOP:BOTTOM,LEFT:RIGHT]"
MOST_NUMBERS = 10_000  # of an observation

_PART = re.compile(
    r"grid:(?P<rows>\d{1,4})x(?P<columns>\d{1,4})"
    r"(:(?P<channel>[a-z]+(-[a-z]+)?)(>(?P<threshold>-?\d*\.?\d+))?)?"
    r"(@(?P<top>\d{1,5}):(?P<bottom>\d{1,5}),(?P<left>\d{1,5}):(?P<right>\d{1,5}))?"
)


@dataclass(frozen=True)
class Grid:
    """One part of an observation.

    Attributes:
        channel: Its name.
        threshold: None for means.
        row_edges: Where rows of cells begin and end in the picture, ROWS + 1 numbers.
        column_edges: The same of columns.
    """

    channel: str
    threshold: float | None
    row_edges: tuple[int, ...]
    column_edges: tuple[int, ...]

    @property
    def colours(self) -> np.ndarray:
        """What red, green and blue count, float64[3], for values from 0 to 255."""
        plus, _, minus = self.channel.partition("-")
        colours = np.array(CHANNELS[plus])
        return (colours - np.array(CHANNELS[minus]) if minus else colours) / 255

    @property
    def names(self) -> list[str]:
        """The name of each number: the channel, the cell's row and its column."""
        rows, columns = len(self.row_edges) - 1, len(self.column_edges) - 1
        return [f"{self.channel}_{r}_{c}" for r in range(rows) for c in range(columns)]


class Observation:
    """What networks see of the images of a task: I numbers.

    Attributes:
        names: The name of each number.
    """

    def __init__(self, text: str, shape: tuple[int, ...]) -> None:
        """Read it as it is written.

        Args:
            text: One or more parts; see the module.
            shape: Of an image.

        Raises:
            ValueError: If it cannot be read, does not fit images of this shape, or they are none.
        """
        self._frames, self._planes, self._size = _layout(shape)
        self._grids = [_grid(part, self._size, self._planes) for part in text.split("+")]
        names = [name for grid in self._grids for name in grid.names]
        if len(names) * self._frames > MOST_NUMBERS:
            raise Unfit(
                f"--observe: expected at most {MOST_NUMBERS} numbers, got "
                f"{len(names) * self._frames} from {text!r}"
            )
        if len(set(names)) < len(names):  # several parts with the same channel
            names = [f"{i}_{name}" for i, grid in enumerate(self._grids) for name in grid.names]
        if self._frames > 1:
            names = [f"frame_{f}_{name}" for f in range(self._frames) for name in names]
        self.names = tuple(names)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """The numbers of L images uint8[L, ...], float64[L, I]."""
        frames = len(images) * self._frames
        if self._planes == "first":
            pixels = np.moveaxis(images, 1, -1)
        else:
            pixels = images.reshape(frames, *self._size, -1)
        result = np.empty((frames, len(self.names) // self._frames))
        start = 0
        for grid in self._grids:
            end = start + len(grid.names)
            threshold = np.nan if grid.threshold is None else grid.threshold
            rows, columns = np.array(grid.row_edges), np.array(grid.column_edges)
            _compiled()(pixels, grid.colours, threshold, rows, columns, result[:, start:end])
            start = end
        return result.reshape(len(images), -1)


@lru_cache(maxsize=64)
def observation(text: str, shape: tuple[int, ...]) -> Observation:
    """The same `Observation` for the same words and shape."""
    return Observation(text, shape)


def _layout(shape: tuple[int, ...]) -> tuple[int, str, tuple[int, int]]:
    """The number of frames, where colours stand (first, last, none), and rows and columns."""
    if len(shape) == 3 and shape[2] == 3:
        return 1, "last", (shape[0], shape[1])
    if len(shape) == 3 and shape[2] == 1:
        return 1, "none", (shape[0], shape[1])
    if len(shape) == 3 and shape[0] == 3:
        return 1, "first", (shape[1], shape[2])
    if len(shape) in (2, 3):
        return (shape[0] if len(shape) == 3 else 1), "none", (shape[-2], shape[-1])
    raise Unfit(f"--observe: expected images [rows, columns, 3], got observations {shape}")


def _grid(text: str, size: tuple[int, int], planes: str) -> Grid:
    found = _PART.fullmatch(text.strip())
    if not found:
        raise Unfit(f"--observe: expected {FORM}, several joined by +, got {text!r}")
    channel = found["channel"] or "luminance"
    names = channel.split("-")
    allowed = list(CHANNELS)[1:] if len(names) == 2 else list(CHANNELS)
    if planes == "none":
        allowed = ["luminance"]
    if not set(names) <= set(allowed):
        where = "" if planes != "none" else "; these images have no colours"
        raise Unfit(
            f"--observe: unknown channel {channel!r} in {text!r}: expected one of "
            f"{', '.join(CHANNELS)}, or a difference of colours such as green-red{where}"
        )
    edges = []
    for count, low, high, whole, what in (
        ("rows", "top", "bottom", size[0], "rows"),
        ("columns", "left", "right", size[1], "columns"),
    ):
        begin, end = (0, whole) if found[low] is None else (int(found[low]), int(found[high]))
        cells = int(found[count])
        if not begin < end <= whole:
            raise Unfit(
                f"--observe: expected a crop within {whole} {what}, got {begin}:{end} in {text!r}"
            )
        if not 1 <= cells <= end - begin:
            raise Unfit(
                f"--observe: expected from 1 to {end - begin} {what} of cells in {text!r}, "
                f"one for each {what[:-1]} of pixels at most, got {cells}"
            )
        edges.append(tuple(begin + i * (end - begin) // cells for i in range(cells + 1)))
    threshold = found["threshold"]
    return Grid(channel, None if threshold is None else float(threshold), *edges)


@cache
def _compiled() -> Any:
    """`_cells`, compiled; Numba is imported only where images are seen."""
    import numba

    return numba.njit(nogil=True, error_model="numpy")(_cells)


def _cells(
    images: np.ndarray,
    colours: np.ndarray,
    threshold: float,
    row_edges: np.ndarray,
    column_edges: np.ndarray,
    result: np.ndarray,
) -> None:
    """Write the number of each cell of B images [B, rows, columns, 1 or 3] to result [B, cells].

    A threshold of NaN stands for none. Images without colours have the luminance they show.
    """
    grey = images.shape[3] == 1
    for b in range(len(images)):
        cell = 0
        for r in range(len(row_edges) - 1):
            for c in range(len(column_edges) - 1):
                total = 0.0
                for y in range(row_edges[r], row_edges[r + 1]):
                    for x in range(column_edges[c], column_edges[c + 1]):
                        if grey:
                            value = images[b, y, x, 0] / 255
                        else:
                            value = (
                                colours[0] * images[b, y, x, 0]
                                + colours[1] * images[b, y, x, 1]
                                + colours[2] * images[b, y, x, 2]
                            )
                        if np.isnan(threshold):
                            total += value
                        elif value > threshold:
                            total += 1.0
                area = (row_edges[r + 1] - row_edges[r]) * (column_edges[c + 1] - column_edges[c])
                result[b, cell] = total / area
                cell += 1
