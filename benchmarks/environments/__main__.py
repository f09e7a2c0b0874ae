"""Which settings for an environment that nobody knows?  Eight tasks, equal environment steps.

    python -m benchmarks.environments run --runs runs/environments
    python -m benchmarks.environments table

`run` searches with every row of `rows`, seed after seed, so that what is done at any time is a fair
table; it goes on where it was stopped, and writes the results as CSV. All that a search does with
an environment counts: selection, confirmation, and looking at observations where they are
normalised. `table` puts the table into docs/results/environments.md from the CSV alone.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks.environments import results
from benchmarks.environments.rows import ARMS, TRIALS


def main() -> None:
    """The command."""
    threadpool_limits(1)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="search, and write the results as CSV")
    run.add_argument("--runs", type=Path, default=Path("runs/environments"))
    run.add_argument("--seeds", type=int, default=5)
    run.add_argument("--tasks", nargs="*", help="only these, by name")
    run.add_argument("--arms", nargs="*", help="only these, by name")
    for each in (run, commands.add_parser("table", help="the page's table from the CSV")):
        each.add_argument("--results", type=Path, default=results.FILE)
    options = parser.parse_args()
    if options.command == "table":
        page = results.with_table(results.PAGE.read_text(), results.measured(options.results))
        results.PAGE.write_text(page)
        return
    for seed, arm, trial in product(range(options.seeds), ARMS, TRIALS):
        chosen = not options.arms or arm.name in options.arms
        if chosen and (not options.tasks or trial.name in options.tasks):
            results.ensure(options.runs, trial, arm, seed)
            results.collect(options.runs, options.results)


if __name__ == "__main__":
    main()
