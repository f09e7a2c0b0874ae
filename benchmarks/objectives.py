"""Which second objective serves a search on images?  ``python -m benchmarks.objectives``

With one shared weight the peak is the mean, so what stands beside the log-likelihood must be
something else: nothing, few connections, the accuracy, or both as three objectives. Each row is a
search of MNIST from scratch with its preset, but for that, for some CPU seconds of one thread; it
is measured as the ablation's rows are. The CSV is written after each run; those that are done are
kept, so that it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks.ablation import results
from benchmarks.ablation.rows import Row
from wann.core import files

FILE = Path(__file__).parent / "results" / "objectives.csv"
TASK = "mnist"
COLUMNS = (
    "row",
    "seed",
    "cpu_seconds",
    "generations",
    "connections",
    "score",
    "within_900",
    "within_1849",
)
ROWS = (
    Row("none, connections in 8 % (the preset)"),
    Row("accuracy, connections in 8 %", settings={"objectives": "accuracy"}),
    Row("none, connections in 50 %", settings={"complexity_probability": 0.5}),
    Row("connections always", settings={"complexity_probability": 1.0}),
    Row(
        "accuracy and connections, always both",
        settings={"objectives": "accuracy,connections", "complexity_probability": 0.0},
    ),
)


def main() -> None:
    """The command."""
    threadpool_limits(1)  # CPU seconds are those of one thread
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, default=Path("runs/objectives"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20, help="CPU seconds of a search")
    parser.add_argument("--results", type=Path, default=FILE)
    options = parser.parse_args()
    for seed in range(options.seeds):
        for row in ROWS:
            results.ensure(options.runs, TASK, row, seed, options.seconds)
            collect(options.runs, options.results)


def collect(runs: Path, file: Path) -> None:
    """Write the CSV from all runs that are done, in the order of the rows."""
    names = [row.name for row in ROWS]
    found = [
        json.loads(each.read_text())
        for each in (runs / TASK).glob("*-s[0-9]*.json")
        if not each.stem.endswith("-network")
    ]
    found.sort(key=lambda run: (names.index(run["row"]), run["seed"]))
    lines = []
    for run in found:
        within = {line["budget"]: line["score"] for line in run["fronts"]}
        budgets = {f"within_{most}": within.get(most) for most in (900, 1849)}
        lines.append({**run["runs"][0], "row": run["row"], "seed": run["seed"], **budgets})
    files.write_csv(file, COLUMNS, lines)


if __name__ == "__main__":
    main()
