"""Proposals: changes of a genome that should help, for mutations to draw from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class NewNode(NamedTuple):
    """A hidden node to add, by ids.

    As every connection has the same weight, only nodes can turn a sign. Where some sources are
    `negated`, the new node sees a linear node that sums the others and an inverse node that sums
    these.
    """

    sources: list[int]
    negated: list[int]
    target: int
    activation: int


class Proposals(NamedTuple):
    """Changes of a genome's connections and nodes that should help.

    Attributes:
        joined: K pairs of node ids, source and target, that no enabled connection joins.
        joined_chances: float64[K], how likely each should be chosen; they sum to 1.
        nodes: M nodes to add.
        node_chances: float64[M], likewise.
        removed: Innovation numbers of enabled connections.
    """

    joined: list[tuple[int, int]]
    joined_chances: np.ndarray
    nodes: list[NewNode]
    node_chances: np.ndarray
    removed: list[int]
