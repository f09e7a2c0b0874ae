"""Pictures as arrays: bilinear resize, deskew."""

from __future__ import annotations

import numpy as np


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """Square images from bilinear samples, without smoothing before.

    The samples lie where OpenCV's INTER_LINEAR takes them: with the centres of pixels at half
    integers, target pixel i is at (i + 1/2) · old / new - 1/2, no farther out than the outermost
    pixels.

    Args:
        images: float[B, rows, columns].
        size: Rows and columns of the result.

    Returns:
        float64[B, size, size].
    """
    images = np.asarray(images, dtype=np.float64)
    for axis in (1, 2):
        old = images.shape[axis]
        at = np.clip((np.arange(size) + 0.5) * old / size - 0.5, 0, old - 1)
        low = np.minimum(at.astype(int), old - 2) if old > 1 else np.zeros(size, int)
        high = np.minimum(low + 1, old - 1)
        share = np.expand_dims(at - low, 2 - axis)
        images = (1 - share) * images.take(low, axis) + share * images.take(high, axis)
    return images


def deskew(images: np.ndarray) -> np.ndarray:
    """Straighten slanted characters: shear each row by what the moments of the image say.

    With the central moments μ of an image and s = μ11 / μ02, pixel (x, y) of the result is the
    source at x + s·y - s·size/2 in the same row: bilinear, zero outside. An image with
    \\|μ02\\| < 0.01 stays as it is. This is what the paper's code does; OpenCV gives the same for
    float32 images from version 5 on, while older ones round x to 1/32 of a pixel.

    Args:
        images: float[B, size, size].

    Returns:
        float64[B, size, size].
    """
    images = np.asarray(images, dtype=np.float64)
    size = images.shape[-1]
    pixels = np.arange(size, dtype=np.float64)
    columns, rows = images.sum(axis=1), images.sum(axis=2)
    mass = np.maximum(rows.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    dx = pixels - (columns @ pixels)[:, None] / mass
    dy = pixels - (rows @ pixels)[:, None] / mass
    mu11 = np.einsum("bij,bi,bj->b", images, dy, dx)
    mu02 = (rows * dy * dy).sum(axis=1)
    upright = np.abs(mu02) < 0.01
    skew = np.where(upright, 0.0, mu11 / np.where(upright, 1.0, mu02))

    source = pixels + skew[:, None, None] * (pixels[:, None] - size / 2)
    left = np.floor(source)
    share = source - left

    def sample(at: np.ndarray) -> np.ndarray:
        inside = (at >= 0) & (at < size)
        index = np.where(inside, at, 0).astype(np.intp)
        return np.where(inside, np.take_along_axis(images, index, axis=2), 0.0)

    return (1 - share) * sample(left) + share * sample(left + 1)
