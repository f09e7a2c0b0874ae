"""IDX files of the user's own as a task: images of any size and number of classes, EMNIST's too."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from wann.envs.classification import ClassificationTask
from wann.envs.images import idx
from wann.envs.images.name import MOST, parse
from wann.envs.images.pixels import resize
from wann.envs.reading import read_bytes
from wann.envs.tables.split import held_out

VALIDATION = 1 / 12  # share of the training images, as of MNIST
SEED = 0  # of the choice of validation images, the same for all searches
MAPPING = 10_000  # bytes that EMNIST's names of classes may have
EMNIST = "emnist-"  # its files begin so, and hold each image with rows and columns exchanged


def make(name: str, data: str | Path | None = None) -> ClassificationTask:
    """The task on the four IDX files of a folder.

    Args:
        name: Such as ``idx:/data/letters`` or ``idx:/data/letters?size=16``.
        data: A folder to look for the folder in, where it has moved.

    Raises:
        OSError: If a file is missing or cannot be read.
        ValueError: If a file is not as it should be.
    """
    named = parse(name)
    moved = None if data is None else Path(data) / named.folder.name
    folder = moved if moved is not None and moved.is_dir() else named.folder
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; expected one with four IDX files")
    parts = [_part(folder, part) for part in (idx.TRAIN, idx.TEST)]
    (images, labels), (test_images, test_labels) = parts
    if images.shape[1:] != test_images.shape[1:]:
        raise ValueError(
            f"{folder}: expected test images of {_size(images)} as in training, got "
            f"{_size(test_images)}"
        )
    if not named.size and max(images.shape[1:]) > MOST:
        raise ValueError(
            f"{folder}: expected images of at most {MOST} x {MOST}, got {_size(images)}: "
            f"?size=16 after the folder reduces them"
        )
    pixels, test_pixels = (_pixels(array, named.size) for array in (images, test_images))
    rows, columns = pixels.shape[1:]
    out = held_out(labels, VALIDATION, SEED)
    flat = pixels.reshape(len(pixels), -1)
    classes = np.unique(np.concatenate([labels, test_labels]))
    return ClassificationTask(
        flat[~out],
        labels[~out],
        name=str(named),
        validation=(flat[out], labels[out]),
        test=(test_pixels.reshape(len(test_pixels), -1), test_labels),
        classes=classes,
        inputs=[f"pixel_{row}_{column}" for row in range(rows) for column in range(columns)],
        outputs=_names(folder, classes),
        image_shape=(rows, columns),
    )


def _part(folder: Path, part: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    images = idx.read(folder, part, idx.IMAGES)
    pixels, labels = idx.parse_pair(images, idx.read(folder, part, idx.LABELS))
    return pixels.transpose(0, 2, 1) if images[0].name.startswith(EMNIST) else pixels, labels


def _pixels(images: np.ndarray, size: int) -> np.ndarray:
    """Float32[B, rows, columns] in [0, 1]."""
    if size:
        return resize(images / 255, size).astype(np.float32)
    return images / np.float32(255)


def _size(images: np.ndarray) -> str:
    return " x ".join(map(str, images.shape[1:]))


def _names(folder: Path, classes: np.ndarray) -> list[str]:
    """The characters that EMNIST's mapping says, ``label code [code]``, or else the labels."""
    names = {int(label): str(label) for label in classes}
    for path in sorted(folder.glob(f"{EMNIST}*-mapping.txt"))[:1]:
        for line in read_bytes(path, MAPPING).decode("ascii", "replace").splitlines():
            numbers = [int(word) for word in line.split() if word.isdigit()]
            if len(numbers) > 1 and all(32 < code < 127 for code in numbers[1:]):
                names[numbers[0]] = "/".join(map(chr, numbers[1:]))
    return [names[int(label)] for label in classes]
