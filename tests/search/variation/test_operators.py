"""The compiled operators against plain Python: the same draws, the same children."""

import numpy as np
import pytest

from tests.naive import variation as naive
from wann.core.genome import validate
from wann.core.kernels import activations
from wann.search.variation import initial, mutation, operators
from wann.search.variation.draws import below, distinct, draws_of, least, random
from wann.search.variation.innovation import Innovations

KINDS = activations.indices(["linear", "inverse", "abs", "relu"])


def test_the_draws_are_those_of_the_generator():
    ours, numpy = np.random.default_rng(3), np.random.default_rng(3)
    draws = draws_of(ours)
    for i in range(2000):
        count = (1, 2, 3, 7, 1000, 2**31, 3 * 2**30, 2**32, 2**32 + 1, 3 * 2**61)[i % 10]
        assert below(draws, count) == numpy.integers(count)
        chosen = min(count, 1 + i % 4)
        if count <= 1000:
            assert distinct(draws, count, chosen).tolist() == (
                numpy.choice(count, chosen, replace=False).tolist()
            )
        assert random(draws) == numpy.random()
        if i % 3 == 0:
            assert least(draws, count, 3) == numpy.integers(count, size=3).min()
    assert ours.bit_generator.state == numpy.bit_generator.state


@pytest.mark.parametrize("bits", [np.random.MT19937, np.random.Philox])
def test_any_generator_of_numpys_will_do(bits):
    ours, numpy = np.random.Generator(bits(1)), np.random.Generator(bits(1))
    assert [below(draws_of(ours), 50) for _ in range(50)] == numpy.integers(50, size=50).tolist()


@pytest.mark.parametrize("symmetric", [False, True], ids=["any", "symmetric"])
@pytest.mark.parametrize("seed", range(3))
def test_children_are_those_of_plain_python(seed, symmetric):
    """All operators in a family of three; numbers of genes that are thrown away count, too."""
    fast, slow = np.random.default_rng(seed), np.random.default_rng(seed)
    choice = np.random.default_rng([seed, 1])
    numbers, plain = Innovations(3, 2), naive.Innovations(3, 2)
    for table in (numbers, plain):
        whole = initial.layered(3, 2, 2, table) if symmetric else initial.direct(3, 2, table)
    family = [initial.thinned(whole, 0.6, choice) for _ in range(3)]
    children = 0
    for _ in range(250):
        operator, parent, replaced = choice.integers((len(naive.OPERATORS), 3, 3))
        if operator == operators.ADD_NODE_AMONG and not symmetric:
            continue
        child = mutation.attempted(int(operator), family[parent], fast, numbers, KINDS, symmetric)
        other = naive.attempted(operator, family[parent], slow, plain, KINDS, symmetric)
        assert child == other
        assert fast.bit_generator.state == slow.bit_generator.state
        if child is not None:
            validate(child)
            family[replaced] = child
            children += 1
    assert children > 100
    state = numbers.to_arrays()
    assert state["next"].tolist() == [plain.next_node, plain.next_connection]
    assert {(a, b): n for a, b, n in state["connections"].tolist()} == plain.connections
    assert {(a, b): n for a, b, n in state["nodes"].tolist()} == plain.nodes
