"""The estimators keep scikit-learn's conventions and learn."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import wann
from wann.sklearn import WANNClassifier, WANNRegressor


@parametrize_with_checks(
    [kind(generations=12, population=24) for kind in (WANNClassifier, WANNRegressor)]
)
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
    outputs = fitted.model_.forward(X, 0.7) / fitted.temperature_
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


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"population": 1}, r"^population: expected at least 2, got 1"),
        ({"batch_size": 0}, r"^batch_size: expected at least 1, got 0"),
        ({"connect_probability": 2}, r"^connect_probability: expected a number from 0 to 1"),
        ({"validation_fraction": 1.0}, r"^validation_fraction: expected a share"),
        ({"time_limit": 0}, r"^time_limit: expected seconds above 0"),
    ],
)
def test_messages_name_the_parameter(iris, parameters, message):
    with pytest.raises(ValueError, match=message):
        WANNClassifier(**parameters).fit(*iris)


def test_columns_of_a_data_frame_name_the_inputs(iris):
    pandas = pytest.importorskip("pandas")
    X, y = iris
    frame = pandas.DataFrame(X, columns=["a b", "größe", "c", "d"])
    fitted = WANNClassifier(generations=1, random_state=0).fit(frame, y)
    assert fitted.model_.inputs == tuple(fitted.feature_names_in_) == ("a b", "größe", "c", "d")
    assert fitted.model_.outputs == ("setosa", "versicolor", "virginica")


def test_examples_of_weight_0_do_not_count(iris):
    X, y = iris
    wrong = np.concatenate((y, np.roll(y, 50)))
    weight = np.repeat([1.0, 0.0], len(y))
    fitted = classifier().fit(np.concatenate((X, X)), wrong, weight)
    assert fitted.model_.genome == classifier().fit(X, y).model_.genome


def test_class_weights_shift_what_is_told():
    rng = np.random.default_rng(0)
    X = np.concatenate((rng.normal(0, 1, (180, 2)), rng.normal(1.5, 1, (20, 2))))
    y = np.repeat([0, 1], [180, 20])
    told = [classifier(class_weight=c).fit(X, y).predict(X).mean() for c in (None, "balanced")]
    assert told[1] > told[0] + 0.05


def test_a_warm_start_begins_with_the_network_before(iris):
    fitted = classifier(warm_start=True).fit(*iris)
    before = fitted.score(*iris)
    fitted.set_params(generations=1).fit(*iris)
    assert fitted.score(*iris) >= before - 0.05


def test_the_regressor_tells_several_targets_by_a_scale_and_an_offset():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    y = np.column_stack((100 + 30 * X[:, 0] - 30 * X[:, 1], X[:, 2] - X[:, 3] - 5))
    for weight in ("ensemble", "tuned", 0.7):
        fitted = WANNRegressor(weight, generations=20, random_state=0).fit(X, y)
        assert fitted.predict(X).shape == (200, 2)
        assert fitted.score(X, y) > 0.9


def test_an_unknown_shared_weight_is_refused(iris):
    with pytest.raises(ValueError, match="'ensemble', 'tuned' or a number, got 'best'"):
        classifier(shared_weight="best").fit(*iris)


def test_one_class_is_refused(iris):
    X, _ = iris
    with pytest.raises(ValueError, match="at least two classes"):
        classifier().fit(X, np.zeros(len(X)))


def test_evolve_takes_a_task_of_numbers_with_the_same_preset():
    X = np.random.default_rng(0).normal(size=(60, 3))
    task = wann.RegressionTask(X, X[:, 0] - X[:, 1])
    config = wann.preset("regression", generations=5, population=16)
    assert config.connect_probability == WANNRegressor().connect_probability
    model = wann.evolve(task, config, workers=1)
    assert model.scores["fitness"] > 0.5
    assert model(X, 1.0).shape == (60, 1)


def test_the_preset_of_classes_is_that_of_the_classifier():
    config, estimator = wann.preset("classification"), WANNClassifier()
    for name in ("connect_probability", "complexity_probability", "population"):
        assert getattr(config, name) == getattr(estimator, name)


def test_sample_weights_are_routed(iris):
    X, y = iris
    weight = np.where(y == y[0], 1.0, 0.0) + 0.5
    with sklearn.config_context(enable_metadata_routing=True):
        found = GridSearchCV(
            WANNClassifier(generations=2, random_state=0)
            .set_fit_request(sample_weight=True)
            .set_score_request(sample_weight=False),
            {"population": [8]},
            cv=2,
        ).fit(X, y, sample_weight=weight)
        with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
            GridSearchCV(WANNClassifier(generations=2), {"population": [8]}, cv=2).fit(
                X, y, sample_weight=weight
            )
    again = WANNClassifier(generations=2, random_state=0, population=8).fit(X, y, weight)
    np.testing.assert_array_equal(found.predict_proba(X), again.predict_proba(X))


def test_a_class_of_hardly_any_weight_is_still_a_class(iris):
    X, y = iris
    weight = {"setosa": 1000, "versicolor": 1e-4, "virginica": 1e-4}
    fitted = WANNClassifier(generations=5, random_state=0, class_weight=weight).fit(X, y)
    assert (fitted.predict(X[y == "setosa"]) == "setosa").mean() > 0.9


def test_a_time_limit_ends_the_search(iris):
    fitted = WANNClassifier(generations=100_000, time_limit=3, random_state=0).fit(*iris)
    assert 0 < fitted.n_iter_ < 100_000
