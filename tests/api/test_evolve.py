import json
import math
import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest

import wann
from tests.searches import SMALL
from wann import envs
from wann.storage.run import Run

SETTINGS = {"population": 16, "generations": 3, "confirm_rollouts": 4, "target": math.inf}


def test_a_search_by_a_name_and_a_seed(capsys):
    model = wann.evolve("cartpole", seed=3)
    assert model.search["seed"] == 3
    assert model.scores["fitness"] >= 490.0
    assert "generation" in capsys.readouterr().out
    by_name = wann.evolve("cartpole", seed=3, **SETTINGS)
    assert (
        by_name.genome
        == wann.evolve("cartpole", wann.preset("cartpole", seed=3, **SETTINGS)).genome
    )


def test_without_progress_nothing_is_printed(capsys):
    wann.evolve("cartpole", progress=False, **SETTINGS)
    assert capsys.readouterr() == ("", "")


def test_a_search_in_a_folder_goes_on_and_replaces_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = wann.evolve("cartpole", run="folder", workers=1, **SETTINGS)
    assert wann.load("folder").genome == first.genome
    assert json.loads((tmp_path / "folder/config.json").read_text())["settings"]["population"] == 16
    again = wann.evolve("cartpole", run="folder", workers=1, **SETTINGS)
    assert again.genome == first.genome
    assert len(again.history) == 3
    longer = wann.evolve("cartpole", run="folder", workers=1, **SETTINGS | {"generations": 5})
    assert longer.history["generation"].tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match=r"^population: expected 16 as in the run folder, got 17"):
        wann.evolve("cartpole", run="folder", **SETTINGS | {"population": 17})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    with pytest.raises(ValueError, match=r"mine: expected a new or empty folder"):
        wann.evolve("cartpole", run="mine", **SETTINGS)


def test_settings_are_pythons_values():
    values = {"shared_weights": np.array([-1.5, 1]), "activations": ["tanh", "relu"]}
    model = wann.evolve(envs.make("cartpole"), progress=False, **values, **SETTINGS)
    assert model.config.weight_values.tolist() == [-1.5, 1.0]
    assert model.config.activations == "tanh,relu"
    assert wann.evolve("cartpole", progress=False, **SETTINGS, elites=np.float64(0.1)).config == (
        wann.preset("cartpole", **SETTINGS, elites=0.1)
    )


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"populaton": 3}, TypeError, "no setting 'populaton'; did you mean population?"),
        ({"env": "swingup"}, TypeError, "no setting 'env'"),
        ({"population": 1}, ValueError, r"^population: expected at least 2, got 1"),
        ({"confirm_rollouts": 1.5}, ValueError, "^confirm_rollouts: expected int, got 1.5"),
        ({"seed": -1}, ValueError, "^seed: expected 0 or more, got -1"),
        ({"shared_weights": [1, math.nan]}, ValueError, "^shared_weights: expected a list"),
        ({"shared_weights": "1:2"}, ValueError, "expected LOW:HIGH:COUNT"),
        ({"activations": ["tan"]}, ValueError, "tan"),
        ({"fresh_weights": True}, ValueError, "^fresh_weights: expected shared_weights LOW:HIGH"),
        ({"guided": True}, ValueError, "^guided: expected a task with images"),
        ({"workers": 0}, ValueError, "^workers: expected 1 to"),
        ({"time_limit": 0}, ValueError, "^time_limit: expected seconds above 0, got 0"),
        ({"preset": "papr"}, ValueError, "^preset: expected "),
        ({"config": SMALL, "population": 3}, TypeError, "not both"),
    ],
)
def test_bad_settings_are_told_by_pythons_names(settings, error, message, tmp_path):
    with pytest.raises(error, match=message):
        wann.evolve("cartpole", progress=False, **{"run": tmp_path / "run", **settings})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (wann.ClassificationTask(np.eye(4), list("abab"), name="flowers"), "classification"),
        (wann.RegressionTask(np.eye(4), np.arange(4.0), name="prices"), "regression"),
    ],
)
def test_arrays_of_any_name_have_the_settings_of_their_kind(task, kind):
    config = wann.evolve(task, progress=False, generations=1, population=8).config
    assert config == replace(wann.preset(kind, generations=1, population=8), env=task.name)


