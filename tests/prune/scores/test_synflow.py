"""SynFlow against a plain version, and what it conserves."""

from itertools import pairwise

import numpy as np
import pytest

from tests.naive.pruning import synflow as naive_synflow
from tests.prunings import pruned, score


@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (3, 4, 2, 3)])
def test_synflow_equals_the_sum_over_paths(sizes):
    one = pruned(2, sizes)
    expected = naive_synflow(one.weights)
    for found, want in zip(score("synflow", one), expected, strict=True):
        np.testing.assert_allclose(found, want, rtol=1e-12)


def test_synflow_is_conserved():
    """Tanaka et al., theorems 1 and 2: what flows into a hidden node flows out of it, and each
    layer passes as much as any other."""
    found = score("synflow", pruned(3, (6, 5, 4, 3)))
    sums = [layer.sum() for layer in found]
    np.testing.assert_allclose(sums, sums[0])
    for before, after in pairwise(found):
        np.testing.assert_allclose(before.sum(axis=0), after.sum(axis=1))
