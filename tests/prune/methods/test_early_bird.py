"""Early-Bird tickets."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.prune.images.data import examples_of
from wann.prune.images.experiment import Experiment
from wann.prune.images.training import Training
from wann.prune.masks.selection import kept
from wann.prune.methods import coefficients, early_bird
from wann.prune.methods.registry import preset
from wann.prune.networks.mlp import MLP, accuracy, forward, glorot_normal
from wann.prune.networks.shrink import shrunk

EPOCH = 20  # steps: 1,257 images in batches of 60


@pytest.fixture(scope="module")
def found():
    """The results with settings, by arm, and the experiment."""

    def found(**changes):
        settings = replace(preset("early-bird", "digits"), **{"hidden": "12", **changes})
        experiment = Experiment(settings, envs.make("digits"))
        dense, *others = early_bird.results(experiment, 0)
        assert (dense.arm, dense.level) == ("ticket", 0)
        return experiment, dense, {result.arm: result for result in others}

    return found


def masks(*places):
    mask = np.zeros(20, bool)
    mask[list(places)] = True
    return (mask.reshape(4, 5),)


def test_settled_needs_five_masks_that_differ_in_at_most_a_tenth():
    a, b, c = masks(0, 1), masks(0, 2), masks(2, 3)  # a and b differ in 2 of 20 places
    assert early_bird.spread([a, a, b, b, a]) == 0.1 <= early_bird.DISTANCE
    assert early_bird.spread([a, a, b, b]) == np.inf
    assert early_bird.spread([a, b, b, b, c]) == 0.2


@pytest.mark.parametrize("scope", ["coefficients", "nodes-l1"])
def test_nodes_go_early_and_the_rest_is_trained_for_the_rest(found, scope):
    _, dense, arms = found(steps=600, scope=scope)
    drawn, ticket, full = (arms[name].outcome for name in ("found", "ticket", "full-ticket"))
    epochs = drawn.samples // (EPOCH * 60)
    assert 5 <= epochs < 30
    assert arms["found"].note == f"the mask settled after {epochs} of 30 epochs"
    assert drawn.mlp.sizes == ticket.mlp.sizes == full.mlp.sizes == (64, 6, 10)
    assert ticket.samples == dense.outcome.samples == 600 * 60
    assert full.samples == 2 * ticket.samples
    # What is left is smaller, and so is the cost.
    rest = 3 * (600 - epochs * EPOCH) * 60 * (64 * 6 + 6 * 10)
    assert ticket.multiply_adds == drawn.multiply_adds + rest < dense.outcome.multiply_adds
    assert ticket.multiply_adds < 0.6 * full.multiply_adds
    assert "of the multiply-adds of the full ticket" in arms["ticket"].note
    assert arms["ticket"].score > arms["found"].score


def test_weights_may_go_instead(found):
    _, _, arms = found(steps=600, scope="layer", sparsity="0.7")
    drawn, ticket = arms["found"].outcome, arms["ticket"].outcome
    assert kept(drawn.masks) == 888 - round(0.7 * 768) - round(0.7 * 120)
    for a, b in zip(drawn.masks, ticket.masks, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_mask_that_never_settles_is_the_result(found):
    _, _, arms = found(steps=90)
    assert set(arms) == {"found", "full-ticket"}
    assert "not settled in 4 epochs" in arms["found"].note


def test_coefficients_begin_as_the_plain_network_and_fold_into_it():
    """One step of gradient descent by hand, on the coefficients alone."""
    data = examples_of(envs.make("digits"))
    start = glorot_normal((64, 5, 10), np.random.default_rng(0))
    how = Training(steps=1, optimizer="sgd", learning_rate=0.1)
    runs = [
        next(coefficients.train(start, data, how, penalty, np.random.default_rng(1), [1]))
        for penalty in (0.0, 0.5)
    ]
    # The penalty's own part of a step from 1 is rate x factor, and moves no weight.
    np.testing.assert_allclose(
        runs[0].coefficients[0] - runs[1].coefficients[0], 0.1 * 0.5, rtol=1e-5
    )
    np.testing.assert_array_equal(runs[0].mlp.weights[0], runs[1].mlp.weights[0])
    x = data.test.X[:20]
    (w, v), (b, d) = runs[1].mlp
    by_hand = runs[1].coefficients[0] * np.maximum(x @ w + b, 0) @ v + d
    np.testing.assert_allclose(forward(runs[1].folded(), x), by_hand, atol=1e-5)


def test_a_penalty_makes_coefficients_small(found):
    experiment, _, _ = found(steps=90)
    start, rng = experiment.initial(0), np.random.default_rng
    total = [
        sum(np.abs(c).sum() for c in scaled.coefficients)
        for penalty in (0.0, 0.05)
        for scaled in coefficients.train(
            start, experiment.data, experiment.training, penalty, rng(0), [90]
        )
    ]
    assert total[1] < 0.97 * total[0]


def test_a_network_without_its_dead_nodes_is_the_same_function():
    rng = np.random.default_rng(3)
    mlp = glorot_normal((9, 8, 7, 3), rng)
    mlp = MLP(mlp.weights, tuple(rng.normal(size=b.shape).astype(np.float32) for b in mlp.biases))
    masks = tuple(rng.random(w.shape) < 0.12 for w in mlp.weights)
    mlp = MLP(tuple(w * m for w, m in zip(mlp.weights, masks, strict=True)), mlp.biases)
    small, left = shrunk(mlp, masks)
    assert small.sizes[1] < 8
    assert small.sizes[2] < 7
    x = rng.normal(size=(50, 9)).astype(np.float32)
    np.testing.assert_allclose(forward(small, x), forward(mlp, x), atol=1e-5)
    assert all((w[~m] == 0).all() for w, m in zip(small.weights, left, strict=True))
    assert accuracy(small, x, forward(mlp, x).argmax(axis=1)) == 1.0
