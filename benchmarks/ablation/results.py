"""The results: a JSON file for each run, and the CSV files that tables are made from."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.ablation import measure, rows, searching
from wann import envs
from wann.core import files
from wann.envs.task import Task
from wann.search.champion import Champion

# trials: episodes, or images, each once for every weight it is tried with
FOLDER = Path(__file__).parents[1] / "results" / "ablation"
KEYS = ("task", "row", "seed")
TABLES = {
    "runs": (
        *KEYS,
        "cpu_seconds",
        "generations",
        "trials",
        "connections",
        "chosen_by",
        "score",
        "over_weights",
    ),
    "fronts": (*KEYS, "budget", "connections", "chosen_by", "score", "over_weights"),
    "curves": (*KEYS, "generation", "trials", "seconds", "connections", "chosen_by"),
    "rewired": (*KEYS, "control", "connections", "score"),
}


@cache
def _task(name: str) -> Task:
    return envs.make(name)


def ensure(runs: Path, name: str, row: rows.Row, seed: int, seconds: float) -> None:
    """Do a run that is not done yet, and keep what it found."""
    stem = re.sub(r"[^a-z0-9.]+", "-", row.name.lower()).strip("-")
    file = runs / name / f"{stem}-s{seed}.json"
    if file.exists():
        return
    task = _task(name)
    started = time.process_time()
    found = searching.run(task, row, seed, seconds)
    with measure.pool_for(task) as pool:
        curve = measure.curve(pool, found)
        front, best = measure.front(pool, found, name)
        rewired = measure.rewired(pool, best, task, seed) if row.name == rows.WANN else []
    end, top = curve[-1], front[-1]
    result = {
        "task": name,
        "row": row.name,
        "seed": seed,
        "budget_seconds": seconds,
        "settings": asdict(row.config(name, seed)),
        "runs": [
            {
                "cpu_seconds": end["seconds"],
                "generations": end["generation"] + 1,
                "evaluations": end["evaluations"],
                **{key: top[key] for key in ("connections", "chosen_by", "score", "over_weights")},
            }
        ],
        "fronts": front,
        "curves": _thinned(curve),
        "rewired": rewired,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    Champion(best, top["chosen_by"], end["generation"]).to_model(
        task, seed, {"on": "random shared weights", "mean": top["score"]}
    ).save(file.with_name(f"{stem}-s{seed}-network.json"))
    files.write_text(file, json.dumps(result, indent=1, default=str))
    print(
        f"{name}, {row.name}, seed {seed}: {top['score']:.4g} with {top['connections']} "
        f"connections, {end['generation'] + 1} generations, {end['seconds']:.1f} s; "
        f"{time.process_time() - started:.1f} s in all",
        flush=True,
    )


def _thinned(curve: list[dict[str, Any]], most: int = 60) -> list[dict[str, Any]]:
    """A curve's points, evenly fewer where they are many; the first and the last stay."""
    step = -(-len(curve) // most)
    return [point for i, point in enumerate(curve) if i % step == 0 or i == len(curve) - 1]


def collect(runs: Path, folder: Path) -> None:
    """Write the CSV files from all runs that are done, in the order of the rows."""
    order = {(task, row.name): i for task in rows.TASKS for i, row in enumerate(rows.ROWS[task])}
    found = [
        json.loads(file.read_text())
        for file in runs.glob("*/*-s[0-9]*.json")
        if not file.stem.endswith("-network")
    ]
    found.sort(
        key=lambda run: (run["task"] != "swingup", order[run["task"], run["row"]], run["seed"])
    )
    folder.mkdir(parents=True, exist_ok=True)
    for table, columns in TABLES.items():
        lines = [
            {**{key: run[key] for key in KEYS}, **_trials(run, line)}
            for run in found
            for line in run[table]
        ]
        files.write_csv(folder / f"{table}.csv", columns, lines)


def _trials(run: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    """A line with its trials: episodes, or images, each once for every weight it is tried with."""
    each = int(run["settings"]["batch"]) if run["task"] == "mnist" else 1
    return {**line, "trials": line.get("evaluations", 0) * each}
