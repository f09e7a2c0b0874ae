"""Innovation numbers: the same new gene gets the same number wherever it arises.

They align the genes of two parents in crossover (Stanley & Miikkulainen, 2002, section 3.2).
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

import numpy as np

from wann.core.arrays import take_whole
from wann.core.genome import Genome
from wann.core.kernels.jit import compiled

MOST = 2**31 - 1  # numbers that genomes can hold
# Pairs that there is room for when compiled code is given the tables: more than the mutations that
# are tried for one child can add.
ROOM = 512


class Table(NamedTuple):
    """The numbers of pairs: a hash table with open addressing, of C places, a power of two."""

    pairs: np.ndarray  # int64[C, 2], -1 where there is none
    numbers: np.ndarray  # int64[C]
    state: np.ndarray  # int64[2], how many pairs there are, and the next number


class Tables(NamedTuple):
    """Of connections, by source and target; of nodes, by the split connection and a count."""

    connections: Table
    nodes: Table


@compiled
def number_of(table: Table, first: int, second: int) -> int:
    """The number of a pair, a new one if it has none."""
    place = _place(table, first, second)
    if table.pairs[place, 0] < 0:
        _put(table, place, first, second, table.state[1])
    return table.numbers[place]


@compiled
def _place(table: Table, first: int, second: int) -> int:
    """Where a pair is, or the free place that it would have."""
    mask = len(table.numbers) - 1
    mixed = first * 0x9E3779B97F4A7C1 + second * 0x85EBCA6B3C6EF37
    place = (mixed ^ (mixed >> 29)) & mask
    while table.pairs[place, 0] >= 0:
        if table.pairs[place, 0] == first and table.pairs[place, 1] == second:
            break
        place = (place + 1) & mask
    return place


@compiled
def _put(table: Table, place: int, first: int, second: int, number: int) -> None:
    table.state[0] += table.pairs[place, 0] < 0
    table.pairs[place, 0], table.pairs[place, 1] = first, second
    table.numbers[place] = number
    table.state[1] = max(table.state[1], number + 1)


@compiled
def _fill(table: Table, rows: np.ndarray) -> None:
    for i in range(len(rows)):
        place = _place(table, rows[i, 0], rows[i, 1])
        _put(table, place, rows[i, 0], rows[i, 1], rows[i, 2])


def _table(rows: np.ndarray, next_number: int) -> Table:
    """A table of pairs and their numbers, int64[n, 3], at most half full with `ROOM` more."""
    places = 1 << int(4 * (len(rows) + ROOM) - 1).bit_length()
    table = Table(
        np.full((places, 2), -1), np.empty(places, np.int64), np.array([0, next_number], np.int64)
    )
    if len(rows):
        _fill(table, rows)
    return table


def _rows(table: Table) -> np.ndarray:
    """The pairs and their numbers, int64[n, 3], by number."""
    there = table.pairs[:, 0] >= 0
    rows = np.column_stack((table.pairs[there], table.numbers[there]))
    return rows[np.argsort(rows[:, 2], kind="stable")]


@compiled
def roomy(tables: Tables) -> bool:
    """Whether both tables stay at most half full with `ROOM` more pairs."""
    return _roomy(tables.connections) and _roomy(tables.nodes)


@compiled
def _roomy(table: Table) -> bool:
    return 2 * (table.state[0] + ROOM) <= len(table.numbers)


NONE = np.empty((0, 3), np.int64)


class Innovations:
    """Hands out innovation numbers of connections and ids of hidden nodes.

    A connection is known by its pair of nodes; a hidden node by the connection it was put into
    and, where a genome splits that connection again, a count.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        """Start with no gene known."""
        self._tables = Tables(_table(NONE, 0), _table(NONE, 1 + inputs + outputs))

    def tables(self) -> Tables:
        """The tables as compiled code takes them, with room for `ROOM` more pairs each."""
        if not roomy(self._tables):
            self._tables = Tables(
                *(
                    table if _roomy(table) else _table(_rows(table), int(table.state[1]))
                    for table in self._tables
                )
            )
        return self._tables

    def reserve(self, nodes: int) -> None:
        """Leave the ids below a number to nodes that are no splits."""
        state = self._tables.nodes.state
        state[1] = max(state[1], nodes)

    def learn(self, genome: Genome) -> None:
        """Know the genes of a genome that was made elsewhere, by the numbers they have."""
        self.reserve(1 + int(genome.hidden["id"].max(initial=0)))
        known, nodes = self._tables
        new = [genome.connections[name] for name in ("source", "target", "innovation")]
        rows = np.concatenate((_rows(known), np.column_stack(new).astype(np.int64)))
        self._tables = Tables(_table(rows, int(known.state[1])), nodes)

    def connection(self, source: int, target: int) -> int:
        """The innovation number of the connection between two nodes, by their ids."""
        return int(number_of(self.tables().connections, int(source), int(target)))

    def node(self, split: int, taken: Container[int]) -> int:
        """The id of the node that splits the connection with innovation number `split`.

        `taken` holds the ids the genome has already: one it does not have is returned.
        """
        count = 0
        while (node := int(number_of(self.tables().nodes, int(split), count))) in taken:
            count += 1
        return node

    def new_node(self) -> int:
        """An id that no node had before."""
        state = self._tables.nodes.state
        state[1] += 1
        return int(state[1]) - 1

    def keep(self, genomes: Iterable[Genome]) -> None:
        """Forget the genes that no genome holds, so that memory stays bounded.

        A forgotten gene that arises again gets a new number; nothing is left that it could be
        aligned with.
        """
        genomes = list(genomes)
        held = (
            np.concatenate([g.connections["innovation"] for g in genomes]),
            np.concatenate([g.hidden["id"] for g in genomes]),
        )
        self._tables = Tables(*map(_kept, self._tables, held))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state as arrays, for a checkpoint."""
        connections, nodes = self._tables
        return {
            "next": np.array([nodes.state[1], connections.state[1]]),
            "connections": _rows(connections),
            "nodes": _rows(nodes),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> Innovations:
        """The state that `to_arrays` gave.

        Raises:
            ValueError: If an array is missing or does not fit.
        """
        self = cls(0, 0)
        ends = take_whole(arrays, "next", 2).tolist()
        tables = [take_whole(arrays, name, None, 3) for name in ("nodes", "connections")]
        for table, end in zip(tables, ends, strict=True):
            if not table[:, 2].max(initial=-1) < end < MOST:
                raise ValueError(f"expected numbers below {end}, itself below {MOST}")
        nodes, connections = map(_table, tables, ends)
        self._tables = Tables(connections, nodes)
        return self


def _kept(table: Table, numbers: np.ndarray) -> Table:
    """The table without the numbers that are not among some."""
    rows = _rows(table)
    return _table(rows[np.isin(rows[:, 2], numbers)], int(table.state[1]))
