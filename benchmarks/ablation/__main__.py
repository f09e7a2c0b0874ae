"""The ablation: which part of the search buys what, on swing-up and MNIST.

    python -m benchmarks.ablation run --runs runs/ablation --seconds 120
    python -m benchmarks.ablation tables

`run` searches with every row of `rows`, seed after seed, so that what is done at any time is a fair
table; it goes on where it was stopped, and writes the results as CSV; `collect` writes the CSV of
what is done while it runs. A search gets CPU seconds of
its process, not seconds of the clock, so that other work on the machine takes little from it.
`tables` makes the tables and figures of docs/results/ablation.md from the CSV alone.
"""

from __future__ import annotations

import argparse
from itertools import zip_longest
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks.ablation import results, rows


def main() -> None:
    """The command."""
    threadpool_limits(1)  # CPU seconds are those of one thread
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="search, and write the results as CSV")
    collect = commands.add_parser("collect", help="write the CSV of what is done by now")
    for each in (run, collect):
        each.add_argument("--runs", type=Path, default=Path("runs/ablation"))
    run.add_argument("--tasks", nargs="+", default=list(rows.TASKS), choices=rows.TASKS)
    run.add_argument("--seeds", type=int, default=5)
    run.add_argument("--seconds", type=float, default=120, help="CPU seconds of a search")
    run.add_argument("--rows", nargs="*", help="only these, by name")
    for each in (
        run,
        collect,
        commands.add_parser("tables", help="tables and figures from the CSV"),
    ):
        each.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    if options.command == "tables":
        from benchmarks.ablation import tables

        tables.write(options.results)
        return
    if options.command == "collect":
        results.collect(options.runs, options.results)
        return
    for seed in range(options.seeds):
        for pairs in zip_longest(
            *([(task, row) for row in rows.ROWS[task]] for task in options.tasks)
        ):
            for task, row in filter(None, pairs):
                if not options.rows or row.name in options.rows:
                    results.ensure(options.runs, task, row, seed, options.seconds)
    results.collect(options.runs, options.results)


if __name__ == "__main__":
    main()
