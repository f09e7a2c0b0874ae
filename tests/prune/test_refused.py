"""What the command prune refuses, in a line."""

from __future__ import annotations

import json
import sys

import pytest

from wann.prune import __main__ as prune
from wann.prune.run import PruneRun

QUICK = ["--env", "digits", "--hidden", "12", "--steps", "60", "--sparsity", "0.3,0.8"]


def run(path, *args):
    """The rows of a quick run in a folder."""
    prune.main([*QUICK, "--run", str(path), *args])
    return PruneRun(path).rows()


def test_a_run_keeps_its_settings(tmp_path, refused):
    path = tmp_path / "run"
    run(path, "--sparsity", "0")
    err = refused(prune.main, ["--resume", path, "--steps", "70"])
    assert "--steps: expected 60 as in the run to resume, got 70" in err
    err = refused(prune.main, ["--resume", path, "--run", "x"])
    assert "--run: expected none together with --resume" in err
    config = json.loads((path / "config.json").read_text())
    config["settings"]["score"] = "size"
    (path / "config.json").write_text(json.dumps(config))
    assert "expected the settings of a pruning run, but --score: unknown 'size'" in refused(
        prune.main, ["--resume", path]
    )


def test_a_damaged_step_says_what_to_do(tmp_path, refused):
    path = tmp_path / "run"
    run(path)
    step = path / "steps" / "s0-own-dense.npz"
    step.write_bytes(step.read_bytes()[:50])
    args = ["--resume", str(path), "--quiet"]
    assert "delete it, and --resume computes it again" in refused(prune.main, args)
    step.unlink()
    prune.main(args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--method", "lotery-ticket"], "unknown method 'lotery-ticket': expected one of lottery-"),
        (["--sparsity", "1"], r"in [0, 1), got 1.0"),
        (["--sparsity", "-0.1"], r"in [0, 1), got -0.1"),
        (["--method", "low-rank", "--sparsity", "layer1=0.5"], "expected shares of all layers"),
        (["--sparsity", "0.9,0.5"], "--sparsity: expected shares that rise, got 0.9,0.5"),
        (["--sparsity", "most"], "--sparsity: expected shares such as 0.9"),
        (["--score", "magnitud"], "--score: unknown 'magnitud': expected one of magnitude"),
        (["--scope", "2:1"], "--scope: unknown '2:1'"),
        (["--arms", "shufled"], "--arms: unknown 'shufled': expected one of shuffled"),
        (["--hidden", "0"], "--hidden: expected sizes such as 300,100, got '0'"),
        (["--rate", "1"], "--rate: expected a share between 0 and 1, got 1.0"),
        (["--method", "transfer-task"], "needs a task with a partner of the same shape"),
        (["--found-on", "cartpole"], "--found-on: expected a task with 64 inputs"),
        (["--deploy"], "--deploy: expected a method whose networks shrink, such as nodes"),
        (["--resume", "nowhere"], "there is no such folder"),
    ],
)
def test_bad_input_ends_in_one_line(args, message, tmp_path, monkeypatch, refused):
    monkeypatch.chdir(tmp_path)
    if "--env" not in args and "--resume" not in args:
        args = ["--env", "digits", *args]
    assert message in refused(prune.main, args)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "flag", "why"),
    [
        (["--method", "low-rank", "--scope", "global"], "--scope", "low-rank does not use it"),
        (["--method", "low-rank", "--arms=shuffled"], "--arms", "low-rank does not use it"),
        (["--method", "low-rank", "--retrain", "none"], "--retrain", "low-rank does not use"),
        (["--method", "early-bird", "--arms", "random"], "--arms", "early-bird does not use"),
        (["--method", "learned-supermask", "--sparsity", "0.5"], "--sparsity", "learned-sup"),
        (["--method", "learned-supermask", "--l2", "0.1"], "--l2", "learned-supermask does not"),
        (["--sparsity=layer1=0.5", "--schedule=one-shot", "--rate", "0.3"], "--rate", "no rounds"),
        (["--method", "n-of-m", "--sparsity", "0.5"], "--sparsity", "2:4 says how many"),
        (["--method", "layer-reset", "--sparsity", "0.5"], "--sparsity", "layer-reset does"),
        (["--early_step", "5"], "--early-step", "--survivors early"),
        (["--method", "synflow", "--rate", "0.5"], "--rate", "has no rounds"),
        (["--method", "synflow", "--controls", "all"], "--controls", "every level has"),
        (["--method", "synflow", "--retrain", "none", "--steps", "9"], "--steps", "is trained"),
        (["--method", "fine-tuning", "--arms=", "--controls=all"], "--controls", "no --arms"),
        (["--method", "snip", "--arms=", "--found-by", "sgd"], "--found-by", "snip needs no tr"),
        (["--method", "random", "--arms=synflow", "--found-on=x"], "--found-on", "looks at no im"),
    ],
)
def test_an_option_that_changes_nothing_is_refused(args, flag, why, refused):
    err = refused(prune.main, ["--env", "digits", *args])
    assert f"{flag}: expected none, for it changes nothing: " in err
    assert why in err


def test_without_jax_a_line_says_what_to_install(monkeypatch, refused):
    monkeypatch.setitem(sys.modules, "jax", None)
    assert "pip install 'wann[train]'" in refused(prune.main, ["--env", "digits"])
