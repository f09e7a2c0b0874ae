import dataclasses
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch

from tests.genomes import genome, grown
from wann.core import structure
from wann.core.kernels import activations
from wann.core.network import express
from wann.plotting import layout, primitives, style, topology
from wann.storage.model import Model

CONTINUOUS = {"kind": "continuous", "low": -1.0, "high": 1.0}
# Input x feeds tanh and, past it, sin; cos_theta feeds nothing.
SMALL = genome(2, 1, [(4, "tanh"), (5, "sin")], [(1, 4), (4, 5), (5, 3), (1, 5), (0, 3)])


def model(of=SMALL, inputs=("x", "cos_theta"), outputs=("force",), weights=None):
    return Model(of, "test", inputs, outputs, CONTINUOUS, weights=weights)


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def legend(figure):
    return [text.get_text().split(":")[0] for text in figure.axes[0].get_legend().get_texts()]


def svg_texts(svg):
    root = ElementTree.fromstring(svg)
    return [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def boxes(figure):
    return [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]


def test_all_names_are_there():
    figure = model().topology()
    assert sorted(texts(figure)) == ["bias", "cos_theta", "force", "sin", "tanh", "x"]
    assert figure.axes[0].get_title(loc="left") == "5 connections, 2 hidden nodes"


def test_hidden_nodes_have_the_colour_and_the_name_of_their_activation():
    figure = model().topology()
    colours = {to_hex(box.get_facecolor()) for box in boxes(figure)}
    assert colours == {style.ACTIVATION_COLOURS["tanh"], style.ACTIVATION_COLOURS["sin"]}
    for box in boxes(figure):
        left, bottom, width, height = box.get_bbox().bounds
        inside = [
            text.get_text()
            for text in figure.axes[0].texts
            if left < text.get_position()[0] < left + width
            and bottom < text.get_position()[1] < bottom + height
        ]
        assert [style.ACTIVATION_COLOURS[name] for name in inside] == [to_hex(box.get_facecolor())]


def test_the_legend_has_just_the_activations_that_are_used():
    assert legend(model().topology()) == ["sin", "tanh"]
    assert model(genome(2, 1, [], [(1, 3)])).topology().axes[0].get_legend() is None


def test_what_is_not_used_is_pale():
    figure = model().topology()
    colours = {text.get_text(): text.get_color() for text in figure.axes[0].texts}
    assert colours["cos_theta"] == style.GREY
    assert colours["x"] == colours["bias"] == style.BLACK


@pytest.mark.parametrize("seed", range(8))
def test_lines_run_through_no_node(seed):
    network = express(grown(seed, 60, 4, 2))
    names = [f"in {i}" for i in "abcd"], ["out a", "out b"]
    axes = topology.draw(network, *names).axes[0]
    plan = layout.arrange(network, topology.NAMED.node, topology.NAMED.line)
    found = boxes(axes.figure)
    assert len(found) == len(structure.hidden_nodes(network))
    frames = [box.get_bbox().bounds for box in found]
    middles = np.array([(a + w / 2, b + h / 2) for a, b, w, h in frames])
    touched = 0
    for path, (a, b) in zip(axes.collections[0].get_paths(), plan.lines, strict=True):
        x, y = path.interpolated(20).to_polygons(closed_only=False)[0].T
        assert (np.diff(x) >= 0).all()
        ends = path.vertices[[0, -1]]
        own = {
            int(np.abs(middles - end).sum(axis=1).argmin())
            for end, point in zip(ends, (a, b), strict=True)
            if point in structure.hidden_nodes(network)
        }
        for i, (left, bottom, width, height) in enumerate(frames):
            inside = (left < x) & (x < left + width) & (bottom < y) & (y < bottom + height)
            touched += bool(inside.any()) and i not in own
    assert touched == 0


def test_large_networks_have_markers_and_a_legend_of_them():
    network = express(grown(1, 400, 5, 1))
    assert len(structure.hidden_nodes(network)) > topology.LABELLED
    figure = topology.draw(network, ["a", "b", "c", "d", "e"], ["out"])
    assert sorted(texts(figure)) == ["a", "b", "bias", "c", "d", "e", "out"]
    assert legend(figure) == structure.activations_of(network)
    drawn = sum(len(line.get_xdata()) for line in figure.axes[0].lines)
    assert drawn == len(network.ids)


ODD_NAMES = [
    "$x_1^2$",
    "<b>&amp;",
    "\"q' \\alpha",
    "cos θ ẋ",
    "速度",
    "two\nlines\x00\ud800",
    "n" * 99,
]


def test_odd_names_do_no_harm():
    odd = model(genome(7, 1, [], [(i, 8) for i in range(1, 8)]), tuple(ODD_NAMES), ("_$_",))
    written = svg_texts(odd._repr_svg_())
    for name in (*ODD_NAMES[:5], "two�lines��", f"{16 * 'n'}…{15 * 'n'}", "_$_"):
        assert name in written
    style.save(odd.topology(), io.BytesIO(), "png")


def test_a_users_settings_change_nothing():
    import matplotlib

    plain = topology.svg(express(SMALL))
    with matplotlib.rc_context({"font.size": 30, "text.parse_math": True, "svg.hashsalt": "x"}):
        assert topology.svg(express(SMALL)) == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_individual_weights_show_their_sign_and_magnitude():
    weights = np.array([2.0, -1.0, 0.5, -2.0, 1.0])
    figure = model(weights=weights).topology()
    network = express(SMALL)
    plan = layout.arrange(network, topology.NAMED.node, topology.NAMED.line)
    lines = figure.axes[0].collections[0]
    strengths = network.strengths(weights)[0]
    for path, strength in zip(plan.paths, strengths, strict=True):
        at = plan.lines.index(path[-2:])
        expected = style.BLUE if strength > 0 else style.VERMILION
        assert to_hex(lines.get_edgecolor()[at]) == expected
        assert lines.get_linewidth()[at] == pytest.approx(0.4 + 1.2 * abs(strength))
    written = svg_texts(model(weights=weights)._repr_svg_())
    assert "weight +2" in written
    assert "weight −2" in written


def test_what_is_new_since_an_earlier_network_is_bold():
    before = express(genome(2, 1, [(4, "relu")], [(1, 4), (4, 3), (0, 3)]))
    figure = model().topology(before)
    widths = figure.axes[0].collections[0].get_linewidth()
    assert sorted(set(widths)) == [0.6, 1.8]
    assert {box.get_linewidth() for box in boxes(figure)} == {2.0}
    unchanged = model().topology(express(SMALL))
    assert set(unchanged.axes[0].collections[0].get_linewidth()) == {0.6}
    assert {box.get_linewidth() for box in boxes(unchanged)} == {0.5}


def test_notebooks_show_genomes_networks_and_models():
    assert {"x1", "x2", "bias", "y1", "tanh", "sin"} <= set(svg_texts(topology.svg(express(SMALL))))
    shared = dataclasses.replace(model(), weights=0.5)
    assert {"x", "cos_theta", "force"} <= set(svg_texts(shared._repr_svg_()))


def test_boxes_hold_their_names():
    everything = genome(
        1,
        1,
        [(3 + i, name) for i, name in enumerate(activations.NAMES)],
        [pair for i in range(10) for pair in ((1, 3 + i), (3 + i, 2))],
    )
    figure = topology.draw(express(everything), ["x"], ["y"])
    with style.paper():
        figure.draw_without_rendering()
    for text in figure.axes[0].texts:
        if text.get_text() in activations.NAMES:
            half = primitives.BOX_MARGIN + primitives.LETTER * len(text.get_text())
            points = text.get_window_extent().width * 72 / figure.dpi
            assert points < 2 * half - 2


def test_new_has_a_colour_that_no_activation_has():
    assert style.NEW not in style.ACTIVATION_COLOURS.values()
