"""How figures look: colours, lines, text. Everything is told apart without colour, too."""

from __future__ import annotations

import io
import logging
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from PIL import Image

# Okabe and Ito (2008), told apart with every kind of colour vision; grey and wine added.
BLACK, GREY, PALE = "#222222", "#999999", "#d0d0d0"
LINE = "#555555"  # connections
BLUE, SKY, GREEN, YELLOW = "#0072b2", "#56b4e9", "#009e73", "#f0e442"
ORANGE, VERMILION, PURPLE, WINE = "#e69f00", "#d55e00", "#cc79a7", "#882255"

NEW = "#e6007e"  # what is new since an earlier network: no activation has this colour

ACTIVATION_COLOURS = {
    "linear": GREY,
    "step": BLACK,
    "sin": SKY,
    "gaussian": ORANGE,
    "tanh": BLUE,
    "sigmoid": GREEN,
    "inverse": PURPLE,
    "abs": VERMILION,
    "relu": YELLOW,
    "cos": WINE,
}
OWN_COLOUR, OWN_MARKER = "#e8c9a0", "h"  # of activations of one's own
ACTIVATION_MARKERS = {
    "linear": "o",
    "step": "s",
    "sin": "^",
    "gaussian": "D",
    "tanh": "v",
    "sigmoid": "P",
    "inverse": "<",
    "abs": "X",
    "relu": ">",
    "cos": "p",
}

# For letters that DejaVu Sans has not, those of these that are installed are used, in this order.
_MORE_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "Hiragino Sans",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
    "Noto Sans Thai",
    "Noto Sans Hebrew",
    "Noto Sans Arabic",
    "Noto Sans Ethiopic",
    "FreeSans",
    "Arial Unicode MS",
    "Noto Sans Symbols2",
)
MOST_PIXELS = 12_000  # in one direction of a PNG
LONGEST_NAME = 32  # characters
TEXT, TITLE = 8.0, 7.5  # points, the sizes of text, and of the line above a figure
LETTER = 4.4 / TITLE  # the width of a letter, by its size
# On top of Matplotlib's own defaults, so that a user's matplotlibrc changes nothing.
_PAPER: dict[str, Any] = {
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": BLACK,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "text.parse_math": False,  # names may hold dollar signs
    "svg.fonttype": "none",  # text stays text: small files that can be searched and edited
    "svg.hashsalt": "wann",  # the same figure is the same file
    "savefig.bbox": "tight",  # nothing is ever cut off
    "savefig.pad_inches": 0.05,
    "savefig.dpi": 200,
}


_METADATA: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "png": {"Software": None}}
_METADATA["pdf"] = {"CreationDate": None, "Producer": None}
FORMATS = ("png", "svg", "pdf")


@contextmanager
def paper() -> Iterator[None]:
    """Make figures inside as a paper prints them; Matplotlib's settings come back after it."""
    # By name: of a generic family Matplotlib takes one font alone, whatever letters it lacks.
    fonts = {"font.family": ["DejaVu Sans", *_more_fonts(), "sans-serif"]}
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)  # that a font has no normal weight is nobody's fault here
    try:
        with matplotlib.style.context(["default", _PAPER, fonts]):
            yield
    finally:
        log.setLevel(level)


@cache
def _more_fonts() -> list[str]:
    installed = {font.name for font in fontManager.ttflist}
    return [name for name in _MORE_FONTS if name in installed]


def name(text: str, longest: int = LONGEST_NAME) -> str:
    """A name from a file, as one line of text that every figure format can hold.

    Of a long one the middle is left out: names of runs differ at their ends.
    """
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    if len(line) <= longest:
        return line
    end = (longest - 1) // 2
    return f"{line[: longest - 1 - end]}…{line[-end:]}"


def text_on(colour: str) -> str:
    """Black or white, whichever is the better read on a colour."""
    red, green, blue = matplotlib.colors.to_rgb(colour)
    return "black" if 0.30 * red + 0.59 * green + 0.11 * blue > 0.45 else "white"


def activation_colour(name: str) -> str:
    """The colour of an activation, the same for all of one's own."""
    return ACTIVATION_COLOURS.get(name, OWN_COLOUR)


def activation_marker(name: str) -> dict[str, Any]:
    """How a node of an activation looks where it has no room for its name."""
    return {
        "marker": ACTIVATION_MARKERS.get(name, OWN_MARKER),
        "markerfacecolor": activation_colour(name),
        "markeredgecolor": BLACK,
    }


def activation_legend(axes: Axes, formulas: Mapping[str, str], markers: bool) -> None:
    """Explain the activations below the axes; as the markers of nodes or only by colour."""
    handles: list[Artist] = []
    for name, formula in formulas.items():
        look = {**activation_marker(name), **({} if markers else {"marker": "o"})}
        label = f"{name}: {formula}"
        handles.append(Line2D([], [], ls="", ms=6, mew=0.4, label=label, **look))
    if handles:
        axes.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            ncols=5,
            handletextpad=0.3,
            columnspacing=1.2,
        )


