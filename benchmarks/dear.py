"""Does a search of dear, noisy episodes select?  ``python -m benchmarks.dear``

A search of EnvPool's race car, or with ``--task biped`` of its biped, goes on until its
environments took so many steps, those of confirmation included. Beside it stand random networks,
grown by the search's own mutations, which meet the same episodes and are confirmed alike: only what
selection does is missing; and searches that leave one setting out. The champion is scored
afterwards by whole episodes that nothing else has seen. The CSV is written after each run; those
that are done are kept, so that it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.ablation.searching import grown
from benchmarks.engine import count_taken
from wann import envs
from wann.core import files
from wann.core.config import SearchConfig, preset
from wann.core.genome import Genome
from wann.core.network import express, express_all
from wann.core.rng import Stream, generator
from wann.core.symmetry import symmetric
from wann.envs.envpool import EnvPoolTask
from wann.evaluation.engine.envpool import EnvPoolEvaluator
from wann.evaluation.evaluator import drawn, evaluator_for
from wann.evaluation.pool import Pool
from wann.search.confirmation import Confirmation
from wann.search.hall import HallOfFame
from wann.search.loop import search
from wann.search.state import SearchState
from wann.search.variation import initial

COLUMNS = ("row", "seed", "steps", "cpu_seconds", "generations", "connections", "score", "best")
RANDOM, ISLANDS = "random networks", "four islands"
EXCHANGE = 5  # generations, after which islands send each other their champions


class Dear(NamedTuple):
    """A task, the steps of a search, its settings, and where each row differs from these."""

    env: str
    steps: int
    settings: dict[str, Any]
    rows: dict[str, dict[str, Any]]


TASKS = {
    "car": Dear(
        "envpool:CarRacing-v3",
        600_000,  # ten minutes of one idle core
        {},
        {
            "search": {},
            RANDOM: {},
            ISLANDS: {"population": 14, "hall_of_fame": 4},
            "elites, no hall of fame": {"hall_of_fame": 0, "cull": 0.2},
            "no immigrants": {"immigrants": 0.0},
            "simple networks first": {"first_mutations": 0},
            "large networks first": {"first_mutations": 80},
            "the same episodes for all weights": {"own_episodes": False, "confirm_rollouts": 2},
            "episodes of 400 steps": {"max_steps": 400},
            "no episode given up": {"give_up": 0},
        },
    ),
    "biped": Dear(
        "envpool:BipedalWalker-v3",
        1_000_000,
        {"max_steps": 300},
        {
            "search": {},
            RANDOM: {},
            ISLANDS: {"population": 48, "hall_of_fame": 4},
            "elites, no hall of fame": {"hall_of_fame": 0},
            "a fall costs 100": {"least_reward": -math.inf},
            "three episodes a weight": {"rollouts": 3},
            "whole episodes": {"max_steps": 0},
            "episodes given up": {"give_up": 60},
        },
    ),
}
WEIGHTS = np.arange(0.1, 2.0, 0.2)  # for negative ones, too, as networks are symmetric
CASES = 10**6 + np.arange(10)  # of the scores; above the seeds of all searches


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=TASKS, default="car")
    parser.add_argument("--rows", nargs="+", help="by default all of the task's")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, help="by default as in the table of tasks")
    parser.add_argument("--results", type=Path, help="by default dear.csv and dear-biped.csv here")
    options = parser.parse_args()
    dear = TASKS[options.task]
    if unknown := set(options.rows or ()) - dear.rows.keys():
        parser.error(f"--rows: expected some of {', '.join(dear.rows)}; got {', '.join(unknown)}")
    name = "dear.csv" if options.task == "car" else f"dear-{options.task}.csv"
    results = options.results or Path(__file__).parent / "results" / name
    lines = read(results)
    done = {(line["row"], int(line["seed"])) for line in lines}
    steps = count_taken()
    for seed in range(options.seeds):
        for row in options.rows or dear.rows:
            if (row, seed) not in done:
                lines.append(run(dear, row, seed, steps, options.steps or dear.steps))
                files.write_csv(results, COLUMNS, lines)
                print(*lines[-1].values(), sep=", ", flush=True)


def read(file: Path) -> list[dict[str, Any]]:
    """The lines that are there."""
    if not file.exists():
        return []
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def run(dear: Dear, row: str, seed: int, steps: list[int], most: int) -> dict[str, Any]:
    """One search of `most` steps, each counted in `steps`, and its score."""
    task = envs.make(dear.env)
    assert isinstance(task, EnvPoolTask)
    least = {"simplify": False, "report_episodes": 1, "generations": 10**6}
    config = preset(dear.env, "wann", seed=seed, **least, **{**dear.settings, **dear.rows[row]})
    steps.clear()
    begun = time.process_time()
    find = {RANDOM: at_random, ISLANDS: on_islands}.get(row, searched)
    genome, generations = find(task, config, lambda: sum(steps) >= most)
    spent, taken = time.process_time() - begun, sum(steps)
    assert symmetric(genome)
    network = express(genome)
    scores = EnvPoolEvaluator(task).scores(network, WEIGHTS, CASES).mean(axis=1)
    found = f"{scores.mean():.1f}", f"{scores.max():.1f}"
    values = row, seed, taken, f"{spent:.1f}", generations, network.complexity, *found
    return dict(zip(COLUMNS, values, strict=True))


def searched(
    task: EnvPoolTask, config: SearchConfig, over: Callable[[], bool]
) -> tuple[Genome, int]:
    """The champion of a search that ends after a generation when it is over, and how many."""
    state = SearchState(task, config, None)
    search(state, workers=1, interrupted=over)
    assert state.champion is not None
    return state.champion.genome, state.evolution.generation


def on_islands(
    task: EnvPoolTask, config: SearchConfig, over: Callable[[], bool]
) -> tuple[Genome, int]:
    """The best champion of four searches by turns, each with a share of the population; every few
    generations the champion of each is a parent in the next one, too."""
    states = [
        SearchState(task, replace(config, seed=1000 + 4 * config.seed + i), None) for i in range(4)
    ]
    sizes = len(task.inputs), len(task.outputs)
    for state in states[1:]:  # a number stands for the same gene on all of them
        evolution, rng = state.evolution, generator(state.config.seed, Stream.START)
        evolution.innovations = states[0].evolution.innovations
        evolution._population = initial.population(
            *sizes, state.config, evolution.innovations, rng, evolution._mutated
        )
    while not over():
        for state in states:
            until = state.evolution.generation + EXCHANGE
            search(
                state,
                workers=1,
                interrupted=lambda state=state, until=until: (
                    over() or state.evolution.generation >= until
                ),
            )
        champions = [state.champion for state in states if state.champion]
        for state, other in zip(states, champions[1:] + champions[:1], strict=True):
            if other.genome not in state.hall.genomes:
                state.hall.admit([other])
    best = max(champions, key=lambda champion: champion.fitness)
    return best.genome, states[0].evolution.generation


def at_random(
    task: EnvPoolTask, config: SearchConfig, over: Callable[[], bool]
) -> tuple[Genome, int]:
    """The champion of random networks, confirmed as a search's are, and how many generations."""
    rng = generator(config.seed, Stream.START)
    founder = len(task.inputs), len(task.outputs), config, rng, config.first_mutations
    champion, generation, hall = None, 0, HallOfFame(config.hall_of_fame)
    with Pool(evaluator_for(task, config), 1) as pool:
        confirmation = Confirmation(pool, config)
        while not over():
            genomes = [grown(*founder) for _ in range(config.population)]
            networks = express_all(genomes)
            episodes = generator(config.seed, Stream.EPISODES, generation)
            weights = config.drawn_weights(generation)
            count = config.rollouts, len(weights)
            cases = drawn(pool.evaluator.draw, episodes, *count, config)
            rewards = pool.rewards(networks, weights, cases)
            found = champion, genomes, networks, rewards, generation
            champion, _ = confirmation.challenge(*found, hall)
            generation += 1
    assert champion is not None
    return champion.genome, generation


if __name__ == "__main__":
    main()
