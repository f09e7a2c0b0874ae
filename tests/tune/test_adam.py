"""Training individual weights by gradients: it learns, and goes on where it stopped."""

import sys

import jax
import numpy as np
import optax
import pytest

from tests.genomes import genome, grown
from wann import envs
from wann.core.config import preset
from wann.core.kernels.gradients.weight_gradients import weight_gradients
from wann.core.network import express
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.tune.adam import EPOCHS, LEARNING_RATE, WeightTraining


@pytest.fixture(scope="module")
def pool():
    with Pool(evaluator_for(envs.make("digits"), preset("digits")), 1) as made:
        yield made


@pytest.fixture(scope="module")
def network():
    return express(grown(0, 150, inputs=64, outputs=10, probability=0.2))


def test_training_improves_on_the_shared_weight(pool, network):
    training = WeightTraining(pool, network, 0.5, 0)
    cases = pool.evaluator.confirmation(np.random.default_rng(0), 1)
    before = pool.scores([network], np.array([0.5]), cases).mean()
    for _ in range(5):
        row = training.step()
    after = pool.scores([network], training.weights[None], cases).mean()
    assert row["confirmed"] == after > before + 0.3
    assert [row["iteration"] for row in training.curve] == [1, 2, 3, 4, 5]


def test_restored_training_goes_on_bit_for_bit(pool, network):
    whole, first, second = (WeightTraining(pool, network, 0.5, 7) for _ in range(3))
    for _ in range(4):
        whole.step()
    for _ in range(2):
        first.step()
    second.restore(first.to_arrays())
    for _ in range(2):
        second.step()
    np.testing.assert_array_equal(second.to_arrays()["strengths"], whole.to_arrays()["strengths"])
    np.testing.assert_array_equal(second.weights, whole.weights)
    assert second.iteration == whole.iteration == 4


@pytest.mark.parametrize("number", [np.nan, np.inf, 2**40, -1])
def test_numbers_that_nothing_could_go_on_from_are_refused(pool, network, number):
    training = WeightTraining(pool, network, 1.0, 0)
    training.step()
    arrays, refused = training.to_arrays(), 0
    for name, array in arrays.items():
        whole = array.dtype.kind == "i"
        if whole != float(number).is_integer() or (name == "confirmed" and number == -1):
            continue
        changed = array.astype(np.int64 if whole else array.dtype)
        changed.reshape(-1)[0] = number
        with pytest.raises(ValueError, match=f"^{name}: expected"):
            training.restore(arrays | {name: changed})
        refused += 1
    assert refused >= (1 if float(number).is_integer() else 5)
    training.restore(arrays)


def test_the_state_of_another_network_is_refused(pool, network):
    other = WeightTraining(pool, express(grown(1, 150, inputs=64, outputs=10)), 0.5, 0)
    with pytest.raises(ValueError, match=r"strengths: expected float32\[\d+\], got float32\[\d+\]"):
        other.restore(WeightTraining(pool, network, 0.5, 0).to_arrays())


def test_a_network_without_connections_is_refused(pool):
    with pytest.raises(ValueError, match="a connection to tune, got none"):
        WeightTraining(pool, express(genome(64, 10)), 0.5, 0)


def test_a_step_is_that_of_adam_as_optax_has_it(pool, network):
    training = WeightTraining(pool, network, 0.5, 0)
    X, y = pool.evaluator.task.train
    steps = EPOCHS * (len(y) // training._batch)
    adam = optax.adam(optax.cosine_decay_schedule(LEARNING_RATE, steps))
    strengths = np.full(network.complexity, 0.5, np.float32)
    state = adam.init(strengths)
    for start in range(0, 240, 40):
        batch = X[start : start + 40], y[start : start + 40]
        gradient = -weight_gradients(network.graph, strengths, *batch)[0]
        changes, state = adam.update(gradient, state)
        strengths = np.asarray(optax.apply_updates(strengths, changes))
        training._descend(np.arange(start, start + 40)[None])
        np.testing.assert_allclose(training.to_arrays()["strengths"], strengths, atol=2e-6)
    # What earlier versions kept of a tuning, which go on from it.
    older = {f"moment_{i}": np.asarray(m) for i, m in enumerate(jax.tree.leaves(state))}
    resumed = WeightTraining(pool, network, 0.5, 0)
    resumed.restore({**training.to_arrays(), **older})
    for tuning in (resumed, training):
        tuning._descend(np.arange(40)[None])
    found, expected = (tuning.to_arrays()["strengths"] for tuning in (resumed, training))
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_training_needs_no_extra(pool, network, monkeypatch):
    for name in ("jax", "optax"):
        monkeypatch.setitem(sys.modules, name, None)
    WeightTraining(pool, network, 0.5, 0).step()
