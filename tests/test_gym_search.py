"""Searches on Gymnasium environments: what goes wrong, end to end."""

import csv
import json
import os

import pytest
from joblib.externals.loky import get_reusable_executor

from wann import sweep
from wann.report import __main__ as report
from wann.search import __main__ as search
from wann.storage.load import load
from wann.tune import __main__ as tune
from wann.visualize import __main__ as visualize

SETTINGS = (
    "--population=8",
    "--rollouts=4",
    "--confirm-rollouts=4",
    "--shared-weights=-1,1",
    "--generations=3",
    "--no-normalize",  # each episode is one of a genome's
    "--no-symmetric",
)


@pytest.fixture
def run(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def fresh():
    """Worker processes start anew: with the environment variables that the test sets."""
    get_reusable_executor().shutdown(kill_workers=True)


def searched(name, run, *options):
    search.main(["--env", f"gym:{name}", "--run", str(run), *SETTINGS, "--workers=2", *options])
    with open(run / "metrics.csv") as file:
        return list(csv.DictReader(file))


def without_time(rows):
    return [{**row, "seconds": None, "cpu_seconds": None} for row in rows]


def test_a_wrapper_that_is_typed_is_put_around(run, tmp_path, capsys):
    few = "--generations=1", "--max-steps=20", "--report-episodes=2"
    searched("CartPole-v1", run, "--wrapper", "tests.own_tasks:doubled", *few)
    asked = "gym:CartPole-v1?wrapper:tests.own_tasks:doubled"
    assert load(run).task == asked
    assert f"python -m wann.sweep {run} --env '{asked}'" in capsys.readouterr().out
    (tmp_path / "settings.toml").write_text('wrapper = "tests.own_tasks:doubled"')
    with pytest.raises(SystemExit, match="2"):
        searched("CartPole-v1", tmp_path / "b", "--config", str(tmp_path / "settings.toml"))
    assert f"would import a module: if you trust it, say --env '{asked}'" in capsys.readouterr().err


def test_a_search_and_what_comes_after_it(run, capsys):
    rows = searched("CartPole-v1", run, "--seed=1", "--max-steps=20")
    assert len(rows) == 3
    champion = load(run)
    assert champion.task == "gym:CartPole-v1"
    assert champion.scores["on"] == "100 fresh episodes a weight"
    assert champion.scores["peak"] <= 20
    few = ["--weights=-1,1", "--episodes=5", "--workers=2"]
    sweep.main([str(run), *few])
    assert (run / "sweep.png").exists()
    sweep.main([str(run), *few, "--max-steps=7", "--force"])
    assert "7,7" in (run / "sweep.csv").read_text()  # the mean, and no spread
    sweep.main([str(run), "--protocol", "--episodes=2", "--workers=2"])
    assert "random shared" in capsys.readouterr().out
    tune.main([str(run), *few, "--what=weights", "--steps=2"])
    tuned = load(run / "champion-tuned.json")
    assert tuned.scores["on"] == "5 fresh episodes a weight"
    assert len(tuned.weights) == tuned.network.enabled
    visualize.main([str(run), "--quiet"])
    assert (run / "behaviour.png").exists()
    report.main([str(run), "--weights=-1,1", "--episodes=2", "--workers=2", "--quiet"])
    assert '"kind":"recorded","limit":500,"solved_at":475.0' in (run / "report.html").read_text()


def test_a_task_of_ones_own_is_named_again(run, capsys):
    searched("tests.gym_tasks:Counter", run, "--generations=1")
    for main, arguments in ((sweep.main, ()), (tune.main, ()), (search.main, ("--resume",))):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, str(run)])
        assert ended.value.code == 2
        assert "say --env gym:tests.gym_tasks:Counter" in capsys.readouterr().err
    env = "--env=gym:tests.gym_tasks:Counter"
    sweep.main([str(run), env, "--weights=1", "--episodes=2"])
    search.main(["--resume", str(run), env, "--generations=2"])
    visualize.main([str(run)])
    assert "no behaviour.gif: the task" in capsys.readouterr().out
    visualize.main([str(run), env, "--force"])
    assert (run / "behaviour.png").exists()


def test_the_same_whatever_the_workers(run, tmp_path):
    two = searched("Acrobot-v1", run, "--max-steps=60")
    one = searched("Acrobot-v1", tmp_path / "one", "--max-steps=60", "--workers=1")
    assert without_time(one) == without_time(two)
    assert load(run).genome == load(tmp_path / "one").genome


