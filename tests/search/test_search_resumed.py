"""Searches that are interrupted, damaged or out of room, and go on to the same end."""

import dataclasses
import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import wann
from tests.searches import FLAGS, SMALL, everything, files_of, history, ran, resumed
from wann import envs
from wann.core import files
from wann.core.config import preset
from wann.search import log
from wann.search.__main__ import main
from wann.search.loop import search
from wann.search.state import SearchState
from wann.storage.run import Run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A search that nothing interrupted."""
    return ran(tmp_path_factory.mktemp("whole") / "run", "--workers=1")


@pytest.fixture
def copy(whole, tmp_path):
    """The same, to be damaged."""
    return Run(shutil.copytree(whole.path, tmp_path / "copy"))


@pytest.mark.parametrize("settings", [{}, {"crossover": 0.5}], ids=["plain", "crossover"])
def test_an_interruption_after_every_generation_changes_nothing(tmp_path, monkeypatch, settings):
    """Also with forgotten innovations, of which the numbers must not come back."""
    monkeypatch.setattr("wann.search.evolution.FORGET_EVERY", 3)
    task, config = envs.make("cartpole"), dataclasses.replace(SMALL, **settings)
    through = Run.create(config, tmp_path / "through")
    search(SearchState(task, config, through), workers=1)
    broken = Run.create(config, tmp_path / "broken")
    stops = 0
    while (current := SearchState(task, config, broken)).evolution.generation < 6:
        search(current, workers=1, interrupted=lambda: True)
        stops += 1
    assert stops == 6
    assert everything(broken) == everything(through)


@pytest.mark.parametrize("generation", [0, 2, 5])
def test_an_old_checkpoint_leads_to_the_same_end(whole, tmp_path, generation):
    """After kill -9 the metrics and the champions may be ahead of the checkpoint."""
    task, config = envs.make("cartpole"), whole.config()
    early = Run.create(config, tmp_path / "early")
    search(
        SearchState(task, dataclasses.replace(config, generations=generation + 1), early),
        workers=1,
    )
    copy = shutil.copytree(whole.path, tmp_path / "copy")
    shutil.copy(early.path / "checkpoint.npz", copy)
    with open(copy / "metrics.csv", "a") as file:
        file.write("6,1234,0.1")
    assert everything(resumed(copy)) == everything(whole)


def test_without_a_checkpoint_it_starts_anew(whole, copy):
    (copy.path / "checkpoint.npz").unlink()
    assert everything(resumed(copy.path)) == everything(whole)


def test_a_finished_search_is_left_as_it_is(whole, copy):
    assert everything(resumed(copy.path)) == everything(whole)


def test_more_generations(whole, tmp_path):
    run = ran(tmp_path / "run", "--generations=3")
    assert len(history(run)) == 3
    assert everything(resumed(run.path, "--generations=6")) == everything(whole)


def test_bad_ways_to_resume(refused, copy):
    resume = ("--resume", str(copy.path))
    assert "--run: expected none together with --resume" in refused(main, [*resume, "--run=other"])
    message = refused(main, [*resume, "--population=17"])
    assert "--population: expected 24 as in the run to resume, got 17" in message
    assert "--env: expected cartpole as in the run" in refused(main, [*resume, "--env=swingup"])
    assert "--seed: expected 1 as in the run to resume, got 2" in refused(
        main, [*resume, "--seed=2"]
    )
    (copy.path / "config.json").write_text('{"settings": ')
    assert "config.json: expected JSON" in refused(main, resume)


def test_two_searches_in_one_folder(refused, copy):
    before = everything(copy)
    with copy.writing():
        message = refused(main, ["--resume", str(copy.path), "--quiet"])
    assert f"{copy.path}: process {os.getpid()} on " in message
    assert "is writing here; let it end or stop it first" in message
    with copy.writing(), pytest.raises(ValueError, match="is writing here"):
        wann.evolve("cartpole", copy.config(), copy)
    assert everything(copy) == before


def cut(file, share):
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_damaged_checkpoint(monkeypatch, whole, tmp_path, share, capsys):
    """Nothing is lost: the one before it leads to the same end."""
    monkeypatch.setattr(log, "CHECKPOINT_INTERVAL", 0.0)
    monkeypatch.setattr(log, "CHECKPOINT_PAUSE", 0.0)
    run = ran(tmp_path / "run", "--generations=4")
    cut(run.path / "checkpoint.npz", share)
    assert everything(resumed(run.path, "--generations=6")) == everything(whole)
    err = capsys.readouterr().err
    assert "checkpoint.npz: expected arrays, but it is damaged" in err
    assert "the one before it is whole and taken instead" in err
    assert err.count("\n") == 1


def test_two_damaged_checkpoints(refused, whole, copy):
    checkpoints = [copy.path / name for name in ("checkpoint.npz", "checkpoint-before.npz")]
    shutil.copy(*checkpoints)
    for file in checkpoints:
        cut(file, 0.5)
    before = files_of(copy)
    message = refused(main, ["--resume", str(copy.path)])
    assert "checkpoint.npz: expected arrays, but it is damaged" in message
    assert "champions are untouched; without checkpoint.npz and checkpoint-before.npz" in message
    assert files_of(copy) == before
    for file in checkpoints:
        file.unlink()
    assert everything(resumed(copy.path)) == everything(whole)


def test_a_checkpoint_of_another_task(refused, copy, tmp_path):
    other = Run.create(preset("swingup", population=4, generations=1), tmp_path / "other")
    shutil.copy(copy.path / "checkpoint.npz", other.path)
    message = refused(main, ["--resume", str(other.path)])
    assert "expected 5 inputs and 1 outputs, as swingup has, got 4 and 2" in message


def test_a_checkpoint_of_something_else(refused, copy):
    files.write_arrays(copy.path / "checkpoint.npz", {"a": np.arange(3)})
    message = refused(main, ["--resume", str(copy.path)])
    assert "the checkpoint does not fit: expected an array 'sizes', but there is none" in message


class FullDisk:
    """A disk on which a number of files can be written, and then none."""

    def __init__(self, room):
        self.room = room

    def fsync(self, number):
        if stat.S_ISDIR(os.fstat(number).st_mode):  # names take no room
            return
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("room", [0, 1, 2, 3, 4, 5, 6, 8])
def test_a_disk_that_fills_up(refused, whole, tmp_path, monkeypatch, room):
    """What was saved is intact, and the search can go on once there is room."""
    monkeypatch.setattr(log, "CHECKPOINT_INTERVAL", 0.0)
    monkeypatch.setattr(log, "CHECKPOINT_PAUSE", 0.0)
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", FullDisk(room).fsync)
        message = refused(main, ["--run", str(folder), *FLAGS])
    assert "No space left on device; everything saved before is intact" in message
    assert not list(folder.rglob("*.tmp"))
    if room == 0:
        assert "config.json: No space" in message
        assert [path for path in folder.iterdir() if not path.name.startswith(".")] == []
        ran(folder)
    else:
        for path in folder.rglob("*.json"):
            assert path.name == "config.json" or wann.load(path)
        resumed(folder)
    assert everything(Run(folder)) == everything(whole)


def test_a_disk_that_fills_up_in_the_metrics(refused, whole, tmp_path, monkeypatch):
    def log(run, row):
        if row["generation"] == 3:
            with open(run.path / "metrics.csv", "a") as file:
                file.write("3,12")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        plain(run, row)

    plain = Run.log
    with monkeypatch.context() as patch:
        patch.setattr(Run, "log", log)
        assert "No space left on device" in refused(main, ["--run", str(tmp_path / "run"), *FLAGS])
    assert everything(resumed(tmp_path / "run")) == everything(whole)


def start(*flags):
    return subprocess.Popen(
        [sys.executable, "-m", "wann.search", *flags, "--workers=1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(holds):
    deadline = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_interrupted_then_killed_then_finished(tmp_path):
    """Ctrl-C, a resumed search that is killed as hard as can be, and a third that gets done."""
    folder, many = tmp_path / "run", "--generations=1000000"
    process = start("--run", str(folder), *FLAGS, many)
    wait_for((folder / "checkpoint.npz").exists)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60.0)
    assert (process.returncode, out, err) == (130, "", "")
    assert wann.load(folder).scores["on"] == "100 fresh episodes a weight"
    stopped_at = len(history(Run(folder)))

    process = start("--resume", str(folder), "--quiet", many)
    wait_for(lambda: len(history(Run(folder))) > stopped_at + 20)
    process.kill()
    process.communicate(timeout=60.0)
    killed_at = len(history(Run(folder)))

    last = f"--generations={killed_at + 5}"
    assert everything(resumed(folder, last)) == everything(ran(tmp_path / "whole", last))
