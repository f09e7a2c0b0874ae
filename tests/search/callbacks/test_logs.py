import csv
import sys
from types import ModuleType

import pytest

import wann
from wann.storage.metrics import METRICS

SETTINGS = {
    "generations": 3,
    "population": 8,
    "confirm_rollouts": 2,
    "report_episodes": 2,
    "workers": 1,
    "progress": False,
    "target": float("inf"),
}


def rows(file):
    with open(file, newline="") as opened:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(opened)]


def test_csv_holds_each_row_at_once(tmp_path):
    file, lengths = tmp_path / "new" / "log.csv", []
    log = wann.CSVLog(file)
    count = [log, lambda state: lengths.append(len(rows(file)))]
    model = wann.evolve("cartpole", callbacks=count, **SETTINGS)
    assert lengths == [1, 2, 3]
    for name in METRICS:
        assert [row[name] for row in rows(file)] == model.history[name].tolist()


def test_csv_of_a_search_that_goes_on_begins_with_what_the_run_holds(tmp_path):
    wann.evolve("cartpole", run=tmp_path / "run", **SETTINGS)
    more = {**SETTINGS, "generations": 5}
    log = wann.CSVLog(tmp_path / "log.csv")
    wann.evolve("cartpole", run=tmp_path / "run", callbacks=[log], **more)
    assert len(rows(log.file)) == 5
    assert rows(log.file) == rows(tmp_path / "run" / "metrics.csv")


def test_csv_replaces_no_file_unasked(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text("mine")
    with pytest.raises(ValueError, match=r"log.csv: exists already; force=True replaces it"):
        wann.evolve("cartpole", callbacks=[wann.CSVLog(file)], **SETTINGS)
    assert file.read_text() == "mine"
    wann.evolve("cartpole", callbacks=[wann.CSVLog(file, force=True)], **SETTINGS)
    assert len(rows(file)) == 3


@pytest.fixture
def wandb(monkeypatch):
    """A module in the place of wandb that notes what it is told."""
    module = ModuleType("wandb")
    module.said = []

    class Run:
        def log(self, values, step):
            module.said.append((step, values))

        def finish(self, exit_code):
            module.said.append(("finish", exit_code))

    def init(**options):
        module.said.append(("init", options))
        return Run()

    module.init = init
    monkeypatch.setitem(sys.modules, "wandb", module)
    return module


def test_wandb_hears_settings_rows_and_the_end(wandb):
    log = wann.WandbLog(project="poles")
    model = wann.evolve("cartpole", seed=3, callbacks=[log], **SETTINGS)
    (_, options), *told, end = wandb.said
    assert options["project"] == "poles"
    assert (options["config"]["seed"], options["config"]["target"]) == (3, "inf")
    assert [step for step, _ in told] == [0, 1, 2]
    assert [values["peak"] for _, values in told] == model.history["peak"].tolist()
    assert "generation" not in told[0][1]
    assert end == ("finish", 0)


def test_wandb_hears_of_a_failure(wandb):
    def fail(state):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        wann.evolve("cartpole", callbacks=[wann.WandbLog(), fail], **SETTINGS)
    assert wandb.said[-1] == ("finish", 1)


@pytest.mark.parametrize(("log", "name"), [(wann.WandbLog, "wandb"), (None, "tensorboard")])
def test_without_the_package(monkeypatch, tmp_path, log, name):
    for module in [each for each in sys.modules if each.split(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    callback = log() if log else wann.TensorBoardLog(tmp_path)
    with pytest.raises(ValueError, match=rf"Log needs more .*pip install 'wann\[{name}\]'"):
        wann.evolve("cartpole", callbacks=[callback], **SETTINGS)
