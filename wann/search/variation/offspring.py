"""A generation of children, compiled: tournaments and mutations, as they are made one by one.

It draws the same numbers in the same order. What Python has a say in, such as mutations of one's
own or what a guide proposes, stays there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wann.core.expressions.own import parities
from wann.core.genome import GenePool, Genome, parted, pooled
from wann.core.kernels.jit import compiled, compiled_within
from wann.search.variation import operators
from wann.search.variation.draws import Draws, draws_of, least, random
from wann.search.variation.edit import Genes
from wann.search.variation.innovation import Innovations, Tables, roomy


class Rules(NamedTuple):
    """How children are made.

    Attributes:
        contestants: How many of the parents a tournament is among; the first of them wins.
        operators: int64[K], the mutations there are, of `operators`.
        rates: float64[K], how likely each is, relative to the others; none is 0.
        activations: uint8 indices of the activations to choose from.
        tries: How often a mutation may act, until a child is as it has to be.
    """

    contestants: int
    operators: np.ndarray
    rates: np.ndarray
    activations: np.ndarray
    tries: int


def offspring(
    parents: list[Genome],
    count: int,
    rules: Rules,
    symmetric: bool,
    rng: np.random.Generator,
    innovations: Innovations,
) -> list[Genome]:
    """Children with exactly one mutation each, of the winners of tournaments; where none can change
    a parent, it is its own child.

    Args:
        parents: From best to worst.
        count: How many children.
        rules: How they are made.
        symmetric: Whether to make only symmetric networks, of symmetric ones.
        rng: The source of chance.
        innovations: Gives new genes their numbers.
    """
    own = parents[0].own
    pool, kept = pooled(parents), parities(own) if symmetric else None
    children: list[Genome] = []
    while len(children) < count:
        left = count - len(children)
        *genes, same = bear(pool, left, rules, kept, draws_of(rng), innovations.tables())
        children += [
            child if parent < 0 else parents[parent]
            for child, parent in zip(
                parted(GenePool(pool.inputs, pool.outputs, *genes), own), same.tolist(), strict=True
            )
        ]
    return children


@compiled
def bear(
    parents: GenePool,
    count: int,
    rules: Rules,
    parities: np.ndarray | None,
    draws: Draws,
    tables: Tables,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Children as of `offspring`, fewer where the tables have no room for the numbers of more.

    Returns:
        Their nodes, their connections, and where each one's begin, as of `GenePool`; and the parent
        that each one is itself, or -1.
    """
    hidden = np.empty(len(parents.hidden), parents.hidden.dtype)
    connections = np.empty(len(parents.connections), parents.connections.dtype)
    starts, same = np.zeros((count + 1, 2), np.int64), np.full(count, -1)
    made = 0
    while made < count and roomy(tables):
        parent = least(draws, len(parents.starts) - 1, rules.contestants)
        random(draws)  # which says whether there is a crossover, where there is any
        first, last = parents.starts[parent], parents.starts[parent + 1]
        genes = Genes(
            parents.inputs,
            parents.outputs,
            parents.hidden[first[0] : last[0]],
            parents.connections[first[1] : last[1]],
        )
        done, nodes, joined = _mutated(genes, rules, parities, draws, tables)
        if not done:
            same[made] = parent
        hidden = _appended(hidden, starts[made, 0], nodes)
        connections = _appended(connections, starts[made, 1], joined)
        starts[made + 1, 0] = starts[made, 0] + len(nodes)
        starts[made + 1, 1] = starts[made, 1] + len(joined)
        made += 1
    ends = starts[made]
    return hidden[: ends[0]], connections[: ends[1]], starts[: made + 1], same[:made]


@compiled_within
def _mutated(
    genes: Genes, rules: Rules, parities: np.ndarray | None, draws: Draws, tables: Tables
) -> tuple[bool, np.ndarray, np.ndarray]:
    """Whether a mutation can change a parent, and the nodes and connections of the child."""
    left = rules.rates.copy()  # 0 for those that had nothing to act on
    while True:
        total = 0.0
        for rate in left:
            total += rate
        if total == 0:
            return False, genes.hidden, genes.connections
        point, passed, chosen = random(draws) * total, 0.0, -1
        for k in range(len(left)):
            passed += left[k]
            if left[k] > 0:
                chosen = k
                if point < passed:
                    break
        done, nodes, joined = operators.attempt(
            rules.operators[chosen], rules.tries, parities, genes, draws, tables, rules.activations
        )
        if done:
            return True, nodes, joined
        left[chosen] = 0


@compiled_within
def _appended(records: np.ndarray, used: int, more: np.ndarray) -> np.ndarray:
    """Records with more behind those in use; in a larger place where they do not fit."""
    if used + len(more) > len(records):
        larger = np.empty(2 * (used + len(more)), records.dtype)
        for i in range(used):
            larger[i] = records[i]
        records = larger
    for i in range(len(more)):
        records[used + i] = more[i]
    return records
