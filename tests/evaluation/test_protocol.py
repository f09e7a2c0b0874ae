"""The paper's conditions: numbers from made-up scores, and what they are on images."""

import numpy as np
import pytest

from tests.genomes import genome, grown
from wann import envs
from wann.core.config import preset
from wann.core.kernels import forward_batch
from wann.core.network import express
from wann.evaluation import conditions, ensemble, protocol
from wann.evaluation.conditions import Condition
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.images import ImageEvaluator
from wann.evaluation.pool import Pool
from wann.evaluation.protocol import Candidate
from wann.tune import base

NETWORK = express(genome(4, 2, connections=[(3, 6), (4, 6), (0, 5, False)]))


class Made:
    """An evaluator whose score is the mean weight plus the case, which is a number."""

    def draw(self, rng, rollouts):
        return rng.choice([-1.0, 1.0], rollouts)

    confirmation = report = draw

    def scores(self, network, weights, cases):
        shared = weights if weights.ndim == 1 else weights.mean(axis=1)
        return shared[:, None] + cases[None, :]

    rewards = scores


@pytest.fixture(scope="module")
def digits():
    return envs.make("digits")


@pytest.fixture(scope="module")
def network():
    return express(grown(0, 100, inputs=64, outputs=10, probability=0.2))


def test_both_spreads_by_hand():
    # Means 0 and 10: a variance of 50 over weights. Variances 2 and 18 within: their mean is 10.
    condition = Condition("random shared", np.array([[-1.0, 1.0], [7.0, 13.0]]))
    assert condition.mean == 5.0
    assert condition.over_weights == pytest.approx(np.sqrt(50))
    assert condition.within_weight == pytest.approx(np.sqrt(10))
    # Of W = 2 weights and R = 2 cases: with n instead of n - 1 their squares make up the whole.
    total = condition.within_weight**2 / 2 + condition.over_weights**2 / 2
    assert total == pytest.approx(condition.scores.var())
    # The means over weights are 3 and 7: a variance of 8.
    assert condition.standard_error == pytest.approx(np.sqrt(50 / 2 + 8 / 2))
    assert condition.row("swingup") == {
        "condition": "random shared",
        "mean": 5.0,
        "within_weight": pytest.approx(np.sqrt(10)),
        "over_weights": pytest.approx(np.sqrt(50)),
        "standard_error": pytest.approx(np.sqrt(29)),
        "weights": 2,
        "episodes": 2,
        "paper_mean": 515,
        "paper_std": 58,
    }
    alone = Condition("best shared", np.array([[1.0, 3.0]]))
    assert (alone.within_weight, alone.over_weights) == (pytest.approx(np.sqrt(2)), None)
    assert alone.standard_error == pytest.approx(1.0)
    assert Condition("best shared", np.array([[0.9]])).standard_error is None
    assert alone.row("cartpole")["paper_mean"] is None


