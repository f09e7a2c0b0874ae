"""Figures of sweeps and of tuning, from made-up numbers."""

import numpy as np
from matplotlib.colors import to_hex

from wann.plotting import curves

WEIGHTS, MEAN = np.array([-1.0, 0.0, 1.0]), np.array([8.0, 1.0, 8.0])
STD = np.array([np.sqrt(2), np.sqrt(2 / 3), 0])


def test_the_figure_shows_the_sweep():
    searched = np.array([-2.0, -0.5, 1.0])
    axes = curves.sweep(WEIGHTS, MEAN, STD, searched, 8.0, "return").axes[0]
    mean, marks, solved = axes.lines
    np.testing.assert_array_equal(mean.get_xydata(), [[-1, 8], [0, 1], [1, 8]])
    np.testing.assert_allclose(marks.get_xydata(), [[-0.5, 4.5], [1, 8]])  # -2 is not swept
    assert solved.get_ydata()[0] == 8.0
    band = axes.collections[0].get_paths()[0].vertices
    assert {round(y, 6) for x, y in band if x == 0} == {
        round(float(1 + sign * np.sqrt(2 / 3)), 6) for sign in (-1, 1)
    }
    legend = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert legend == [
        "± one standard deviation of episodes",
        "mean",
        "weights of the search",
        "solved at 8",
    ]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("shared weight", "mean return")


def test_one_case_a_weight_has_no_band_and_no_threshold_no_line():
    axes = curves.sweep(WEIGHTS, MEAN, np.zeros(3), np.array([1.0]), None, "accuracy").axes[0]
    assert len(axes.collections) == 0
    assert len(axes.lines) == 2


def test_the_figure_of_several_tells_them_apart():
    several = [(f"net {i}", WEIGHTS, MEAN, None) for i in range(7)]
    axes = curves.sweeps(several, 8.0, "accuracy").axes[0]
    looks = {(to_hex(line.get_color()), str(line._unscaled_dash_pattern)) for line in axes.lines}
    assert len(looks) == 8  # of seven networks, and the line where the task is solved
    assert len(axes.collections) == 0
    with_band = curves.sweeps([("a", WEIGHTS, MEAN, MEAN / 2), several[1]], None, "accuracy")
    assert len(with_band.axes[0].collections) == 1
    assert "sample standard deviation" in with_band.axes[0].get_title("left")
    names = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert names == [*(f"net {i}" for i in range(7)), "solved at 8"]


def test_the_curve_of_a_shared_weight():
    tried, means = np.array([0.0, 1.0, 0.4, 0.5]), np.array([10.0, 20.0, 30.0, 40.0])
    rounds = np.array([0, 0, 1, 1])
    axes = curves.shared_tuning(tried, means, rounds, (0.5, 39.0), "return").axes[0]
    data = [line.get_xydata().tolist() for line in axes.lines]
    assert data == [[[0, 10], [1, 20]], [[0.4, 30], [0.5, 40]], [[0.5, 39]]]
    legend = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert legend == ["coarse sweep", "refinement", "chosen: 0.5, confirmed"]


def test_the_curve_of_individual_weights():
    curve = [
        {"iteration": i, "best": 10.0 + i, "median": 4.0 * i, "confirmed": 9.0 + i}
        for i in range(1, 4)
    ]
    axes = curves.weight_tuning(curve, 8.0, "accuracy").axes[0]
    best, median, confirmed, start = axes.lines
    assert best.get_xydata().tolist() == [[1, 11], [2, 12], [3, 13]]
    assert median.get_ydata().tolist() == [4, 8, 12]
    assert confirmed.get_ydata().tolist() == [10, 11, 12]
    assert start.get_ydata()[0] == 8.0
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "mean accuracy")
    assert axes.get_ylim()[0] < 8 < 13 < axes.get_ylim()[1]
