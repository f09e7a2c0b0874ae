"""An attack on the commands: ``python -m benchmarks.attack --kills 50``.

Searches, a tuning and a pruning are killed as hard as can be at random moments, from a millisecond
after their start on, or meet a full disk at each file they write, and are resumed until they end:
what they find must be what they find undisturbed. Then every file that a command reads is replaced
by one that harms: the command must end soon, well or with one line. ``--stages files`` does the
last alone, ``--works tune`` one kind of work.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from benchmarks import forked, hostile
from benchmarks.forked import LONGEST, Command, told
from wann.core.arrays import evenly

SEARCH = ["search", "--workers=1", "--quiet", "--target=inf", "--seed=1"]
SMALL = ["--population=16", "--generations=8", "--rollouts=1", "--confirm-rollouts=2"]
GYM = ["--env=gym:CartPole-v1", "--max-steps=50", "--shared-weights=-1,1"]
TUNE = [
    "--what=weights",
    "--steps=40",
    "--workers=1",
    "--episodes=20",
    "--weights=-1:1:5",
    "--quiet",
]
PRUNE = ["--env=digits", "--sparsity=0.5", "--steps=200", "--quiet"]


@dataclass(frozen=True)
class Options:
    """Kill, fill the disk, and harm files; print what was tried and what survived."""

    stages: tuple[Literal["kills", "disks", "files"], ...] = ("kills", "disks", "files")
    """What to do."""
    works: tuple[Literal["control", "gymnasium", "digits", "tune", "prune"], ...] = (
        "control",
        "gymnasium",
        "digits",
        "tune",
        "prune",
    )
    """What to kill, and to let meet a full disk."""
    commands: tuple[str, ...] = ()
    """Those that read files that harm, by their names in `hostile.READERS`; by default all."""
    kills: int = 50
    """Of each kind of work."""
    disks: int = 1000
    """Writes from which on the disk is full, of each kind of work, at most: evenly chosen."""
    harms: int = 10_000
    """Harmed files that each command reads, at most: drawn where there are more."""
    seed: int = 0
    """Of the moments, and of the harmed files."""


@dataclass(frozen=True)
class Work:
    """A command that can be killed: how it begins, goes on, and what it has found."""

    begin: Callable[[Path], list[str]]
    resume: Callable[[Path], list[str]]
    begun: Callable[[Path], bool]
    found: Callable[[Path], Any]


def searched(folder: Path) -> Any:
    """What a search has found, but for the time it took."""
    with open(folder / "metrics.csv", newline="") as file:
        timed = ("seconds", "cpu_seconds")
        rows = [{k: v for k, v in row.items() if k not in timed} for row in csv.DictReader(file)]
    return rows, (folder / "champion.json").read_bytes()


def tuned(folder: Path) -> Any:
    """What a tuning has found, but for the time it took."""
    value = json.loads((folder / "champion-tuned.json").read_text())
    value["scores"]["tuning"].pop("seconds")
    return value


def search_of(*more: str) -> Work:
    """A search with more options."""
    return Work(
        lambda folder: [*SEARCH, *SMALL, *more, f"--run={folder}"],
        lambda folder: ["search", "--quiet", "--workers=1", f"--resume={folder}"],
        lambda folder: (folder / "config.json").exists(),
        searched,
    )


WORKS = {
    "control": search_of("--env=cartpole"),
    "gymnasium": search_of(*GYM),
    "digits": search_of("--env=digits", "--batch=200"),
    "tune": Work(
        lambda folder: ["tune", str(folder), *TUNE],
        lambda folder: ["tune", str(folder), *TUNE, "--resume"],
        lambda folder: (
            (folder / "champion-tune-checkpoint.npz").exists()
            or (folder / "tune-checkpoint.npz").exists()
        ),
        tuned,
    ),
    "prune": Work(
        lambda folder: ["prune", *PRUNE, f"--run={folder}"],
        lambda folder: ["prune", "--quiet", f"--resume={folder}"],
        lambda folder: (folder / "config.json").exists(),
        lambda folder: (folder / "results.csv").read_bytes(),
    ),
}


def start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a command."""
    return subprocess.Popen(
        [sys.executable, "-m", "wann", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def ended(process: subprocess.Popen[bytes], after: float = LONGEST) -> tuple[int | None, str]:
    """The exit code of a command and what it said; None if it was killed after some seconds."""
    try:
        _, said = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None, ""
    return process.returncode, said.decode()


def kill(work: Work, folder: Path, whole: Any, moments: Iterator[float]) -> int:
    """Kill a work and go on with it until it ends; the number of kills.

    Raises:
        AssertionError: If it comes to another end, or fails.
    """
    kills = 0
    while True:
        arguments = work.resume(folder) if work.begun(folder) else work.begin(folder)
        code, said = ended(start(arguments), next(moments) if kills < 5 else LONGEST)
        if code == 0:
            break
        assert code is None, said
        kills += 1
    assert work.found(folder) == whole
    assert not list(folder.rglob("*.tmp"))
    return kills


def prepare(name: str, base: Path) -> Path | None:
    """The run that a work goes out from, if it does."""
    if name != "tune":
        return None
    prepared = base / "tuned-from"
    if not prepared.exists():
        assert ended(start(search_of("--env=cartpole").begin(prepared)))[0] == 0
    return prepared


def fresh(prepared: Path | None, folder: Path) -> Path:
    """A folder in which a work can begin."""
    if prepared:
        shutil.copytree(prepared, folder)
    return folder


def kills(name: str, options: Options, base: Path) -> int:
    """Kill a kind of work often; how many kills it survived."""
    work, rng, prepared = WORKS[name], np.random.default_rng(options.seed), prepare(name, base)
    folder = fresh(prepared, base / name)
    started = time.monotonic()
    assert ended(start(work.begin(folder)))[0] == 0
    seconds = time.monotonic() - started
    whole = work.found(folder)
    moments = (float(np.exp(rng.uniform(np.log(0.001), np.log(seconds)))) for _ in iter(int, 1))
    survived = 0
    while survived < options.kills:
        again = fresh(prepared, base / f"{name}-{survived}")
        survived += kill(work, again, whole, moments)
    return survived


def disks(name: str, options: Options, base: Path) -> int:
    """Let the disk be full from each file on that a kind of work writes; how many it survived.

    Raises:
        AssertionError: If it does not say so in a line, or does not go on once there is room.
    """
    work, prepared = WORKS[name], prepare(name, base)
    folder = fresh(prepared, base / f"{name}-roomy")
    folder.mkdir(exist_ok=True)
    command = Command(work.begin(folder), base)
    code, said = command.end()
    assert code == 0, said

    def writes(command: Command) -> int:
        return sum(path.startswith(str(base)) for path in command.opened("w"))

    whole, tried = work.found(folder), 0
    for i in evenly(writes(command), options.disks):
        full = fresh(prepared, base / f"{name}-full-{i}")
        command = Command(work.begin(full), base, full_at=i + 1)
        code, said = command.end()
        if code == 0 and writes(command) <= i:  # checkpoints are written as time goes by
            continue
        tried += 1
        assert code != 0, f"{name}, write {i}: {said}"
        assert told(code, said), f"{name}, write {i}: {code}: {said}"
        assert not list(full.rglob("*.tmp"))
        again = work.resume(full) if work.begun(full) else work.begin(full)
        code, said = Command(again, base).end()
        assert code == 0, f"{name}, write {i}, {again}: {code}: {said}"
        assert work.found(full) == whole
    return tried


def main(args: list[str] | None = None) -> None:
    """Attack, and print a table."""
    options = tyro.cli(Options, args=args)
    table = Table("attack", "tried", "survived", title=f"seed {options.seed}")

    def add(what: str, tried: int, survived: int) -> None:
        table.add_row(what, str(tried), str(survived))
        print(f"{what}: {survived} of {tried} survived", flush=True)

    forked.load()
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        base = Path(place).resolve()
        for name in options.works if "kills" in options.stages else ():
            add(f"{name}: kill -9", *[kills(name, options, base)] * 2)
        for name in options.works if "disks" in options.stages else ():
            add(f"{name}: a full disk", *[disks(name, options, base)] * 2)
        if "files" in options.stages:
            rng = np.random.default_rng(options.seed)
            say = partial(print, flush=True)
            tried, failed = hostile.attack(base, options.commands, options.harms, rng, say)
            add("files that harm, read by commands", tried, tried - len(failed))
    Console().print(table)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
