import os
from types import SimpleNamespace

import numpy as np
import pytest

from wann.envs.images import mnist
from wann.envs.images.idx import encode_idx
from wann.envs.images.pixels import deskew, resize


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "wann"


def arrays(training=40, test=15, seed=0):
    rng = np.random.default_rng(seed)
    return [
        rng.integers(256, size=(training, 28, 28)).astype(np.uint8),
        (np.arange(training) % 10).astype(np.uint8),
        rng.integers(256, size=(test, 28, 28)).astype(np.uint8),
        (np.arange(test) % 10).astype(np.uint8),
    ]


def write(folder, parts):
    folder.mkdir(parents=True, exist_ok=True)
    for file, part in zip(mnist.FILES, parts, strict=True):
        (folder / f"{file}.gz").write_bytes(encode_idx(part))


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.delenv("WANN_DATA", raising=False)
    write(tmp_path / "data" / "mnist", arrays())
    return tmp_path / "data"


def test_the_images_are_reduced_and_deskewed(data):
    task = mnist.make(data=data, validation=5)
    images, labels, test_images, test_labels = arrays()
    expected = deskew(resize(images / 255, 16)).reshape(40, 256)
    np.testing.assert_allclose(task.train.X, expected[:35], atol=1e-7)
    np.testing.assert_allclose(task.validation.X, expected[35:], atol=1e-7)
    np.testing.assert_array_equal(task.train.y, labels[:35])
    np.testing.assert_array_equal(task.validation.y, labels[35:])
    np.testing.assert_array_equal(task.test.y, test_labels)
    assert task.test.X.shape == (len(test_images), 256)
    assert task.train.X.dtype == np.float32
    assert task.train.y.dtype == np.int64
    assert task.image_shape == (16, 16)
    assert len(task.inputs) == 256
    assert task.inputs[17] == "pixel_1_1"
    assert task.outputs == tuple("0123456789")


def test_size_28_is_the_images_as_they_are(data):
    for _ in ("first", "from the cache"):
        task = mnist.make(data=data, size=28, validation=5)
        expected = arrays()[0][:35].reshape(35, 784) / np.float32(255)
        np.testing.assert_array_equal(task.train.X, expected)
        assert task.train.X.dtype == np.float32


def test_the_data_folder_may_come_from_the_environment(data, monkeypatch):
    monkeypatch.setenv("WANN_DATA", str(data))
    assert len(mnist.make(validation=5).train.X) == 35


def test_files_need_no_gzip(data):
    folder = data / "mnist"
    for file, part in zip(mnist.FILES, arrays(), strict=True):
        (folder / f"{file}.gz").unlink()
        header = bytes((0, 0, 8, part.ndim)) + np.array(part.shape, ">u4").tobytes()
        (folder / file).write_bytes(header + part.tobytes())
    assert len(mnist.make(data=data, validation=5).train.X) == 35


def test_fashion_mnist_is_the_same_in_another_folder(data):
    write(data / "fashion-mnist", arrays(seed=1))
    task = mnist.make("fashion-mnist", data=data, validation=5)
    assert task.name == "fashion-mnist"
    assert task.outputs[9] == "Ankle boot"


def test_the_second_time_comes_from_the_cache(data, cache, monkeypatch, capsys):
    first = mnist.make(data=data, validation=5)
    assert "preparing" in capsys.readouterr().err
    monkeypatch.setattr(mnist, "_prepare", None)
    second = mnist.make(data=data, validation=5)
    np.testing.assert_array_equal(first.train.X, second.train.X)
    assert capsys.readouterr().err == ""
    assert [path.suffix for path in cache.iterdir()] == [".npz"]


def test_other_files_never_meet_an_old_cache(data):
    first = mnist.make(data=data, validation=5)
    write(data / "mnist", arrays(seed=1))
    second = mnist.make(data=data, validation=5)
    assert not np.array_equal(first.train.X, second.train.X)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other arrays"])
def test_a_damaged_cache_is_made_anew(data, cache, damage):
    first = mnist.make(data=data, validation=5)
    (path,) = cache.iterdir()
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[5000] ^= 1
        path.write_bytes(content)
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        np.savez(path, something=np.zeros(3))
    second = mnist.make(data=data, validation=5)
    np.testing.assert_array_equal(first.train.X, second.train.X)


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(data, cache, capsys):
    cache.parent.mkdir()
    cache.write_text("a file where the folder would be")
    assert len(mnist.make(data=data, validation=5).train.X) == 35
    assert "are not kept" in capsys.readouterr().err


