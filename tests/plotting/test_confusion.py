"""What a classifier gets wrong, as numbers and as a figure."""

import numpy as np

from wann.envs.classification import ClassificationTask
from wann.plotting import confusion


def task(image_shape=None):
    X = np.arange(12, dtype=float).reshape(3, 4)
    return ClassificationTask(
        X, ["a", "b", "$c$"], validation=(X, ["a", "b", "$c$"]), image_shape=image_shape
    )


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text"))]


def test_rows_are_right_columns_chosen():
    counts = confusion.matrix(np.array([0, 0, 1, 2]), np.array([0, 2, 1, 1]), 3)
    np.testing.assert_array_equal(counts, [[1, 0, 1], [0, 1, 0], [0, 1, 0]])


def test_the_figure_shows_accuracy_and_the_wrong_images():
    made = task(image_shape=(2, 2))
    right = made.validation.y
    chosen = right.copy()
    chosen[2] = 1  # "$c$", which sorts first and so is class 0, is taken for "a"
    figure = confusion.figure(made, made.validation, chosen, "ensemble")
    shown = texts(figure)
    assert "ensemble: 66.7%" in shown
    assert sum("→" in text and "right" not in text for text in shown) == 1


def test_examples_that_are_no_images_have_only_the_matrix():
    made = task()
    figure = confusion.figure(made, made.validation, made.validation.y, "tuned")
    assert "tuned: 100.0%" in texts(figure)
    assert not figure.subfigs
