"""Runs made by wann 0.1.0, before it was packages: they load, and go on to the same end.

Each was interrupted; beside its folder lies what 0.1.0 itself found when it went on.
"""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import wann
from wann.prune import __main__ as prune
from wann.search import __main__ as search
from wann.tune import __main__ as tune

OLDER = Path(__file__).parent / "older_runs"


@pytest.fixture
def older(tmp_path):
    """A copy of the run of a name."""

    def copied(name):
        return shutil.copytree(OLDER / name, tmp_path / name)

    return copied


def rows_of(file):
    return list(csv.DictReader(file.read_text().splitlines()))


def same_network(one, other):
    found, expected = (json.loads(Path(path).read_text()) for path in (one, other))
    keys = ("format", "task", "inputs", "outputs", "action", "nodes", "connections", "weights")
    assert {key: found[key] for key in keys} == {key: expected[key] for key in keys}


@pytest.mark.parametrize("name", ["cartpole", "swingup", "acrobot"])
def test_a_search_goes_on_to_the_same_end(older, name):
    run = older(name)
    search.main(["--resume", str(run), "--generations=7", "--workers=1", "--quiet"])
    same_network(run / "champion.json", OLDER / f"{name}-champion.json")


def test_a_guided_search_goes_on(older):
    """To the same end only on the same processor: its sums run in the order that BLAS chooses."""
    run = older("digits")
    before = wann.load(run)
    assert before.task == "digits"
    search.main(["--resume", str(run), "--generations=7", "--workers=1", "--quiet"])
    rows = rows_of(run / "metrics.csv")
    assert [int(row["generation"]) for row in rows] == list(range(7))
    fitness = [float(row["champion_fitness"]) for row in rows]
    assert fitness == sorted(fitness)


def test_a_tuning_goes_on_to_the_same_end(older):
    run = older("tuned")
    tune.main([str(run), "--what=weights", "--resume", "--steps=4", "--episodes=4", "--quiet"])
    found = wann.load(run / "champion-tuned.json").weights
    expected = wann.load(OLDER / "tuned-champion-tuned.json").weights
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["pruned", "policies"])
def test_a_pruning_goes_on(older, name):
    pytest.importorskip("jax", reason="needs wann[train]")
    run = older(name)
    begun = rows_of(run / "results.csv")
    prune.main(["--resume", str(run), "--workers=1", "--quiet"])
    found, expected = rows_of(run / "results.csv"), rows_of(OLDER / f"{name}-results.csv")
    kept = [{name: row[name] for name in begun[0]} for row in found]  # columns came later
    assert all(row in kept for row in begun)
    columns = ("arm", "seed", "level", "connections")
    assert [[row[c] for c in columns] for row in found] == [
        [row[c] for c in columns] for row in expected
    ]
