"""Masks keep an exact number of weights: ties, 0, and the last one included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.naive.pruning import keep_highest
from wann.prune.masks import selection
from wann.prune.masks.selection import kept


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=12), st.data())
def test_the_highest_stay_and_of_equal_ones_the_first(scores, data):
    count = data.draw(st.integers(0, len(scores)))
    mask = selection.highest(np.array(scores), count)
    assert np.flatnonzero(mask).tolist() == keep_highest(scores, count)


def test_equal_scores_do_not_vanish_together():
    layer = np.zeros((4, 5))
    mask = selection.per_layer([layer], 0.5)[0]
    assert mask.sum() == 10
    assert mask.ravel()[:10].all()


def test_sparsity_0_keeps_everything_and_the_last_weight_can_be_kept():
    layer = np.arange(6.0).reshape(2, 3)
    assert selection.per_layer([layer], 0)[0].all()
    assert selection.globally([layer], 0.0)[0].all()
    assert np.flatnonzero(selection.per_layer([layer], 5 / 6)[0]).tolist() == [5]
    assert np.flatnonzero(selection.highest(layer, 1)).tolist() == [5]
    assert not selection.highest(layer, 0).any()


@pytest.mark.parametrize("sparsity", [0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_counts_are_exact(sparsity):
    rng = np.random.default_rng(0)
    layers = [rng.random((20, 15)), rng.random((15, 10))]
    found = selection.globally(layers, sparsity)
    assert kept(found) == 450 - round(sparsity * 450)
    assert [mask.sum() for mask in selection.per_layer(layers, sparsity)] == [
        300 - round(sparsity * 300),
        150 - round(sparsity * 150),
    ]
    low = min(layer[mask].min() for layer, mask in zip(layers, found, strict=True))
    high = max(layer[~mask].max() for layer, mask in zip(layers, found, strict=True))
    assert low > high


def test_each_layer_may_have_its_own_sparsity():
    layers = [np.ones((4, 5)), np.ones((5, 2))]
    assert [mask.sum() for mask in selection.per_layer(layers, [0.8, 0.5])] == [4, 5]


def test_what_was_pruned_before_goes_first_whatever_its_score():
    scores = np.array([[9.0, 1.0], [5.0, 2.0]])
    before = np.array([[False, True], [True, True]])
    (mask,) = selection.per_layer([scores], 0.5, [before])
    np.testing.assert_array_equal(mask, [[False, False], [True, True]])
    (mask,) = selection.globally([scores], 0.75, [before])
    np.testing.assert_array_equal(mask, [[False, False], [True, False]])


def test_more_than_is_left_cannot_be_kept():
    with pytest.raises(ValueError, match="keep at most 1 weights, those left, got 2"):
        selection.highest(np.ones(3), 2, np.array([True, False, False]))


@pytest.mark.parametrize("sparsity", [1.0, -0.1, 1.5, float("nan")])
def test_a_sparsity_is_from_0_to_below_1(sparsity):
    with pytest.raises(ValueError, match=r"the share removed, in \[0, 1\), got"):
        selection.per_layer([np.ones((2, 2))], sparsity)


def test_scores_must_be_numbers():
    with pytest.raises(ValueError, match="got NaN"):
        selection.highest(np.array([1.0, np.nan]), 1)


def test_a_layer_may_become_empty():
    layers = [np.full((10, 10), 5.0), np.ones((10, 2))]
    assert [int(m.sum()) for m in selection.globally(layers, 0.5)] == [60, 0]
    (mask,) = selection.per_layer([np.ones((2, 2))], 0.99)
    assert not mask.any()
    # What is empty stays so, whatever its scores are.
    again = selection.globally(layers, 0.9, selection.globally(layers, 0.5))
    assert [int(m.sum()) for m in again] == [12, 0]


def test_n_of_m_by_hand():
    scores = np.array([[1.0, 4.0], [3.0, 4.0], [2.0, 4.0], [4.0, 4.0], [0.0, 7.0], [9.0, 8.0]])
    (mask,) = selection.n_of_m([scores], 2, 4)
    expected = [[0, 1], [1, 1], [0, 0], [1, 0], [0, 0], [1, 1]]
    np.testing.assert_array_equal(mask, np.array(expected, bool))


def test_n_of_m_is_refused_where_it_is_no_share():
    with pytest.raises(ValueError, match="n from 1 to m, got 5:4"):
        selection.n_of_m([np.ones((4, 1))], 5, 4)


def test_nodes_go_whole():
    keep = selection.per_layer([np.array([3.0, 1.0, 2.0, 0.0])], 0.5)
    first, second = selection.of_nodes(keep, [(2, 4), (4, 3)])
    np.testing.assert_array_equal(first, [[True, False, True, False]] * 2)
    np.testing.assert_array_equal(second.T, [[True, False, True, False]] * 3)


def test_shuffling_keeps_the_counts_and_moves_the_weights():
    before = selection.per_layer([np.random.default_rng(0).random((30, 20)), np.ones((20, 5))], 0.9)
    after = selection.shuffled(before, np.random.default_rng(1))
    assert [m.sum() for m in after] == [m.sum() for m in before] == [60, 10]
    assert (after[0] != before[0]).sum() > 60


def test_distance_is_the_share_of_places_that_differ():
    a = (np.array([[True, False]]), np.array([[True], [True]]))
    b = (np.array([[False, False]]), np.array([[True], [False]]))
    assert selection.distance(a, b) == 0.5
    assert selection.distance(a, a) == 0


def _torch():
    return pytest.importorskip("torch", reason="the oracle needs torch")


def test_per_layer_agrees_with_torch():
    torch = _torch()
    from torch.nn.utils import prune

    rng = np.random.default_rng(3)
    for sparsity in (0.0, 0.2, 0.5, 0.93, 0.964):
        w = rng.normal(size=(37, 11)).astype(np.float32)
        module = torch.nn.Linear(37, 11)
        module.weight.data = torch.tensor(w.T.copy())
        prune.l1_unstructured(module, "weight", sparsity)
        (mask,) = selection.per_layer([abs(w)], sparsity)
        np.testing.assert_array_equal(mask, module.weight_mask.numpy().T.astype(bool))


def test_global_agrees_with_torch():
    torch = _torch()
    from torch.nn.utils import prune

    rng = np.random.default_rng(4)
    shapes = ((20, 9), (9, 4))
    for sparsity in (0.0, 0.3, 0.9):
        weights = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
        modules = [torch.nn.Linear(*shape) for shape in shapes]
        for module, w in zip(modules, weights, strict=True):
            module.weight.data = torch.tensor(w.T.copy())
        prune.global_unstructured(
            [(module, "weight") for module in modules], prune.L1Unstructured, amount=sparsity
        )
        for module, mask in zip(
            modules, selection.globally([abs(w) for w in weights], sparsity), strict=True
        ):
            np.testing.assert_array_equal(mask, module.weight_mask.numpy().T.astype(bool))


@pytest.mark.parametrize("norm", [1, 2])
def test_nodes_agree_with_torch(norm):
    torch = _torch()
    from torch.nn.utils import prune

    w = np.random.default_rng(norm).normal(size=(20, 12)).astype(np.float32)
    module = torch.nn.Linear(20, 12)
    module.weight.data = torch.tensor(w.T.copy())
    prune.ln_structured(module, "weight", 0.5, n=norm, dim=0)
    (keep,) = selection.per_layer([np.linalg.norm(w, ord=norm, axis=0)], 0.5)
    expected = module.weight_mask.numpy().all(axis=1)
    np.testing.assert_array_equal(keep, expected)
