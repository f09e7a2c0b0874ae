"""The names of the activations, in the order of `kernels.activations.TABLE`.

They stand by themselves for what needs nothing else of them, as the options of a search: its help
is there before NumPy would be.
"""

from __future__ import annotations

from collections.abc import Sequence

NAMES = ("linear", "step", "sin", "gaussian", "tanh", "sigmoid", "inverse", "abs", "relu", "cos")

DEEPEST = 16  # operations inside one another of an activation of one's own


def index(name: str, own: Sequence[str] = ()) -> int:
    """The index of an activation's name.

    Args:
        name: The name.
        own: The names of one's own, whose indices follow the others'.

    Raises:
        ValueError: If there is no activation of this name.
    """
    names = (*NAMES, *own)
    if name not in names:
        raise ValueError(f"unknown activation {name!r}: expected one of {', '.join(names)}")
    return names.index(name)
