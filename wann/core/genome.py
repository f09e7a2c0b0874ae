"""Genome: node genes and connection genes, as in NEAT (Stanley & Miikkulainen, 2002).

Node ids are fixed by the task's sizes: the bias is 0, the I inputs are 1..I, the O outputs
I+1..I+O; hidden nodes have greater ids. Genomes are values: their arrays are read-only, and
every operator returns a new genome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, overload

import numpy as np

from wann.core.arrays import joined, piece, take
from wann.core.expressions import own as own_activations
from wann.core.expressions.own import Own
from wann.core.kernels import graph

NODE = np.dtype([("id", np.int32), ("activation", np.uint8)], align=True)
CONNECTION = np.dtype(
    [
        ("source", np.int32),
        ("target", np.int32),
        ("innovation", np.int32),
        ("enabled", np.bool_),
    ],
    align=True,
)


class GenomeError(ValueError):
    """A genome breaks a rule; the message says which gene and which rule."""


@dataclass(frozen=True, eq=False)
class Genome:
    """A network topology.

    Attributes:
        inputs: Number of inputs I, without the bias.
        outputs: Number of outputs O.
        hidden: The hidden node genes, `NODE` records sorted by id.
        connections: The connection genes, `CONNECTION` records sorted by innovation number.
        own: The activations of one's own that nodes may have; their indices follow the others'.
    """

    inputs: int
    outputs: int
    hidden: np.ndarray
    connections: np.ndarray
    own: tuple[Own, ...] = ()

    def __post_init__(self) -> None:
        """Seal the arrays: a genome is a value."""
        self.hidden.flags.writeable = False
        self.connections.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        """Equal genes in equal order."""
        if not isinstance(other, Genome):
            return NotImplemented
        return (
            self.inputs == other.inputs
            and self.outputs == other.outputs
            and np.array_equal(self.hidden, other.hidden)
            and np.array_equal(self.connections, other.connections)
            and self.own == other.own
        )

    @property
    def parts(self) -> tuple[int, int, np.ndarray, np.ndarray]:
        """As compiled code takes a genome: with copies that can be written to, as the genes of a
        pool can, so that nothing is compiled once more for arrays that are sealed."""
        hidden = piece(self.hidden, 0, len(self.hidden))
        return self.inputs, self.outputs, hidden, piece(self.connections, 0, len(self.connections))

    @property
    def first_hidden(self) -> int:
        """The smallest id a hidden node may have."""
        return 1 + self.inputs + self.outputs


def with_genes(genome: Genome, hidden: np.ndarray, connections: np.ndarray) -> Genome:
    """A genome of the same sizes with other genes, put in the order genomes keep."""
    return replace(
        genome,
        hidden=hidden[np.argsort(hidden["id"], kind="stable")],
        connections=connections[np.argsort(connections["innovation"], kind="stable")],
    )


class GenePool(NamedTuple):
    """The genes of P genomes of the same sizes one behind the other, as compiled code takes them.

    Attributes:
        inputs: Number of inputs I, without the bias.
        outputs: Number of outputs O.
        hidden: The hidden node genes.
        connections: The connection genes.
        starts: int64[P + 1, 2], where each genome's nodes and connections begin, and the ends.
    """

    inputs: int
    outputs: int
    hidden: np.ndarray
    connections: np.ndarray
    starts: np.ndarray


class Genomes(Sequence[Genome]):
    """P genomes of the same sizes, in a pool; each is made when it is asked for, and kept.

    Attributes:
        pool: Their genes.
    """

    def __init__(self, pool: GenePool, own: tuple[Own, ...], made: list[Genome | None]) -> None:
        """Genomes with activations of one's own; `made` has those that exist already."""
        self.pool, self.own, self._made = pool, own, made

    def __len__(self) -> int:
        """How many there are."""
        return len(self._made)

    @overload
    def __getitem__(self, i: int) -> Genome: ...
    @overload
    def __getitem__(self, i: slice) -> list[Genome]: ...
    def __getitem__(self, i: int | slice) -> Genome | list[Genome]:
        """One, or a list of some."""
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        found = self._made[i]
        if found is None:
            (low, first), (high, last) = self.pool.starts[i % len(self) :][:2].tolist()
            # Copies: else one genome would keep the memory of all.
            parts = piece(self.pool.hidden, low, high), piece(self.pool.connections, first, last)
            found = self._made[i] = Genome(self.pool.inputs, self.pool.outputs, *parts, self.own)
        return found

    def made(self, i: int) -> Genome | None:
        """One, if it was asked for before."""
        return self._made[i]


def together(genomes: Sequence[Genome]) -> Genomes:
    """Genomes, at least one, with their genes in one place."""
    if isinstance(genomes, Genomes):
        return genomes
    counts = [(len(genome.hidden), len(genome.connections)) for genome in genomes]
    pool = GenePool(
        genomes[0].inputs,
        genomes[0].outputs,
        joined([genome.hidden for genome in genomes]),
        joined([genome.connections for genome in genomes]),
        np.concatenate((np.zeros((1, 2), np.int64), np.cumsum(counts, axis=0))),
    )
    return Genomes(pool, genomes[0].own, list(genomes))


