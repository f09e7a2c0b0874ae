import csv

import pytest
from rich.console import Console

from tests.compare.test_measure import row
from wann.prune.run import PruneRun
from wann.prune.runner import prune_seeds


@pytest.fixture
def run(tmp_path):
    return PruneRun.create({"method": "m", "env": "cartpole", "seed": 0}, tmp_path / "run")


def quiet():
    return Console(quiet=True)


@pytest.mark.parametrize("workers", [1, 3, -1])
def test_the_rows_of_all_seeds_are_written_as_they_come(run, workers):
    written = []

    def rows_of(seed):
        for level in range(2):
            yield row(seed=seed, level=level)
            with open(run.path / "results.csv", newline="") as file:
                written.append({(r["seed"], r["level"]) for r in csv.DictReader(file)})
            assert (str(seed), str(level)) in written[-1]

    rows = prune_seeds(run, range(4, 7), workers, rows_of, quiet(), lambda r: "")
    assert {(r.seed, r.level) for r in rows} == {(s, n) for s in (4, 5, 6) for n in (0, 1)}
    assert len(run.rows()) == 6


def test_what_a_seed_raises_is_raised(run):
    def rows_of(seed):
        yield row(seed=seed)
        if seed == 1:
            raise KeyError("seed 1")

    with pytest.raises(KeyError, match="seed 1"):
        prune_seeds(run, range(3), 2, rows_of, quiet(), lambda r: "")
