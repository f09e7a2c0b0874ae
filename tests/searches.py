"""Small searches, what they have found, to compare two, and some in processes to be killed.

A process forked from one in which this module is loaded has the compiled functions at once.
"""

import csv
import math
import os
import signal
import sys

from wann import envs
from wann.core.config import preset
from wann.search import log
from wann.search.__main__ import main
from wann.search.state import SearchState
from wann.storage.run import Run

SETTINGS = {"population": 24, "generations": 6, "target": math.inf, "seed": 1}
SMALL = preset("cartpole", confirm_rollouts=8, **SETTINGS)
FLAGS = ["--confirm-rollouts=8", *(f"--{k}={v}" for k, v in SETTINGS.items()), "--quiet"]
LONGER = ["--population=16", "--generations=40", "--rollouts=1", "--confirm-rollouts=4"]
CHANGES = ("open", "os.mkdir", "os.rename", "os.remove")  # what Python tells audit hooks


def ran(folder, *flags):
    """A search from the command line."""
    main(["--run", str(folder), *FLAGS, *flags])
    return Run(folder)


def resumed(folder, *flags):
    main(["--resume", str(folder), "--quiet", *flags])
    return Run(folder)


def history(run):
    """The metrics but for the seconds."""
    timed = ("seconds", "cpu_seconds")
    with open(run.path / "metrics.csv", newline="") as file:
        return [{k: v for k, v in row.items() if k not in timed} for row in csv.DictReader(file)]


def population(run):
    return SearchState(envs.make("cartpole"), run.config(), run).evolution.ask()


def files_of(run):
    """What is in the files, but for the population and the time it took."""
    champions = {path.name: path.read_bytes() for path in (run.path / "champions").iterdir()}
    return history(run), (run.path / "champion.json").read_bytes(), champions


def everything(run):
    """All that a search has found, but for the time it took."""
    return files_of(run), population(run)


def go_with_little_room(folder, most_bytes):
    """The same, where no file can grow beyond a size: the system says so as on a full disk."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    go(folder)


def go(folder, die_at=None):
    """Begin a search in a folder, or go on with it; checkpoints are written all the time.

    Args:
        folder: The folder.
        die_at: At so many changes of files the process kills itself.
    """
    log.CHECKPOINT_INTERVAL = log.CHECKPOINT_PAUSE = 0.0
    os.fsync = lambda number: None  # what was written survives the process
    changes = 0

    def watch(event, arguments):
        nonlocal changes
        if event in CHANGES and str(folder) in str(arguments[0]):
            changes += 1
            if changes == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    if (folder / "config.json").exists():
        resumed(folder, "--workers=1")
    else:
        ran(folder, "--workers=1", *LONGER)
