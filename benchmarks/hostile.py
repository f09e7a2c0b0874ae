"""Files that harm, for `benchmarks.attack`: every command reads each file that it opens, harmed.

Which files a command opens is what the system says when it reads whole ones, so that a new file
or a new reader is tried without being named. A command must end soon, well or with one line.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import struct
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.forked import LONGEST, Command, told

FOLLOWED = 5.0  # seconds in which a page that follows a run has seen a change
SMALL = ["--population=16", "--generations=8", "--rollouts=1", "--confirm-rollouts=2"]
QUICK = ["--workers=1", "--quiet"]
SEARCH = ["search", "--env=cartpole", *SMALL, *QUICK, "--target=inf"]
TUNE = ["tune", "run", "--what=weights", "--steps=2", "--episodes=2", "--weights=-1:1:3", *QUICK]
SWEEP = ["--weights=-1:1:3", "--episodes=2", *QUICK]
PRUNE = ["--method=random", "--sparsity=0.5", "--steps=20", "--quiet"]
TABLE = ["search", "--env=csv:table.csv", "--label=kind", *SMALL, *QUICK, "--run=of-table"]

# What makes the whole files, in a folder of their own.
MAKERS = [
    [*SEARCH, "--run=run"],
    TUNE,
    [*SEARCH, "--seeds=2", "--run=seeds"],
    ["export", "run", "--to=matrix", "--weight=0.5", "--out=.", "--quiet"],
    ["prune", "--env=digits", *PRUNE, "--run=pruned"],
]
READERS = {
    "sweep": ["sweep", "run", *SWEEP],
    "sweep --protocol": ["sweep", "run", "--protocol", "--episodes=2", *QUICK],
    "tune": [*TUNE, "--force"],
    "tune --resume": [*TUNE, "--resume", "--steps=4"],
    "report": ["report", "run", *SWEEP],
    "watch": ["watch", "run", "--weights=-1:1:3", "--episodes=2", "--port=0"],
    "visualize": ["visualize", "run", "--weights=1", "--quiet"],
    "compare": ["compare", "run", "--episodes=2", *QUICK],
    "compare prunings": ["compare", "pruned", "--episodes=2", *QUICK],
    "export": ["export", "run", "--to=c", "--quiet"],
    "export of a matrix": ["export", "champion.out", "--env=cartpole", "--to=json", "--quiet"],
    "runs": ["runs", "."],
    "curves": ["curves", "run", "seeds", "--quiet"],
    "search --resume": ["search", "--resume=run", *QUICK],
    "search --resume of seeds": ["search", "--resume=seeds", *QUICK],
    "search --like": [*SEARCH, "--like=run", "--run=like"],
    "search --from": [*SEARCH, "--from=run", "--run=from"],
    "search --config": ["search", "--config=settings.toml", *QUICK, "--run=new"],
    "search of a table": TABLE,
    "search of images": ["search", "--env=idx:images", *SMALL, *QUICK, "--run=of-images"],
    "prune --resume": ["prune", "--resume=pruned", "--quiet"],
}


VALUE = rb'(?:(?<=: )|(?<=":)(?! ))'  # what follows is one, in JSON with spaces or without


class Runs:
    """What runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """What pickle calls."""
        return print, ("CODE RAN",)


