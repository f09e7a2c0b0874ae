"""What of masks is alive."""

from itertools import pairwise

import numpy as np
import pytest

from tests.naive.pruning import effective as naive_effective
from wann.prune.masks.effective import effective

SIZES = (6, 5, 4, 3)


def random_masks(seed, share=0.3):
    rng = np.random.default_rng(seed)
    return tuple(rng.random(shape) < share for shape in pairwise(SIZES))


def places(masks):
    return {
        (layer, int(a), int(b))
        for layer, mask in enumerate(masks)
        for a, b in zip(*np.nonzero(mask), strict=True)
    }


@pytest.mark.parametrize("seed", range(20))
def test_effective_is_what_lies_on_a_path(seed):
    masks = random_masks(seed)
    assert places(effective(masks)) == naive_effective(masks)


def test_a_dead_path_by_hand():
    first = np.array([[True, False, False], [False, True, False]])
    second = np.array([[True], [False], [True]])  # node 1 leads nowhere, node 2 has no input
    a, b = effective((first, second))
    assert places((a, b)) == {(0, 0, 0), (1, 0, 0)}
