"""The folder of a pruning run: what is written is read, and nothing is replaced."""

import csv
import json
from dataclasses import replace

import pytest

from wann.cli import guards
from wann.core.config import preset
from wann.prune.run import COLUMNS, PruneRun, Row
from wann.prune.runner import running
from wann.storage.run import Run

SETTINGS = {"method": "lottery-ticket", "env": "digits", "seed": 3}
ROW = Row("lottery-ticket", "ticket", 3, 1, "C", 0.8, 20, 18, 4, 0.91, 0.92, None, 600, 36000)


@pytest.fixture
def run(tmp_path):
    return PruneRun.create(SETTINGS, tmp_path / "run")


def test_a_new_folder_says_what_it_is(run):
    config = json.loads((run.path / "config.json").read_text())
    assert config["kind"] == "prune"
    assert config["settings"] == SETTINGS
    assert {"versions", "command", "started"} < set(config)
    assert PruneRun(run.path).settings == SETTINGS


def test_the_default_folder_is_named_after_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = PruneRun.create(SETTINGS).path.as_posix()
    assert name.startswith("runs/prune-lottery-ticket-digits-")
    assert name.endswith("-s3")


def test_rows_come_back_sorted(run):
    rows = [
        replace(ROW, arm="shuffled", spread=0.25),
        replace(ROW, level=10, validation=None),
        ROW,
        replace(ROW, seed=2),
    ]
    assert run.rows() == []
    run.write_rows(rows)
    assert run.rows() == [rows[3], rows[2], rows[1], rows[0]]
    with open(run.path / "results.csv", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS


def test_a_folder_that_holds_something_is_refused(run):
    with pytest.raises(ValueError, match="expected a new or empty folder"):
        PruneRun.create(SETTINGS, run.path)


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(ValueError, match="there is no such folder"):
        PruneRun(tmp_path / "none")
    with pytest.raises(ValueError, match=r"it has no config\.json"):
        PruneRun(tmp_path)
    search = Run.create(preset("cartpole"), tmp_path / "search")
    with pytest.raises(ValueError, match="expected the folder of a pruning run, got another kind"):
        PruneRun(search.path)


def test_damaged_results_are_refused(run):
    file = run.path / "results.csv"
    file.write_text("method,arm\n")
    with pytest.raises(ValueError, match="expected a column 'seed', but it has none"):
        run.rows()
    run.write_rows([ROW])
    file.write_text(file.read_text().replace("0.91", "high"))
    with pytest.raises(ValueError, match=r"results\.csv: line 2: could not convert"):
        run.rows()
    run.write_rows([replace(ROW, regime="D")])
    with pytest.raises(ValueError, match="expected regime A, B or C, got 'D'"):
        run.rows()


def test_nothing_outside_a_foreign_run_is_written(tmp_path, capsys):
    run = PruneRun.create({"method": "m", "env": "digits", "seed": 0}, tmp_path / "run")
    (tmp_path / "other").mkdir()
    (run.path / "steps").symlink_to(tmp_path / "other")
    with pytest.raises(SystemExit) as end, running(run, guards.console(True)):
        raise AssertionError
    assert end.value.code == 2
    assert "steps: expected a file or a folder of the run's own" in capsys.readouterr().err
