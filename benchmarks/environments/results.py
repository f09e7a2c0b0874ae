"""The results: a CSV file with a row for each search, and the table that is made from it."""

from __future__ import annotations

import csv
import re
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.environments import scoring, searching
from benchmarks.environments.rows import ARMS, TRIALS, Arm, Trial
from wann.core import files

COLUMNS = (
    "task",
    "arm",
    "seed",
    "steps",
    "generations",
    "connections",
    "score",
    "best",
    "worst",
    "cpu_seconds",
)
FILE = Path(__file__).parents[1] / "results" / "environments.csv"
PAGE = Path(__file__).parents[2] / "docs" / "results" / "environments.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"

Row = dict[str, str]


def measured(file: Path) -> list[Row]:
    """The rows of a file, none if there is no file."""
    if not file.exists():
        return []
    with open(file, newline="") as opened:
        return list(csv.DictReader(opened))


def ensure(runs: Path, trial: Trial, arm: Arm, seed: int) -> None:
    """Do a search that is not done yet; keep what it found, and what that is worth."""
    stem = re.sub(r"[^a-z0-9.]+", "-", arm.name.lower())
    file = runs / trial.name / f"{stem}-s{seed}.csv"
    if file.exists():
        return
    begun = time.process_time()
    found = searching.run(trial, arm, seed)
    scores = scoring.score(found.model, trial.env)
    file.parent.mkdir(parents=True, exist_ok=True)
    found.model.save(file.with_suffix(".json"))
    row = {
        "task": trial.name,
        "arm": arm.name,
        "seed": seed,
        "steps": found.steps,
        "generations": found.generations,
        "connections": found.model.network.complexity,
        "score": f"{scores.mean():.6g}",
        "best": f"{scores.max():.6g}",
        "worst": f"{scores.min():.6g}",
        "cpu_seconds": f"{time.process_time() - begun:.1f}",
    }
    files.write_csv(file, COLUMNS, [row])
    print(", ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def collect(runs: Path, file: Path) -> None:
    """Write one CSV of all searches that are done, in the order of tasks and arms."""
    tasks, arms = [trial.name for trial in TRIALS], [arm.name for arm in ARMS]
    rows = [row for each in runs.glob("*/*.csv") for row in measured(each)]
    rows.sort(key=lambda row: (tasks.index(row["task"]), arms.index(row["arm"]), int(row["seed"])))
    files.write_csv(file, COLUMNS, rows)


def table(rows: list[Row]) -> str:
    """Mean ± sample deviation over seeds of the score, a row for each arm, in Markdown."""
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        scores[row["task"], row["arm"]].append(float(row["score"]))
    tasks = [trial for trial in TRIALS if any(task == trial.name for task, _ in scores)]
    lines = [
        f"| search | {' | '.join(trial.name for trial in tasks)} |",
        f"| --- |{' --- |' * len(tasks)}",
        f"| *steps* | {' | '.join(f'{trial.steps:,}' for trial in tasks)} |",
    ]
    for arm in ARMS:
        cells = [_cell(scores.get((trial.name, arm.name), [])) for trial in tasks]
        if any(cells):
            lines.append(f"| {arm.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(scores: list[float]) -> str:
    if not scores:
        return ""
    digits = 2 if max(map(abs, scores)) < 10 else 0
    spread = f" ± {np.std(scores, ddof=1):.{digits}f}" if len(scores) > 1 else ""
    seeds = f" ({len(scores)})" if len(scores) != 5 else ""
    return f"{np.mean(scores):.{digits}f}{spread}{seeds}".replace("-", "−")


def with_table(page: str, rows: list[Row]) -> str:
    """A page with the table of these rows in its place."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(rows)}\n\n{END}{rest.partition(END)[2]}"
