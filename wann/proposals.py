"""Proposals: changes of a genome that should help, for mutations to draw from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Proposals(NamedTuple):
    """Changes of a genome's connections and nodes that should help.

    Pairs are those of node ids, source and target.

    Attributes:
        joined: K pairs that no enabled connection joins.
        joined_chances: float64[K], how likely each should be chosen; they sum to 1.
        bridged: K pairs between which a new node should stand.
        bridged_chances: float64[K], likewise.
        activation: The activation of that node.
        removed: Innovation numbers of enabled connections.
    """

    joined: list[tuple[int, int]]
    joined_chances: np.ndarray
    bridged: list[tuple[int, int]]
    bridged_chances: np.ndarray
    activation: int
    removed: list[int]
