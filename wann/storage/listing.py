"""What runs there are, by the ends of their files: quick, as no network is built."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wann.core import files, locks
from wann.envs.reading import read_bytes, read_ends

CONFIG = "config.json"
PLACE = Path("runs")
SEEDS = "seeds"  # the kind of a folder that holds a run for each seed
DEPTH = 4  # folders inside each other that are looked through
TAIL = 4096  # bytes at the end of a file, that hold what is asked for
GOING, DONE, STOPPED, DAMAGED = "going", "done", "stopped", "damaged"


@dataclass(frozen=True)
class Listed:
    """A run, as a list shows it. None stands for what it does not tell.

    Attributes:
        path: Its folder.
        env: The name of its task.
        method: The preset of a search, or the method of a pruning.
        seed: Of everything random in it.
        generation: The last one that is over.
        fitness: The champion's mean: on fresh cases where the search is over, else the confirmed.
        connections: The champion's.
        started: When it began, seconds since 1970.
        size: Bytes of its files.
        state: "going" while a process writes, "done" where the scores are final, else "stopped";
            "damaged" where a file cannot be read.
        problem: What is damaged.
    """

    path: Path
    env: str | None = None
    method: str | None = None
    seed: int | None = None
    generation: int | None = None
    fitness: float | None = None
    connections: int | None = None
    started: float | None = None
    size: int = 0
    state: str = STOPPED
    problem: str | None = None


@dataclass(frozen=True)
class _Folder:
    """A run's folder as it was found, so that nothing is asked of the disk twice.

    Attributes:
        path: Where it is.
        entries: What is in it, by name.
        config: What its config.json holds, if that was read already.
    """

    path: str
    entries: dict[str, os.DirEntry[str]]
    config: bytes | None = None

    def file(self, name: str) -> tuple[str, os.stat_result | None]:
        """The path of a file in it, and what `os.stat` says of it; None where it is not there."""
        path = os.path.join(self.path, name)
        with suppress(KeyError, FileNotFoundError):
            return path, self.entries[name].stat()
        return path, None


def folders(root: Path, inside: bool = True, depth: int = DEPTH) -> Iterator[Path]:
    """The folders of runs in a folder, or it itself, in the order of their names.

    Args:
        root: Where to look.
        inside: Whether the runs of several seeds are meant, or the folder that holds them.
        depth: How many folders deep to look.
    """
    return (Path(folder.path) for folder in _found(str(root), inside, depth))


def runs_in(root: Path) -> Iterator[Listed]:
    """What a list shows of each run in a folder."""
    return map(_listed, _found(str(root)))


def _found(root: str, inside: bool = True, depth: int = DEPTH) -> Iterator[_Folder]:
    entries = _entries(root)
    if CONFIG in entries and entries[CONFIG].is_file():
        content = _content(root, entries[CONFIG])
        if inside and _kind(root, content) == SEEDS:
            for entry in _by_name(entries):
                if os.path.exists(os.path.join(entry.path, CONFIG)):
                    yield _Folder(entry.path, _entries(entry.path))
        else:
            yield _Folder(root, entries, content)
    elif depth:
        for entry in _by_name(entries):
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield from _found(entry.path, inside, depth - 1)


def _entries(folder: str) -> dict[str, os.DirEntry[str]]:
    """What is in a folder, by name; nothing where it cannot be read."""
    with suppress(OSError), os.scandir(folder) as entries:
        return {entry.name: entry for entry in entries}
    return {}


def _by_name(entries: dict[str, os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    return [entries[name] for name in sorted(entries)]


def _content(folder: str, entry: os.DirEntry[str] | None = None) -> bytes | None:
    with suppress(OSError, ValueError):
        found = None if entry is None else entry.stat()
        return read_bytes(os.path.join(folder, CONFIG), found=found)
    return None


def is_seeds(folder: Path) -> bool:
    """Whether a folder holds a run for each of several seeds."""
    return _kind(str(folder), _content(str(folder))) == SEEDS


def is_search(folder: Path) -> bool:
    """Whether a folder is that of a search, with one seed or several, and not of a pruning."""
    return _kind(str(folder), _content(str(folder))) in (None, SEEDS)


def _kind(folder: str, content: bytes | None) -> Any:
    """What a run's folder says it is; None for a search, which says nothing."""
    if content is not None and b'"kind"' not in content:  # as most: that is quick to see
        return None
    with suppress(OSError, ValueError):
        return _read_config(folder, content).get("kind")
    return DAMAGED


def read(folder: Path) -> Listed:
    """What a list shows of a run; one whose files are damaged is marked, and raises nothing."""
    return _listed(_Folder(str(folder), _entries(str(folder))))