def test_bad_tasks():
    with pytest.raises(ValueError, match=r"unknown env 'cartpol': expected one of cartpole"):
        wann.evolve("cartpol")
    with pytest.raises(ValueError, match=r"expected .*, got 3|int"):
        wann.evolve(3)


def test_callbacks_see_each_generation_and_the_state():
    seen = []

    def look(state):
        seen.append((state.row["generation"], state.evolution.generation, state.champion.fitness))

    model = wann.evolve("cartpole", progress=False, callbacks=[look], **SETTINGS)
    assert [each[:2] for each in seen] == [(0, 1), (1, 2), (2, 3)]
    assert [each[2] for each in seen] == model.history["champion_fitness"].tolist()


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends the process there")
def test_ctrl_c_ends_a_search_and_a_termination_the_program():
    def press(state):
        os.kill(os.getpid(), signal.SIGINT)

    def terminate(state):
        os.kill(os.getpid(), signal.SIGTERM)

    found = wann.evolve("cartpole", progress=False, callbacks=[press], **SETTINGS)
    assert len(found.history) == 1
    before = signal.signal(signal.SIGTERM, lambda *of: sys.exit("the program's own end"))
    try:
        with pytest.raises(SystemExit, match="the program's own end"):
            wann.evolve("cartpole", progress=False, callbacks=[terminate], **SETTINGS)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_all_settings_at_once_and_a_run_that_is_there(tmp_path):
    run = Run.create(SMALL, tmp_path / "run")
    model = wann.evolve("cartpole", SMALL, run, workers=1)
    assert model.config == SMALL
    assert model.path == run.path
    assert wann.evolve("cartpole", config=SMALL, workers=2).genome == model.genome


class Parity(wann.Evaluator):
    """Which of two inputs is greater."""

    name, inputs, outputs = "greater", ("a", "b"), ("first", "second")
    action, solved_at = {"kind": "discrete"}, 1.0

    def draw(self, rng, rollouts):
        return rng.uniform(-1, 1, (rollouts, 2))

    def rewards(self, network, weights, cases):
        chosen = [network.forward(cases, weight).argmax(axis=1) for weight in weights]
        return (np.array(chosen) == cases.argmax(axis=1)).astype(float)


class Stepped(Parity):
    processes = True


GREATER = {"rollouts": 20, "population": 32, "generations": 8, "shared_weights": [0.5, 1.0, 2.0]}


def test_an_evaluator_of_ones_own_is_a_task():
    found = [
        wann.evolve(kind(), workers=workers, progress=False, **GREATER)
        for kind, workers in ((Parity, 1), (Parity, 2), (Stepped, 2))
    ]
    assert found[0].scores["fitness"] > 0.95
    assert found[0].scores["on"] == "100 fresh cases a weight"
    assert found[0].genome == found[1].genome == found[2].genome
    assert found[0]([0.9, -0.3], weight=1.0) == 0
    swept = found[0].sweep([0.5, 1.0], episodes=10)
    assert swept.scores.shape == (2, 10)
    assert swept.solved_at == 1.0


def test_an_evaluator_without_names_is_told():
    class Nameless(Parity):
        name = property()

    with pytest.raises(TypeError, match=r"Nameless has no name"):
        wann.evolve(Nameless())


def test_a_search_that_begins_with_a_network(tmp_path):
    start = wann.evolve("cartpole", SMALL)
    assert wann.evolve("cartpole", start=start, run=tmp_path / "run", **SETTINGS)
    assert wann.load(tmp_path / "run" / "start.json").genome == start.genome


def test_targets_may_change_when_a_search_goes_on(tmp_path):
    wann.evolve("cartpole", SMALL, tmp_path / "run")
    with_target = replace(SMALL, target=1.0)
    assert len(wann.evolve("cartpole", with_target, tmp_path / "run").history) == SMALL.generations
