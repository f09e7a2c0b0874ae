"""Figures for print and slides."""

import io
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.offsetbox import DrawingArea
from matplotlib.patches import Patch
from PIL import Image

from tests.genomes import grown
from wann.core.network import express
from wann.plotting import curves, style, topology
from wann.plotting.medium import MEDIA, fit

WEIGHTS = np.linspace(-2, 2, 9)


def figure():
    args = (WEIGHTS, WEIGHTS**2, 0 * WEIGHTS, np.array([1.0]), 3.0, "return")
    return curves.sweep(*args)


def picture(drawn, dpi):
    file = io.BytesIO()
    style.save(drawn, file, "png", dpi or 200)
    return Image.open(file)


@pytest.mark.parametrize(
    ("medium", "inches", "pixels"), [("print", 89 / 25.4, 2102), ("slides", 10.0, 1920)]
)
def test_a_figure_has_the_width_of_its_medium_and_nothing_is_cut(medium, inches, pixels):
    drawn = figure()
    text, dpi = fit(drawn, medium)
    style.entitle(drawn, "swingup · seed 0 · " + "many episodes " * 20, text)
    found = picture(drawn, dpi)
    assert 0.9 * pixels < found.width <= pixels
    assert found.width / dpi <= inches
    sizes = {each.get_fontsize() for each in drawn.axes[0].get_xticklabels()}
    assert sizes == {style.TEXT * text}


def test_text_keeps_its_size_in_print_and_grows_on_slides():
    sizes, widths = {}, {}
    for medium in MEDIA:
        drawn = figure()
        fit(drawn, medium)
        sizes[medium] = drawn.axes[0].xaxis.label.get_fontsize()
        widths[medium] = drawn.axes[0].lines[0].get_linewidth()
    assert sizes == {"screen": 8.0, "print": 7.0, "slides": pytest.approx(16.8)}
    assert widths["print"] < widths["screen"] < widths["slides"]


def drawn_in_all_ways():
    with style.paper():
        found = Figure((5, 3), layout="constrained")
        axes = found.subplots()
        axes.plot([0, 1], [1, 2], "s-", label="line")
        axes.fill_between([0, 1], [0, 1], [1, 2], label="band")
        axes.scatter([0, 1], [1, 1], label="dots")
        axes.vlines([0.3], 0, 1, label="rule")
        axes.errorbar([0, 1], [0.5, 0.5], yerr=0.1, label="error")
        found.legend(loc="outside lower center")
    return found


def handles_by_text(found):
    """Where the handles of a legend stand and how large they are, by the size of its text."""
    file = io.BytesIO()
    style.save(found, file, "svg")  # only now is it known
    legend = found.legends[0]
    words = [each.get_window_extent() for each in legend.get_texts()]
    size = legend.get_texts()[0].get_fontsize()
    measures = []
    for area, text in zip(legend.findobj(DrawingArea), words, strict=True):
        rim = area.get_window_extent()
        measures.append([text.x0 - rim.x0, rim.width, rim.height])
        for handle in area.findobj(lambda part: isinstance(part, (Line2D, Patch))):
            box = handle.get_window_extent()
            measures.append([text.x0 - box.x0, text.x0 - box.x1, 0])
    return np.array(measures) / size


@pytest.mark.parametrize("medium", ["print", "slides"])
def test_handles_of_a_legend_grow_with_its_text(medium):
    usual, fitted = drawn_in_all_ways(), drawn_in_all_ways()
    fit(fitted, medium)
    np.testing.assert_allclose(handles_by_text(fitted), handles_by_text(usual), atol=0.1)


def test_pictures_of_networks_are_scaled_as_a_whole():
    network = express(grown(3, 20, inputs=4, outputs=2))
    drawn = topology.draw(network, ("a", "b", "c", "d"), ("y", "z"))
    before = drawn.get_size_inches().tolist()
    text, dpi = fit(drawn, "slides")
    assert drawn.get_size_inches().tolist() == before
    assert text == 1.0
    assert 1500 < picture(drawn, dpi).width < 2500


def test_letters_that_the_font_lacks_come_from_the_next(monkeypatch):
    monkeypatch.setattr(style, "_more_fonts", lambda: ["STIXGeneral"])
    own, other = (get_font(findfont(n)).get_charmap() for n in ("DejaVu Sans", "STIXGeneral"))
    letter = chr(min(set(other) - set(own)))
    with style.paper(), warnings.catch_warnings():
        warnings.simplefilter("error")  # of a glyph that is missing
        figure = Figure()
        figure.text(0.1, 0.5, f"pole {letter}")
        figure.draw_without_rendering()