def test_bad_arguments(data):
    with pytest.raises(ValueError, match=r"expected size 16 \(deskewed\) or 28"):
        mnist.make(data=data, size=20)
    with pytest.raises(ValueError, match="unknown name 'mnst': expected one of mnist"):
        mnist.make("mnst", data=data)
    with pytest.raises(ValueError, match="from 1 to 39 of the 40 training images"):
        mnist.make(data=data)


def test_missing_folders_and_files_are_named(data):
    with pytest.raises(FileNotFoundError, match=r"fashion-mnist: no such folder; expected train"):
        mnist.make("fashion-mnist", data=data)
    (data / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match="t10k-labels-idx1-ubyte: no such file"):
        mnist.make(data=data)


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        (0, lambda a: a[:, :, :27], "train-images.*expected images of 28 x 28, found 28 x 27"),
        (0, lambda a: a[:0], "train-images.*expected at least one image"),
        (1, lambda a: a[:-1], "train-labels.*expected 40 labels.*train-images.*, found 39"),
        (1, lambda a: a + 1, "train-labels.*expected labels from 0 to 9, found 10"),
        (3, lambda a: np.append(a, a), "t10k-labels.*expected 15 labels.*found 30"),
        (2, lambda a: a[0], "t10k-images.*expected an IDX file of bytes with 3 dimensions"),
        (3, lambda a: a[:, None], "t10k-labels.*expected an IDX file of bytes with 1 dim"),
    ],
)
def test_wrong_files_are_one_clear_line(data, part, change, message):
    parts = arrays()
    parts[part] = np.ascontiguousarray(change(parts[part])).astype(np.uint8)
    write(data / "mnist", parts)
    with pytest.raises(ValueError, match=message) as caught:
        mnist.make(data=data, validation=5)
    assert "\n" not in str(caught.value)


def test_without_files_the_set_is_downloaded_once(monkeypatch, cache, capsys):
    monkeypatch.delenv("WANN_DATA", raising=False)
    monkeypatch.setattr(mnist, "TRAINING", 40)
    images, labels, test_images, test_labels = arrays()
    calls = []

    def fetch(name, **options):
        calls.append(name)
        return SimpleNamespace(
            data=np.concatenate([images, test_images]).reshape(55, 784).astype(np.float64),
            target=np.concatenate([labels, test_labels]).astype(str).astype(object),
        )

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch)
    task = mnist.make(validation=5)
    again = mnist.make(validation=5)
    assert calls == ["mnist_784"]
    assert "downloading from OpenML" in capsys.readouterr().err
    expected = deskew(resize(test_images / 255, 16)).reshape(15, 256)
    np.testing.assert_allclose(task.test.X, expected, atol=1e-7)
    np.testing.assert_array_equal(again.train.X, task.train.X)
    assert sorted(path.name for path in (cache / "mnist").iterdir()) == sorted(
        f"{file}.gz" for file in mnist.FILES
    )


def test_offline_says_what_to_do(monkeypatch):
    monkeypatch.delenv("WANN_DATA", raising=False)

    def fail(*args, **options):
        raise OSError("no route to host")

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fail)
    with pytest.raises(ConnectionError, match=r"no route to host.*WANN_DATA") as caught:
        mnist.make()
    assert "\n" not in str(caught.value)


def test_the_real_set():
    if not os.environ.get("WANN_DATA"):
        pytest.skip("needs the real files: set WANN_DATA to the folder that holds mnist/")
    task = mnist.make()
    assert task.train.X.shape == (55_000, 256)
    assert task.validation.X.shape == (5_000, 256)
    assert task.test.X.shape == (10_000, 256)
    assert np.bincount(task.test.y).tolist() == [
        *(980, 1135, 1032, 1010, 982),
        *(892, 958, 1028, 974, 1009),
    ]
    assert task.train.y[:5].tolist() == [5, 0, 4, 1, 9]
    assert 0 <= task.train.X.min() < task.train.X.max() <= 1.0001
