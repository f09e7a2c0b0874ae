"""Training masked networks."""

from dataclasses import replace

import numpy as np
import pytest

from wann import envs
from wann.prune.images.data import examples_of, with_corrupted_labels
from wann.prune.images.training import (
    Trainer,
    Training,
    batches_of,
    compiled_training,
    forward,
    parts_of,
    pieces_of,
)
from wann.prune.networks.mlp import MLP, accuracy, glorot_normal, keep_all
from wann.prune.networks.mlp import forward as plain_forward

HOW = Training(steps=300)


@pytest.fixture(scope="module")
def data():
    return examples_of(envs.make("digits"))


@pytest.fixture(scope="module")
def trainer(data):
    return Trainer(data)


@pytest.fixture(scope="module")
def start():
    return glorot_normal((64, 12, 10), np.random.default_rng(0))


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_function_equals_the_plain_one(start):
    x = rng().normal(size=(5, 64)).astype(np.float32)
    np.testing.assert_allclose(np.asarray(forward(start, x)), plain_forward(start, x), atol=1e-5)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_it_learns_and_leaves_masked_weights_at_0(trainer, data, start, optimizer):
    masks = tuple(rng(1).random(w.shape) < 0.5 for w in start.weights)
    how = replace(HOW, optimizer=optimizer, learning_rate={"adam": 5e-3, "sgd": 0.05}[optimizer])
    found = trainer.train(start, masks, replace(how, l2=1e-3), rng())
    assert found.validation > 0.85
    assert found.validation == pytest.approx(accuracy(found.mlp, *data.validation))
    assert found.samples == 300 * 60
    for w, mask in zip(found.mlp.weights, masks, strict=True):
        assert (w[~mask] == 0).all()
        assert (w[mask] != 0).mean() > 0.8


def test_the_same_seed_gives_the_same_weights(trainer, start):
    a, b, c = (trainer.train(start, keep_all(start), HOW, rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(a.mlp.weights[0], b.mlp.weights[0])
    assert (a.mlp.weights[0] != c.mlp.weights[0]).any()


def test_a_shorter_training_is_the_beginning_of_a_longer(trainer, start):
    masks = keep_all(start)
    (short,) = trainer.run(start, masks, HOW, rng(), [7])
    first, _ = trainer.run(start, masks, HOW, rng(), [7, 5])
    np.testing.assert_array_equal(short.weights[1], first.weights[1])


def test_a_step_of_sgd_by_hand(data, start):
    """One step on all images: w - rate * gradient, computed with NumPy alone."""
    X, y = data.train
    one = Trainer(data)
    how = Training(steps=1, batch=len(y), optimizer="sgd", learning_rate=0.1, l2=0.01, choose=False)
    single = MLP(start.weights[:1], start.biases[:1])
    single = MLP((single.weights[0][:, :10],), (single.biases[0][:10],))
    found = one.train(single, keep_all(single), how, rng()).mlp
    outputs = X @ single.weights[0]
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    back = (p - np.eye(10)[y]) / len(y)
    expected = single.weights[0] - 0.1 * (X.T @ back + 0.01 * single.weights[0])
    np.testing.assert_allclose(found.weights[0], expected, atol=1e-6)
    np.testing.assert_allclose(found.biases[0], -0.1 * back.sum(axis=0), atol=1e-6)


def test_the_best_on_validation_is_taken_or_the_last(trainer, start):
    masks, how = keep_all(start), replace(HOW, steps=60, learning_rate=0.05)
    every = list(trainer.run(start, masks, how, rng(), parts_of(60)))
    hits = [accuracy(m, *trainer.data.validation) for m in every]
    best = trainer.train(start, masks, how, rng())
    np.testing.assert_array_equal(best.mlp.weights[0], every[int(np.argmax(hits))].weights[0])
    last = trainer.train(start, masks, replace(how, choose=False), rng())
    np.testing.assert_array_equal(last.mlp.weights[0], every[-1].weights[0])


def test_every_image_comes_once_in_a_pass():
    batches = batches_of(10, 3, rng())
    seen = np.concatenate([next(batches) for _ in range(3)])
    assert len(set(seen.tolist())) == 9
    assert next(batches_of(4, 60, rng())).tolist() != [0, 1, 2, 3, 4]
    assert sorted(next(batches_of(4, 60, rng())).tolist()) == [0, 1, 2, 3]


def test_parts():
    assert parts_of(15_000) == [500] * 30
    assert parts_of(61) == [3] * 20 + [1]
    assert parts_of(2) == [1, 1]


def test_it_can_be_stopped(data, start):
    class Stop(Exception):
        pass

    def tick(steps):
        raise Stop

    with pytest.raises(Stop):
        Trainer(data, tick).train(start, keep_all(start), HOW, rng())


def test_nothing_is_compiled_again_for_other_masks(trainer, start):
    run = compiled_training("adam", 0.0)[0]
    trainer.train(start, keep_all(start), HOW, rng())
    before = run._cache_size()
    masks = tuple(rng(5).random(w.shape) < 0.4 for w in start.weights)
    trainer.train(start, masks, replace(HOW, learning_rate=1e-3), rng())
    assert run._cache_size() == before


def test_raw_pixels_are_normalised(monkeypatch):
    from wann.envs.classification import ClassificationTask

    X = rng().random((20, 4)).astype(np.float32)
    task = ClassificationTask(X, np.arange(20) % 2, name="mnist-28")
    found = examples_of(task)
    assert found.normalisation == (0.1307, 0.3081)
    np.testing.assert_allclose(found.train.X, (task.train.X - 0.1307) / 0.3081, atol=1e-6)
    np.testing.assert_array_equal(found.test.y, task.report.y)


def test_corrupted_labels_keep_their_counts_and_lose_their_images(data):
    found = with_corrupted_labels(data, rng())
    np.testing.assert_array_equal(np.bincount(found.train.y), np.bincount(data.train.y))
    assert (found.train.y == data.train.y).mean() < 0.2
    np.testing.assert_array_equal(found.validation.y, data.validation.y)


def test_the_steps_before_the_first_check_come_in_pieces_that_choose_nothing(trainer, start):
    assert pieces_of(250) == [100, 100, 50]
    assert pieces_of(67) == [67]
    how = replace(HOW, steps=4_200)  # checks every 140 steps
    found = trainer.train(start, keep_all(start), how, rng())
    steps = found.curve[:, 0].tolist()
    assert steps[:4] == [100, 140, 280, 420]
    assert len(steps) == 31
    checks = found.curve[1:]
    assert found.step == checks[checks[:, 1].argmax(), 0]
    (whole,) = trainer.run(start, keep_all(start), how, rng(), [found.step])
    np.testing.assert_array_equal(whole.weights[0], found.mlp.weights[0])