def weight_look(weight: float | None, weights: np.ndarray) -> tuple[str, float, Any]:
    """Colour, width and dashes of a connection: width by magnitude, negative ones dashed.

    Args:
        weight: Its weight; None for the part that several connections share.
        weights: [E], all of them, for the scale.
    """
    if weight is None:
        return LINE, 0.5, "solid"
    width = 0.4 + 2.4 * abs(weight) / max(float(np.abs(weights).max()), 1e-300)
    return (BLUE, width, "solid") if weight >= 0 else (VERMILION, width, (0, (2.5, 1.0)))


def weight_legend(axes: Axes, weights: np.ndarray) -> None:
    """Explain the looks of the weights [E] above the axes."""
    most = float(np.abs(weights).max(initial=0.0))
    handles = []
    for label, weight in ((f"weight +{most:.3g}", most), (f"weight −{most:.3g}", -most)):
        colour, width, dashes = weight_look(weight, weights)
        handles.append(Line2D([], [], color=colour, lw=width, ls=dashes, label=label))
    labels = [str(handle.get_label()) for handle in handles]
    above = Legend(axes, handles, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    axes.add_artist(above)


def mark_new(lines: PathCollection, new: Sequence[bool], width: float = 1.8) -> None:
    """Draw lines that are new since an earlier picture bold, and in a colour of their own."""
    lines.set_edgecolor([NEW if is_new else LINE for is_new in new])
    lines.set_linewidth([width if is_new else width / 3 for is_new in new])


def new_legend(axes: Axes) -> None:
    """Explain what is new, above the axes, apart from the legend of the activations."""
    handles = [Line2D([], [], color=NEW, lw=1.8, label="new since the picture before")]
    labels = [str(handle.get_label()) for handle in handles]
    above = Legend(axes, handles, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    axes.add_artist(above)


@contextmanager
def _drawing() -> Iterator[None]:
    with paper(), warnings.catch_warnings():
        # A letter that no font has is drawn as a box; there is nothing the user must do.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def extent(figure: Figure) -> Bbox:
    """Where all that a figure shows stands, in inches."""
    with _drawing():
        figure.draw_without_rendering()  # only now is it known
        return figure.get_tightbbox()


@paper()
def entitle(figure: Figure, text: str, scale: float = 1.0) -> None:
    """Say above a figure what it is of, in as many lines as its width needs.

    Args:
        figure: The figure.
        text: What it is of.
        scale: What the size of text is multiplied by.
    """
    box = extent(figure)
    width, height = figure.get_size_inches()
    letters = max(int(box.width * 72 / (LETTER * TITLE * scale)), 24)
    figure.text(
        box.x0 / width,
        (box.y1 + 0.06) / height,
        "\n".join(textwrap.wrap(text, letters)),
        ha="left",
        va="bottom",
        fontsize=TITLE * scale,
        color=BLACK,
    )


def font_file(bold: bool) -> str:
    """The file of the font, which comes with Matplotlib, for pictures drawn without it."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name)


def save_gif(pictures: Sequence[Image.Image], file: IO[bytes], duration: int, hold: int) -> None:
    """Write pictures of one size as an animation that repeats for ever.

    Args:
        pictures: One or more.
        file: Where to.
        duration: How long each is shown, ms.
        hold: How long the last is shown, ms.
    """
    # One palette for all, so that nothing flickers, with every colour, however rare.
    width, height = pictures[0].size
    samples = pictures[:: -(-len(pictures) // 12)]
    sheet = Image.new("RGB", (width, height * len(samples)))
    for i, picture in enumerate(samples):
        sheet.paste(picture, (0, i * height))
    palette = sheet.quantize(256, method=Image.Quantize.MAXCOVERAGE)
    first, *rest = (
        picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures
    )
    durations = [duration] * len(rest) + [hold]
    first.save(file, "GIF", save_all=True, append_images=rest, duration=durations, loop=0)


def save(figure: Figure, file: IO[bytes], form: str, dpi: float | None = None) -> None:
    """Write a figure in one of the `FORMATS`, without a date: equal figures are equal files."""
    dpi = min(dpi or _PAPER["savefig.dpi"], MOST_PIXELS / max(figure.get_size_inches()))
    with _drawing():
        figure.savefig(file, format=form, dpi=dpi, metadata=_METADATA[form])


def svg(figure: Figure) -> str:
    """A figure as SVG, from its first element on, for notebooks."""
    file = io.BytesIO()
    save(figure, file, "svg")
    text = file.getvalue().decode()
    return text[text.index("<svg") :]
