"""How long a start takes: ``python -m benchmarks.start``, some minutes.

CPU time of whole processes, by turns, the medians with the least and the most. What is compiled
lies in a folder of this script, which is empty for each first search.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

TURNS, FIRST = 9, 3  # first searches compile, and take long
SEARCH = ["-m", "wann.search", "--env", "cartpole", "--quiet"]
COMMANDS = {
    "import wann": ["-c", "import wann"],
    "search --help": ["-m", "wann.search", "--help"],
    "search --env cartpole, from the second time on": SEARCH,
}


def main() -> None:
    """Start by turns, and print a table."""
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        for turn in range(FIRST):
            seconds = started(SEARCH, Path(place), f"empty-{turn}")
            times.setdefault("search --env cartpole, the first time", []).append(seconds)
        for _ in range(TURNS):
            for name, words in COMMANDS.items():
                times.setdefault(name, []).append(started(words, Path(place), "empty-0"))
    table = Table("command", "CPU seconds, median", "least", "most", "turns")
    for name, seconds in times.items():
        low, middle, high = np.quantile(seconds, [0, 0.5, 1])
        table.add_row(name, f"{middle:.2f}", f"{low:.2f}", f"{high:.2f}", str(len(seconds)))
    Console().print(table)


def started(words: list[str], place: Path, cache: str) -> float:
    """CPU seconds of Python with these words, what is compiled kept in a folder of a place."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(place / cache), "PYTHONUNBUFFERED": ""}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or Python would read all sources each time
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    empty, quiet = tempfile.mkdtemp(dir=place), subprocess.DEVNULL
    subprocess.run([sys.executable, *words], cwd=empty, env=environment, stdout=quiet, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
