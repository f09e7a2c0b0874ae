"""WANNClassifier keeps scikit-learn's conventions and learns."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from wann.sklearn import WANNClassifier


@parametrize_with_checks([WANNClassifier(generations=40, population=60)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def classifier(**parameters):
    return WANNClassifier(generations=30, random_state=0, **parameters)


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), np.array(["setosa", "versicolor", "virginica"])[y]


def test_learns_iris(iris):
    X, y = iris
    fitted = classifier().fit(X, y)
    assert fitted.score(X, y) > 0.8
    assert set(fitted.predict(X)) <= set(fitted.classes_) == {"setosa", "versicolor", "virginica"}


def test_the_same_seed_gives_the_same_network_with_any_number_of_threads(iris):
    one = classifier(n_jobs=1).fit(*iris)
    two = classifier(n_jobs=2).fit(*iris)
    assert one.model_.genome == two.model_.genome


def test_a_number_as_shared_weight_is_the_only_one(iris):
    X, y = iris
    fitted = classifier(shared_weight=0.7).fit(X, y)
    outputs = fitted.model_.forward(X, 0.7)
    expected = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fitted.predict_proba(X), expected, atol=1e-4)


def test_the_tuned_weight_is_the_best_of_the_ensemble_on_the_training_examples(iris):
    X, y = iris
    tuned = classifier(shared_weight="tuned", validation_fraction=0.02).fit(X, y)
    scores = []
    for weight in np.linspace(-2, 2, 40):
        tuned.weights_, chosen = np.array([weight]), tuned.weights_
        scores.append(tuned.score(X, y))
        tuned.weights_ = chosen
    assert tuned.score(X, y) >= max(scores) - 0.02


def test_pipeline_grid_search_and_pickle(iris):
    X, y = iris
    pipeline = make_pipeline(StandardScaler(), classifier())
    grid = GridSearchCV(pipeline, {"wannclassifier__shared_weight": ["ensemble", 1.0]}, cv=2)
    grid.fit(X, y)
    copy = pickle.loads(pickle.dumps(grid))
    np.testing.assert_array_equal(copy.predict(X), grid.predict(X))


def test_an_unknown_shared_weight_is_refused(iris):
    with pytest.raises(ValueError, match="'ensemble', 'tuned' or a number, got 'best'"):
        classifier(shared_weight="best").fit(*iris)


def test_one_class_is_refused(iris):
    X, _ = iris
    with pytest.raises(ValueError, match="at least two classes"):
        classifier().fit(X, np.zeros(len(X)))
