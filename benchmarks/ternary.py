"""Does selection improve on a sparse ternary network?  ``python -m benchmarks.ternary``

The rival of a search for networks that do the same with any weight is training by gradient
(`wann prune --method ternary`). For each seed and each number of connections: the training, a
longer one, and searches that begin with the first and get the CPU seconds by which the second is
longer. Networks are chosen by the validation images; their test accuracy is what is compared.
A search has two ways to change a network: along the gradient (guided), or at random; and as one
parent with one child it shows what a population is worth.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.ablation import measure, rows, searching
from wann import envs
from wann.core import files
from wann.envs.classification import ClassificationTask
from wann.prune.images.experiment import Experiment
from wann.prune.methods import ternary
from wann.prune.methods.registry import preset as pruning
from wann.prune.networks.model import untrained
from wann.storage.model import Model

FILE = Path(__file__).parent / "results" / "ternary.csv"
COLUMNS = ("budget", "seed", "what", "cpu_seconds", "connections", "validation", "test")
BUDGETS = (1238, 1849)  # connections: of the champion here, and of the paper's network
NODES = 145  # connections that join a hidden node's parts, about; beside one for each weight
SHORT, LONG = 20_000, 60_000  # steps of a training
# Half of the rankings go by size, so that there are networks on either side of the budget.
_WAYS: dict[str, dict[str, Any]] = {
    "then guided selection": {"complexity_probability": 0.5},
    "then one parent, one child": {**rows.GREEDY, "restart": 0},
    "then random changes": {
        "complexity_probability": 0.5,
        "guided": False,
        "population": 64,
        "tournament": 6,
        "batch": 4000,
        "add_node": 0.3,
        "add_connection": 0.3,
        "disable_connection": 0.25,
        "change_activation": 0.0,
        "more_mutations": 0.6,
    },
}


def main() -> None:
    """The command."""
    threadpool_limits(1)  # CPU seconds are those of one thread
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs/ternary"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=FILE)
    options = parser.parse_args()
    task = envs.make("mnist")
    assert isinstance(task, ClassificationTask)
    for seed in range(options.seeds):
        for budget in BUDGETS:
            ensure(options.runs, task, budget, seed)
            found = [json.loads(file.read_text()) for file in options.runs.glob("*.json")]
            found.sort(key=lambda lines: (lines[0]["budget"], lines[0]["seed"]))
            files.write_csv(options.results, COLUMNS, [row for lines in found for row in lines])


def ensure(runs: Path, task: ClassificationTask, budget: int, seed: int) -> None:
    """Train and search with a seed, if that is not done yet."""
    file = runs / f"{budget}-s{seed}.json"
    if file.exists():
        return
    short, spent = trained(task, budget, seed, SHORT)
    long, longer = trained(task, budget, seed, LONG)
    lines = [
        line(task, budget, seed, "trained", spent, [short]),
        line(task, budget, seed, "trained for longer", longer, [long]),
    ]
    for way, settings in _WAYS.items():
        row = rows.Row(way, "wann", settings)
        found = searching.run(task, row, seed, longer - spent, short)
        genomes = [*found.population, *(best.genome for best in found.history)]
        models = [short, *(replace(short, genome=genome) for genome in genomes)]
        seconds = spent + found.history[-1].seconds
        lines.append(line(task, budget, seed, f"trained, {way}", seconds, models))
    file.parent.mkdir(parents=True, exist_ok=True)
    files.write_text(file, json.dumps(lines, indent=1))
    for each in lines:
        print(each, flush=True)


def trained(task: ClassificationTask, budget: int, seed: int, steps: int) -> tuple[Model, float]:
    """A ternary network of about so many connections, and the CPU seconds it took."""
    begun = time.process_time()
    experiment = Experiment(replace(pruning("ternary", "mnist"), steps=steps), task)
    outcome = ternary.learn(experiment, seed, 1, 1 - (budget - NODES) / experiment.total)
    spent = time.process_time() - begun
    return untrained(ternary.topology(outcome), task, {}, {}), spent


def line(
    task: ClassificationTask, budget: int, seed: int, what: str, seconds: float, models: list[Model]
) -> dict[str, Any]:
    """The model within the budget that is best on the validation images: a row of the CSV.

    All of them do the same with any weight but 0, so that one weight is enough.
    """
    with measure.pool_for(task) as pool:
        networks = [model.network for model in models]
        inside = [n for n in networks if n.complexity <= budget] or networks
        one = np.ones(1)
        values = pool.scores(inside, one, pool.evaluator.confirmation(np.random.default_rng(), 1))
        best = int(values.mean(axis=(1, 2)).argmax())
        cases = pool.evaluator.report(np.random.default_rng(), 1)
        test = pool.scores([inside[best]], one, cases).mean()
    return {
        "budget": budget,
        "seed": seed,
        "what": what,
        "cpu_seconds": round(seconds, 1),
        "connections": inside[best].complexity,
        "validation": float(values[best].mean()),
        "test": float(test),
    }


if __name__ == "__main__":
    main()
