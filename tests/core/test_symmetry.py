import numpy as np
import pytest

from tests import genomes
from wann.core.genome import Genome, validate
from wann.core.kernels.activations import NAMES, indices
from wann.core.network import express
from wann.core.symmetry import symmetric
from wann.search.variation import edit, initial, mutation
from wann.search.variation.innovation import Innovations

# Outputs 3 and 4 of inputs 1 and 2, hidden nodes from 5 on.
SYMMETRIC = {
    "nothing": ([], []),
    "two layers": ([(5, "inverse")], [(1, 5), (2, 5), (5, 3)]),
    "any function of an even sum": (
        [(5, "tanh"), (6, "step"), (7, "linear")],
        [(1, 5), (5, 6), (6, 7), (2, 7), (7, 3)],
    ),
    "an even function": ([(5, "abs"), (6, "sin")], [(1, 5), (5, 6), (0, 6), (6, 4)]),
    "a node without sources": ([(5, "inverse"), (6, "relu")], [(5, 3), (6, 3)]),
    "a constant": ([(5, "cos"), (6, "linear")], [(5, 6), (6, 3)]),
}
OTHERS = {
    "an input at an output": ([], [(1, 3)]),
    "a path of three": ([(5, "linear"), (6, "linear")], [(1, 5), (5, 6), (6, 3)]),
    "an odd and an even source": (
        [(5, "linear"), (6, "linear"), (7, "linear")],
        [(1, 5), (5, 6), (2, 6), (6, 7), (7, 3)],
    ),
    "a function that is neither": ([(5, "step")], [(1, 5), (5, 3)]),
    "an even function at an output": ([(5, "gaussian")], [(1, 5), (5, 3)]),
    "a constant at an output": ([(5, "sigmoid")], [(5, 3)]),
    "a connection that is disabled": ([(5, "linear")], [(1, 5), (5, 3), (1, 3, False)]),
}


def outputs(genome: Genome, weight: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    return express(genome).forward(rng.normal(size=(20, genome.inputs)), weight)


@pytest.mark.parametrize("case", SYMMETRIC)
def test_a_symmetric_network_does_the_same_with_the_negative_weight(case):
    genome = genomes.genome(2, 2, *SYMMETRIC[case])
    assert symmetric(genome)
    np.testing.assert_allclose(outputs(genome, 0.7), outputs(genome, -0.7), atol=1e-12)


@pytest.mark.parametrize("case", OTHERS)
def test_others_are_told_apart(case):
    genome = genomes.genome(2, 2, *OTHERS[case])
    assert not symmetric(genome)
    if "disabled" not in case:
        assert np.abs(outputs(genome, 0.7) - outputs(genome, -0.7)).max() > 1e-3


@pytest.mark.parametrize("seed", range(30))
def test_what_is_symmetric_by_its_nodes_is_so_by_its_outputs(seed):
    rng = np.random.default_rng(seed)
    genome = genomes.grown(seed, int(rng.integers(12)), inputs=3, outputs=1, probability=0.2)
    if symmetric(genome):
        np.testing.assert_allclose(outputs(genome, 0.7), outputs(genome, -0.7), atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_mutations_keep_the_symmetry(seed):
    rng, innovations = np.random.default_rng(seed), Innovations(3, 2)
    genome = initial.thinned(initial.layered(3, 2, 2, innovations), 0.5, rng)
    assert symmetric(genome)
    for _ in range(60):
        child = mutation.mutate(
            genome, rng, innovations, indices(NAMES), genomes.RATES, keep_symmetric=True
        )
        validate(child)
        assert child != genome
        assert symmetric(child)
        genome = child
    assert len(set(genome.hidden["activation"].tolist())) > 5
    for weight in (0.2, 1.0, 1.9):
        np.testing.assert_allclose(outputs(genome, weight), outputs(genome, -weight), atol=1e-9)


def test_each_mutation_occurs_in_symmetric_searches():
    rng, innovations = np.random.default_rng(0), Innovations(3, 2)
    genome = initial.layered(3, 2, 2, innovations)
    genome = edit.switched(genome, 2, False)
    for name in genomes.RATES:
        child = mutation.mutate(
            genome, rng, innovations, indices(NAMES), {name: 1.0}, keep_symmetric=True
        )
        assert child != genome, name
        assert symmetric(child)
