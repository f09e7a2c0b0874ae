"""Steps are files: done once, read ever after."""

import numpy as np
import pytest

from wann.prune import steps
from wann.prune.images.outcome import Outcome, from_arrays, to_arrays
from wann.prune.networks.mlp import glorot_normal, masked
from wann.prune.run import PruneRun
from wann.prune.steps import DamagedStep


@pytest.fixture
def run(tmp_path):
    return PruneRun.create({"method": "random", "env": "digits", "seed": 0}, tmp_path / "run")


def step(run, name, compute):
    return steps.step(run, name, compute, to_arrays, from_arrays)


def outcome():
    rng = np.random.default_rng(0)
    mlp = glorot_normal((7, 5, 3), rng)
    masks = tuple(rng.random(w.shape) < 0.5 for w in mlp.weights)
    return Outcome(masked(mlp, masks), masks, 0.125, 10**12, 4 * 10**13)


def test_a_step_is_computed_once_and_comes_back_as_it_was(run):
    calls = []

    def compute():
        calls.append(1)
        return outcome()

    first = step(run, "a", compute)
    again = step(run, "a", compute)
    assert len(calls) == 1
    assert again[2:7] == first[2:7] == (0.125, 10**12, 4 * 10**13, "relu", None)
    assert again.curve.shape == (0, 2)
    curve = np.array([[100, 0.1], [200, 0.125]])
    trained = step(run, "b", lambda: first._replace(step=200, curve=curve))
    again = step(run, "b", compute)
    assert (again.step, again.validation) == (trained.step, 0.125) == (200, 0.125)
    np.testing.assert_array_equal(again.curve, curve)
    for a, b in zip(
        (*first.mlp.weights, *first.mlp.biases, *first.masks),
        (*again.mlp.weights, *again.mlp.biases, *again.masks),
        strict=True,
    ):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("damage", [lambda b: b[:100], lambda b: b"", lambda b: b"PK" + b[5:]])
def test_damaged_files_say_what_to_do(run, damage):
    step(run, "a", outcome)
    file = run.step("a")
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DamagedStep, match=r"a\.npz: expected a step of a pruning run, but it is"):
        step(run, "a", outcome)
