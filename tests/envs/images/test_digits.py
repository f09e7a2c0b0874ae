import numpy as np
import pytest

from wann import envs
from wann.envs.classification import ClassificationTask

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3))
Y = np.arange(50) % 4


def test_digits_are_split_alike_every_time():
    task, again = envs.make("digits"), envs.make("digits")
    assert [len(part.X) for part in (task.train, task.validation, task.test)] == [1257, 180, 360]
    assert task.outputs == tuple("0123456789")
    assert task.inputs[:2] == ("pixel_0_0", "pixel_0_1")
    assert task.image_shape == (8, 8)
    for part, same in zip(
        (task.train, task.validation, task.test),
        (again.train, again.validation, again.test),
        strict=True,
    ):
        np.testing.assert_array_equal(part.X, same.X)
        assert 0 <= part.X.min() < part.X.max() <= 1
        shares = np.bincount(part.y) / len(part.y)
        np.testing.assert_allclose(shares, 0.1, atol=0.01)


def test_digits_appear_in_one_part_only():
    task = envs.make("digits")
    rows = np.concatenate([task.train.X, task.validation.X, task.test.X])
    from sklearn.datasets import load_digits

    original = (load_digits().data / 16).astype(np.float32)
    np.testing.assert_array_equal(rows[np.lexsort(rows.T)], original[np.lexsort(original.T)])


def test_a_task_from_arrays():
    task = ClassificationTask(X, Y)
    assert task.name == "classification"
    assert task.inputs == ("x0", "x1", "x2")
    assert task.outputs == ("0", "1", "2", "3")
    assert task.action == {"kind": "discrete"}
    assert task.test is None
    assert task.solved_at is None
    assert (len(task.train.X), len(task.validation.X)) == (45, 5)
    for part in (task.train, task.validation):
        assert part.X.dtype == np.float32
        assert part.X.flags.c_contiguous
        assert part.y.dtype == np.int64
        for row, label in zip(part.X, part.y, strict=True):
            (place,) = np.flatnonzero((X.astype(np.float32) == row).all(axis=1))
            assert Y[place] == label


def test_the_validation_examples_depend_on_the_seed_alone():
    first, same, other = (ClassificationTask(X, Y, seed=seed).validation.X for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("share", "size"), [(0.001, 1), (0.2, 10), (0.999, 49)])
def test_at_least_one_example_on_either_side(share, size):
    task = ClassificationTask(X, Y, validation=share)
    assert len(task.validation.X) == size
    assert len(task.train.X) == 50 - size


def test_validation_and_test_examples_of_their_own():
    task = ClassificationTask(X, Y, validation=(X[:7], Y[:7]), test=(X[7:9], Y[7:9]))
    assert (len(task.train.X), len(task.validation.X), len(task.test.X)) == (50, 7, 2)
    assert task.test.y.tolist() == [3, 0]


def test_labels_may_be_strings_or_any_numbers():
    task = ClassificationTask(
        X, np.array(["dog", "cat"])[Y % 2], validation=(X[:2], ["cat", "dog"])
    )
    assert task.outputs == ("cat", "dog")
    assert task.validation.y.tolist() == [0, 1]
    assert ClassificationTask(X, np.where(Y == 0, -1, 7)).classes.tolist() == [-1, 7]
    assert ClassificationTask(X, Y == 0).outputs == ("False", "True")


def test_classes_set_the_order_and_may_be_absent():
    task = ClassificationTask(X, Y, classes=range(6), outputs=list("abcdef"))
    assert task.outputs == tuple("abcdef")
    assert task.train.y.max() == 3


def test_a_single_feature_is_fine():
    assert ClassificationTask(X[:, :1], Y).inputs == ("x0",)


def changed(row, column, value):
    copy = X.copy()
    copy[row, column] = value
    return copy


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": changed(3, 1, np.nan)}, "finite numbers in X, got nan in row 3, column 1"),
        ({"X": changed(0, 2, -np.inf)}, "finite numbers in X, got -inf in row 0, column 2"),
        ({"X": changed(0, 2, 1e300)}, "row 0, column 2: NaN, infinity or too large for float32"),
        ({"X": X[:, 0]}, r"got \(50,\); a single feature is X\[:, None\]"),
        ({"X": X[None]}, r"X of shape \[examples, features\], got \(1, 50, 3\)"),
        ({"X": X[:0], "y": Y[:0]}, r"at least one example and one feature in X, got \(0, 3\)"),
        ({"X": X[:, :0]}, r"at least one example and one feature in X, got \(50, 0\)"),
        ({"X": X + 1j}, "real numbers in X"),
        ({"X": [["a", "b"]] * 50}, "expected numbers in X, but could not convert"),
        ({"y": np.zeros(50)}, "at least two classes, but every label is 0.0"),
        ({"X": X[:1], "y": Y[:1]}, "at least two classes, but every label is 0"),
        ({"y": Y[1:]}, r"y of shape \(50,\), one label a row, got \(49,\)"),
        ({"y": np.eye(50)}, r"y of shape \(50,\), one label a row, got \(50, 50\)"),
        ({"y": np.where(Y, 1.0, np.nan)}, "a label for every example in y, got NaN"),
        ({"y": np.array([None, "a"] * 25)}, "labels of one type in y"),
        ({"classes": [0, 1, 2]}, "label 3 in y is not one of the classes: 0, 1, 2"),
        ({"validation": (X, Y + 1)}, "label 4 in validation y is not one of the classes"),
        ({"validation": (X[:, 1:], Y)}, "expected 3 columns in validation X, as in X, got 2"),
        ({"validation": 0.0}, "a share between 0 and 1 for validation, got 0.0"),
        ({"test": (changed(9, 0, np.nan), Y)}, "finite numbers in test X"),
        ({"inputs": ["a"]}, "expected 3 names in inputs, got 1"),
        ({"outputs": ["a"]}, "expected 4 names in outputs, got 1"),
        ({"image_shape": (2, 2)}, r"an image_shape of 3 pixels, got \(2, 2\)"),
    ],
)
def test_bad_arrays_are_one_clear_line(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        ClassificationTask(**{"X": X, "y": Y, **arguments})
    assert "\n" not in str(caught.value)
