import dataclasses

import numpy as np
import pytest

import wann
from tests.searches import SMALL
from wann import envs
from wann.core.config import preset
from wann.core.network import express
from wann.search.loop import search
from wann.search.state import SearchState
from wann.storage.run import Run


def test_a_search_that_is_interrupted_ends_after_the_generation(tmp_path):
    rows = []
    run = Run.create(SMALL, tmp_path / "run")
    state = SearchState(envs.make("cartpole"), SMALL, run)
    with run.writing():
        model = search(state, report=rows.append, interrupted=lambda: len(rows) == 2)
    assert [row["generation"] for row in rows] == [0, 1]
    assert state.row == rows[1]
    assert wann.load(tmp_path / "run").genome == model.genome


def test_evolve_with_an_unknown_name():
    with pytest.raises(ValueError, match="unknown env 'cartpol': expected one of cartpole"):
        wann.evolve("cartpol")


def test_a_search_starts_anew_from_a_new_champion_simplified():
    config = preset("cartpole", generations=40, population=16, target=np.inf, restart=2)
    task = envs.make("cartpole")
    state = SearchState(task, config, None)
    seen = set()

    def look(row):
        generation = row["generation"] + 1
        first, *others = state.evolution.ask()
        anew = all(genome == first for genome in others)
        new = state.champion.generation >= generation - 2
        assert anew == (generation % 2 == 0 and new)
        seen.add((generation % 2, new))
        if anew:
            whole = state.champion.genome
            assert first.connections["enabled"].all()
            assert express(first).complexity <= express(whole).complexity

    search(state, workers=1, report=look)
    assert state.evolution.generation == 40
    assert len(seen) == 4


def test_with_one_weight_the_peak_is_no_objective():
    """Ranked by mean and peak, or by the mean alone, a search finds the same."""
    task = envs.make("digits")
    config = preset("digits", generations=6, population=12, batch=300)
    assert config.objectives == "none"
    alone, peak = (
        search(SearchState(task, dataclasses.replace(config, objectives=name), None), workers=1)
        for name in ("none", "peak")
    )
    assert alone.genome == peak.genome
    assert alone.scores == peak.scores


def test_accuracy_as_an_objective():
    task = envs.make("digits")
    config = preset("digits", generations=6, population=12, batch=300)
    found = [
        search(SearchState(task, dataclasses.replace(config, objectives=name), None), workers=1)
        for name in ("accuracy", "accuracy", "none")
    ]
    assert found[0].genome == found[1].genome
    assert found[0].genome != found[2].genome


def test_what_needs_images():
    for name, value in (("guided", True), ("objectives", "accuracy")):
        config = preset("cartpole", **{name: value})
        with pytest.raises(ValueError, match=f"--{name}.*: expected a task with images, got cart"):
            SearchState(envs.make("cartpole"), config, None)
