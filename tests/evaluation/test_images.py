"""Evaluation on images: what selection, champions and reports see, and the paper's conditions."""

import csv
import pickle

import numpy as np
import pytest
from scipy.special import log_softmax

from tests.genomes import grown
from tests.naive import images as naive
from wann import envs, sweep
from wann.core.config import SearchConfig
from wann.core.kernels.log_likelihood import LEAST, MOST, PROBABILITY_FLOOR
from wann.envs.classification import ClassificationTask
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.images import ImageEvaluator
from wann.storage.model import Model


@pytest.fixture(scope="module")
def digits():
    return envs.make("digits")


@pytest.fixture(scope="module")
def model(digits):
    genome = grown(0, 100, inputs=64, outputs=10, probability=0.2)
    return Model(genome, "digits", digits.inputs, digits.outputs, digits.action)


def test_selection_sees_training_examples_only_without_repeats(digits):
    evaluator = ImageEvaluator(digits, 200)
    for images, labels in evaluator.draw(np.random.default_rng(0), 3):
        assert images.shape == (64, 200)
        assert images.dtype == np.float32
        rows = {(*image, label) for image, label in zip(images.T.tolist(), labels, strict=True)}
        train = {(*x, y) for x, y in zip(digits.train.X.tolist(), digits.train.y, strict=True)}
        assert rows <= train
        assert len(rows) == 200


def test_a_batch_is_no_larger_than_the_training_set(digits):
    (batch,) = ImageEvaluator(digits, 10**6).draw(np.random.default_rng(0), 1)
    assert sorted(batch.labels) == sorted(digits.train.y)


def test_champions_are_confirmed_on_validation_and_reported_on_test_examples(digits):
    evaluator, rng = ImageEvaluator(digits, 100), np.random.default_rng(0)
    np.testing.assert_array_equal(evaluator.confirmation(rng, 1)[0].images.T, digits.validation.X)
    np.testing.assert_array_equal(evaluator.report(rng, 1)[0].images.T, digits.test.X)
    assert evaluator.describe(evaluator.report(rng, 1)) == "360 test images"


def test_without_test_examples_the_validation_ones_are_reported():
    X = np.arange(10.0)[:, None]
    task = ClassificationTask(X, [0, 1] * 5, validation=(X[:4], [0, 1, 0, 1]))
    evaluator = ImageEvaluator(task, 5)
    cases = evaluator.report(np.random.default_rng(0), 1)
    assert evaluator.describe(cases) == "4 validation images"


def test_rewards_are_log_likelihoods_and_scores_accuracies(digits):
    genome = grown(0, 0, inputs=64, outputs=10)  # linear: no activation magnifies the rounding
    model = Model(genome, "digits", digits.inputs, digits.outputs, digits.action)
    evaluator = ImageEvaluator(digits, 50)
    cases = evaluator.draw(np.random.default_rng(0), 2)
    weights = np.array([0.5, -1.0, 2.0])
    rewards = evaluator.rewards(model.network, weights, cases)
    scores = evaluator.scores(model.network, weights, cases)
    for w, weight in enumerate(weights):
        for r, (images, labels) in enumerate(cases):
            outputs = model.forward(images.T.astype(float), weight)
            [likelihood], _ = naive.scores(outputs.T[None], labels, PROBABILITY_FLOOR, LEAST, MOST)
            assert rewards[w, r] == pytest.approx(likelihood, abs=1e-4)
            assert scores[w, r] == (outputs.argmax(axis=1) == labels).mean()


def test_selection_by_the_plain_softmax(digits):
    """The size of the weight is then the confidence of the network; accuracy does not mind."""
    genome = grown(0, 0, inputs=64, outputs=10)
    model = Model(genome, "digits", digits.inputs, digits.outputs, digits.action)
    plain, calibrated = ImageEvaluator(digits, 50, calibrated=False), ImageEvaluator(digits, 50)
    cases = plain.draw(np.random.default_rng(0), 1)
    weights = np.array([0.01, 3.0])
    rewards = plain.rewards(model.network, weights, cases)
    for w, weight in enumerate(weights):
        outputs = model.forward(cases[0].images.T.astype(float), weight)
        right = log_softmax(outputs, axis=1)[np.arange(50), cases[0].labels]
        expected = np.maximum(right, np.log(PROBABILITY_FLOOR)).mean()
        assert rewards[w, 0] == pytest.approx(expected, rel=1e-4)
    individual = np.full((1, model.network.enabled), 3.0)
    assert plain.rewards(model.network, individual, cases)[0, 0] == pytest.approx(rewards[1, 0])
    scores = [e.scores(model.network, weights, cases) for e in (plain, calibrated)]
    np.testing.assert_array_equal(*scores)


@pytest.mark.parametrize("calibrated", [True, False])
def test_the_settings_say_whether_the_likelihood_is_calibrated(digits, calibrated):
    evaluator = evaluator_for(digits, SearchConfig(env="digits", calibrated=calibrated))
    assert evaluator.calibrated == calibrated
    assert pickle.loads(pickle.dumps(evaluator)).calibrated == calibrated


def test_individual_weights_all_equal_are_a_shared_weight(digits, model):
    evaluator = ImageEvaluator(digits, 50)
    cases = evaluator.draw(np.random.default_rng(0), 2)
    shared = evaluator.rewards(model.network, np.array([0.7]), cases)
    individual = evaluator.rewards(model.network, np.full((1, model.network.enabled), 0.7), cases)
    np.testing.assert_allclose(individual, shared, atol=1e-4)


def test_the_protocol_command_on_images(tmp_path, model, capsys):
    model.save(tmp_path / "champion.json")
    sweep.main([str(tmp_path / "champion.json"), "--protocol", "--episodes", "1"])
    assert "ensemble, majority vote" in capsys.readouterr().out
    with open(tmp_path / "protocol.csv", newline="") as file:
        rows = {row["condition"]: row for row in csv.DictReader(file)}
    assert rows["ensemble, mean softmax"]["within_weight"] == ""
    assert (tmp_path / "confusion.png").stat().st_size > 10_000
