"""When how much is pruned."""

import pytest

from wann.prune.masks import schedules


def test_rounds_of_a_lottery_ticket_by_hand():
    found = schedules.levels([100, 10], [0.5], [0.2, 0.1], iterative=True)
    assert found[0] == pytest.approx((0.2, 0.1))
    assert found[1] == pytest.approx((0.36, 0.19))
    assert found[2] == pytest.approx((0.488, 0.271))
    assert len(found) == 4
    assert schedules.overall([100, 10], found[3]) == pytest.approx(0.5)
    assert found[3][0] > 0.488


def test_lenet_reaches_3_6_percent_after_15_rounds():
    counts = [784 * 300, 300 * 100, 1000]
    found = schedules.levels(counts, [0.964], [0.2, 0.2, 0.1], iterative=True)
    assert len(found) == 15
    assert schedules.overall(counts, found[-1]) == pytest.approx(0.964)


def test_equal_rates_give_equal_shares():
    found = schedules.levels([30, 7, 2], [0.3, 0.9], [0.5] * 3, iterative=False)
    assert found == [pytest.approx((0.3,) * 3), pytest.approx((0.9,) * 3)]


def test_a_target_stands_for_the_round_it_equals():
    found = schedules.levels([10], [0.2, 0.36], [0.2], iterative=True)
    assert found == [pytest.approx((0.2,)), pytest.approx((0.36,))]


def test_sparsity_0_is_no_level():
    assert schedules.levels([10], [0.0], [0.2], iterative=True) == []
    assert schedules.levels([10], [0.0, 0.2], [0.2], iterative=False) == [pytest.approx((0.2,))]


@pytest.mark.parametrize(
    ("sparsities", "message"),
    [([1.0], r"in \[0, 1\), got 1"), ([0.5, 0.2], "sparsities that rise, got 0.5, 0.2")],
)
def test_sparsities_that_are_none(sparsities, message):
    with pytest.raises(ValueError, match=message):
        schedules.levels([10], sparsities, [0.2], iterative=True)


def test_exponential_rounds_keep_equal_shares():
    found = schedules.exponential(0.99, 4)
    kept = [1 - sparsity for sparsity in found]
    assert found[-1] == 0.99
    assert kept == pytest.approx([0.01**0.25, 0.01**0.5, 0.01**0.75, 0.01])
    assert schedules.exponential(0.3, 1) == [0.3]
    # Where 36 % are left, 16 % are reached over the means of the two.
    found = schedules.exponential(0.84, 2, gone=0.64)
    assert found == [pytest.approx(1 - 0.24), 0.84]


def test_layers_of_their_own_stop_at_their_own_sparsity():
    assert schedules.of_layers((0.75, 0.0, 0.3), 0.5, True) == [
        (0.5, 0.0, 0.3),
        (0.75, 0.0, 0.3),
    ]
    assert schedules.of_layers((0.8, 0.1), 0.5, True) == [(0.5, 0.1), (0.75, 0.1), (0.8, 0.1)]
    assert schedules.of_layers((0.8, 0.1), 0.5, False) == [(0.8, 0.1)]
    assert schedules.of_layers((0.0, 0.0), 0.5, True) == []
