import io
from itertools import pairwise

import pytest

from wann.compare import figure as comparison_figure
from wann.compare.measure import Point
from wann.compare.summary import entries
from wann.plotting import style


def figure_of(points, task="swingup", regime="C"):
    found = entries(points)
    figure = comparison_figure.figure(found, regime, task, "return")
    style.save(figure, io.BytesIO(), "png")  # lays it out
    return figure


def curve(method, arm, sizes, seeds=3, condition="tuned weights", regime="C"):
    return [
        Point(regime, condition, method, arm, level, seed, size + seed, 900.0 - 10 * level + seed)
        for level, size in enumerate(sizes)
        for seed in range(seeds)
    ]


POINTS = [
    *curve("WANN", "searched", [60]),
    *curve("lottery-ticket", "ticket", [66, 40, 20, 10, 4]),
    *curve("lottery-ticket", "shuffled", [60, 30, 10]),
    *curve("random", "ticket", [66, 30, 10]),
]


def legend_of(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_what_is_drawn():
    figure = figure_of(POINTS)
    (axes,) = figure.axes
    assert legend_of(figure) == [
        "WANN (n = 3)",
        "lottery-ticket (n = 3)",
        "lottery-ticket, shuffled (n = 3)",
        "random (n = 3)",
        "the paper's WANN",
    ]
    assert figure.get_suptitle() == "bars: ± the sample standard deviation over n seeds"
    ticket = axes.containers[1].lines[0]
    assert ticket.get_xdata().tolist() == [5, 11, 21, 41, 67]
    assert ticket.get_ydata().tolist() == [861, 871, 881, 891, 901]
    star = axes.lines[-1]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (52, 932)
    assert axes.get_xscale() == "log"
    looks = {
        (bar.lines[0].get_color(), bar.lines[0].get_linestyle(), bar.lines[0].get_marker())
        for bar in axes.containers
    }
    assert len(looks) == 4


@pytest.mark.parametrize("sizes", [[66, 4], [300_000, 20_000, 900, 30]])
def test_connections_are_plain_numbers_that_do_not_overlap(sizes):
    with style.paper():  # labels are made when they are needed, in the size of that moment
        figure = figure_of(curve("random", "ticket", sizes))
        figure.draw_without_rendering()  # at the figure's own resolution
        (axes,) = figure.axes
        low, high = axes.get_xlim()
        labels = [
            label
            for tick, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
            if low <= tick <= high
        ]
        boxes = [label.get_window_extent() for label in labels]
    assert len(labels) >= 2
    assert all(label.get_text().replace(",", "").isdecimal() for label in labels)
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))


def test_regime_a_has_a_panel_for_the_ensemble_but_none_for_the_six_weights():
    points = [
        point
        for condition in ("random shared", "six shared", "ensemble, mean softmax")
        for point in curve("WANN", "searched", [900], condition=condition, regime="A")
    ]
    figure = figure_of(points, "mnist", "A")
    titles = [axes.get_title("left") for axes in figure.axes]
    assert titles == ["one random shared weight in [−2, 2]", "ensemble, mean softmax"]


def test_the_dense_network_is_one_line_and_equal_training_stands_beside_the_ticket():
    points = [
        *curve("dense", "dense", [266_200], seeds=2),
        *curve("fine-tuning", "ticket", [90, 40]),
        *curve("fine-tuning", "dense-equal", [266_200, 266_200]),
    ]
    figure = figure_of(points)
    (axes,) = figure.axes
    assert legend_of(figure)[0] == "dense (n = 2)"
    (line,) = (
        line for line in axes.lines if line.get_linestyle() == "--" and line.get_marker() == "None"
    )
    assert line.get_ydata()[0] == 900.5
    drawn = {tuple(bar.lines[0].get_xdata()) for bar in axes.containers}
    assert drawn == {(41.0, 91.0)}
    assert axes.get_xlim()[1] < 1_000


def test_untrained_masks_stand_in_the_panel_of_weight_agnostic_networks():
    own = curve(
        "learned-supermask", "ticket", [9_000], condition="untrained, its own weights", regime="A"
    )
    searched = curve("WANN", "searched", [900], condition="random shared", regime="A")
    both = figure_of([*searched, *own], "mnist", "A")
    assert [axes.get_title("left") for axes in both.axes] == ["one random shared weight in [−2, 2]"]
    assert len(both.axes[0].containers) == 2
    alone = figure_of(own, "mnist", "A")
    assert [axes.get_title("left") for axes in alone.axes] == ["untrained, its own weights"]


def test_networks_without_connections_have_no_place_on_the_axis():
    figure = figure_of([*curve("random", "shuffled", [30, 0], seeds=1)])
    assert figure.axes[0].containers[0].lines[0].get_xdata().tolist() == [30]


def test_a_method_looks_the_same_in_every_regime():
    masks = curve("random", "signed-shared", [60], condition="random shared", regime="A")
    both = [*POINTS, *masks]
    (mask,) = figure_of(both, regime="A").axes[0].containers
    (own,) = (
        bar
        for bar in figure_of(both, regime="C").axes[0].containers
        if bar.lines[0].get_xdata().tolist() == [11, 31, 67]
    )
    assert mask.lines[0].get_color() == own.lines[0].get_color()


def test_the_legend_is_no_wider_than_the_figure():
    points = [
        point
        for i in range(5)
        for arm in ("ticket", "shuffled", "corrupted-labels")
        for point in curve(f"optimal-brain-damage{i}", arm, [60, 20])
    ]
    with style.paper():
        figure = figure_of(points)
        figure.draw_without_rendering()
        box = figure.legends[0].get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1
