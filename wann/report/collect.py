"""What report and watch show of runs: read from their files, and computed where they hold none.

The page (static/) draws these values. Networks come as the arrays of `Network`, so that the
page adds the same numbers in the same order as `Network.forward`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

import wann
from wann.core.arrays import evenly
from wann.core.kernels import activations
from wann.core.network import express
from wann.core.text import printable
from wann.envs import naming
from wann.envs.classification import ClassificationTask
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task
from wann.plotting import style
from wann.report import run_data, tables, weightings
from wann.report.networks import Exhibits, finite, rounded
from wann.report.run_data import CHAMPIONS, Source
from wann.search import pareto
from wann.search.evolution import Evolution
from wann.storage.model import Model
from wann.storage.saved import check_sizes
from wann.storage.subject import task_of

FRONT = 24  # networks of a population on a page, at most
SOON = 1  # earlier champions laid out beside one that a watched search has just confirmed


class Collector:
    """Collects the values of a page. What is computed once is kept, to follow a running search."""

    def __init__(
        self,
        weights: np.ndarray,
        episodes: int,
        workers: int = -1,
        data: Path | None = None,
        env: str | None = None,
    ) -> None:
        """Choose what to compute.

        Args:
            weights: float64[W], ascending, the shared weights of sweeps and of the page's slider.
            episodes: For each weight of the last champion's sweep; other networks get fewer.
            workers: Threads, -1 for one a core.
            data: Folder that holds the files of tasks that read some.
            env: The name of the task, where the user gave it; see `envs.made_for`.
        """
        self.data, self.env = data, env
        self.weights = weights
        self.episodes = episodes
        self.workers = workers
        self._tasks: dict[str, tuple[Task | None, str | None]] = {}
        self._kept: dict[Any, dict[str, Any]] = {}

    def read(self, paths: Sequence[Path], population: bool = True) -> list[Source]:
        """Read what `collect` needs of runs.

        Args:
            paths: Folders of runs, or network files.
            population: Whether that of the checkpoint is read, too.

        Raises:
            OSError: If something cannot be read.
            ValueError: If something read is not valid; the message says what is wrong.
        """
        return [run_data.read(path, self.task, population) for path in paths]

    def collect(self, found: Sequence[Source], share: float = 1.0) -> dict[str, Any]:
        """The page's values for some runs, ready for JSON.

        Args:
            found: What `read` gave.
            share: Of the usual number of networks, where a page must get smaller.
        """
        runs = [self.run(source, share / len(found)) for source in found]
        return self.page(runs, [source.saved.path for source in found])

    def page(self, runs: Sequence[dict[str, Any]], paths: Sequence[Path]) -> dict[str, Any]:
        """The page's values from those of its runs; runs of one label are told apart.

        Args:
            runs: What `run` gave.
            paths: Where each lies.
        """
        labels = [run["label"] for run in runs]
        apart = _apart(paths)
        named = [
            {**run, "label": name} if labels.count(run["label"]) > 1 else run
            for run, name in zip(runs, apart, strict=True)
        ]
        return {**self.empty(), "runs": named}

    def empty(self) -> dict[str, Any]:
        """The page's values without any run."""
        return {
            "made": datetime.now().astimezone().isoformat(timespec="seconds"),
            "version": wann.__version__,
            "activations": [
                {"name": a.name, "formula": a.formula, "colour": style.ACTIVATION_COLOURS[a.name]}
                for a in activations.TABLE
            ],
            "weights": self.weights.tolist(),
            "runs": [],
        }

    def run(
        self,
        source: Source,
        share: float = 1.0,
        quick: bool = False,
        overtaken: Callable[[], bool] = lambda: False,
    ) -> dict[str, Any]:
        """The page's values for one run.

        Args:
            source: What `read` gave.
            share: See `collect`.
            quick: Whether sweeps and what else takes long are left out, but for those of before.
            overtaken: Asked before what takes long whether it is of use no more.

        Raises:
            Overtaken: If so.
        """
        saved, config = source.saved, source.config
        exhibits = Exhibits(
            source.task,
            saved.model,
            config,
            self.weights,
            self.workers,
            self._kept,
            quick,
            share,
            overtaken,
        )
        most = max(round(CHAMPIONS * share), 2)
        chosen = evenly(len(source.earlier), most) if source.earlier else []
        earlier = [source.earlier[i] for i in chosen]
        model = saved.model
        exhibits.add(model, "champion", self.weights, self.episodes)  # looked at first
        for each in _soon(earlier, exhibits) if quick else earlier:
            exhibits.add(each, "champion")
        exhibits.networks.append(exhibits.networks.pop(0))
        population = None
        if source.evolution is not None and source.task is not None:
            most = max(round(FRONT * share), 2)
            population = _population(source.evolution, exhibits, most)
        return {
            "label": style.name(saved.label),
            "folder": saved.path.resolve().name,
            "note": source.note,
            "running": saved.running,
            "task": naming.titled(model.task),
            "inputs": list(model.inputs),
            "outputs": list(model.outputs),
            "action": model.action,
            "measure": _measure(source.task),
            "scores": finite(model.scores),
            "start": model.weights if isinstance(model.weights, float) else None,
            "tuned": weightings.tuned(exhibits, saved),
            "ordinary": weightings.ordinary(exhibits),
            "conditions": weightings.conditions(exhibits, saved, self.episodes),
            "networks": exhibits.networks,
            "formula": tables.formula(model),
            "importance": tables.importance(exhibits),
            "population": population,
            "scene": exhibits.scene(weightings.own(saved)),
            "shared_weights": config.weight_values.tolist(),
            "metrics": source.metrics,
            "about": source.about,
        }

    def task(self, model: Model) -> tuple[Task | None, str | None]:
        """The task of a model, or None and why it is not to be had.

        A task of the user's own, or one whose files are elsewhere, is no reason to show nothing.

        Raises:
            ValueError: If the model has not the sizes of its task.
        """
        if model.task not in self._tasks:
            try:
                self._tasks[model.task] = task_of(model, self.data, self.env), None
            except (ValueError, OSError) as error:
                if (self.data, self.env) != (None, None):
                    raise
                self._tasks[model.task] = None, naming.told(printable(error), model.task)
        task, note = self._tasks[model.task]
        if task is not None:
            check_sizes(model, task, f"as {task.name} has")
        if isinstance(task, GymTask):
            task = replace(task, normalization=model.normalization)
        return task, note


