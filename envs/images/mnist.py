"""MNIST and Fashion-MNIST: 28 x 28 pictures of ten classes, as classification tasks."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import IO

import numpy as np

from wann.envs.classification import ClassificationTask
from wann.envs.images import idx
from wann.envs.images.idx import LARGEST, encode_idx
from wann.envs.images.pixels import deskew, resize
from wann.envs.reading import open_regular

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
PARTS = tuple((part, what) for part in (idx.TRAIN, idx.TEST) for what in (idx.IMAGES, idx.LABELS))
CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion-mnist": (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
}
OPENML = {"mnist": "mnist_784", "fashion-mnist": "Fashion-MNIST"}
ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")
PIXELS = 28  # rows and columns of the original images
TRAINING = 60_000  # images that stand first in OpenML's sets
VALIDATION = 5_000
CHUNK = 5_000  # images prepared at once, to need little memory
PREPARATION = b"1"  # changes with the way images are prepared, so that no old cache is read


def make(
    name: str = "mnist",
    data: str | Path | None = None,
    size: int = 16,
    validation: int = VALIDATION,
) -> ClassificationTask:
    """MNIST or Fashion-MNIST.

    The files are looked for in the folder `data`/`name`; without `data` in ``$WANN_DATA``/`name`;
    if that is not there either, they are downloaded from OpenML, once, into the user's cache
    (``$XDG_CACHE_HOME/wann``, else ``~/.cache/wann``). The prepared images are kept there too.

    Args:
        name: "mnist" or "fashion-mnist".
        data: A folder that holds the folder `name` with the four IDX files, gzip or not.
        size: 16: reduced to 16 x 16 and deskewed, 256 inputs, as in the paper. 28: as they are,
            784 inputs. Values are in [0, 1].
        validation: So many of the last training images are the validation examples.

    Raises:
        ValueError: If an argument or a file is not as it should be.
        OSError: If a file is missing or cannot be downloaded.
    """
    if name not in CLASSES:
        raise ValueError(f"unknown name {name!r}: expected one of {', '.join(CLASSES)}")
    if size not in (16, PIXELS):
        raise ValueError(f"expected size 16 (deskewed) or {PIXELS} (as they are), got {size}")
    arrays = _prepared(name, _folder(name, data), size)
    images, labels = _scaled(arrays["train_images"]), arrays["train_labels"]
    count = len(images) - validation
    if validation < 1 or count < 1:
        raise ValueError(
            f"expected from 1 to {len(images) - 1} of the {len(images)} training images for "
            f"validation, got {validation}"
        )
    return ClassificationTask(
        images[:count],
        labels[:count],
        name=name if size == 16 else f"{name}-{size}",
        validation=(images[count:], labels[count:]),
        test=(_scaled(arrays["test_images"]), arrays["test_labels"]),
        classes=range(len(CLASSES[name])),
        inputs=[f"pixel_{row}_{column}" for row in range(size) for column in range(size)],
        outputs=CLASSES[name],
        image_shape=(size, size),
    )


def _cache() -> Path:
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "wann"
    return Path.home() / ".cache" / "wann"


def _folder(name: str, data: str | Path | None) -> Path:
    """The folder with the files; they are downloaded where there is none."""
    if data is not None:
        folder = Path(data) / name
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder}: no such folder; expected {', '.join(FILES)} there")
        return folder
    if os.environ.get("WANN_DATA"):
        folder = Path(os.environ["WANN_DATA"]) / name
        if folder.is_dir():
            return folder
    folder = _cache() / name
    if not all((folder / f"{file}.gz").exists() for file in FILES):
        _download(name, folder)
    return folder


def _prepared(name: str, folder: Path, size: int) -> dict[str, np.ndarray]:
    """The `ARRAYS`: images as `_prepare` makes them, labels uint8[B].

    They are kept under the digest of what they are made from, so that other files, or another
    preparation, never meet an old cache.
    """
    files = [idx.read(folder, part, what) for part, what in PARTS]
    digest = hashlib.sha256(PREPARATION)
    for _, content in files:
        digest.update(hashlib.sha256(content).digest())
    cache = _cache() / f"{name}-{size}x{size}-{digest.hexdigest()[:16]}.npz"
    # A cache that is not there or damaged is made anew; a zip file has checksums.
    with (
        contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile),
        open_regular(cache, 2 * LARGEST) as file,  # np.load would leave a damaged file open
        np.load(file, allow_pickle=False) as stored,
    ):
        return {key: stored[key] for key in ARRAYS}
    print(f"{name}: preparing the images, once", file=sys.stderr)
    pairs = (_parse(files[0], files[1]), _parse(files[2], files[3]))
    arrays = [array for images, labels in pairs for array in (_prepare(images, size), labels)]
    prepared = dict(zip(ARRAYS, arrays, strict=True))
    try:
        _write(cache, lambda file: np.savez(file, allow_pickle=False, **prepared))
    except OSError as error:  # a read-only home, a full disk: slower, but no reason to stop
        print(f"{name}: the prepared images are not kept: {error}", file=sys.stderr)
    return prepared


def _parse(images: tuple[Path, bytes], labels: tuple[Path, bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8[B, 28, 28] and labels uint8[B] from two files with their content, checked."""
    pixels, numbers = idx.parse_pair(images, labels)
    if pixels.shape[1:] != (PIXELS, PIXELS):
        found = " x ".join(map(str, pixels.shape[1:]))
        raise ValueError(f"{images[0]}: expected images of {PIXELS} x {PIXELS}, found {found}")
    if numbers.max() > 9:
        raise ValueError(f"{labels[0]}: expected labels from 0 to 9, found {numbers.max()}")
    return pixels, numbers


