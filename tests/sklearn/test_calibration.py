import numpy as np
import pytest
from scipy.special import softmax
from sklearn.datasets import load_iris
from sklearn.metrics import log_loss
from sklearn.preprocessing import scale

from wann.sklearn import WANNClassifier
from wann.sklearn.calibration import LEAST, temperature, tempered


def test_tempered_by_hand():
    found = tempered(np.array([[0.8, 0.2], [0.5, 0.5]]), 0.5)
    np.testing.assert_allclose(found, [[0.64 / 0.68, 0.04 / 0.68], [0.5, 0.5]])
    np.testing.assert_allclose(tempered(np.array([[1.0, 0.0]]), 2.0), [[1.0, 0.0]], atol=1e-100)


@pytest.mark.parametrize("true", [0.3, 1.0, 4.0])
def test_the_temperature_of_labels_that_were_drawn_with_one(true):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 4)) * 3
    chances = softmax(logits / true, axis=1).cumsum(axis=1)
    labels = (rng.random((20_000, 1)) > chances).sum(axis=1)
    assert temperature(softmax(logits, axis=1), labels) == pytest.approx(true, rel=0.05)


def test_few_examples_that_are_all_right_make_nothing_certain():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    found = temperature(probabilities, np.array([0, 1, 0]))
    assert found > 10 * LEAST  # without the examples more, as little as there may be
    assert tempered(probabilities, found).max() < 0.99


def test_a_classifiers_probabilities_are_likelier_and_its_classes_the_same():
    X, y = load_iris(return_X_y=True)
    fitted = WANNClassifier(generations=8, random_state=0).fit(scale(X), y)
    found, plain = fitted.predict_proba(scale(X)), fitted._probabilities(scale(X))
    np.testing.assert_allclose(found, tempered(plain, fitted.temperature_))
    np.testing.assert_array_equal(found.argmax(axis=1), plain.argmax(axis=1))
    assert log_loss(y, found) < log_loss(y, plain)
