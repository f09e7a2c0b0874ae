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
from wann.envs.reading import open_regular, read_bytes

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


def folders(root: Path, inside: bool = True, depth: int = DEPTH) -> Iterator[Path]:
    """The folders of runs in a folder, or it itself, in the order of their names.

    Args:
        root: Where to look.
        inside: Whether the runs of several seeds are meant, or the folder that holds them.
        depth: How many folders deep to look.
    """
    return (folder for folder, _ in _found(root, inside, depth))


def runs_in(root: Path) -> Iterator[Listed]:
    """What a list shows of each run in a folder."""
    return (read(folder, config) for folder, config in _found(root))


def _found(
    root: Path, inside: bool = True, depth: int = DEPTH
) -> Iterator[tuple[Path, bytes | None]]:
    """As `folders`, and what their config.json holds where that was read on the way."""
    if (root / CONFIG).is_file():
        content = _content(root)
        if inside and _kind(root, content) == SEEDS:
            for path in sorted(path.parent for path in root.glob(f"*/{CONFIG}")):
                yield path, None
        else:
            yield root, content
        return
    with suppress(OSError):
        for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
            if depth and entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield from _found(Path(entry.path), inside, depth - 1)


def _content(folder: Path) -> bytes | None:
    with suppress(OSError, ValueError):
        return read_bytes(folder / CONFIG)
    return None


def is_seeds(folder: Path) -> bool:
    """Whether a folder holds a run for each of several seeds."""
    return _kind(folder, _content(folder)) == SEEDS


def is_search(folder: Path) -> bool:
    """Whether a folder is that of a search, with one seed or several, and not of a pruning."""
    return _kind(folder, _content(folder)) in (None, SEEDS)


def _kind(folder: Path, content: bytes | None) -> Any:
    """What a run's folder says it is; None for a search, which says nothing."""
    if content is not None and b'"kind"' not in content:  # as most: that is quick to see
        return None
    with suppress(OSError, ValueError):
        return _read_config(folder, content).get("kind")
    return DAMAGED


def read(folder: Path, config: bytes | None = None) -> Listed:
    """What a list shows of a run; one whose files are damaged is marked, and raises nothing.

    Args:
        folder: Its folder.
        config: What its config.json holds, if that was read already.
    """
    try:
        return _read(folder, config)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        if isinstance(error, OSError) and error.strerror:
            problem = f"{error.filename}: {error.strerror}"
        else:
            problem = str(error)
        return Listed(folder, size=_size(folder), state=DAMAGED, problem=" ".join(problem.split()))


def _read(folder: Path, content: bytes | None) -> Listed:
    config = _read_config(folder, content)
    settings = config.get("settings")
    if not isinstance(settings, dict):
        raise ValueError(f"{folder / CONFIG}: expected settings, but there are none")
    method = settings.get("method") or settings.get("preset")
    seed = settings.get("seed")
    going = locks.holder(folder / CONFIG) is not None
    row = last_row(folder / "metrics.csv")
    scores, search = _champion(folder / "champion.json")
    fitness = scores.get("fitness", row.get("champion_fitness"))
    state = DONE if "fitness" in scores else STOPPED
    return Listed(
        folder,
        str(settings["env"]) if "env" in settings else None,
        None if method is None else str(method),
        seed if isinstance(seed, int) else None,
        int(row["generation"]) if "generation" in row else None,
        float(fitness) if fitness is not None and math.isfinite(fitness) else None,
        int(search["connections"]) if "connections" in search else None,
        _time(config.get("started")),
        _size(folder),
        GOING if going else state,
    )


def _read_config(folder: Path, content: bytes | None) -> dict[str, Any]:
    value = files.read_json(folder / CONFIG, content)
    if not isinstance(value, dict):
        raise ValueError(f"{folder / CONFIG}: expected settings, got {type(value).__name__}")
    return value


def _time(text: Any) -> float | None:
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(text).timestamp()
    return None


def _ends(file: Path) -> tuple[str, str] | None:
    """The first and the last bytes of a file; None where there is none."""
    try:
        opened = open_regular(file)
    except FileNotFoundError:
        return None
    with opened:
        head = opened.read(TAIL)
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - TAIL))
        return head.decode(errors="replace"), opened.read().decode(errors="replace")


def last_row(file: Path) -> dict[str, float]:
    """The last whole row of the metrics, by column; empty where there is none."""
    ends = _ends(file)
    if ends is None:
        return {}
    header, tail = ends[0].partition("\n")[0].split(","), ends[1]
    lines = tail[: tail.rfind("\n") + 1].splitlines()
    if not lines or lines[-1] == ",".join(header):
        return {}
    try:
        return dict(zip(header, map(float, lines[-1].split(",")), strict=True))
    except ValueError:
        raise ValueError(
            f"{file}: expected {len(header)} numbers in its last row, got {lines[-1][:60]!r}"
        ) from None


def _champion(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The scores of a champion and where it comes from, with its number of connections."""
    ends = _ends(file)
    if ends is None:
        return {}, {}
    start = ends[1].rfind('\n "scores": ')
    value: Any = None
    with suppress(ValueError):
        value = json.loads("{" + ends[1][start:]) if start >= 0 else None
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


def _size(folder: Path | str) -> int:
    """The bytes of the files in a folder, those of folders in it included; links count nothing."""
    total = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    total += _size(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    total += entry.stat(follow_symlinks=False).st_size
            except OSError:  # it went just now
                continue
    return total
