import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from wann.search import log
from wann.search.__main__ import main
from wann.search.callbacks.tensorboard import TensorBoardLog
from wann.storage.metrics import METRICS
from wann.storage.run import Run

FLAGS = ["--population=8", "--confirm-rollouts=2", "--target=inf", "--workers=1", "--quiet"]


def ran(folder, *flags):
    main(["--run", str(folder), "--generations=6", *FLAGS, *flags])
    return Run(folder)


def resumed(run, *flags):
    main(["--resume", str(run.path), "--workers=1", "--quiet", *flags])


def events(run):
    """(step, value) of each scalar by name, as TensorBoard shows them."""
    found = EventAccumulator(str(run.path), size_guidance={"scalars": 0}).Reload()
    return {
        tag: [(event.step, event.value) for event in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def check(run, generations):
    """The events are the metrics, each row once."""
    metrics, found = run.metrics(), events(run)
    assert set(found) == {f"metrics/{name}" for name in METRICS[1:]}
    assert metrics["generation"].tolist() == list(range(generations))
    for name in METRICS[1:]:
        steps, values = zip(*found[f"metrics/{name}"], strict=True)
        assert list(steps) == list(range(generations)), name
        np.testing.assert_allclose(values, metrics[name], rtol=1e-6)


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    return ran(tmp_path_factory.mktemp("logged") / "run", "--tensorboard")


@pytest.fixture
def copy(logged, tmp_path):
    return Run(shutil.copytree(logged.path, tmp_path / "run"))


def test_the_events_are_the_metrics(logged):
    check(logged, 6)


def test_nothing_is_written_unasked(tmp_path):
    run = ran(tmp_path / "run")
    assert not list(run.path.glob("*tfevents*"))


def test_a_resumed_search_goes_on(copy):
    resumed(copy, "--generations=9", "--tensorboard")
    check(copy, 9)


def test_a_crash_leaves_no_step_twice(tmp_path, monkeypatch):
    """The last checkpoint is older than the events."""
    monkeypatch.setattr(log, "CHECKPOINT_INTERVAL", 0.0)
    monkeypatch.setattr(log, "CHECKPOINT_PAUSE", 0.0)
    save = Run.save_checkpoint

    def crash(self, arrays):
        generations = len(self.metrics()["seconds"])
        if generations < 4:
            save(self, arrays)
        elif generations == 6:
            raise KeyError("crash")

    monkeypatch.setattr(Run, "save_checkpoint", crash)
    with pytest.raises(KeyError, match="crash"):
        ran(tmp_path / "run", "--tensorboard")
    run = Run(tmp_path / "run")
    assert [step for step, _ in events(run)["metrics/peak"]] == [0, 1, 2, 3, 4]
    monkeypatch.undo()
    resumed(run, "--generations=7", "--tensorboard")
    check(run, 7)


def test_a_part_without_events_is_caught_up(copy):
    resumed(copy, "--generations=8")
    resumed(copy, "--generations=9", "--tensorboard")
    check(copy, 9)


def test_a_search_that_was_not_logged_from_its_start(tmp_path):
    run = ran(tmp_path / "run")
    resumed(run, "--generations=8", "--tensorboard")
    check(run, 8)


def test_events_are_written_at_once(copy):
    row = dict.fromkeys(METRICS, 1.0)
    with TensorBoardLog(copy.path) as log:
        log(SimpleNamespace(run=copy, row={**row, "generation": 6, "peak": -np.inf}))
        assert events(copy)["metrics/peak"][-1] == (6, -np.inf)


def test_times_go_back_to_the_search(copy):
    seconds = copy.metrics()["seconds"]
    row = {**dict.fromkeys(METRICS, 1.0), "generation": 6, "seconds": seconds[-1]}
    with TensorBoardLog(copy.path) as log:
        log(SimpleNamespace(run=copy, row=row))
    found = EventAccumulator(str(copy.path)).Reload().Scalars("metrics/peak")
    assert found[-1].wall_time - found[0].wall_time == pytest.approx(
        seconds[-1] - seconds[0], abs=1
    )


def test_without_tensorboard(tmp_path, monkeypatch, refused):
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    message = refused(main, ["--run", tmp_path / "run", "--tensorboard"])
    assert message.startswith("--tensorboard needs more (")
    assert message.endswith("pip install 'wann[tensorboard]'")
    assert not (tmp_path / "run").exists()


def test_damaged_metrics(copy, refused):
    file = copy.path / "metrics.csv"
    file.write_text(file.read_text().replace("\n1,", "\n1,many", 1))
    args = ["--resume", copy.path, "--tensorboard"]
    assert "expected a number in every column" in refused(main, args)
