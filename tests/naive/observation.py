"""What is seen of images, pixel by pixel."""

import numpy as np

WEIGHTS = {
    "luminance": (0.299, 0.587, 0.114),
    "red": (1, 0, 0),
    "green": (0, 1, 0),
    "blue": (0, 0, 1),
}


def cells(image, rows, columns, channel="luminance", threshold=None, crop=None):
    """The numbers of one grid over an image [rows, columns, 3]."""
    top, bottom, left, right = crop or (0, image.shape[0], 0, image.shape[1])
    part = image[top:bottom, left:right].astype(float) / 255
    names = channel.split("-")
    values = part @ np.array(WEIGHTS[names[0]])
    if len(names) == 2:
        values = values - part @ np.array(WEIGHTS[names[1]])
    if threshold is not None:
        values = (values > threshold).astype(float)
    found = []
    for r in range(rows):
        for c in range(columns):
            y = [r * len(values) // rows, (r + 1) * len(values) // rows]
            x = [c * values.shape[1] // columns, (c + 1) * values.shape[1] // columns]
            found.append(values[slice(*y), slice(*x)].mean())
    return found
