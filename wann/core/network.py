"""Network: a genome expressed for computing. It has no weights; they are arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wann.core.expressions import own as own_activations
from wann.core.expressions.own import Own
from wann.core.expressions.values import programs
from wann.core.genome import Genome, together
from wann.core.kernels import forward as kernels
from wann.core.kernels import graph


@dataclass(frozen=True, eq=False)
class Network:
    """A feed-forward network of N nodes and E connections, without weights.

    Nodes are numbered in the order they are computed: 0 is the bias, 1..I the inputs, then the
    hidden nodes in topological order, and the last O nodes are the outputs. Only nodes and
    connections on a path to an output are here.

    A node's value is activation(w · sum of its sources' values) with a shared weight w, or
    activation(sum of weight · source) with individual weights. The bias is 1, outputs are linear.

    Attributes:
        inputs: Number of inputs I, without the bias.
        outputs: Number of outputs O.
        activations: uint8[N], indices into `names`; linear for bias and inputs.
        offsets: int32[N + 1]; the sources of node n are ``sources[offsets[n]:offsets[n + 1]]``.
        sources: int32[E], node numbers, each smaller than that of the node they feed.
        genes: int32[E], for each connection its place among the genome's enabled connections.
        enabled: Number of enabled connections of the genome, dead ones included.
        ids: int32[N], the genome's node id of each node.
        own: The activations of one's own that nodes may have.
    """

    inputs: int
    outputs: int
    activations: np.ndarray
    offsets: np.ndarray
    sources: np.ndarray
    genes: np.ndarray
    enabled: int
    ids: np.ndarray
    own: tuple[Own, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of activations by their indices."""
        return own_activations.names(self.own)

    @property
    def complexity(self) -> int:
        """Number of connections E: the enabled ones on a path to an output."""
        return len(self.sources)

    def forward(self, x: np.ndarray, weight: float | np.ndarray) -> np.ndarray:
        """The outputs for one or many inputs, in float64.

        Args:
            x: [..., I].
            weight: A shared weight, or [C] individual weights, one for each of the genome's
                enabled connections in the genome's order.

        Returns:
            [..., O].

        Raises:
            ValueError: If x or weight has the wrong size.
        """
        x = np.asarray(x, dtype=np.float64)
        if x.ndim == 0 or x.shape[-1] != self.inputs:
            raise ValueError(f"expected inputs of shape [..., {self.inputs}], got {x.shape}")
        rows = np.ascontiguousarray(x.reshape(-1, self.inputs))
        out = kernels.forward_rows(self.graph, *self.strengths(weight), rows)
        return out.reshape(*x.shape[:-1], self.outputs)

    @property
    def graph(self) -> kernels.Graph:
        """The arrays as the kernels take them."""
        return kernels.Graph(
            self.inputs,
            self.outputs,
            self.activations,
            self.offsets,
            self.sources,
            programs(self.own),
        )

    def strengths(self, weight: float | np.ndarray) -> tuple[np.ndarray | None, float]:
        """Weights as the kernels take them: (factors of the connections [E] or None for ones,
        shared weight).

        Raises:
            ValueError: If an array of weights has the wrong size.
        """
        weight = np.asarray(weight, dtype=np.float64)
        if weight.ndim == 0:
            return None, float(weight)
        if weight.shape != (self.enabled,):
            raise ValueError(
                f"expected one shared weight or {self.enabled} individual weights, "
                f"got an array of shape {weight.shape}"
            )
        return weight[self.genes], 1.0


def express(genome: Genome) -> Network:
    """The network of a genome: dead paths dropped, nodes in topological order."""
    activations, offsets, sources, genes, ids = graph.express(*genome.parts)
    enabled = int(np.count_nonzero(genome.connections["enabled"]))
    return Network(
        genome.inputs,
        genome.outputs,
        activations,
        offsets,
        sources,
        genes,
        enabled,
        ids,
        genome.own,
    )


def express_all(genomes: Sequence[Genome]) -> list[Network]:
    """The networks of genomes of the same sizes: a generation at once, which is faster."""
    if not genomes:
        return []
    genomes = together(genomes)
    inputs, outputs, own = genomes.pool.inputs, genomes.pool.outputs, genomes.own
    activations, offsets, sources, genes, ids, ends = graph.express_all(*genomes.pool)
    return [
        Network(
            inputs,
            outputs,
            activations[node:node_end],
            offsets[node + p : node_end + p + 1],
            sources[edge:edge_end],
            genes[edge:edge_end],
            after - before,
            ids[node:node_end],
            own,
        )
        for p, ((node, edge, before), (node_end, edge_end, after)) in enumerate(
            pairwise(ends.tolist())
        )
    ]
