"""metrics.csv: a row for each generation of a search."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wann.core import files
from wann.core.text import tell
from wann.envs.reading import read_bytes
from wann.storage.folder import check_own_file

FILE = "metrics.csv"
COSTS = ("samples", "multiply_adds", "cpu_seconds")  # files of older versions have none of these
METRICS = (
    "generation",
    "evaluations",
    "seconds",
    "fitness_best",
    "fitness_median",
    "peak",
    "champion_fitness",
    "connections_best",
    "connections_median",
    "nonfinite",
    *COSTS,
)
OLDER = METRICS[: -len(COSTS)]
LONGEST = 1000  # bytes of a header
THINNED = 50  # rows of a file that may have been thinned out, at least
# Those that are never negative, and always finite.
COUNTS = (
    "generation",
    "evaluations",
    "seconds",
    "connections_best",
    "connections_median",
    "nonfinite",
)


def append(file: Path, row: dict[str, Any]) -> None:
    """Append a row.

    Raises:
        OSError: If that fails; the row may then be there by half.
    """
    check_own_file(file)
    text = io.StringIO()
    header = _header(file)
    writer = csv.DictWriter(text, header or METRICS, extrasaction="ignore", lineterminator="\n")
    if header is None:
        writer.writeheader()
    writer.writerow(row)
    try:
        with open(file, "a", encoding="utf-8") as out:
            out.write(text.getvalue())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error


def _header(file: Path) -> Sequence[str] | None:
    """The columns of a file, fewer than `METRICS` where an older version made it; None where there
    is no file."""
    if not file.exists():
        return None
    with open(file, "rb") as opened:
        first = opened.readline(LONGEST).decode(errors="replace").rstrip("\n")
    return OLDER if first == ",".join(OLDER) else METRICS


def sync(file: Path) -> None:
    """Have the rows on the disk, where there are some.

    Raises:
        OSError: If that fails.
    """
    if file.exists():
        check_own_file(file)
        with open(file, "ab") as opened:
            os.fsync(opened.fileno())


def read(file: Path) -> dict[str, np.ndarray]:
    """The metrics so far, float64[generations] by the names in `METRICS`; costs that were not
    recorded are NaN.

    A last line that is only half written, as while a search runs, is left out.

    Raises:
        OSError: If it cannot be read.
        ValueError: If a column is missing, a value is no number, or a count is not one.
    """
    header, rows = files.read_csv(file) if file.exists() else ([], [])
    header = header or list(METRICS)
    if lacking := [name for name in OLDER if name not in header]:
        raise ValueError(f"{file}: expected a column {lacking[0]!r}, but it has none")
    try:
        table = np.array([[float(value) for value in row] for row in rows], dtype=np.float64)
        table = table.reshape(len(rows), len(header))
    except ValueError as error:
        raise ValueError(f"{file}: expected a number in every column, but {error}") from None
    unknown = np.full(len(table), np.nan)
    metrics = {
        name: table[:, header.index(name)] if name in header else unknown for name in METRICS
    }
    for name in (*COUNTS, *COSTS):
        column = metrics[name]
        right = (column >= 0) & (column < 2.0**62)
        if (wrong := ~(right | (np.isnan(column) & (name in COSTS)))).any():
            raise ValueError(f"{file}: expected {name} from 0 on, got {column[wrong][0]:g}")
    return metrics


def trim(file: Path, generation: int) -> None:
    """Drop the rows from a generation on, and a last line cut short; say what is missing.

    Raises:
        OSError: If the file cannot be read or written.
        ValueError: If it is no file.
    """
    kept = {}
    if file.exists():
        for row in read_bytes(file).decode(errors="replace").splitlines(keepends=True):
            first = row.split(",")[0]
            if row.endswith("\n") and first.isdecimal() and len(first) < 19:
                kept[int(first)] = row
        kept = {number: row for number, row in kept.items() if number < generation}
        header = _header(file) or METRICS
        files.write_text(file, "".join([",".join(header) + "\n", *kept.values()]))
    if lacking := generation - len(kept):
        tell(
            f"{file}: holds no row for {lacking:,} of {generation:,} generations; the search "
            "goes on as it would, its curves have a gap there"
        )


def with_gaps(metrics: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The metrics with a row of NaN where generations are missing, so that lines break there.

    Where a file was thinned out, as those of the champions that come with the project, the rows
    stand farther apart everywhere, and that alone is no gap.
    """
    steps = np.diff(metrics["generation"], prepend=-1.0)
    places = np.flatnonzero(steps > _usual_step(metrics["generation"]))
    return {name: np.insert(column, places, np.nan) for name, column in metrics.items()}


def _usual_step(generations: np.ndarray) -> float:
    """How far apart rows stand that nothing is missing between: 1, more in a thinned file."""
    step = float(np.median(np.diff(generations))) if len(generations) >= THINNED else 1.0
    return 1.0 if step <= 1 else 2 * step


def gaps(metrics: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which rows `with_gaps` put in."""
    return np.flatnonzero(np.isnan(metrics["generation"]))


def missing(metrics: Mapping[str, np.ndarray]) -> int:
    """How many generations before the last one have no row, but for those of a thinned file."""
    generations = np.unique(metrics["generation"][np.isfinite(metrics["generation"])])
    steps = np.diff(generations, prepend=-1.0)
    return int((steps[steps > _usual_step(generations)] - 1).sum())
