"""Examples of different weights: what is found with them, and with rows repeated or left out."""

import numpy as np
import pytest

from wann.sklearn import WANNClassifier, WANNRegressor
from wann.sklearn.examples import Weighted, by_class, counted, distinct, parted, repeated


def examples(count=30, seed=0, classes=True):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, 3)).astype(np.float32)
    y = np.array(["a", "b", "c"])[rng.integers(3, size=count)] if classes else X @ [[1], [-1], [0]]
    return X, y, rng.integers(0, 4, count).astype(float)


@pytest.mark.parametrize("kind", [WANNClassifier, WANNRegressor])
@pytest.mark.parametrize("factor", [1.0, 0.3])
def test_a_weight_is_as_many_equal_examples_in_any_order(kind, factor):
    X, y, weight = examples(classes=kind is WANNClassifier)
    y = y if kind is WANNClassifier else y[:, 0]
    order = np.random.default_rng(1).permutation(len(y))
    times = weight.astype(int)
    fitted = [
        kind(generations=3, population=8, random_state=0).fit(*each)
        for each in (
            (X.repeat(times, axis=0), y.repeat(times)),
            (X[order], y[order], factor * weight[order]),
        )
    ]
    assert fitted[0].model_.genome == fitted[1].model_.genome
    np.testing.assert_allclose(
        *[f.predict_proba(X) if kind is WANNClassifier else f.predict(X) for f in fitted]
    )


def test_equal_examples_are_one_of_their_total_weight():
    X = np.array([[0.0, 1], [-0.0, 1], [2, 3], [0, 1], [2, 3]], np.float32)
    y = np.array(["a", "a", "b", "b", "b"])
    found = distinct(counted(X, y, [1, 2, 3, 4, 0]))
    rows = sorted(zip(found.X.tolist(), found.y.tolist(), found.weight.tolist(), strict=True))
    assert rows == [([0, 1], "a", 3.0), ([0, 1], "b", 4.0), ([2, 3], "b", 3.0)]


def test_no_example_is_in_both_parts():
    X, y, _ = examples(200)
    twice = distinct(counted(np.concatenate((X, X)), np.concatenate((y, y)), None))
    train, validation = parted(twice, 0.2, 0, classes=True)
    assert len(twice.y) == 200
    assert not {row.tobytes() for row in train.X} & {row.tobytes() for row in validation.X}


@pytest.mark.parametrize("classes", [True, False])
def test_few_distinct_examples_are_in_both_parts(classes):
    X = np.repeat(np.array([[0.0], [1]], np.float32), 5, axis=0)
    y = np.repeat(["a", "b"], 5) if classes else np.repeat([[1.0], [2.0]], 5, axis=0)
    train, validation = parted(distinct(counted(X, y, None)), 0.2, 0, classes)
    assert len(np.unique(train.y)) == len(np.unique(validation.y)) == 2


def test_others_come_as_often_as_they_should():
    rng = np.random.default_rng(0)
    weight = rng.uniform(0.1, 3, 50)
    found = repeated(Weighted(np.arange(50)[:, None], np.zeros(50, int), weight), 0)
    counts = np.bincount(found.X[:, 0], minlength=50)
    assert np.abs(counts - weight / weight.sum() * 2000).max() < 1


@pytest.mark.parametrize(("share", "stays"), [(0.6, True), (0.4, False)])
def test_a_class_that_is_due_half_a_time_comes_once(share, stays):
    weight = np.array([*np.linspace(1, 2, 10), 0.0])
    weight[-1] = weight.sum() * share / 2000
    y = np.array([0] * 10 + [1])
    seen = [1 in repeated(Weighted(np.zeros((11, 1)), y, weight), seed).y for seed in range(20)]
    assert all(seen) if stays else not all(seen)


def test_balanced_classes_count_the_same_whatever_the_examples_do():
    X, y, weight = examples()
    found = by_class(distinct(counted(X, y, weight)), "balanced")
    totals = [found.weight[found.y == name].sum() for name in "abc"]
    np.testing.assert_allclose(totals, totals[0])


def test_a_class_of_weight_0_does_not_count_and_stays_a_class():
    X, y, _ = examples()
    fitted = WANNClassifier(generations=2, population=8, class_weight={"a": 0}, random_state=0)
    assert fitted.fit(X, y).classes_.tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match=r"^class_weight: expected numbers from 0, not all 0"):
        fitted.set_params(class_weight=dict.fromkeys("abc", 0)).fit(X, y)
