"""The command tune: what it writes, resumes, refuses and survives."""

from __future__ import annotations

import csv
import json
import os
import signal
import time

import numpy as np
import pytest

import wann
from tests.genomes import genome
from wann import envs
from wann.core import locks
from wann.plotting import style
from wann.storage.model import Model
from wann.tune import __main__ as tune
from wann.tune import cma_es, job, shared_weight
from wann.tune.checkpoint import Checkpoint

FEW = ["--episodes", "5", "--weights", "0.1:1:4", "--workers", "1"]
QUICK = ["--what", "weights", *FEW]


@pytest.fixture(scope="module")
def balancer():
    """Pushes the cart to where the pole falls; a third connection leads nowhere."""
    task = envs.make("cartpole")
    genes = genome(4, 2, hidden=[(9, "tanh")], connections=[(3, 6), (4, 6), (1, 9)])
    return Model(
        genes,
        task.name,
        task.inputs,
        task.outputs,
        task.action,
        search={"seed": 4, "generation": 11},
    )


@pytest.fixture
def champion(balancer, tmp_path):
    balancer.save(tmp_path / "champion.json")
    return tmp_path


@pytest.fixture(autouse=True)
def few_cases(monkeypatch):
    for name in ("COARSE_CASES", "ROUND_CASES", "CONFIRM_CASES"):
        monkeypatch.setattr(shared_weight, name, 5)
    monkeypatch.setattr(cma_es, "CONFIRM_CASES", 10)
    monkeypatch.setattr(cma_es, "FRESH_CASES", 4)
    monkeypatch.setattr(cma_es, "CONFIRM_EVERY", 2)


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_shared_weight(champion, balancer, capsys, monkeypatch):
    told = []
    monkeypatch.setattr(style, "entitle", lambda figure, text, scale: told.append(text))
    tune.main([str(champion), *FEW])
    tuned = wann.load(champion / "champion-tuned.json")
    assert tuned.genome == balancer.genome
    assert tuned.search == balancer.search
    assert 0.0 < tuned.weights <= 2.0
    assert tuned.scores["tuning"]["what"] == "shared"
    assert tuned.scores["on"] == "5 fresh episodes a weight"
    assert tuned.scores["mean"] > 190
    rows = rows_of(champion / "tune.csv")
    assert list(rows[0]) == ["round", "weight", "mean"]
    assert [row["weight"] for row in rows[:3]] == ["-2", "-1", "-0.5"]  # the search's join in
    out = capsys.readouterr().out
    assert f"tuned shared, {tuned.weights:.4g}" in out
    assert "best weight of the search" in out
    assert (champion / "tune.png").read_bytes().startswith(b"\x89PNG")
    assert wann.load(champion).weights is None
    assert "tuning seed 0: " in told[0]
    assert told[0].endswith(" shared weights · confirmed on 1,000 episodes")


def test_individual_weights_and_going_on(champion, tmp_path, capsys):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    tune.main([str(champion), "--steps", "6", "--out", str(whole), *QUICK])
    out = capsys.readouterr().out
    assert "best shared weight" in out
    assert "tuned weights" in out
    args = [str(champion), "--out", str(parts), *QUICK]
    tune.main([*args, "--steps", "3"])
    assert rows_of(parts / "tune.csv")[-1]["iteration"] == "3"
    tune.main([str(champion), "--out", str(parts), *FEW, "--steps", "6", "--resume"])
    one, other = (wann.load(folder / "champion-tuned.json") for folder in (whole, parts))
    np.testing.assert_array_equal(one.weights, other.weights)
    assert one.weights.shape == (3,)
    details = one.scores["tuning"]
    assert (details["what"], details["iteration"], details["seed"]) == ("weights", 6, 0)
    assert details["start"] == one.weights[2]  # what does not count keeps the shared weight
    timeless = [
        [{**row, "seconds": ""} for row in rows_of(folder / "tune.csv")]
        for folder in (whole, parts)
    ]
    assert timeless[0] == timeless[1]
    assert len(timeless[0]) == 6


def test_nothing_is_replaced_without_force(champion, refused):
    args = [str(champion), "--steps", "1", "--quiet", *QUICK]
    tune.main(args)
    assert "a tuning began here: --resume goes on with it, --force" in refused(tune.main, args)
    (champion / "tune-checkpoint.npz").unlink()
    assert "champion-tuned.json: exists already; --force" in refused(tune.main, args)
    tune.main([*args, "--force"])
    assert (champion / "tune-checkpoint.npz").exists()


