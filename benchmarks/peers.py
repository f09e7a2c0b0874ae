"""Wann beside other packages on the same work: ``python -m benchmarks.peers``, some minutes.

The first call makes an environment of its own, build/peers, and installs the packages there. All
of a comparison runs in one process, by turns; each ratio is one of CPU time in one turn, and the
table shows its median with the 10th and the 90th percentile.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

PLACE = Path(os.environ.get("WANN_PEERS", "build/peers"))
PACKAGES = ("neat-python", "pymoo", "jax", "scipy", "torch")
TURNS, SECONDS = 21, 8.0  # turns at most, and after which no other begins
IMAGES, BATCH = 1000, 250
NEAT = """
[NEAT]
fitness_criterion = max
fitness_threshold = 1e9
no_fitness_termination = True
pop_size = {population}
reset_on_extinction = True
[DefaultSpeciesSet]
compatibility_threshold = 3.0
[DefaultStagnation]
[DefaultReproduction]
elitism = 2
[DefaultGenome]
num_inputs = 4
num_hidden = 0
num_outputs = 1
initial_connection = full_direct
feed_forward = True
compatibility_disjoint_coefficient = 1.0
compatibility_weight_coefficient = 0.5
conn_add_prob = 0.5
conn_delete_prob = 0.2
node_add_prob = 0.2
node_delete_prob = 0.1
activation_default = tanh
activation_options = tanh sin relu
activation_mutate_rate = 0.1
aggregation_default = sum
aggregation_options = sum
aggregation_mutate_rate = 0.0
enabled_default = True
enabled_mutate_rate = 0.01
"""
# The same for the numbers of a genome: their names, and how often they change.
for number, rate in (("weight", 0.8), ("bias", 0.7), ("response", 0.0)):
    NEAT += f"""
{number}_init_mean = {float(number == "response")}
{number}_init_stdev = {float(number != "response")}
{number}_replace_rate = {rate / 8}
{number}_mutate_rate = {rate}
{number}_mutate_power = 0.5
{number}_max_value = 30.0
{number}_min_value = -30.0
"""


def install() -> Path:
    """Make the environment where there is none; its Python."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        venv.create(PLACE, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "-q"]
        index = "https://download.pytorch.org/whl/cpu"
        subprocess.run([*pip, "torch", "--index-url", index], check=True)
        subprocess.run([*pip, ".", *PACKAGES], check=True)
    return python


def turns(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[Any, Any]:
    """CPU seconds of both, by turns; what a first call compiles is left out."""
    ours(), theirs()
    found: list[list[float]] = []
    ends = time.monotonic() + SECONDS
    while len(found) < 3 or (len(found) < TURNS and time.monotonic() < ends):
        row = []
        for call in (ours, theirs):
            start = time.process_time()
            share = call()  # of how much work, where calls differ
            row.append((time.process_time() - start) / (share if isinstance(share, int) else 1))
        found.append(row)
    import numpy as np

    return tuple(np.array(found).T)


def row(table: Any, work: str, peer: str, ours: Any, theirs: Any) -> None:
    """Add a comparison."""
    import numpy as np

    ratios = theirs / ours
    low, high = np.quantile(ratios, (0.1, 0.9))
    times = (duration(float(np.median(seconds))) for seconds in (ours, theirs))
    name = f"{peer} {version(peer)}"
    table.add_row(work, name, *times, f"{np.median(ratios):.2f} ({low:.2f} to {high:.2f})")


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    unit = next(u for u in (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)) if
                seconds * u[1] >= 1 or u[0] == "ns")  # fmt: skip
    return f"{seconds * unit[1]:.3g} {unit[0]}"


def ranking(table: Any) -> None:
    """Fronts of random individuals, and of those of one front."""
    import numpy as np
    from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

    from wann.search.pareto import nondominated_sort

    for size in (192, 960, 5000, 20_000):
        for count in (2, 3):
            for kind in ("random", "one front"):
                values = np.random.default_rng(0).normal(size=(size, count))
                if kind == "one front":
                    values = np.abs(values) / np.linalg.norm(values, axis=1, keepdims=True)
                times = turns(
                    lambda v=values: nondominated_sort(v),
                    lambda v=-values: NonDominatedSorting().do(v),
                )
                row(table, f"fronts of {size:,}, {count} objectives, {kind}", "pymoo", *times)


