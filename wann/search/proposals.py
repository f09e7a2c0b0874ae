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
        connections_to_add: K pairs of node ids, source and target, not joined by any enabled
            connection.
        connection_chances: float64[K], how likely each should be chosen; they sum to 1.
        nodes_to_add: M nodes to add.
        node_chances: float64[M], likewise.
        connections_to_remove: Innovation numbers of enabled connections.
    """

    connections_to_add: list[tuple[int, int]]
    connection_chances: np.ndarray
    nodes_to_add: list[NewNode]
    node_chances: np.ndarray
    connections_to_remove: list[int]
