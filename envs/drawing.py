"""Pictures of a cart with a pole, drawn with Pillow."""

from __future__ import annotations

import math

import numpy as np

WIDTH, HEIGHT = 600, 240  # pixels
_OVERSAMPLING = 3  # drawn this much larger, then averaged down: smooth edges
_MARGIN = 0.7  # m of room on each side of the track, for a pole that leans out
_CART = (0.5, 0.24)  # m, width and height
_POLE_WIDTH = 0.09  # m

# Blue and vermilion of Okabe and Ito, told apart with every kind of colour vision.
_BACKGROUND = (250, 250, 248)
_RAIL = (150, 150, 150)
_CART_COLOUR = (0, 114, 178)
_POLE_COLOUR = (213, 94, 0)
_PIVOT_COLOUR = _BACKGROUND


def draw_cart_pole(x: float, theta: float, *, x_limit: float, pole_length: float) -> np.ndarray:
    """A cart with a pole on its track, to scale, seen from the side.

    Args:
        x: The cart's position, m, rightwards from the middle of the track.
        theta: The pole's angle, rad, clockwise from upright.
        x_limit: The track reaches from -x_limit to x_limit, m.
        pole_length: From the pivot to the pole's tip, m.

    Returns:
        The picture, uint8[HEIGHT, WIDTH, 3].
    """
    from PIL import Image, ImageDraw  # only here: most searches draw nothing

    width, height = WIDTH * _OVERSAMPLING, HEIGHT * _OVERSAMPLING
    scale = width / (2 * (x_limit + _MARGIN))
    image = Image.new("RGB", (width, height), _BACKGROUND)
    pen = ImageDraw.Draw(image)

    def pixel(along: float, up: float) -> tuple[float, float]:
        return (width - 1) / 2 + scale * along, (height - 1) / 2 - scale * up

    def box(along: float, up: float, half_width: float, half_height: float) -> list[float]:
        return [
            *pixel(along - half_width, up + half_height),
            *pixel(along + half_width, up - half_height),
        ]

    pen.rectangle(box(0.0, 0.0, x_limit, 0.015), fill=_RAIL)
    for end in (-x_limit, x_limit):
        pen.rectangle(box(end, 0.0, 0.02, 0.15), fill=_RAIL)
    pen.rounded_rectangle(
        box(x, 0.0, _CART[0] / 2, _CART[1] / 2), radius=0.05 * scale, fill=_CART_COLOUR
    )

    tip = (x + pole_length * math.sin(theta), pole_length * math.cos(theta))
    half = _POLE_WIDTH / 2
    across = (half * math.cos(theta), -half * math.sin(theta))
    corners = [
        pixel(foot_x + sign * across[0], foot_y + sign * across[1])
        for (foot_x, foot_y), sign in [((x, 0.0), 1), (tip, 1), (tip, -1), ((x, 0.0), -1)]
    ]
    pen.polygon(corners, fill=_POLE_COLOUR)
    for end_x, end_y in ((x, 0.0), tip):
        pen.ellipse(box(end_x, end_y, half, half), fill=_POLE_COLOUR)
    pen.ellipse(box(x, 0.0, half / 2, half / 2), fill=_PIVOT_COLOUR)
    return np.asarray(image.reduce(_OVERSAMPLING))
