"""IDX files, in which MNIST and its like come: arrays of bytes."""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wann.envs.reading import read_bytes

GZIP_MAGIC = b"\x1f\x8b"
LARGEST = 10**9  # bytes; MNIST's have 47 million
UINT8 = 0x08  # the only element type of IDX files read here
TRAIN, TEST = ("train",), ("t10k", "test")  # what the names of the files of a part begin with
IMAGES, LABELS = ("images", 3), ("labels", 1)  # what they hold, and its number of dimensions


def parse_idx(content: bytes, path: Path, dimensions: int) -> np.ndarray:
    """The array in an IDX file of bytes, compressed with gzip or not.

    The format: two zero bytes, the element type, the number of dimensions; then each size as a
    big-endian 32-bit integer; then the elements, the last index running fastest
    (http://yann.lecun.com/exdb/mnist/).

    Args:
        content: The file's bytes.
        path: Its name, for messages.
        dimensions: Expected number of dimensions: 3 for images, 1 for labels.

    Returns:
        uint8[...], read-only.

    Raises:
        ValueError: If that is not what the file holds.
    """
    if content.startswith(GZIP_MAGIC):
        try:
            with gzip.open(io.BytesIO(content)) as stream:  # some small files grow without end
                content = stream.read(LARGEST + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"{path}: damaged or cut short: {error}") from None
        if len(content) > LARGEST:
            raise ValueError(f"{path}: expected at most {LARGEST} bytes, found more")
    magic = bytes((0, 0, UINT8, dimensions))
    if content[:4] != magic:
        raise ValueError(
            f"{path}: expected an IDX file of bytes with {dimensions} dimensions, beginning with "
            f"{magic.hex()}, found {content[:4].hex() or 'nothing'}"
        )
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise ValueError(f"{path}: expected a header of {header} bytes, found {len(content)}")
    shape = np.frombuffer(content, ">u4", dimensions, offset=4).tolist()
    expected = header + math.prod(shape)
    if len(content) != expected:
        size = " x ".join(map(str, shape))
        raise ValueError(
            f"{path}: expected {expected} bytes for {size} elements, found {len(content)}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def encode_idx(array: np.ndarray) -> bytes:
    """An array uint8[...] as an IDX file, compressed with gzip."""
    magic = bytes((0, 0, UINT8, array.ndim))
    sizes = np.array(array.shape, ">u4").tobytes()
    return gzip.compress(magic + sizes + array.tobytes(), compresslevel=1, mtime=0)


def find(folder: Path, part: Sequence[str], what: tuple[str, int]) -> Path:
    """The file of a part of a set: ``train-images-idx3-ubyte``, or ``train-images.idx3-ubyte``.

    It may end with ``.gz`` and begin with the name of a set, ``emnist-letters-``.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If there are several.
    """
    kind, dimensions = what
    names = [f"{p}-{kind}{dot}idx{dimensions}-ubyte" for p in part for dot in "-."]
    entries = sorted(folder.iterdir())
    found = [e for e in entries if e.name.removesuffix(".gz").endswith(tuple(names))]
    plain = [e for e in found if e.suffix != ".gz"]
    found = plain or found
    if not found:
        raise FileNotFoundError(f"{folder / names[0]}: no such file, nor one with .gz")
    if len(found) > 1:
        listed = ", ".join(e.name for e in found)
        raise ValueError(f"{folder}: expected one file {names[0]}, got {listed}")
    return found[0]


def parse_pair(
    images: tuple[Path, bytes], labels: tuple[Path, bytes]
) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8[B, rows, columns] and labels uint8[B] from two files with their content.

    Raises:
        ValueError: If they do not hold at least one image, and a label for each.
    """
    pixels = parse_idx(images[1], images[0], 3)
    numbers = parse_idx(labels[1], labels[0], 1)
    if not pixels.size:
        raise ValueError(f"{images[0]}: expected at least one image, found none")
    if len(numbers) != len(pixels):
        raise ValueError(
            f"{labels[0]}: expected {len(pixels)} labels, one for each image in "
            f"{images[0].name}, found {len(numbers)}"
        )
    return pixels, numbers


def read(folder: Path, part: Sequence[str], what: tuple[str, int]) -> tuple[Path, bytes]:
    """A file of a part of a set, see `find`, and its content.

    Raises:
        OSError: If it is not there or cannot be read.
        ValueError: If it is no file, or too large.
    """
    path = find(folder, part, what)
    return path, read_bytes(path, LARGEST)
