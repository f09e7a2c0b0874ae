"""Innovation numbers: the same new gene gets the same number wherever it arises.

They align the genes of two parents in crossover (Stanley & Miikkulainen, 2002, section 3.2).
"""

from __future__ import annotations

from collections.abc import Container, Iterable

import numpy as np

from wann.core.arrays import take_whole
from wann.core.genome import Genome

MOST = 2**31 - 1  # numbers that genomes can hold


class Innovations:
    """Hands out innovation numbers of connections and ids of hidden nodes.

    A connection is known by its pair of nodes; a hidden node by the connection it was put into
    and, where a genome splits that connection again, a count.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        """Start with no gene known."""
        self._next_node = 1 + inputs + outputs
        self._next_connection = 0
        self._connections: dict[tuple[int, int], int] = {}
        self._nodes: dict[tuple[int, int], int] = {}

    def reserve(self, nodes: int) -> None:
        """Leave the ids below a number to nodes that are no splits."""
        self._next_node = max(self._next_node, nodes)

    def learn(self, genome: Genome) -> None:
        """Know the genes of a genome that was made elsewhere, by the numbers they have."""
        self.reserve(1 + int(genome.hidden["id"].max(initial=0)))
        for gene in genome.connections:
            self._connections[int(gene["source"]), int(gene["target"])] = int(gene["innovation"])
        most = int(genome.connections["innovation"].max(initial=-1))
        self._next_connection = max(self._next_connection, most + 1)

    def connection(self, source: int, target: int) -> int:
        """The innovation number of the connection between two nodes, by their ids."""
        number = self._connections.setdefault((source, target), self._next_connection)
        self._next_connection = max(self._next_connection, number + 1)
        return number

    def node(self, split: int, taken: Container[int]) -> int:
        """The id of the node that splits the connection with innovation number `split`.

        `taken` holds the ids the genome has already: one it does not have is returned.
        """
        count = 0
        while True:
            node = self._nodes.setdefault((split, count), self._next_node)
            self._next_node = max(self._next_node, node + 1)
            if node not in taken:
                return node
            count += 1

    def new_node(self) -> int:
        """An id that no node had before."""
        node = self._next_node
        self._next_node += 1
        return node

    def keep(self, genomes: Iterable[Genome]) -> None:
        """Forget the genes that no genome holds, so that memory stays bounded.

        A forgotten gene that arises again gets a new number; nothing is left that it could be
        aligned with.
        """
        genomes = list(genomes)
        connections = set(
            np.unique(np.concatenate([g.connections["innovation"] for g in genomes])).tolist()
        )
        nodes = set(np.unique(np.concatenate([g.hidden["id"] for g in genomes])).tolist())
        self._connections = {k: n for k, n in self._connections.items() if n in connections}
        self._nodes = {k: n for k, n in self._nodes.items() if n in nodes}

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state as arrays, for a checkpoint."""
        return {
            "next": np.array([self._next_node, self._next_connection]),
            "connections": _table(self._connections),
            "nodes": _table(self._nodes),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> Innovations:
        """The state that `to_arrays` gave.

        Raises:
            ValueError: If an array is missing or does not fit.
        """
        self = cls(0, 0)
        self._next_node, self._next_connection = take_whole(arrays, "next", 2).tolist()
        tables = [take_whole(arrays, name, None, 3) for name in ("nodes", "connections")]
        for table, end in zip(tables, (self._next_node, self._next_connection), strict=True):
            if not table[:, 2].max(initial=-1) < end < MOST:
                raise ValueError(f"expected numbers below {end}, itself below {MOST}")
        self._nodes, self._connections = (
            {(a, b): n for a, b, n in table.tolist()} for table in tables
        )
        return self


def _table(numbers: dict[tuple[int, int], int]) -> np.ndarray:
    rows = [(a, b, n) for (a, b), n in numbers.items()]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