def test_the_standard_error_is_how_far_means_are_off():
    """Of 400 protocols with their own weights and cases: the deviation of their means."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(400):
        weights, cases = rng.normal(size=(30, 1)), rng.normal(scale=2, size=(1, 50))
        found.append(Condition("random shared", weights + cases + rng.normal(size=(30, 50))))
    expected = np.std([condition.mean for condition in found])
    errors = np.array([condition.standard_error for condition in found])
    assert errors.mean() == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("tuned", [None, 3.0, np.array([1.0, 2.0, 6.0])])
def test_the_four_conditions(tuned):
    with Pool(Made(), 1) as pool:
        found = protocol.score(Candidate(pool, NETWORK, 50, 5), 5, tuned=tuned)
    weights, shared, best, *rest = found
    assert [c.name for c in found[:3]] == ["random weights", "random shared", "best shared"]
    assert weights.scores.shape == shared.scores.shape == (100, 50)
    # The mean of two weights from U(-2, 2) varies by sqrt(16/12/2), one of them by sqrt(16/12).
    assert weights.over_weights == pytest.approx(np.sqrt(2 / 3), rel=0.2)
    assert shared.over_weights == pytest.approx(np.sqrt(4 / 3), rel=0.2)
    assert best.weight == 2.0
    assert weights.within_weight == pytest.approx(best.within_weight)  # the same cases
    if tuned is None:
        assert rest == []
        return
    assert [c.name for c in rest] == ["tuned weights" if np.ndim(tuned) else "tuned shared"]
    assert rest[0].mean - best.mean == pytest.approx(1.0)  # 3 instead of 2


def test_conditions_come_in_the_order_that_was_asked_for():
    names = [conditions.SIX_SHARED, conditions.VOTE, conditions.RANDOM_SHARED]
    with Pool(Made(), 1) as pool:
        found = protocol.score(Candidate(pool, NETWORK, 3, 0), 0, names)
        (tuned,) = protocol.score(Candidate(pool, NETWORK, 3, 0), 0, (), 0.25)
    assert [c.name for c in found] == ["six shared", "random shared"]  # there is none to vote
    cases = tuned.scores[0] - 0.25
    six = np.array([-2, -1, -0.5, 0.5, 1, 2])
    np.testing.assert_array_equal(found[0].scores, six[:, None] + cases)
    assert found[0].over_weights == pytest.approx(np.sqrt(10.5 / 5))


def test_all_topologies_meet_the_same_random_shared_weights_from_minus_2_to_2():
    other = express(genome(4, 2, connections=[(1, 5)]))
    with Pool(Made(), 1) as pool:
        found = [
            protocol.score(Candidate(pool, each, 3, 0), 4, names)[-1]
            for each, names in (
                (NETWORK, [conditions.RANDOM_SHARED]),
                (other, [conditions.RANDOM_WEIGHTS, conditions.RANDOM_SHARED]),
            )
        ]
    np.testing.assert_array_equal(found[0].scores, found[1].scores)
    weights = protocol.random_shared(4)
    assert len(np.unique(weights)) == 100
    assert -2 <= weights.min() < -1.8 < 1.8 < weights.max() <= 2
    assert not np.isin(weights, protocol.random_shared(5)).any()


def test_signs_multiply_shared_and_individual_weights():
    signs = np.array([-1.0, 1.0, 1.0])
    with Pool(Made(), 1) as pool:
        plain, turned = Candidate(pool, NETWORK, 2, 0), Candidate(pool, NETWORK, 2, 0, signs)
        cases = plain.reporting
        # The mean of (-3, 3, 3) is 1, that of (-1, 2, 6) is 7 / 3.
        shared = turned.scores(np.array([3.0]), cases)
        own = turned.scores(np.array([[1.0, 2.0, 6.0]]), cases)
    np.testing.assert_allclose(shared[0], 1.0 + cases)
    np.testing.assert_allclose(own[0], 7 / 3 + cases)


def test_a_weight_whose_score_is_not_finite_is_never_the_best():
    class Broken(Made):
        def scores(self, network, weights, cases):
            found = super().scores(network, weights, cases)
            return np.where(np.abs(weights[:, None]) > 1, np.nan, found)

    with Pool(Broken(), 1) as pool:
        assert protocol.best_shared(Candidate(pool, NETWORK, 3, 0)) == 1.0


def test_images_have_ensembles(digits, network):
    with Pool(ImageEvaluator(digits, 100), 1) as pool:
        found = protocol.score(Candidate(pool, network, 2, 0), 0)
    found = {condition.name: condition for condition in found}
    images = np.ascontiguousarray(digits.test.X.T)
    outputs = forward_batch.outputs(network.graph, images, ensemble.WEIGHTS)
    for name, combine in (
        (conditions.VOTE, ensemble.votes),
        (conditions.SOFTMAX, ensemble.probabilities),
    ):
        right = combine(outputs).argmax(axis=1) == digits.test.y
        assert found[name].mean == pytest.approx(right.mean())
        assert found[name].within_weight is None
    assert found[conditions.RANDOM_SHARED].scores.shape == (100, 1)


def test_validation_images_choose_and_test_images_are_reported(digits, network):
    with Pool(ImageEvaluator(digits, 100), 1) as pool:
        candidate = Candidate(pool, network, 1, 0)
        (best,) = protocol.score(candidate, 0, [conditions.BEST_SHARED])
        accuracy = candidate.scores(protocol.GRID, candidate.choosing)[:, 0]
    np.testing.assert_array_equal(candidate.choosing[0].images.T, digits.validation.X)
    ties = protocol.GRID[accuracy == accuracy.max()]
    assert best.weight == min(ties, key=lambda weight: abs(weight - 1))
    outputs = network.forward(digits.test.X.astype(float), best.weight)
    assert best.mean == pytest.approx((outputs.argmax(axis=1) == digits.test.y).mean(), abs=0.01)


def test_signs_reach_the_ensemble(digits, network):
    # Without hidden nodes the signs' outputs are those of the weights turned around.
    linear = express(grown(0, 0, inputs=64, outputs=10))
    with Pool(ImageEvaluator(digits, 100), 1) as pool:
        plain = Candidate(pool, linear, 1, 0)
        turned = Candidate(pool, linear, 1, 0, -np.ones(linear.enabled))
    (batch,) = plain.reporting
    weights = np.array([0.5, -1.5])
    expected = plain.outputs(-weights, batch)
    np.testing.assert_allclose(turned.outputs(weights, batch), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "usual", "affordable"),
    [
        ("cartpole", 1000, 1000),
        ("gym:tests.gym_tasks:Counter", 100, 125),
        ("gym:tests.gym_tasks:Pictures?grid:2x2", 10, 16),
    ],
)
def test_what_is_dear_is_tried_fewer_times(name, usual, affordable):
    evaluator = evaluator_for(envs.make(name), preset(name))
    assert protocol.usual_episodes(evaluator, 1000) == usual
    assert base.affordable(evaluator, 1000) == affordable
