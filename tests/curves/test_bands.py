import numpy as np
import pytest

from wann.curves.bands import STATISTICS, Curve, band, grid, interquartile_mean


def curve(x, y, over=False):
    return Curve(np.array(x, float), np.array(y, float), over)


def test_the_interquartile_mean_leaves_out_a_quarter_at_either_end():
    assert interquartile_mean(np.array([100.0, 1.0, 2.0, 3.0])) == 2.5
    assert interquartile_mean(np.array([9.0, 1.0, 2.0])) == 4.0  # a quarter of 3 is less than one
    assert interquartile_mean(np.array([50.0, 1.0, 2.0, 3.0, -9.0])) == 2.0
    values = np.array([[8.0, 1.0, 2.0, 3.0], [8.0, 1.0, 2.0, 3.0]]).T
    np.testing.assert_array_equal(interquartile_mean(values), [2.5, 2.5])


def test_a_champion_stays_until_there_is_a_better_one():
    found = band("a", [curve([1, 3], [10, 20]), curve([1, 2, 4], [0, 40, 50])])
    assert found.x.tolist() == [1, 2, 3]  # as far as both went
    assert found.centre["mean"].tolist() == [5, 25, 30]
    assert found.n == 2


@pytest.mark.parametrize(
    ("curves", "x"),
    [
        ([curve([1, 3], [0, 0]), curve([2, 5], [0, 0])], [2, 3]),
        ([curve([1, 3], [0, 0], True), curve([2, 5], [0, 0])], [2, 3, 5]),
        ([curve([1, 3], [0, 0], True), curve([2, 5], [0, 0], True)], [2, 3, 5]),
        ([curve([1, 3], [0, 0]), curve([4, 5], [0, 0])], []),
        ([curve([7], [0])], [7]),
    ],
)
def test_how_far_several_searches_go_together(curves, x):
    """One that has ended by its own rule keeps its champion; one cut off might have found more."""
    assert grid(curves).tolist() == x


def test_nothing_in_common():
    with pytest.raises(ValueError, match="a: expected runs that go equally far"):
        band("a", [curve([1, 3], [0, 0]), curve([4, 5], [0, 0])])


def test_many_points_become_some_even_ones():
    found = grid([curve(np.arange(5000), np.zeros(5000))])
    assert len(found) == 200
    assert (found[0], found[-1]) == (0, 4999)


def test_the_intervals_are_those_of_all_samples_with_replacement():
    """Of two runs a sample is both, or twice either: a mean is an end with chance 1/4 each."""
    found = band("a", [curve([1, 2], [10, 10]), curve([1, 2], [30, 10])])
    for name in STATISTICS:
        assert found.centre[name].tolist() == [20, 10]
        assert found.low[name].tolist() == [10, 10]
        assert found.high[name].tolist() == [30, 10]


@pytest.mark.parametrize("name", ["mean", "iqm"])
def test_the_intervals_against_a_plain_bootstrap(name):
    values = np.random.default_rng(3).normal(size=12)
    found = band("a", [curve([0], [value]) for value in values])
    rng = np.random.default_rng(7)
    samples = np.sort(rng.choice(values, (4000, 12)), axis=1)
    means = samples.mean(axis=1) if name == "mean" else samples[:, 3:9].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    assert found.low[name][0] == pytest.approx(low, abs=0.06)
    assert found.high[name][0] == pytest.approx(high, abs=0.06)
    again = band("a", [curve([0], [value]) for value in values])
    assert again.low[name] == found.low[name]  # the same each time


def test_a_single_search_has_no_interval():
    found = band("a", [curve([1, 2], [3, 4])])
    assert found.low is None
    assert found.rows()[1] == {
        "label": "a", "n": 1, "x": 2.0, "mean": 4.0, "mean_low": None, "mean_high": None,
        "iqm": 4.0, "iqm_low": None, "iqm_high": None,
    }  # fmt: skip