def _prepare(images: np.ndarray, size: int) -> np.ndarray:
    """Float32[B, 256] in [0, 1], or uint8[B, 784] where the images stay as they are."""
    if size == PIXELS:
        return images.reshape(len(images), -1)
    result = np.empty((len(images), size * size), dtype=np.float32)
    for start in range(0, len(images), CHUNK):
        chunk = deskew(resize(images[start : start + CHUNK] / 255, size))
        result[start : start + CHUNK] = chunk.reshape(len(chunk), -1)
    return result


def _scaled(images: np.ndarray) -> np.ndarray:
    return images / np.float32(255) if images.dtype == np.uint8 else images


def _download(name: str, folder: Path) -> None:
    """Fetch a set from OpenML and keep it as the four IDX files."""
    from sklearn.datasets import fetch_openml  # slow to import, and rarely needed

    print(f"{name}: downloading from OpenML to {folder}, once (15 to 40 MB)", file=sys.stderr)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "A network error occurred")  # it tries again
            # cache=False: what is kept is written below. The other parser needs pandas.
            dataset = fetch_openml(
                OPENML[name], version=1, cache=False, as_frame=False, parser="liac-arff"
            )
    except (OSError, HTTPException, ValueError) as error:
        raise ConnectionError(
            f"{name} could not be downloaded from OpenML ({error}); without a network, put the "
            f"files {', '.join(FILES)} into a folder {name} and give the folder above as data "
            "or in WANN_DATA"
        ) from error
    images = dataset.data.astype(np.uint8).reshape(-1, PIXELS, PIXELS)
    labels = dataset.target.astype(np.uint8)
    parts = (images[:TRAINING], labels[:TRAINING], images[TRAINING:], labels[TRAINING:])
    for file, part in zip(FILES, parts, strict=True):
        _write(folder / f"{file}.gz", partial(_write_bytes, encode_idx(part)))


def _write_bytes(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def _write(path: Path, write_to: Callable[[IO[bytes]], object]) -> None:
    """Write a file under another name and rename it, so that it is never there by half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            write_to(file)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
