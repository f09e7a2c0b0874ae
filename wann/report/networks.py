"""The networks on a page: their arrays, where their nodes stand, and their sweeps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np

from wann.core.arrays import evenly
from wann.core.config import SearchConfig
from wann.core.expressions.tree import Tree
from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import ControlTask, Task
from wann.evaluation.evaluator import Evaluator, evaluator_for, limit
from wann.evaluation.pool import Pool
from wann.evaluation.regression.readout import batch, fitted, outputs
from wann.plotting import image_topology, layout
from wann.report import playback
from wann.storage.model import Model

OTHER_EPISODES = 6  # a weight, for networks that are not the last champion
SEED = 0  # of sweeps: all runs meet the same episodes, those of `sweep`
KEPT = 2000  # networks and sweeps in memory

Kept = dict[Any, Any]


class Overtaken(Exception):
    """There is news: what was being computed is of no use any more."""


@dataclass(eq=False)
class Exhibits:
    """The networks of one run, drawn and swept.

    Attributes:
        task: What they are for; None if it is not to be had: then there are no scores.
        champion: The last champion.
        config: The settings of the search.
        weights: float64[W], the shared weights of a full sweep.
        workers: Threads, -1 for one a core.
        kept: What was computed before, and a place to keep more.
        quick: Whether what takes long and is not kept is left out for now.
        share: Of the usual room for recordings.
        overtaken: Whether what is computed is of no use any more, as there is news.
        networks: Values for JSON of each network added.
    """

    task: Task | None
    champion: Model
    config: SearchConfig
    weights: np.ndarray
    workers: int
    kept: Kept
    quick: bool = False
    share: float = 1.0
    overtaken: Callable[[], bool] = lambda: False
    networks: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def evaluator(self) -> Evaluator | None:
        """What the networks are tried on; None if there is no task."""
        return None if self.task is None else evaluator_for(self.task, self.config)

    def add(
        self,
        model: Model,
        kind: str,
        weights: np.ndarray | None = None,
        episodes: int = OTHER_EPISODES,
    ) -> int:
        """Add a network with its sweep, by default over half of the weights.

        Args:
            model: The network.
            kind: "champion" or "front".
            weights: Of its sweep.
            episodes: For each of them.

        Returns:
            Its place among the networks.
        """
        if weights is None:
            weights = self.fewer
        chosen = weights

        def compute() -> dict[str, Any]:
            sweep = self.sweep(model.network, chosen, chosen, episodes)
            return {"sweep": sweep, **self.readout(model.network, chosen, chosen)}

        about = {"kind": kind, "scores": finite(model.scores), "search": finite(model.search)}
        swept = self.keep((*genes_of(model), len(weights), episodes), compute) or {"sweep": None}
        self.networks.append({**self.drawn(model), **swept, **about})
        return len(self.networks) - 1

    def drawn(self, model: Model) -> dict[str, Any]:
        """The arrays of a network; see `arrays`. They are kept, as its layout takes a while."""
        key = _drawn(model)
        if key not in self.kept:
            self._check()
            self._keep(key, arrays(model))
        return cast("dict[str, Any]", self.kept[key])

    def is_drawn(self, model: Model) -> bool:
        """Whether the arrays of a network are kept."""
        return _drawn(model) in self.kept

    def keep(self, key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
        """What was computed before under a key, else what is now; None if it has to be quick.

        Raises:
            Overtaken: If what is computed is of no use any more; what was is kept.
        """
        if key in self.kept or self.quick:
            return self.kept.get(key)
        self._check()
        return self._keep(key, compute())

    def _check(self) -> None:
        if self.overtaken():
            raise Overtaken

    def _keep(self, key: tuple[Any, ...], value: Any) -> Any:
        if len(self.kept) >= KEPT:
            self.kept.clear()
        return self.kept.setdefault(key, value)

    @property
    def fewer(self) -> np.ndarray:
        """Half of the weights, for sweeps that are looked at less."""
        count = len(self.weights)
        return self.weights[evenly(count, max((count + 1) // 2, 2))]

    def sweep(
        self, network: Network, weights: np.ndarray, choices: np.ndarray, episodes: int
    ) -> dict[str, Any] | None:
        """The scores of a network over what the slider says; None if there is no task.

        Args:
            network: The network.
            weights: float64[W], places of the slider, shared weights or factors of all weights.
            choices: float64[W] or [W, C], the weights that each of them stands for.
            episodes: For each of them.
        """
        if self.evaluator is None:
            return None
        cases = self.evaluator.report(generator(SEED, Stream.SWEEP), episodes)
        with Pool(self.evaluator, self.workers) as pool:
            scores = pool.scores([network], choices, cases)[0]
        return {
            "weights": rounded(weights),
            "mean": rounded(scores.mean(axis=1)),
            "std": rounded(scores.std(axis=1)) if scores.shape[1] > 1 else None,
            "cases": self.evaluator.describe(cases),
        }

    def readout(self, network: Network, weights: np.ndarray, choices: np.ndarray) -> dict[str, Any]:
        """What makes outputs predictions at each place of the slider; nothing but of regression.

        Args:
            network: The network.
            weights: float64[W], places of the slider.
            choices: float64[W] or [W, C], the weights that each of them stands for.
        """
        if not isinstance(self.task, RegressionTask):
            return {}
        train = batch(self.task.train)
        found = fitted(outputs(network, choices, train), train.targets)
        scale, offset = ([rounded(row) for row in each] for each in found)
        return {"readout": {"weights": rounded(weights), "scale": scale, "offset": offset}}

    def rewards(self, networks: Sequence[Network], generation: int) -> np.ndarray:
        """The mean reward of networks in a generation of the search, float64[P]."""
        assert self.evaluator is not None
        config = self.config
        cases = self.evaluator.draw(
            generator(config.seed, Stream.EPISODES, generation), config.rollouts
        )
        with Pool(self.evaluator, self.workers) as pool:
            return pool.rewards(networks, config.drawn_weights(generation), cases).mean(axis=(1, 2))

    def scene(self, tuned: np.ndarray | None = None) -> dict[str, Any]:
        """What the page needs to play the task, also with tuned weights [C]; see `playback`."""
        if self.task is None:
            return {"kind": "unknown"}
        task, champion = self.task, self.champion
        scene = playback.of_task(task, SEED)
        if scene["kind"] != "recorded":
            return scene
        assert isinstance(task, ControlTask | GymTask)
        limited = limit(task, self.config)
        own = None if tuned is None else tuned.tobytes()

        def compute() -> dict[str, Any]:
            return playback.record(limited, champion.network, self.weights, SEED, tuned, self.share)

        played = self.keep(("scene", *genes_of(champion), own, self.share), compute)
        return {"kind": "unknown"} if played is None else {**scene, **played}


def genes_of(model: Model) -> tuple[Any, ...]:
    """What tells one network from another."""
    genome = model.genome
    arrays = genome.hidden.tobytes(), genome.connections.tobytes()
    return *arrays, genome.own, model.inputs, model.task


def _drawn(model: Model) -> tuple[Any, ...]:
    return "arrays", *genes_of(model)


def arrays(model: Model) -> dict[str, Any]:
    """What the page computes and draws a network from."""
    network = model.network
    return {
        "activations": network.activations.tolist(),
        "offsets": network.offsets.tolist(),
        "sources": network.sources.tolist(),
        "ids": network.ids.tolist(),
        **({"own": _own(network)} if network.own else {}),
        "layout": _layout(network, image_topology.side_of(model.inputs)),
    }


def _own(network: Network) -> list[dict[str, Any]]:
    """A network's activations of one's own: what the page calls, says and computes of each."""
    return [
        {"name": each.name, "formula": each.expression, "tree": _tree(each.tree)}
        for each in network.own
    ]


def _tree(tree: Tree) -> Any:
    """An expression as the page reads it: "x", a number, or the operation and its parts."""
    operations = {name: lambda *parts, name=name: [name, *parts] for name in tree.operations}
    x: Any = "x"
    return tree.fold(x, lambda value: value, operations)


def _layout(network: Network, side: int | None) -> dict[str, Any]:
    """Where the nodes stand: pixels in a grid, or columns and the waypoints between them."""
    if side is not None:
        x, y = image_topology.place(network, side)
        return {"side": side, "x": x.round(1).tolist(), "y": y.round(1).tolist()}
    plan = layout.arrange(network)
    nodes = len(network.ids)
    owners = {point: path[0] for path in plan.paths for point in path[1:-1]}
    return {
        "layers": plan.layers.tolist(),
        "y": plan.y.round(2).tolist(),
        "owners": [owners[point] for point in range(nodes, len(plan.layers))],
    }


def rounded(values: np.ndarray) -> list[float | None]:
    """Six digits of each number; None where it is not finite."""
    return [float(f"{v:.6g}") if math.isfinite(v) else None for v in values.tolist()]


def finite(values: dict[str, Any]) -> dict[str, Any]:
    """The numbers and words in a file's free part; the rest is not shown."""
    return {
        key: value
        for key, value in values.items()
        if isinstance(value, str) or (isinstance(value, int | float) and math.isfinite(value))
    }