def images(table: Any) -> None:
    """The bundled MNIST champion on 1,000 images, with 6 weights; and its gradient."""
    import jax
    import numpy as np
    import torch
    from scipy.sparse import csr_array

    from tests.naive.images import FORMULAS, NAMES
    from tests.naive.jax_forward import forward_function
    from wann.core.kernels import forward_batch
    from wann.core.kernels.gradients.weight_gradients import weight_gradients
    from wann.core.layers import layers
    from wann.storage.load import load

    torch.set_num_threads(1)
    network = load("champion:mnist").network
    rng = np.random.default_rng(0)
    X = rng.random((IMAGES, network.inputs), np.float32)
    y = rng.integers(network.outputs, size=IMAGES)
    weights = np.array([-2, -1, -0.5, 0.5, 1, 2], np.float32)
    ones = np.ones(network.complexity, np.float32)
    columns = np.ascontiguousarray(X.T)
    jax_forward = jax.jit(jax.vmap(forward_function(network), (0, None)))
    scaled = weights[:, None] * ones
    nodes = len(network.activations)
    targets = np.repeat(np.arange(nodes), np.diff(network.offsets))
    matrix = csr_array((ones, (targets, network.sources)), (nodes, nodes))
    groups = [(layer, matrix[layer]) for layer in layers(network)]
    dense = [
        (torch.tensor(layer), torch.tensor(part.toarray()), network.activations[layer])
        for layer, part in groups
    ]
    formulas: dict[str, Any] = {
        **FORMULAS, "step": lambda x: (x > 0).float(), "sin": lambda x: (math.pi * x).sin(),
        "gaussian": lambda x: (-(x**2) / 2).exp(), "tanh": torch.tanh, "sigmoid": torch.sigmoid,
        "abs": torch.abs, "relu": torch.relu, "cos": lambda x: (math.pi * x).cos(),
    }  # fmt: skip
    tensor = torch.tensor(columns)

    def scipy_forward() -> None:
        values = np.zeros((nodes, IMAGES), np.float32)
        for weight in weights:
            values[0], values[1 : 1 + network.inputs] = 1, columns
            for layer, part in groups:
                sums = weight * (part @ values)
                for kind in np.unique(network.activations[layer]):
                    rows = network.activations[layer] == kind
                    values[layer[rows]] = FORMULAS[NAMES[kind]](sums[rows])

    def torch_forward() -> None:
        with torch.no_grad():
            values = torch.zeros((nodes, IMAGES))
            for weight in weights.tolist():
                values[0], values[1 : 1 + network.inputs] = 1, tensor
                for layer, part, kinds in dense:
                    sums = weight * (part @ values)
                    for kind in np.unique(kinds):
                        rows = torch.tensor(kinds == kind)
                        values[layer[rows]] = formulas[NAMES[kind]](sums[rows])

    def ours() -> None:
        forward_batch.outputs(network.graph, columns, weights)

    work = f"{IMAGES:,} images, 6 weights, {network.complexity:,} connections"
    for peer, theirs in (
        ("jax", lambda: jax.block_until_ready(jax_forward(scaled, X))),
        ("torch", torch_forward),
        ("scipy", scipy_forward),
    ):
        row(table, work, peer, *turns(ours, theirs))

    def loss(strengths: Any, X: Any, y: Any) -> Any:
        outputs = forward_function(network)(strengths, X)
        return -jax.nn.log_softmax(outputs)[np.arange(BATCH), y].mean()

    slope, batch = jax.jit(jax.grad(loss)), (X[:BATCH], y[:BATCH])
    times = turns(
        lambda: weight_gradients(network.graph, ones, *batch),
        lambda: jax.block_until_ready(slope(ones, *batch)),
    )
    row(table, f"gradient by each weight, {BATCH} images", "jax", *times)


def cart_pole(table: Any) -> None:
    """A step of CartPole in a search, selection and variation included."""
    import neat
    import numpy as np

    from wann import envs
    from wann.core.config import preset
    from wann.core.network import express
    from wann.evaluation.control import ControlEvaluator
    from wann.search.evolution import Evolution

    task, config = envs.make("cartpole"), preset("cartpole")
    evaluator = ControlEvaluator(task)
    evolution = Evolution(len(task.inputs), len(task.outputs), config)

    def ours() -> int:
        networks = [express(genome) for genome in evolution.ask()]
        cases = evaluator.draw(np.random.default_rng(evolution.generation), config.rollouts)
        weights = config.drawn_weights(evolution.generation)
        rewards = np.array([evaluator.rewards(n, weights, cases) for n in networks])
        evolution.tell(rewards, [network.complexity for network in networks])
        return int(rewards.sum())

    steps = 0

    def episode(act: Callable[[Any], Any], x: float, v: float, a: float, w: float) -> int:
        for step in range(task.episode_limit):
            force = 10.0 if act((x, v, a, w))[0] > 0 else -10.0
            sin, cos = math.sin(a), math.cos(a)
            push = (force + 0.05 * w * w * sin) / 1.1
            turn = (9.8 * sin - cos * push) / (0.5 * (4 / 3 - 0.1 * cos * cos / 1.1))
            x, v = x + 0.02 * v, v + 0.02 * (push - 0.05 * turn * cos / 1.1)
            a, w = a + 0.02 * w, w + 0.02 * turn
            if abs(x) > 2.4 or abs(a) > math.radians(12):
                return step + 1
        return task.episode_limit

    def evaluate(genomes: Any, settings: Any) -> None:
        nonlocal steps
        rng = np.random.default_rng(0)
        for _, genome in genomes:
            network = neat.nn.FeedForwardNetwork.create(genome, settings)
            done = episode(network.activate, *rng.uniform(-0.05, 0.05, 4).tolist())
            genome.fitness = float(done)
            steps += done

    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        file.write(NEAT.format(population=config.population))
        file.flush()
        kinds = neat.DefaultGenome, neat.DefaultReproduction, neat.DefaultSpeciesSet
        population = neat.Population(neat.Config(*kinds, neat.DefaultStagnation, file.name))

    def theirs() -> int:
        before = steps
        population.run(evaluate, 1)
        return steps - before

    row(table, "a step of CartPole in a search", "neat-python", *turns(ours, theirs))


def main() -> None:
    """Measure and print, in the environment that has the packages."""
    if Path(sys.prefix).resolve() != PLACE.resolve():
        command = [str(install()), "-m", "benchmarks.peers", *sys.argv[1:]]
        raise SystemExit(subprocess.run(command, check=False).returncode)
    from rich.console import Console
    from rich.table import Table

    table = Table("work", "beside", "wann", "it", "times as fast", title="CPU time, by turns")
    works = {"ranking": ranking, "images": images, "cartpole": cart_pole}
    for name in sys.argv[1:] or works:
        works[name](table)
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