def _apart(paths: Sequence[Path]) -> list[str]:
    """The shortest ends of paths that differ, numbered where the paths do not."""
    parts = [path.resolve().parts[1:] or ("",) for path in paths]
    ends = ["/".join(each[-1:]) for each in parts]
    for length in range(1, max(map(len, parts), default=0) + 1):
        ends = ["/".join(each[-length:]) for each in parts]
        if len(set(ends)) == len(set(parts)):
            break
    return [
        end if ends.count(end) == 1 else f"{end} ({ends[:i].count(end) + 1})"
        for i, end in enumerate(ends)
    ]


def _soon(earlier: Sequence[Model], exhibits: Exhibits) -> list[Model]:
    """Of earlier champions those that are drawn already, and the latest of the others."""
    new = [i for i, model in enumerate(earlier) if not exhibits.is_drawn(model)][-SOON:]
    return [model for i, model in enumerate(earlier) if i in new or exhibits.is_drawn(model)]


def _population(evolution: Evolution, exhibits: Exhibits, most: int) -> dict[str, Any]:
    """The population of a checkpoint, scored as its generation would be, and its first fronts.

    The checkpoint's own scores are those of the generation before: they belong to genomes that
    are gone.
    """
    genomes = evolution.ask()
    networks = [express(genome) for genome in genomes]
    fitness = exhibits.rewards(networks, evolution.generation)
    complexity = np.array([network.complexity for network in networks])
    usable = np.flatnonzero(np.isfinite(fitness))
    points = np.column_stack((fitness, -complexity))[usable]
    # Elites have copies and equals: one point, with their number.
    points, first, counts = np.unique(points, axis=0, return_index=True, return_counts=True)
    fronts = pareto.nondominated_sort(points) if len(points) else np.empty(0, int)
    best = np.flatnonzero(fronts == 0)
    best = best[evenly(len(best), most)] if len(best) else best
    behind = np.argsort(fronts, kind="stable")[np.count_nonzero(fronts == 0) :]
    best = np.concatenate((best, behind[: most - len(best)]))
    shown: list[int | None] = [None] * len(points)
    champion = exhibits.champion
    for i in best.tolist():
        genome = genomes[usable[first[i]]]
        names = champion.task, champion.inputs, champion.outputs, champion.action
        shown[i] = exhibits.add(Model(genome, *names, scores={"fitness": points[i, 0]}), "front")
    return {
        "generation": evolution.generation,
        "size": len(genomes),
        "lost": len(genomes) - len(usable),
        "fitness": rounded(points[:, 0]),
        "connections": (-points[:, 1]).astype(int).tolist(),
        "counts": counts.tolist(),
        "fronts": fronts.tolist(),
        "networks": shown,
        "measure": _measure(exhibits.task),
    }


def _measure(task: Task | None) -> str:
    """What a search's fitness is, as far as its task is to be had."""
    if task is None:
        return "fitness"
    if isinstance(task, RegressionTask):
        return "mean squared correlation"
    return "mean log-likelihood" if isinstance(task, ClassificationTask) else "mean return"