def _listed(folder: _Folder) -> Listed:
    try:
        return _read(folder)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        if isinstance(error, OSError) and error.strerror:
            problem = f"{error.filename}: {error.strerror}"
        else:
            problem = str(error)
        return Listed(
            Path(folder.path),
            size=_size(folder.entries),
            state=DAMAGED,
            problem=" ".join(problem.split()),
        )


def _read(folder: _Folder) -> Listed:
    config = _read_config(folder.path, folder.config)
    settings = config.get("settings")
    if not isinstance(settings, dict):
        raise ValueError(
            f"{os.path.join(folder.path, CONFIG)}: expected settings, but there are none"
        )
    method = settings.get("method") or settings.get("preset")
    seed = settings.get("seed")
    going = locks.holder(Path(folder.path, CONFIG)) is not None
    row = last_row(*folder.file("metrics.csv"))
    scores, search = _champion(*folder.file("champion.json"))
    fitness = scores.get("fitness", row.get("champion_fitness"))
    state = DONE if "fitness" in scores else STOPPED
    return Listed(
        Path(folder.path),
        str(settings["env"]) if "env" in settings else None,
        None if method is None else str(method),
        seed if isinstance(seed, int) else None,
        int(row["generation"]) if "generation" in row else None,
        float(fitness) if fitness is not None and math.isfinite(fitness) else None,
        int(search["connections"]) if "connections" in search else None,
        _time(config.get("started")),
        _size(folder.entries),
        GOING if going else state,
    )


def _read_config(folder: str, content: bytes | None) -> dict[str, Any]:
    file = os.path.join(folder, CONFIG)
    value = files.read_json(file, content)
    if not isinstance(value, dict):
        raise ValueError(f"{file}: expected settings, got {type(value).__name__}")
    return value


def _time(text: Any) -> float | None:
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(text).timestamp()
    return None


def _ends(file: str | Path, found: os.stat_result | None) -> tuple[bytes, bytes] | None:
    """The first and the last bytes of a file; None where there is none."""
    try:
        return read_ends(file, TAIL, found)
    except FileNotFoundError:
        return None


def last_row(file: str | Path, found: os.stat_result | None = None) -> dict[str, float]:
    """The last whole row of the metrics, by column; empty where there is none.

    Args:
        file: The metrics.
        found: What `os.stat` said of it just now, if it was asked.
    """
    ends = _ends(file, found)
    if ends is None:
        return {}
    header = ends[0].partition(b"\n")[0].decode(errors="replace").rstrip("\r").split(",")
    whole = ends[1][: max(ends[1].rfind(b"\n"), 0)]
    last = whole[whole.rfind(b"\n") + 1 :].decode(errors="replace").rstrip("\r")
    if not whole or last == ",".join(header):
        return {}
    try:
        return dict(zip(header, map(float, last.split(",")), strict=True))
    except ValueError:
        raise ValueError(
            f"{file}: expected {len(header)} numbers in its last row, got {last[:60]!r}"
        ) from None


def _champion(file: str, found: os.stat_result | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The scores of a champion and where it comes from, with its number of connections."""
    ends = _ends(file, found)
    if ends is None:
        return {}, {}
    start = ends[1].rfind(b'\n "scores": ')
    value: Any = None
    with suppress(ValueError):
        value = json.loads(b"{" + ends[1][start:]) if start >= 0 else None
    if not isinstance(value, dict) or "connections" not in value.get("search", {}):
        value = files.read_json(file)  # of an older version, or another program
        value["search"] = {"connections": connections(value), **value.get("search", {})}
    return value["scores"], value["search"]


def connections(network: dict[str, Any]) -> int:
    """The enabled connections on a path to an output, of the values of a network file."""
    sources: dict[int, list[int]] = {}
    for gene in network["connections"]:
        if gene["enabled"]:
            sources.setdefault(gene["target"], []).append(gene["source"])
    open_ = [node["id"] for node in network["nodes"] if node["kind"] == "output"]
    seen = set(open_)
    while open_:
        for source in sources.get(open_.pop(), ()):
            if source not in seen:
                seen.add(source)
                open_.append(source)
    return sum(len(sources.get(node, ())) for node in seen)


def _size(entries: dict[str, os.DirEntry[str]]) -> int:
    """The bytes of the files in a folder, those of folders in it included; links count nothing."""
    total = 0
    for entry in entries.values():
        try:
            if entry.is_file(follow_symlinks=False):
                total += entry.stat(follow_symlinks=False).st_size
            elif entry.is_dir(follow_symlinks=False):
                total += _size(_entries(entry.path))
        except OSError:  # it went just now
            continue
    return total
