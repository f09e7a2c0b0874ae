"""The command prune: what it writes, resumes, refuses and survives."""

from __future__ import annotations

import json
import os
import re
import signal

import numpy as np
import pytest

import wann
from wann import envs
from wann.prune import __main__ as prune
from wann.prune.kinds import images
from wann.prune.networks.deploy import restored
from wann.prune.networks.mlp import forward
from wann.prune.run import PruneRun

QUICK = ["--env", "digits", "--hidden", "12", "--steps", "60", "--sparsity", "0.3,0.8"]


def run(path, *args):
    """The rows of a quick run in a folder."""
    prune.main([*QUICK, "--run", str(path), *args])
    return PruneRun(path).rows()


def test_a_lottery_ticket_and_its_controls(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    rows = run(tmp_path / "run", "--seeds", "2", "--rate", "0.5")
    assert {row.seed for row in rows} == {0, 1}
    # 64 x 12 + 12 x 10 weights; rounds of a half, and the sparsities asked for.
    first = [row for row in rows if row.seed == 0 and row.arm == "ticket"]
    assert [row.level for row in first] == [0, 1, 2, 3, 4]
    assert first[0].kept == first[0].connections == 888
    assert [row.kept for row in first[1:]] == [622, 474, 260, 178]
    assert {(row.arm, row.level) for row in rows if row.arm != "ticket"} == {
        (arm, level) for arm in ("reinitialised", "shuffled") for level in (1, 4)
    }
    assert all(row.regime == "C" and row.connections <= row.kept for row in rows)
    assert first[1].samples == 2 * first[0].samples == 2 * 60 * 60
    assert first[0].multiply_adds == 3 * 888 * 60 * 60
    out = capsys.readouterr().out
    assert "Accuracy on the test images" in out
    for arm in ("ticket", "reinitialised", "shuffled"):  # no number is cut in a narrow terminal
        found = [row for row in rows if (row.arm, row.level) == (arm, 4)]
        mean = f"{np.mean([row.score for row in found]):.2%}"
        assert re.search(rf"^{arm} +C +4 +178 .* {mean} ", out, re.MULTILINE)
    assert "Saved in" in out


def test_the_networks_are_what_was_scored(tmp_path):
    rows = run(tmp_path / "run")
    test = envs.make("digits").test
    files = sorted(path.name for path in (tmp_path / "run" / "networks").iterdir())
    targets = sorted({row.level for row in rows if row.arm == "shuffled"})
    assert len(files) == 6
    for row in rows:
        if row.level not in targets:
            continue
        model = wann.load(tmp_path / "run" / "networks" / f"{row.arm}-s0-l{row.level}.json")
        assert model.network.complexity == row.connections + row.biases
        assert (model(test.X) == test.y).mean() == pytest.approx(row.score, abs=1e-9)


def test_resumed_runs_end_as_undisturbed_ones(tmp_path, monkeypatch):
    args = ["--seeds", "2", "--workers", "1", "--arms", "shuffled,corrupted-labels"]
    whole = run(tmp_path / "whole", *args)
    ticks = []
    real = images.Experiment

    def interrupting(settings, task, source, run, tick):
        def more(steps):
            ticks.append(steps)
            if len(ticks) in (100, 400):
                os.kill(os.getpid(), signal.SIGINT)
            tick(steps)

        return real(settings, task, source, run, more)

    monkeypatch.setattr(images, "Experiment", interrupting)
    parts = tmp_path / "parts"
    with pytest.raises(SystemExit) as end:
        prune.main([*QUICK, "--run", str(parts), *args])
    assert end.value.code == 130
    done = {path.name for path in (parts / "steps").iterdir()}
    assert done
    with pytest.raises(SystemExit) as end:
        prune.main(["--resume", str(parts), "--workers", "1"])
    assert end.value.code == 130
    before = {path: path.stat().st_mtime_ns for path in (parts / "steps").iterdir()}
    assert len(before) > len(done)
    prune.main(["--resume", str(parts), "--workers", "1"])
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    assert PruneRun(parts).rows() == whole
    for path in (tmp_path / "whole" / "networks").iterdir():
        assert (parts / "networks" / path.name).read_bytes() == path.read_bytes()


def test_workers_change_nothing(tmp_path):
    assert run(tmp_path / "1", "--seeds", "2", "--workers", "1") == run(
        tmp_path / "2", "--seeds", "2", "--workers", "2"
    )


def test_more_seeds_can_be_added(tmp_path):
    path = tmp_path / "run"
    before = run(path, "--seeds", "1")
    prune.main(["--resume", str(path), "--seeds", "2", "--quiet"])
    rows = PruneRun(path).rows()
    assert [row for row in rows if row.seed == 0] == before
    assert len(rows) == 2 * len(before)


def test_a_collapsed_layer_is_a_result_and_the_others_go_on(tmp_path, capsys):
    args = ["--method", "random", *QUICK[:-1], "0.5,0.999", "--scope", "global", "--seeds", "2"]
    prune.main([*args, "--arms", "reinitialised", "--run", str(tmp_path / "run")])
    rows = PruneRun(tmp_path / "run").rows()
    assert [(row.arm, row.seed, row.level) for row in rows] == [
        (arm, seed, level)
        for arm in ("ticket", "reinitialised")
        for seed in (0, 1)
        for level in (1, 2)
    ]
    test = envs.make("digits").test
    for row in rows:
        collapsed = row.level == 2
        assert (row.connections == 0) == collapsed == ("no input reaches" in row.note)
        assert (row.step is None) == collapsed
        assert row.kept == (1 if collapsed else 444)  # of 888
        if collapsed:  # the outputs are all equal, and the first class is what they say
            assert row.score == (test.y == 0).mean()
    out = capsys.readouterr().out
    assert "reinitialised, seed 1, level 2: a layer collapsed" in out
    assert not list((tmp_path / "run" / "networks").glob("*-l2.json"))
    before = (tmp_path / "run" / "results.csv").read_bytes()
    prune.main(["--resume", str(tmp_path / "run"), "--quiet"])
    assert (tmp_path / "run" / "results.csv").read_bytes() == before


def test_the_configuration_tells_what_was_used(tmp_path):
    path = tmp_path / "run"
    prune.main(
        [*QUICK[:6], "--method", "low-rank", "--run", str(path), "--quiet"]  # without sparsities
    )
    settings = json.loads((path / "config.json").read_text())["settings"]
    training = {"hidden", "steps", "batch", "optimizer", "learning_rate", "l2"}
    assert set(settings) == {"method", "env", "seed", "seeds", "sparsity"} | training
    before = (path / "results.csv").read_bytes()
    prune.main(["--resume", str(path), "--quiet"])
    assert (path / "results.csv").read_bytes() == before


def test_what_is_left_is_written_really_smaller(tmp_path):
    path = tmp_path / "run"
    args = ["--method", "nodes", *QUICK[:6], "--sparsity", "0.5", "--arms=", "--rate", "0.6"]
    prune.main([*args, "--run", str(path), "--quiet"])
    assert not (path / "deployed").exists()
    prune.main(["--resume", str(path), "--deploy", "--quiet"])
    (file,) = (path / "deployed").iterdir()
    mlp, activation = restored(dict(np.load(file)))
    assert mlp.sizes == (64, 6, 10)
    test = envs.make("digits").test
    (row,) = (row for row in PruneRun(path).rows() if row.level == 1)
    found = (forward(mlp, test.X, activation).argmax(axis=1) == test.y).mean()
    assert found == pytest.approx(row.score)


def test_curves_are_kept_and_say_which_step_was_taken(tmp_path):
    rows = run(tmp_path / "run", "--arms", "reinitialised")
    text = (tmp_path / "run" / "curves.csv").read_text().splitlines()
    assert text[0] == "arm,seed,level,step,validation"
    curves = {}
    for line in text[1:]:
        arm, seed, level, step, validation = line.split(",")
        curves.setdefault((arm, int(seed), int(level)), {})[int(step)] = float(validation)
    assert set(curves) == {(row.arm, row.seed, row.level) for row in rows}
    for row in rows:
        curve = curves[row.arm, row.seed, row.level]
        assert list(curve) == list(range(2, 61, 2))  # 30 checks
        best = max(curve.values())
        assert row.step == next(step for step, found in curve.items() if found == best)
        assert row.validation == pytest.approx(best, abs=1e-6)


def test_the_list_names_every_method(capsys):
    prune.main(["--list"])
    out = capsys.readouterr().out
    assert all(name in out for name in ("lottery-ticket", "synflow", "Frankle & Carbin 2019"))


def test_nothing_global_is_drawn_from(tmp_path):
    pytest.importorskip("jax")  # importing it draws once
    before = np.random.get_state()[1].copy()  # noqa: NPY002  it must not be used
    run(tmp_path / "run", "--arms", "random,reinitialised")
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002  as above


def test_channels_go_and_the_network_that_is_written_is_smaller(tmp_path, refused):
    args = ["--env", "digits", "--network", "lenet5", "--hidden", "4,6,12", "--steps", "30"]
    path = tmp_path / "run"
    more = ["--method", "nodes", "--sparsity", "0.5", "--rate", "0.5", "--arms", "random"]
    prune.main([*args, *more, "--deploy", "--run", str(path), "--quiet"])
    rows = {(row.arm, row.level): row for row in PruneRun(path).rows()}
    assert rows["ticket", 0].kept == 9 * 4 + 36 * 6 + 6 * 12 + 12 * 10
    # Weights of the convolutions count at 36 places, and at 1.
    each = 36 * 36 + 216 + 72 + 120
    assert rows["ticket", 0].multiply_adds == 3 * 30 * 60 * each
    assert rows["ticket", 1].kept == rows["random", 1].kept == 9 * 2 + 18 * 3 + 3 * 6 + 6 * 10
    test = envs.make("digits").test
    for arm in ("ticket", "random"):
        row = rows[arm, 1]
        for folder in ("networks", "deployed"):
            with np.load(path / folder / f"{arm}-s0-l1.npz") as file:
                small, names = restored(dict(file))
            found = (forward(small, test.X, names).argmax(axis=1) == test.y).mean()
            assert found == pytest.approx(row.score, abs=1e-9)
        assert sum(w.size for w in small.weights) <= row.kept  # without what is dead, too
    err = refused(prune.main, [*args, "--method", "synflow"])
    assert (
        "--score: expected scores of each weight alone, with --network lenet5: random, magnitude"
        in err
    )
    err = refused(prune.main, [*args, "--method", "l1"])
    assert "--network: expected none, for it changes nothing: method l1 does not use it" in err
    err = refused(prune.main, [*args, "--winners", "0.5"])
    assert "--winners: expected none with --network lenet5" in err
