"""Differences between arms of the same seeds."""

import itertools

import numpy as np
import pytest

from tests.compare.test_summary import point
from wann.compare.paired import differences, interval


def test_only_seeds_that_both_have_count_and_each_meets_itself():
    given = [
        *(point(seed=seed, score=900.0 + 10 * seed) for seed in (0, 1, 2)),
        *(point(seed=seed, score=890.0 + 12 * seed, arm="shuffled") for seed in (1, 2, 3)),
        *(point(seed=0, score=930.0, arm="dense", level=0),),
        point(seed=0, level=2, score=1.0, arm="shuffled"),  # of another level
    ]
    found = {item.arm: item for item in differences(given)}
    assert set(found) == {"shuffled", "dense"}
    assert found["shuffled"].seeds == 2
    assert found["shuffled"].mean == pytest.approx((910 - 902 + 920 - 914) / 2)
    assert (found["dense"].seeds, found["dense"].mean) == (1, -30.0)
    assert found["dense"].low is None


def test_the_interval_is_that_of_all_samples_with_replacement():
    values = [1.0, 2.0, 4.0, 8.0]
    means = [np.mean(each) for each in itertools.product(values, repeat=4)]  # all 256
    low, high = interval(values)
    assert low == pytest.approx(np.quantile(means, 0.025), abs=0.3)
    assert high == pytest.approx(np.quantile(means, 0.975), abs=0.3)
    assert interval(values) == (low, high)


def test_what_never_varies_has_no_width_and_one_value_no_interval():
    assert interval([2.0, 2.0, 2.0]) == (2.0, 2.0)
    assert interval([2.0]) == (None, None)
