"""Searches that are killed as hard as can be, again and again, come to the same end."""

import multiprocessing
import os
import signal
import sys
import time
from multiprocessing import forkserver

import numpy as np
import pytest

from tests import searches
from wann.storage.run import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no fork")
KILLS = 50
PER_RUN = 5


@pytest.fixture(scope="module")
def processes():
    """Processes are forked from one that has everything loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.warm"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        forkserver.ensure_running()
    return context


def went(processes, folder, die_at=None, after=None):
    """Start a search or go on with one; whether it came to its end before it was killed."""
    process = processes.Process(target=searches.go, args=(folder, die_at))
    process.start()
    process.join(after)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


@pytest.fixture(scope="module")
def undisturbed(processes, tmp_path_factory):
    """What a search finds, and the seconds it takes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert went(processes, folder / "warm")
    started = time.monotonic()
    assert went(processes, folder / "whole")
    return searches.everything(Run(folder / "whole")), time.monotonic() - started


def test_killed_fifty_times(processes, undisturbed, tmp_path):
    """At random moments, and at random changes of a file, which take less time than all else."""
    rng, (whole, seconds) = np.random.default_rng(0), undisturbed
    kills = runs = 0
    while kills < KILLS:
        folder, before = tmp_path / str(runs), kills
        done = False
        while not done:
            if kills == before + PER_RUN:
                done = went(processes, folder)
            elif rng.random() < 0.5:
                done = went(processes, folder, after=rng.uniform(0.0, seconds))
            else:
                done = went(processes, folder, die_at=int(rng.integers(1, 60)))
            kills += not done
        assert searches.everything(Run(folder)) == whole
        assert not list(folder.rglob("*.tmp"))
        runs += 1


@pytest.mark.parametrize("most_bytes", [1000, 1500, 3000, 9000])
def test_files_that_cannot_grow(processes, undisturbed, tmp_path, most_bytes):
    """Refused by the system itself, at the settings, the metrics or a checkpoint."""
    process = processes.Process(
        target=searches.go_with_little_room, args=(tmp_path / "run", most_bytes)
    )
    process.start()
    process.join()
    assert process.exitcode == 2
    assert not list((tmp_path / "run").rglob("*.tmp"))
    assert went(processes, tmp_path / "run")
    assert searches.everything(Run(tmp_path / "run")) == undisturbed[0]
