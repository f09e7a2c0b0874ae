"""Memory and speed of a long search: ``python benchmarks/soak.py RUN ARGUMENTS OF wann.search``.

It searches into the folder RUN and writes RUN/soak.csv, a row a minute: the resident memory of
the main process and of all its workers together, rollouts a second, and the size of the networks.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from pathlib import Path

import psutil

COLUMNS = (
    "minute",
    "generation",
    "rollouts_per_second",
    "connections_median",
    "main_mb",
    "workers_mb",
    "workers",
)


def memory(process: psutil.Process) -> float:
    """The resident memory of a process in MB; 0 if it has just ended."""
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def last_row(metrics: Path) -> dict[str, str]:
    """The last complete row of the metrics."""
    with open(metrics, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if line.endswith("\n")))[-1]


def main() -> None:
    """Search, and write a row a minute until the search is over."""
    run, arguments = Path(sys.argv[1]), sys.argv[2:]
    search = subprocess.Popen([sys.executable, "-m", "wann.search", "--run", str(run), *arguments])
    main_process = psutil.Process(search.pid)
    started, minute, before = time.monotonic(), 0, (0.0, 0.0)
    while search.poll() is None:
        minute += 1
        while search.poll() is None and time.monotonic() < started + 60 * minute:
            time.sleep(1.0)
        if search.poll() is not None or not (run / "metrics.csv").exists():
            continue
        row, workers = last_row(run / "metrics.csv"), main_process.children(recursive=True)
        sizes = [size for size in map(memory, workers) if size > 40.0]  # not loky's small tracker
        now = float(row["evaluations"]), float(row["seconds"])
        speed = (now[0] - before[0]) / max(now[1] - before[1], 1e-9)
        values = (
            minute,
            row["generation"],
            round(speed, 1),
            row["connections_median"],
            round(memory(main_process), 1),
            round(sum(sizes), 1),
            len(sizes),
        )
        before = now
        with open(run / "soak.csv", "a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if file.tell() == 0:
                writer.writerow(COLUMNS)
            writer.writerow(values)
    sys.exit(search.returncode)


if __name__ == "__main__":
    main()
