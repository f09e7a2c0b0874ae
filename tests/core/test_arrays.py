import numpy as np
import pytest

from tests import genomes
from wann.core.arrays import (
    evenly,
    take,
    take_finite,
    take_score,
    take_seconds,
    take_whole,
)
from wann.core.genome import CONNECTION, NODE, take_genomes

ARRAYS = {
    "table": np.arange(6).reshape(3, 2),
    "negative": np.array([1, -1]),
    "large": np.array(2**62),
    "number": np.array(1.5),
    "infinite": np.array([1.0, -np.inf]),
    "genes": np.zeros(2, NODE),
}


def test_what_fits_is_taken():
    table = take(ARRAYS, "table", np.int32, None, 2)
    assert table.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert table.dtype == np.int32
    assert take(ARRAYS, "number", float) == 1.5
    assert take(ARRAYS, "infinite", float, 2)[1] == -np.inf
    assert take(ARRAYS, "genes", NODE, None).dtype == NODE
    table[0] = 9
    assert ARRAYS["table"][0, 0] == 0  # a copy was


@pytest.mark.parametrize(
    ("name", "dtype", "shape", "message"),
    [
        ("other", float, (), "expected an array 'other', but there is none"),
        ("table", int, (None,), r"table: expected int64\[any\], got int64\[3, 2\]"),
        ("table", int, (3, 3), r"table: expected int64\[3, 3\], got int64\[3, 2\]"),
        ("table", float, (3, 2), r"table: expected float64\[3, 2\], got int64\[3, 2\]"),
        ("number", int, (), r"number: expected int64\[\], got float64\[\]"),
        ("genes", CONNECTION, (2,), r"genes: expected void\d+\[2\], got void\d+\[2\]"),
    ],
)
def test_what_does_not_fit_is_refused(name, dtype, shape, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        take(ARRAYS, name, dtype, *shape)


def test_ranges():
    assert take_whole(ARRAYS, "table", 3, 2).sum() == 15
    for name, shape in (("negative", (2,)), ("large", ())):
        with pytest.raises(ValueError, match=f"{name}: expected numbers from 0 to"):
            take_whole(ARRAYS, name, *shape)
    with pytest.raises(ValueError, match="infinite: expected finite numbers, got -inf"):
        take_finite(ARRAYS, "infinite", 2)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_fitness_that_nothing_beats(value):
    with pytest.raises(ValueError, match=f"^x: expected a finite number or -inf, got {value}$"):
        take_score({"x": np.array(value)}, "x")
    assert take_score({"x": np.array(-np.inf)}, "x") == -np.inf
    assert take_score({"x": np.array(1.5)}, "x") == 1.5


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -1.0])
def test_times_that_are_none(value):
    with pytest.raises(ValueError, match=r"^x: expected"):
        take_seconds({"x": np.array(value)}, "x")
    assert take_seconds({"x": np.array(0.0)}, "x") == 0.0


@pytest.fixture
def stored():
    """Two genomes, one behind the other."""
    found = genomes.population(0, 2, 15)
    arrays = {
        f"my_{what}": np.concatenate([getattr(genome, what) for genome in found])
        for what in ("hidden", "connections")
    }
    counts = np.array([[len(genome.hidden), len(genome.connections)] for genome in found])
    return found, arrays, counts


def test_genomes_come_back(stored):
    found, arrays, counts = stored
    assert take_genomes(arrays, "my_", [3, 2], counts) == found


def test_genomes_that_break_a_rule_are_refused(stored):
    _, arrays, counts = stored
    with pytest.raises(ValueError, match="expected counts of"):
        take_genomes(arrays, "my_", [3, 2], counts + 1)
    with pytest.raises(ValueError, match="expected at most 1048576 inputs and outputs, got"):
        take_genomes(arrays, "my_", [2**40, 2], counts)
    arrays["my_connections"]["target"][0] = 0
    with pytest.raises(ValueError, match="node 0 cannot be a target"):
        take_genomes(arrays, "my_", [3, 2], counts)


def test_a_byte_that_is_neither_0_nor_1_counts_once(stored):
    _, arrays, counts = stored
    enabled = arrays["my_connections"]["enabled"].view(np.uint8)
    before = np.count_nonzero(enabled)
    enabled[enabled == 1] = 255
    found = take_genomes(arrays, "my_", [3, 2], counts)
    assert sum(np.count_nonzero(genome.connections["enabled"]) for genome in found) == before


@pytest.mark.parametrize(
    ("count", "most", "expected"),
    [(1, 8, [0]), (3, 8, [0, 1, 2]), (8, 8, list(range(8))), (9, 3, [0, 4, 8]), (100, 2, [0, 99])],
)
def test_evenly(count, most, expected):
    assert evenly(count, most) == expected