def test_a_worker_that_is_killed_changes_nothing(fresh, run, tmp_path, monkeypatch):
    monkeypatch.setenv("DIED", str(tmp_path / "died"))
    killed = searched("tests.gym_tasks:Dies", run)
    assert (tmp_path / "died").exists()
    undisturbed = searched("tests.gym_tasks:Dies", tmp_path / "undisturbed")
    assert without_time(killed) == without_time(undisturbed)
    assert load(run).genome == load(tmp_path / "undisturbed").genome


def test_a_worker_that_is_killed_with_a_timeout(fresh, run, tmp_path, monkeypatch):
    monkeypatch.setenv("DIED", str(tmp_path / "died"))
    killed = searched("tests.gym_tasks:Dies", run, "--rollout-timeout=60", "--generations=1")
    assert (tmp_path / "died").exists()
    undisturbed = searched("tests.gym_tasks:Dies", tmp_path / "undisturbed", "--generations=1")
    assert without_time(killed) == without_time(undisturbed)


def test_an_environment_that_raises(run, capsys):
    with pytest.raises(SystemExit) as ended:
        searched("tests.gym_tasks:Raises", run)
    assert ended.value.code == 1
    printed = capsys.readouterr().err
    assert "ZeroDivisionError: the track is too short" in printed
    assert "in reward" in printed
    failed = load(run / "failed.json")
    assert failed.weights in (-1, 1)
    assert json.loads((run / "config.json").read_text())["settings"]["population"] == 8


@pytest.mark.parametrize(
    ("name", "what"), [("Ends", "SystemExit: 0"), ("Misshapen", "expected an observation of 2 num")]
)
@pytest.mark.parametrize("flags", [(), ("--rollout-timeout=60",)])
def test_an_environment_that_would_end_the_search(run, capsys, name, what, flags):
    with pytest.raises(SystemExit) as ended:
        searched(f"tests.gym_tasks:{name}", run, *flags)
    assert ended.value.code == 1
    assert f": {what}" in capsys.readouterr().err.splitlines()[-1]
    assert load(run / "failed.json").search["failed_in_episode"] >= 0


def test_a_module_that_would_end_the_search(run, capsys):
    with pytest.raises(SystemExit) as ended:
        searched("tests.ends_on_import:Some", run)
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("wann: gym:tests.ends_on_import:Some: the environment failed when it was")
    assert err.count("\n") == 1


def test_rewards_that_are_not_finite_rank_last_and_are_counted(run, capsys):
    rows = searched("tests.gym_tasks:NotANumber", run)
    # The episodes of a generation are the same for all: where one is bad, all genomes are.
    assert {int(row["nonfinite"]) for row in rows} <= {0, 8}
    assert any(int(row["nonfinite"]) for row in rows)
    assert not any("nan" in row.values() for row in rows)
    assert "Warning: some of these episodes have no return" in capsys.readouterr().out


def test_an_environment_that_hangs(fresh, run, tmp_path, monkeypatch):
    monkeypatch.setenv("HUNG", str(tmp_path / "hung"))
    rows = searched("tests.gym_tasks:Hangs", run, "--rollout-timeout=5", "--generations=2")
    assert [row["nonfinite"] for row in rows] == ["1", "0"]
    assert (run / "champion.json").exists()


def test_an_environment_that_never_ends(run, capsys):
    rows = searched("tests.gym_tasks:Endless", run, "--max-steps=5")
    assert "have no return" not in capsys.readouterr().out
    assert all(25 <= float(row["fitness_median"]) <= 35 for row in rows)


def test_what_an_environment_prints_is_dropped(run, capfd):
    searched("tests.gym_tasks:Chatty", run)
    printed = capfd.readouterr()
    assert "generation" in printed.out
    assert "chatter" not in printed.out + printed.err


def test_processes_that_leak_are_replaced(fresh, run, tmp_path, monkeypatch):
    monkeypatch.setenv("LEAKED", str(tmp_path / "pids"))
    os.mkdir(tmp_path / "pids")
    searched("tests.gym_tasks:Leaks", run, "--generations=1", "--workers=1")
    assert len(os.listdir(tmp_path / "pids")) >= 3
