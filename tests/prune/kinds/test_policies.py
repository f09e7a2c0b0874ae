import csv
import dataclasses

import pytest

from wann.evaluation.control import ControlEvaluator
from wann.prune import __main__ as prune
from wann.prune.kinds import policies

ARGS = ["--hidden", "2", "--least", "6", "--rate", "0.4", "--budget", "1", "--arms", "shuffled"]


@pytest.fixture(autouse=True)
def short_episodes(monkeypatch):
    """CartPole with episodes of 20 steps, so that thousands take no time."""

    def evaluator(task):
        return ControlEvaluator(dataclasses.replace(task, episode_limit=20))

    monkeypatch.setattr(policies, "ControlEvaluator", evaluator)


def test_a_run_and_its_resumption_with_more_seeds(tmp_path, capsys):
    run = tmp_path / "run"
    prune.main(["--env", "cartpole", *ARGS, "--run", str(run)])
    out = capsys.readouterr().out
    assert "shuffled" in out
    assert f"Saved in {run}." in out
    first = (run / "results.csv").read_text().splitlines()
    steps = {file.name: file.stat().st_mtime_ns for file in run.glob("steps/*")}
    prune.main(["--resume", str(run), "--seeds", "2", "--workers", "1"])
    with open(run / "results.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["seed"] for row in rows} == {"0", "1"}
    assert set(first) < set((run / "results.csv").read_text().splitlines())
    assert all((run / "steps" / name).stat().st_mtime_ns == t for name, t in steps.items())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--method", "synflow"], "trained by evolution, without gradients"),
        (["--rate", "2"], "--rate: expected a share between 0 and 1, got 2.0"),
        (["--steps", "5"], "--steps: expected none, for it is an option of images, and"),
        (["--early_step=5"], "--early-step: expected none, for it is an option of images"),
        (["--workers", "0"], "--workers: expected 1 to 1000, or -1"),
    ],
)
def test_bad_options_are_one_line(args, message, refused):
    assert message in refused(prune.main, ["--env", "cartpole", *args])


def test_the_help_says_which_options_belong_to_which(capsys):
    with pytest.raises(SystemExit) as end:
        prune.main(["--help"])
    assert end.value.code == 0
    _, rest = capsys.readouterr().out.split("settings options")
    shared, rest = rest.split("images options")
    images, policies = rest.split("policies options")
    assert "--rate" in shared
    assert "--sparsity" in images
    assert "--budget" in policies
    assert "--budget" not in images


def test_options_of_policies_are_refused_for_images(refused):
    error = refused(prune.main, ["--env", "digits", "--budget", "5"])
    assert "--budget: expected none, for it is an option of policies, and digits takes" in error


def test_what_a_resumption_may_not_change(tmp_path, capsys):
    run = tmp_path / "run"
    prune.main(["--env", "cartpole", *ARGS, "--run", str(run), "--quiet"])
    for args, message in (
        (["--rate", "0.3"], "--rate: expected 0.4 as in the run to resume, got 0.3"),
        (["--run", "x"], "--run: expected none together with --resume"),
    ):
        with pytest.raises(SystemExit):
            prune.main(["--resume", str(run), *args])
        assert message in capsys.readouterr().err


def test_the_methods_are_listed(capsys):
    prune.main(["--list"])
    out = capsys.readouterr().out
    assert "signal-to-noise" in out
    assert "Lange & Sprekeler 2023" in out