def test_checkpoints_of_others_and_damaged_ones_are_refused(champion, balancer, refused):
    args = [str(champion), "--resume", *QUICK]
    assert "tune-checkpoint.npz: expected a tuning to go on with" in refused(tune.main, args)
    checkpoint = champion / "tune-checkpoint.npz"
    other = genome(4, 2, connections=[(3, 6), (4, 6)])
    Checkpoint(0, 1.0, 500.0, 1.0).save(checkpoint, other)
    assert "is the tuning of another network; --force starts anew" in refused(tune.main, args)
    checkpoint.write_bytes(checkpoint.read_bytes()[:200])
    assert "expected an interrupted tuning, but it is damaged" in refused(tune.main, args)
    Checkpoint(0, 1.0, 500.0, 1.0, {"counts": np.zeros(1)}).save(checkpoint, balancer.genome)
    message = refused(tune.main, args)
    assert "tune-checkpoint.npz: counts: expected int64[5], got float64[1]" in message


def test_an_interruption_saves_the_best(champion, monkeypatch, capsys):
    step = cma_es.WeightEvolution.step

    def interrupted_step(self):
        if self.iteration == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return step(self)

    monkeypatch.setattr(cma_es.WeightEvolution, "step", interrupted_step)
    with pytest.raises(SystemExit) as end:
        tune.main([str(champion), *QUICK])
    assert end.value.code == 130
    assert wann.load(champion / "champion-tuned.json").scores["tuning"]["iteration"] == 4
    assert "tuned weights" in capsys.readouterr().out
    tune.main([str(champion), "--resume", "--steps", "5", *QUICK])
    assert wann.load(champion / "champion-tuned.json").scores["tuning"]["iteration"] == 5


@pytest.mark.parametrize("what", ["shared", "weights"])
def test_while_the_shared_weight_is_sought_an_interruption_ends_it_at_once(
    champion, monkeypatch, capsys, what
):
    def sought(*_):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)  # the signal may come to another thread first
        raise AssertionError("went on")

    monkeypatch.setattr(job, "tune_shared", sought)
    before = sorted(path.name for path in champion.iterdir())
    # What a shell starts in the background ignores Ctrl-C, and so would these tests.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(SystemExit) as end:
            tune.main([str(champion), "--what", what])
    finally:
        signal.signal(signal.SIGINT, handler)
    assert end.value.code == 130
    assert "wann: interrupted" in capsys.readouterr().err
    left = {path.name for path in champion.iterdir()} - {".tune-checkpoint.npz.lock"}
    assert sorted(left) == before


def test_two_tunings_in_one_folder(champion, refused):
    with locks.held(champion / "tune-checkpoint.npz"):
        assert "is writing here; let it end" in refused(tune.main, [str(champion), *QUICK])


def test_other_files_keep_their_names(balancer, tmp_path):
    balancer.save(tmp_path / "mine.json")
    tune.main([str(tmp_path / "mine.json"), "--steps", "1", "--quiet", *QUICK])
    assert {path.name for path in tmp_path.iterdir()} == {
        "mine.json",
        "mine-tuned.json",
        "mine-tune.csv",
        "mine-tune.png",
        "mine-tune-checkpoint.npz",
        ".mine-tune-checkpoint.npz.lock",
    }


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--time-limit", "0"], "--time-limit: expected seconds above 0, got 0.0"),
        (["--steps", "0"], "--steps: expected at least 1, got 0"),
        (["--episodes", "0"], "--episodes: expected at least 1, got 0"),
        (["--seed", "-1"], "--seed: expected 0 or more, got -1"),
        (["--what", "all"], "all"),
        (["--weights", "a"], "expected LOW:HIGH:COUNT or numbers with commas, got 'a'"),
        (["--env", "swingup"], "is for the task 'cartpole', got --env swingup"),
    ],
)
def test_bad_options(champion, refused, args, message):
    assert message in refused(tune.main, [str(champion), *args])


def test_a_network_with_too_little_to_tune(champion, refused):
    value = json.loads((champion / "champion.json").read_text())
    value["connections"] = value["connections"][:1]
    (champion / "champion.json").write_text(json.dumps(value))
    err = refused(tune.main, [str(champion), *QUICK])
    assert "expected a network of two or more connections, got 1: --what shared" in err
