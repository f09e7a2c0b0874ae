"""A generation of children, compiled: tournaments and mutations, as they are made one by one.

It draws the same numbers in the same order. What Python has a say in, such as mutations of one's
own or what a guide proposes, stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wann.core.arrays import joined
from wann.core.expressions.values import parities
from wann.core.genome import GenePool, Genome, Genomes, together
from wann.core.kernels.jit import compiled, compiled_within
from wann.search.variation import operators
from wann.search.variation.draws import Draws, draws_of, least, random
from wann.search.variation.edit import Genes
from wann.search.variation.innovation import Innovations, Tables, roomy


class Rules(NamedTuple):
    """How a generation is made.

    Attributes:
        elites: How many of the best stay.
        parents: How many of the best may become parents.
        contestants: How many of these a tournament is among; the first of them wins.
        operators: int64[K], the mutations there are, of `operators`.
        rates: float64[K], how likely each is, relative to the others; none is 0.
        activations: uint8 indices of the activations to choose from.
        tries: How often a mutation may act, until a child is as it has to be.
    """

    elites: int
    parents: int
    contestants: int
    operators: np.ndarray
    rates: np.ndarray
    activations: np.ndarray
    tries: int


def offspring(
    genomes: Sequence[Genome],
    order: np.ndarray,
    rules: Rules,
    symmetric: bool,
    rng: np.random.Generator,
    innovations: Innovations,
) -> Genomes:
    """The next generation: the elites, and children with exactly one mutation each, of the winners
    of tournaments; where none can change a parent, it is its own child.

    Args:
        genomes: P genomes.
        order: int64[P], where they stand, from best to worst.
        rules: How the next ones are made.
        symmetric: Whether to make only symmetric networks, of symmetric ones.
        rng: The source of chance.
        innovations: Gives new genes their numbers.
    """
    genomes = together(genomes)
    pool, kept = genomes.pool, parities(genomes.own) if symmetric else None
    parts: list[tuple[np.ndarray, ...]] = []
    begin = 0
    while begin < len(order):
        tables = innovations.tables()
        parts.append(bear(pool, order, begin, rules, kept, draws_of(rng), tables))
        begin += len(parts[-1][-1])
    hidden, connections, counts, same = zip(*parts, strict=True)
    starts = np.concatenate((np.zeros((1, 2), np.int64), *counts)).cumsum(axis=0)
    return Genomes(
        GenePool(pool.inputs, pool.outputs, joined(hidden), joined(connections), starts),
        genomes.own,
        [None if i < 0 else genomes.made(i) for i in np.concatenate(same).tolist()],
    )


@compiled
def bear(
    pool: GenePool,
    order: np.ndarray,
    begin: int,
    rules: Rules,
    parities: np.ndarray | None,
    draws: Draws,
    tables: Tables,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The genomes of `offspring` from number `begin` on, as many as the tables have room for.

    Returns:
        Their nodes, their connections, how many of both each has, and where in the pool it is
        itself, or -1 if it is new.
    """
    count = len(order) - begin
    hidden = np.empty(len(pool.hidden), pool.hidden.dtype)
    connections = np.empty(len(pool.connections), pool.connections.dtype)
    counts, same = np.empty((count, 2), np.int64), np.full(count, -1)
    made = used = joined = np.int64(0)  # not three literals, for each of which more is compiled
    while made < count and roomy(tables):
        parent = begin + made
        elite = parent < rules.elites
        if not elite:
            parent = least(draws, rules.parents, rules.contestants)
            random(draws)  # which says whether there is a crossover, where there is any
        place = order[parent]
        first, last = pool.starts[place], pool.starts[place + 1]
        nodes = pool.hidden[first[0] : last[0]]
        genes = pool.connections[first[1] : last[1]]
        done = False
        if not elite:
            parts = Genes(pool.inputs, pool.outputs, nodes, genes)
            done, nodes, genes = _mutated(parts, rules, parities, draws, tables)
        if not done:
            same[made] = place
        hidden = _appended(hidden, used, nodes)
        connections = _appended(connections, joined, genes)
        used, joined = used + len(nodes), joined + len(genes)
        counts[made, 0], counts[made, 1] = len(nodes), len(genes)
        made += 1
    return hidden[:used], connections[:joined], counts[:made], same[:made]


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
