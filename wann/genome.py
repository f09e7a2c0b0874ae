"""Genome: node genes and connection genes, as in NEAT (Stanley & Miikkulainen, 2002).

Node ids are fixed by the task's sizes: the bias is 0, the I inputs are 1..I, the O outputs
I+1..I+O; hidden nodes have greater ids. Genomes are values: their arrays are read-only, and
every operator returns a new genome.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np

from wann import activations

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
    """

    inputs: int
    outputs: int
    hidden: np.ndarray
    connections: np.ndarray

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
        )

    def _repr_svg_(self) -> str:
        """The topology, for notebooks; what is not on a path to an output is left out."""
        from wann import network  # which imports this module

        return network.express(self)._repr_svg_()

    @property
    def first_hidden(self) -> int:
        """The smallest id a hidden node may have."""
        return 1 + self.inputs + self.outputs


def with_genes(genome: Genome, hidden: np.ndarray, connections: np.ndarray) -> Genome:
    """A genome of the same sizes with other genes, put in the order genomes keep."""
    return Genome(
        genome.inputs,
        genome.outputs,
        hidden[np.argsort(hidden["id"], kind="stable")],
        connections[np.argsort(connections["innovation"], kind="stable")],
    )


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
    ids = genome.hidden["id"].tolist()
    if ids != sorted(set(ids)):
        raise GenomeError("hidden nodes: an id stands twice or out of order")
    if ids and ids[0] < genome.first_hidden:
        raise GenomeError(
            f"hidden node {ids[0]}: ids below {genome.first_hidden} belong to bias, "
            "inputs and outputs"
        )
    for node in genome.hidden:
        if node["activation"] >= len(activations.NAMES):
            raise GenomeError(f"node {node['id']}: unknown activation number {node['activation']}")
    _validate_connections(genome, set(ids))


def _validate_connections(genome: Genome, hidden: set[int]) -> None:
    sources = hidden | set(range(1 + genome.inputs))
    targets = hidden | set(range(1 + genome.inputs, genome.first_hidden))
    innovations = genome.connections["innovation"].tolist()
    if innovations != sorted(set(innovations)):
        raise GenomeError("connections: an innovation number stands twice or out of order")
    pairs: set[tuple[int, int]] = set()
    for connection in genome.connections:
        source, target = int(connection["source"]), int(connection["target"])
        for role, node, allowed in (("source", source, sources), ("target", target, targets)):
            if node not in allowed:
                known = node in sources | targets
                why = f"cannot be a {role}" if known else "does not exist"
                raise GenomeError(f"connection {source} -> {target}: node {node} {why}")
        if (source, target) in pairs:
            raise GenomeError(f"connection {source} -> {target} stands twice")
        pairs.add((source, target))
    graph = nx.DiGraph(pairs)
    if not nx.is_directed_acyclic_graph(graph):
        cycle = " -> ".join(str(source) for source, _ in nx.find_cycle(graph))
        raise GenomeError(f"the connections form a cycle: {cycle} -> back to the start")
