"""Controls of equal budget."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.prune.images.equal_budget import narrowed, scratch_steps
from wann.prune.images.experiment import Chance, Experiment
from wann.prune.images.iterative import results
from wann.prune.masks.selection import kept
from wann.prune.methods.registry import METHODS, of_images, preset
from wann.prune.methods.usage import unused_of_images
from wann.prune.networks.architecture import Architecture
from wann.prune.networks.mlp import keep_all

ARMS = "dense-equal,small-dense,scratch-e,scratch-b,reinitialised,initial,shuffled"
SETTINGS = replace(
    preset("fine-tuning", "digits"), hidden="12,6", steps=60, sparsity="0.6", rate=0.4, arms=ARMS
)


@pytest.fixture(scope="module")
def found():
    experiment = Experiment(SETTINGS, envs.make("digits"))
    return experiment, {(r.arm, r.level): r.outcome for r in results(experiment, 0)}


def test_the_dense_network_has_the_same_trainings_and_loses_nothing(found):
    experiment, outcomes = found
    last = max(level for _, level in outcomes)
    assert last == 2
    outcome = outcomes["dense-equal", last]
    assert kept(outcome.masks) == 64 * 12 + 12 * 6 + 6 * 10
    # By hand: a full training, then one of a third of the steps at a tenth of the rate a level.
    mlp = experiment.initial(0)
    full = experiment.training
    short = replace(full, steps=20, learning_rate=full.learning_rate / 10)
    for number, training in enumerate([full, short, short]):
        rng = experiment.rng(0, Chance.BATCHES, number)
        mlp = experiment.trainer.train(mlp, keep_all(mlp), training, rng).mlp
    for ours, by_hand in zip(outcome.mlp.weights, mlp.weights, strict=True):
        np.testing.assert_array_equal(ours, by_hand)
    assert outcome.samples == outcomes["ticket", last].samples == (60 + 2 * 20) * 60


def test_the_small_network_has_the_same_trainings_and_about_as_many_weights(found):
    _, outcomes = found
    outcome, ticket = outcomes["small-dense", 2], outcomes["ticket", 2]
    assert outcome.mlp.sizes == (64, 5, 2, 10)  # 350 weights; 4 and 2 nodes have 284
    assert kept(ticket.masks) == 359
    assert outcome.samples == ticket.samples
    assert outcome.multiply_adds == 3 * 350 * outcome.samples


def test_other_weights_are_trained_in_full(found):
    _, outcomes = found
    before = outcomes["ticket", 1].samples  # what it took to find the mask
    for arm in ("scratch-e", "reinitialised", "initial", "shuffled"):
        assert outcomes[arm, 2].samples == before + 60 * 60
    assert outcomes["scratch-b", 2].samples == before + 120 * 60
    # The one is the other under the name of Liu et al.
    for a, b in zip(outcomes["scratch-e", 2].mlp, outcomes["reinitialised", 2].mlp, strict=True):
        np.testing.assert_array_equal(a[0], b[0])


def test_scratch_b_costs_as_much_and_at_most_twice_the_steps():
    assert scratch_steps(1000, 900, 900) == 1000
    assert scratch_steps(1000, 900, 600) == 1500
    assert scratch_steps(1000, 900, 100) == 2000


def test_hidden_layers_are_narrowed_alike():
    dense = Architecture((784, 300, 100, 10))
    assert narrowed(dense, 266_200) == dense
    sizes = narrowed(dense, 9_583).sizes
    assert sizes == (784, 12, 4, 10)  # 9,496 weights; 13 and 4 nodes have 10,284
    assert narrowed(dense, 1).sizes == (784, 1, 1, 10)


def test_methods_that_train_on_have_the_dense_network_beside_them():
    for name, method in METHODS.items():
        if method.images is not None and name != "transfer-task":
            settings = preset(name, "digits")
            trains_on = settings.survivors == "trained" and settings.retrain != "none"
            of_its_own = method.images.arms is not None
            assert ("dense-equal" in settings.arm_names()) == (trains_on or of_its_own)


@pytest.mark.parametrize("name", ["l1", "set"])
def test_a_method_of_its_own_procedure_has_the_same_training_beside_it(name):
    settings = replace(preset(name, "digits"), hidden="12,6", steps=4)
    if name == "set":
        settings = replace(settings, sparsity="0.5,0.8")
    experiment = Experiment(settings, envs.make("digits"))
    found = {(r.arm, r.level): r for r in of_images(name).runner(experiment, 0)}
    assert set(found) == {
        (arm, level)
        for arm in ("ticket", "dense-equal", "small-dense")
        for level in range(1, len(settings.sparsities()) + 1)
    }
    training = replace(experiment.training, choose=name != "l1")  # L1's last network counts
    mlp, rng = experiment.initial(0), experiment.rng(0, Chance.BATCHES, 0)
    by_hand = experiment.trainer.train(mlp, keep_all(mlp), training, rng).mlp
    for (arm, level), result in found.items():
        outcome, ticket = result.outcome, found["ticket", level].outcome
        assert outcome.samples == ticket.samples == 4 * settings.batch
        if arm == "dense-equal":
            for ours, expected in zip(outcome.mlp.weights, by_hand.weights, strict=True):
                np.testing.assert_array_equal(ours, expected)
        elif arm == "small-dense":
            assert outcome.mlp.sizes == narrowed(experiment.architecture, kept(ticket.masks)).sizes


def test_other_arms_of_such_a_method_are_refused():
    settings = replace(preset("rigl", "digits"), arms="dense-equal,shuffled")
    with pytest.raises(
        ValueError, match="expected dense-equal or small-dense with --method rigl, got"
    ):
        unused_of_images(settings)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": "dense-equal"}, "expected --survivors trained and a --retrain"),
        (
            {"arms": "small-dense", "score": "synflow", "retrain": "none"},
            "--arms small-dense: expected --retrain full, for nothing is trained",
        ),
    ],
)
def test_where_there_is_nothing_to_equal_it_is_said(changes, message):
    with pytest.raises(ValueError, match=message):
        unused_of_images(replace(preset("lottery-ticket", "digits"), **changes))
