"""What a run keeps to go on from, whole, cut short and damaged."""

from pathlib import Path

import numpy as np
import pytest

from wann.core.config import preset
from wann.storage.run import Run

CONFIG = preset("cartpole", seed=3)


@pytest.fixture
def run(tmp_path):
    return Run.create(CONFIG, tmp_path / "run")


def test_checkpoints(run):
    assert run.load_checkpoint() is None
    run.save_checkpoint({"a": np.arange(3)})
    run.save_checkpoint({"b": np.arange(4)})
    arrays = run.load_checkpoint()
    assert arrays.keys() == {"b"}
    assert arrays["b"].tolist() == [0, 1, 2, 3]


def test_the_checkpoint_before(run):
    for i in range(3):
        run.save_checkpoint({"a": np.arange(i)})
    (run.path / "checkpoint.npz").unlink()
    assert run.load_checkpoint()["a"].tolist() == [0]


def test_compressed_checkpoints_are_refused(run):
    """A small file cannot fill the memory."""
    np.savez_compressed(run.path / "checkpoint.npz", a=np.zeros(10**6))
    with pytest.raises(ValueError, match=r"it is damaged \(it is compressed\)"):
        run.load_checkpoint()


def test_a_checkpoint_cut_at_every_length(run):
    file = run.path / "checkpoint.npz"
    run.save_checkpoint({"a": np.arange(10), "b": np.array(1.5)})
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"checkpoint\.npz: expected arrays, but it is dam"):
            run.load_checkpoint()


def test_damaged_checkpoints(run):
    file = run.path / "checkpoint.npz"
    run.save_checkpoint({"a": np.arange(100), "b": np.array(1.5)})
    whole = file.read_bytes()
    rng = np.random.default_rng(0)
    damaged = []
    for place in rng.integers(len(whole) - 200, size=40):
        damaged.append(bytearray(whole))
        damaged[-1][place] ^= 255
    damaged += [b"PK\3\4", b"not a checkpoint"]
    errors = []
    for content in damaged:
        file.write_bytes(content)
        try:
            arrays = run.load_checkpoint()
        except ValueError as error:
            errors.append(str(error))
        else:  # a byte that does not count
            np.testing.assert_array_equal(arrays["a"], np.arange(100))
    assert len(errors) >= len(damaged) - 10
    assert all("checkpoint.npz: expected arrays, but it is d" in text for text in errors)


def test_a_single_array_is_no_checkpoint(run):
    with open(run.path / "checkpoint.npz", "wb") as file:
        np.save(file, np.arange(3))
    with pytest.raises(ValueError, match="expected arrays, but it is damaged"):
        run.load_checkpoint()


def test_nothing_is_unpickled(run):
    class Trap:
        def __reduce__(self):
            return Path.touch, (run.path / "sprung",)

    np.savez(run.path / "checkpoint.npz", a=np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
        run.load_checkpoint()
    assert not (run.path / "sprung").exists()