def validate(genome: Genome) -> None:
    """Check every rule a genome must keep.

    Raises:
        GenomeError: If an id, a number or a pair stands twice or out of order, a connection
            starts or ends where it must not, an activation is unknown, or the genes, enabled
            or not, contain a cycle.
    """
    if genome.inputs < 1 or genome.outputs < 1:
        raise GenomeError(
            f"expected at least one input and one output, got {genome.inputs} and {genome.outputs}"
        )
    ids = genome.hidden["id"]
    if (ids[1:] <= ids[:-1]).any():
        raise GenomeError("hidden nodes: an id stands twice or out of order")
    if len(ids) and ids[0] < genome.first_hidden:
        raise GenomeError(
            f"hidden node {ids[0]}: ids below {genome.first_hidden} belong to bias, "
            "inputs and outputs"
        )
    unknown = genome.hidden["activation"] >= len(own_activations.names(genome.own))
    if unknown.any():
        node = genome.hidden[unknown][0]
        raise GenomeError(f"node {node['id']}: unknown activation number {node['activation']}")
    _validate_connections(genome)


def _validate_connections(genome: Genome) -> None:
    innovations = genome.connections["innovation"]
    if (innovations[1:] <= innovations[:-1]).any():
        raise GenomeError("connections: an innovation number stands twice or out of order")
    inputs, first_hidden = genome.inputs, genome.first_hidden
    ends = [genome.connections[end].astype(np.int64) for end in ("source", "target")]
    wrong = np.array(
        [
            ~np.isin(nodes, genome.hidden["id"]) & ((nodes < low) | (nodes > high))
            for nodes, low, high in zip(
                ends, (0, 1 + inputs), (inputs, first_hidden - 1), strict=True
            )
        ]
    )
    if wrong.any():
        i = int(wrong.any(axis=0).argmax())
        end = int(wrong[:, i].argmax())
        why = f"cannot be a {('source', 'target')[end]}"
        if not 0 <= ends[end][i] < first_hidden:
            why = "does not exist"
        raise GenomeError(f"connection {ends[0][i]} -> {ends[1][i]}: node {ends[end][i]} {why}")
    _, first, counts = np.unique(ends[0] << 32 | ends[1], return_index=True, return_counts=True)
    if (counts > 1).any():
        i = first[counts > 1][0]
        raise GenomeError(f"connection {ends[0][i]} -> {ends[1][i]} stands twice")
    _validate_order(genome)


def _validate_order(genome: Genome) -> None:
    """Where there is no cycle, every hidden node stands behind its sources in some order."""
    hidden, connections = genome.hidden, genome.connections
    order = graph.hidden_order(*genome.parts)
    place = np.empty(len(hidden), np.int64)
    place[order] = np.arange(len(hidden))
    inner = connections[
        (connections["source"] >= genome.first_hidden)
        & (connections["target"] >= genome.first_hidden)
    ]
    source, target = (
        place[np.searchsorted(hidden["id"], inner[end])] for end in ("source", "target")
    )
    if (source >= target).any():
        import networkx as nx

        pairs = zip(inner["source"].tolist(), inner["target"].tolist(), strict=True)
        cycle = " -> ".join(str(node) for node, _ in nx.find_cycle(nx.DiGraph(pairs)))
        raise GenomeError(f"the connections form a cycle: {cycle} -> back to the start")


MOST_NODES = 2**20  # that a network of a checkpoint can have as inputs or outputs


def take_genomes(
    arrays: Mapping[str, np.ndarray],
    prefix: str,
    sizes: list[int],
    counts: np.ndarray | None,
    own: tuple[Own, ...] = (),
) -> list[Genome]:
    """The genomes whose genes stand one behind the other; each is checked.

    Args:
        arrays: The arrays.
        prefix: What comes before "hidden" and "connections" in the names of the genes.
        sizes: The numbers of inputs and outputs.
        counts: How many of the nodes and connections are each genome's, int64[P, 2]; None if all
            are one genome's.
        own: The activations of one's own of the genomes.

    Raises:
        ValueError: If an array is missing or does not fit, or a genome breaks a rule.
    """
    inputs, outputs = sizes
    hidden = take(arrays, f"{prefix}hidden", NODE, None)
    connections = take(arrays, f"{prefix}connections", CONNECTION, None)
    if counts is None:
        counts = np.array([[len(hidden), len(connections)]])
    if max(inputs, outputs) > MOST_NODES:
        raise ValueError(f"expected at most {MOST_NODES} inputs and outputs, got {sizes}")
    if counts.sum(axis=0).tolist() != [len(hidden), len(connections)]:
        raise ValueError(
            f"expected counts of {len(hidden)} nodes and {len(connections)} connections, got "
            f"those of {' and '.join(map(str, counts.sum(axis=0)))}"
        )
    # A byte that is neither 0 nor 1 would count as more than one connection.
    connections["enabled"] = connections["enabled"].view(np.uint8) != 0
    nodes, genes = (
        np.split(records, np.cumsum(number)[:-1])
        for records, number in zip((hidden, connections), counts.T, strict=True)
    )
    genomes = [
        Genome(inputs, outputs, h.copy(), c.copy(), own) for h, c in zip(nodes, genes, strict=True)
    ]
    for genome in genomes:
        validate(genome)
    return genomes