def harms(file: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """What to do to a file, with a name: where it changes nothing, it is left out."""
    content = file.read_bytes()

    def replaced(pattern: bytes, by: bytes) -> Callable[[], object]:
        return lambda: file.write_bytes(re.sub(pattern, lambda match: by, content))

    yield "a pipe", lambda: (file.unlink(), os.mkfifo(file))
    yield "a socket", lambda: (file.unlink(), _socket(file))
    yield "a device", lambda: (file.unlink(), file.symlink_to("/dev/zero"))
    yield "a folder", lambda: (file.unlink(), file.mkdir())
    yield "a link to itself", lambda: (file.unlink(), file.symlink_to(file.name))
    yield "2**40 bytes", lambda: os.truncate(file, 2**40)
    yield "half of it", lambda: os.truncate(file, len(content) // 2)
    yield "nothing", lambda: os.truncate(file, 0)
    yield "other bytes", lambda: file.write_bytes(bytes(range(256)) * 100)
    if file.suffix == ".npz":
        yield "a zip bomb", lambda: _bomb(file)
        yield "arrays said to be huge", lambda: _huge(file, content)
        yield "a pickle", lambda: np.savez(file, **{name: _pickle() for name in np.load(file)})
        return
    yield "brackets", lambda: file.write_bytes(b"[" * 10**6)
    yield "objects", lambda: file.write_bytes(b'{"a":' * 10**5 + b"1" + b"}" * 10**5)
    yield "one long line", lambda: file.write_bytes(b"1," * 10**6)
    for name, pattern, by in (
        ("huge numbers", rb"\d+", b"9" * 4000),
        ("numbers near 2**63", rb"(?<![\w.])\d+(?![\w.])", b"9223372036854775807"),
        ("negative numbers", rb"(?<![\w.-])\d", b"-1"),
        ("NaN", rb"(?<![\w.-])\d+(\.\d+)?", b"NaN"),
        ("lists for numbers", VALUE + rb"[\d.]+", b"[[]]"),
        ("objects for texts", VALUE + rb'"[^"]*"', b'{"a": {}}'),
        ("null", VALUE + rb"[^,{\[\n]+", b"null"),
        ("escapes", b"cart", b"\x1b[31m"),
        ("escapes in JSON", b"cart", rb"\u001b]0;x\u0007"),
        ("half a character", b"cart", rb"\udc9b"),
        ("a module to import", b"cartpole|digits", b"gym:this:X"),
        ("a path for a name", b"cartpole|digits|random", b"../../../etc/passwd"),
    ):
        if re.search(pattern, content):
            yield name, replaced(pattern, by)


def _socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(file))  # the whole name may be too long for one


def _bomb(file: Path) -> None:
    """An npz whose arrays fill a gigabyte, in a megabyte."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (2**27,)}
    )
    names = np.load(file).files
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names[:1]:
            with archive.open(f"{name}.npy", "w") as member:
                member.write(header.getvalue())
                for _ in range(2**10):
                    member.write(bytes(2**20))


def _huge(file: Path, content: bytes) -> None:
    """An npz whose arrays say that they have 10^12 numbers."""
    with zipfile.ZipFile(file, "w") as archive:
        for name in np.load(io.BytesIO(content)).files:
            header = io.BytesIO()
            np.lib.format.write_array_header_1_0(
                header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
            )
            archive.writestr(f"{name}.npy", header.getvalue() + bytes(8))


def _pickle() -> np.ndarray:
    return np.array([Runs()], object)


def make(folder: Path) -> None:
    """The whole files that commands read."""
    folder.mkdir()
    for words in MAKERS:
        code, said = Command(words, folder).end()
        assert code == 0, f"{words}: {said}"
    rows = "\n".join(f"{i % 7},{i % 5}.5,{'ab'[i % 2]}" for i in range(60))
    (folder / "table.csv").write_text(f"long,wide,kind\n{rows}\n")
    (folder / "settings.toml").write_text(
        'env = "cartpole"\nseed = 1\ngenerations = 4\npopulation = 16\nconfirm-rollouts = 2\n'
    )
    images = folder / "images"
    images.mkdir(parents=True)
    for part, count in (("train", 300), ("t10k", 100)):
        pixels, labels = (
            bytes(i % 251 for i in range(64 * count)),
            bytes(range(10)) * (count // 10),
        )
        sizes = struct.pack(">4i", 0x803, count, 8, 8)
        (images / f"{part}-images-idx3-ubyte").write_bytes(sizes + pixels)
        (images / f"{part}-labels-idx1-ubyte").write_bytes(
            struct.pack(">2i", 0x801, count) + labels
        )


def watched(
    words: list[str], folder: Path, change: Callable[[], object] | None = None
) -> tuple[int | None, str, list[str]]:
    """How a page that follows a run ends, after what it follows may have changed; see `Command`."""
    command = Command(words, folder)
    until = time.monotonic() + LONGEST
    while command.process.is_alive() and time.monotonic() < until:
        if found := re.search(r"http://\S+", command.said()):
            if change is not None:
                change()
                time.sleep(FOLLOWED)
            with urllib.request.urlopen(f"{found[0]}data.json", timeout=LONGEST) as answer:
                assert answer.status == 200
            assert command.process.pid is not None
            os.kill(command.process.pid, signal.SIGINT)
            break
        time.sleep(0.02)
    return *command.end(), command.opened()


def attack(
    base: Path,
    commands: tuple[str, ...],
    most: int,
    rng: np.random.Generator,
    say: Callable[[str], object],
) -> tuple[int, list[str]]:
    """Let every command read every file it opens, harmed in every way.

    Args:
        base: An empty folder.
        commands: Those of `READERS` to try; none for all.
        most: Harmed files that each command reads at most.
        rng: Draws them where there are more.
        say: Called with how far it is.

    Returns:
        How many were tried, and what did not end as it must.

    Raises:
        ValueError: If there is no such command.
    """
    if unknown := sorted({*commands} - {*READERS}):
        raise ValueError(f"--commands: expected some of {', '.join(READERS)}; got {unknown[0]!r}")
    whole, place = base / "whole", base / "harmed"
    make(whole)
    tried, failed = 0, []
    for name, words in READERS.items():
        if commands and name not in commands:
            continue
        shutil.copytree(whole, place)
        if name == "watch":
            code, said, opened = watched(words, place)
        else:
            command = Command(words, place)
            (code, said), opened = command.end(), command.opened()
        assert code == 0, f"{name}: {said}"
        shutil.rmtree(place)
        files = [file for file in sorted(whole.rglob("*")) if file.is_file()]
        read = [f for f in files if str(place / f.relative_to(whole)) in opened]
        cases = [
            (file.relative_to(whole), what, meanwhile)
            for file in read
            for what, _ in harms(file)
            for meanwhile in ((False, True) if name == "watch" else (False,))
        ]
        drawn = sorted(rng.permutation(len(cases))[:most])
        survived = 0
        for i in drawn:
            code, said = _harmed(words, whole, place, *cases[i])
            file, what, meanwhile = cases[i]
            if told(code, said):
                survived += 1
                continue
            case = f"{name}: {file}: {what}{' meanwhile' * meanwhile}: {code}: {said[-600:]}"
            failed.append(case)
            say(f"FAILED {case}")
        tried += len(drawn)
        say(
            f"{name}: {survived} of {len(drawn)} survived, of {len(cases)} harmed files, "
            f"{[f.name for f in read]}"
        )
    return tried, failed


def _harmed(
    words: list[str], whole: Path, place: Path, file: Path, what: str, meanwhile: bool
) -> tuple[int | None, str]:
    """How a command ends that reads a harmed file, or one harmed while it follows it."""
    shutil.copytree(whole, place)
    (place / "run" / "checkpoint-before.npz").unlink(missing_ok=True)
    change = dict(harms(place / file))[what]
    os.chdir(place)  # the name of a socket must be short
    if not meanwhile:
        change()
    if words[0] == "watch":
        code, said, _ = watched(words, place, change if meanwhile else None)
    else:
        code, said = Command(words, place).end()
    os.chdir(whole)
    shutil.rmtree(place)
    return code, said
