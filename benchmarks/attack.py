"""An attack on the commands: ``python -m benchmarks.attack --kills 50``.

Searches, a tuning and a pruning are killed as hard as can be at random moments, from a millisecond
after their start on, or may write no file beyond a random size, and are resumed until they end:
what they find must be what they find undisturbed. Then every file of a run is replaced by one that
harms, and every command reads it: it must end soon, well or with one line.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

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
PRUNE = ["--env=digits", "--sparsity=0.5", "--steps=200", "--early-step=10", "--quiet"]
READERS = [["sweep"], ["report"], ["visualize"], ["compare"], ["export", "--to=c"]]
LONGEST = 300.0  # seconds that a command may take


@dataclass(frozen=True)
class Options:
    """Kill, fill the disk, and harm; print what was tried and what survived."""

    kills: int = 50
    """Of each kind of work."""
    disks: int = 10
    """Sizes that files may not exceed, for each kind of work."""
    seed: int = 0
    """Of the moments and sizes."""


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
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]
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
    "search, cart-pole": search_of("--env=cartpole"),
    "search, Gymnasium": search_of(*GYM),
    "search, digits": search_of("--env=digits", "--batch=200"),
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


def start(arguments: list[str], most_bytes: int | None = None) -> subprocess.Popen[bytes]:
    """Start a command; perhaps no file it writes may grow beyond a size."""
    limit = None
    if most_bytes is not None:
        limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    return subprocess.Popen(
        [sys.executable, "-m", "wann", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=limit,
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


def told(code: int | None, said: str) -> bool:
    """Whether a command that did not end well said so in one line, whatever it noted before."""
    lines = said.splitlines()
    return code in (1, 2) and bool(lines) and all(line.startswith("wann: ") for line in lines)


def kill(
    work: Work, prepared: Path | None, folder: Path, whole: Any, moments: Iterator[float]
) -> int:
    """Kill a work and go on with it until it ends; the number of kills.

    Raises:
        AssertionError: If it comes to another end, or fails.
    """
    if prepared:
        shutil.copytree(prepared, folder)
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


def attack(name: str, options: Options, base: Path) -> tuple[int, int]:
    """Kill a kind of work often, and fill its disk: the numbers of both that it survived."""
    work, rng = WORKS[name], np.random.default_rng(options.seed)
    prepared = None
    if name == "tune":
        prepared = base / "tuned-from"
        assert ended(start(search_of("--env=cartpole").begin(prepared)))[0] == 0
    folder = base / name.replace(", ", "-")
    if prepared:
        shutil.copytree(prepared, folder)
    started = time.monotonic()
    assert ended(start(work.begin(folder)))[0] == 0
    seconds = time.monotonic() - started
    whole = work.found(folder)
    moments = (float(np.exp(rng.uniform(np.log(0.001), np.log(seconds)))) for _ in iter(int, 1))
    kills = disks = 0
    while kills < options.kills:
        kills += kill(work, prepared, base / f"{folder.name}-{kills}", whole, moments)
    largest = max(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    for i in range(options.disks):
        full = base / f"{folder.name}-full-{i}"
        if prepared:
            shutil.copytree(prepared, full)
        arguments = work.begin(full)
        code, said = ended(start(arguments, int(rng.integers(1, largest))))
        assert code == 0 or told(code, said), said
        arguments = work.resume(full) if work.begun(full) else work.begin(full)
        if prepared and code == 0:
            arguments = []
        if arguments:
            again, complaint = ended(start(arguments))
            assert again == 0, f"{name}: {said} then {arguments}: {again} {complaint}"
        assert work.found(full) == whole
        disks += 1
    return kills, disks


HARM: dict[str, Callable[[Path], object]] = {
    "a pipe": lambda file: (file.unlink(), os.mkfifo(file)),
    "a device": lambda file: (file.unlink(), file.symlink_to("/dev/zero")),
    "2**40 bytes": lambda file: os.truncate(file, 2**40),
    "half of it": lambda file: os.truncate(file, file.stat().st_size // 2),
    "nothing": lambda file: os.truncate(file, 0),
    "huge numbers": lambda file: file.write_bytes(file.read_bytes().replace(b"1", b"9" * 4000)),
    "escapes": lambda file: file.write_bytes(file.read_bytes().replace(b"cart", b"\x1b[31m")),
    "a module to import": lambda file: file.write_bytes(
        file.read_bytes().replace(b"cartpole", b"gym:this:X")
    ),
}


def harm(base: Path) -> int:
    """Let every command read every file of a run replaced by one that harms; how many ended well.

    Raises:
        AssertionError: If one hangs, shows a traceback, or runs what a file names.
    """
    run, tries = base / "whole", 0
    assert ended(start(search_of("--env=cartpole").begin(run)))[0] == 0
    for name in ("config.json", "champion.json", "metrics.csv", "checkpoint.npz"):
        for what, change in HARM.items():
            for words in (*READERS, ["search", "--quiet", "--workers=1", "--resume"]):
                folder = Path(shutil.copytree(run, base / "harmed"))
                (folder / "checkpoint-before.npz").unlink(missing_ok=True)
                change(folder / name)
                code, said = ended(start([*words, str(folder)]))
                case = f"{words[0]} of {name}: {what}: {code}: {said}"
                assert code == 0 or told(code, said), case
                assert "\x1b" not in said, case
                assert "Zen of Python" not in said, case
                shutil.rmtree(folder)
                tries += 1
    return tries


def main(args: list[str] | None = None) -> None:
    """Attack, and print a table."""
    options = tyro.cli(Options, args=args)
    table = Table("attack", "tried", "survived", title=f"seed {options.seed}")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        for name in WORKS:
            kills, disks = attack(name, options, base)
            print(f"{name}: {kills} kills and {disks} full disks survived", flush=True)
            table.add_row(f"{name}: kill -9", str(kills), str(kills))
            table.add_row(f"{name}: a full disk", str(disks), str(disks))
        tries = harm(base)
        table.add_row("files that harm, read by commands", str(tries), str(tries))
    Console().print(table)


if __name__ == "__main__":
    main()
