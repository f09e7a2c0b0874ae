"""The table of settings for any environment: equal steps, a fair rival, a page as the CSV says."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.environments import results, scoring, searching
from benchmarks.environments.rows import ARMS, TRIALS, Arm, Trial
from wann.core.config import preset
from wann.core.network import express
from wann.core.symmetry import symmetric

FEW = {"population": 8, "rollouts": 1, "confirm_rollouts": 1, "max_steps": 30}
ROWS = {arm.name: arm for arm in ARMS}
LAKE = Trial("gym:FrozenLake-v1", 900)


def test_the_preset_is_the_first_row():
    found = ARMS[0].config(LAKE, 3)
    assert found == replace(
        preset(LAKE.gym, seed=3), generations=found.generations, report_episodes=1
    )


@pytest.mark.parametrize("name", ["small, symmetric, normalised", "random networks, symmetric"])
def test_a_search_ends_with_its_steps(name, tmp_path):
    arm = replace(ROWS[name], settings={**ROWS[name].settings, **FEW})
    budget = searching.Budget(LAKE.steps)
    task = searching.counted(LAKE, budget)
    env = task.environment()
    env.reset(seed=0)
    env.step(0)
    assert budget.taken == 1
    found = searching.run(LAKE, arm, 1)
    assert LAKE.steps <= found.steps < LAKE.steps + 30 * 12 * 2  # a confirmation may come after
    assert found.generations > 1
    assert symmetric(found.model.genome)
    results.ensure(tmp_path, LAKE, arm, 1)
    (file,) = tmp_path.glob("*/*.csv")
    (row,) = results.measured(file)
    assert int(row["steps"]) == found.steps
    assert row["score"] == f"{scoring.score(found.model, LAKE.env).mean():.6g}"
    before = file.read_bytes()
    results.ensure(tmp_path, LAKE, arm, 1)  # it is done
    assert file.read_bytes() == before


def test_networks_for_which_no_step_is_left_rank_last():
    task = searching.counted(LAKE, searching.Budget(40))
    state = searching.State(task, Arm("few", settings=FEW).config(LAKE, 0), random=True)
    genomes = state.evolution.ask()
    found = [state.evaluator.rewards(express(each), np.ones(1), np.arange(2)) for each in genomes]
    counted = np.isfinite(np.array(found)).all(axis=(1, 2))
    assert counted[0]
    assert not counted[-1]
    assert (np.diff(counted.astype(int)) <= 0).all()


def test_random_networks_are_of_all_sizes_and_new_in_each_generation():
    config = ROWS["random networks, symmetric"].config(TRIALS[1], 0)
    evolution = searching.RandomNetworks(6, 3, config)
    first = evolution.ask()
    assert all(symmetric(genome) for genome in first)
    assert np.ptp([len(genome.connections) for genome in first]) > 20
    evolution.tell()
    assert evolution.generation == 1
    assert not set(map(id, first)) & set(map(id, evolution.ask()))
    assert evolution.ask() != first


def test_the_page_says_what_its_csv_says():
    page = results.PAGE.read_text()
    rows = results.measured(results.FILE)
    assert rows
    assert results.with_table(page, rows) == page


def test_a_cell():
    rows = [
        {"task": "Acrobot-v1", "arm": "paper", "seed": str(seed), "score": score}
        for seed, score in enumerate(["-100", "-120", "-110"])
    ]
    assert "| paper | −110 ± 10 (3) |" in results.table(rows)
