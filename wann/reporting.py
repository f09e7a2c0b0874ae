"""What report and watch show of runs: read from their files, and computed where they hold none.

The page (wann/page) draws these values. Networks come as the arrays of `Network`, so that the
page adds the same numbers in the same order as `Network.forward`.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

import envs
import wann
from envs.classification import ClassificationTask
from envs.task import Task
from wann import activations, files, pareto, style
from wann.config import preset
from wann.evolution import Evolution
from wann.exhibits import Exhibits, finite, rounded
from wann.lineage import evenly
from wann.model import Model, load
from wann.network import express
from wann.runs import Run

CHAMPIONS, FRONT = 40, 24  # networks of each kind on a page, at most
ROWS = 2000  # of the metrics, at most


class Collector:
    """Collects the values of a page. What is computed once is kept, to follow a running search."""

    def __init__(
        self, weights: np.ndarray, episodes: int, workers: int = -1, data: Path | None = None
    ) -> None:
        """Choose what to compute.

        Args:
            weights: float64[W], ascending, the shared weights of sweeps and of the page's slider.
            episodes: For each weight of the last champion's sweep; other networks get fewer.
            workers: Threads, -1 for one a core.
            data: Folder that holds the files of tasks that read some.
        """
        self.data = data
        self.weights = weights
        self.episodes = episodes
        self.workers = workers
        self._tasks: dict[str, tuple[Task | None, str | None]] = {}
        self._kept: dict[Any, dict[str, Any]] = {}

    def collect(self, paths: Sequence[Path], share: float = 1.0) -> dict[str, Any]:
        """The page's values for some runs, ready for JSON.

        Args:
            paths: Folders of runs, or network files.
            share: Of the usual number of networks, where a page must get smaller.

        Raises:
            OSError: If something cannot be read.
            ValueError: If something read is not valid; the message says what is wrong.
        """
        runs = [self._run(path, share / len(paths)) for path in paths]
        labels = [run["label"] for run in runs]
        for run, label in zip(runs, labels, strict=True):
            if labels.count(label) > 1:
                run["label"] = run["path"]
        return {**self.empty(), "runs": runs}

    def empty(self) -> dict[str, Any]:
        """The page's values without any run."""
        return {
            "made": datetime.now().astimezone().isoformat(timespec="seconds"),
            "version": wann.__version__,
            "activations": [
                {"name": n, "formula": style.FORMULAS[n], "colour": style.ACTIVATION_COLOURS[n]}
                for n in activations.NAMES
            ],
            "weights": self.weights.tolist(),
            "runs": [],
        }

    def _run(self, path: Path, share: float) -> dict[str, Any]:
        model = load(path)
        run = Run(path) if (path / "config.json").is_file() else None
        config = run.config() if run else preset(model.task)
        task, note = self._task(model)
        exhibits = Exhibits(task, model, config, self.weights, self.workers, self._kept)
        for earlier in _earlier(run, max(round(CHAMPIONS * share), 2)) if run else []:
            exhibits.add(earlier, "champion")
        exhibits.add(model, "champion", self.weights, self.episodes)
        population = _population(run, exhibits, max(round(FRONT * share), 2)) if run else None
        return {
            "label": style.name(path.resolve().name if path.is_dir() else path.stem),
            "path": str(path),
            "note": note,
            "running": run is not None and "fitness" not in model.scores,
            "task": model.task,
            "inputs": list(model.inputs),
            "outputs": list(model.outputs),
            "action": model.action,
            "scores": finite(model.scores),
            "tuned": model.weights if isinstance(model.weights, float) else None,
            "networks": exhibits.networks,
            "population": population,
            "scene": exhibits.scene(),
            "shared_weights": config.weight_values.tolist(),
            "metrics": _metrics(run) if run else None,
            "about": _about(run.path) if run else None,
        }

    def _task(self, model: Model) -> tuple[Task | None, str | None]:
        """The task of a model, or None and why it is not to be had.

        A task of the user's own, or one whose files are elsewhere, is no reason to show nothing.

        Raises:
            ValueError: If the model has not the sizes of its task.
        """
        if model.task not in self._tasks:
            options = {} if self.data is None else {"data": self.data}
            try:
                self._tasks[model.task] = envs.make(model.task, **options), None
            except (ValueError, OSError) as error:
                if self.data is not None:
                    raise
                self._tasks[model.task] = None, " ".join(str(error).split())
        task, note = self._tasks[model.task]
        sizes = len(model.inputs), len(model.outputs)
        if task is not None and sizes != (len(task.inputs), len(task.outputs)):
            raise ValueError(
                f"expected {len(task.inputs)} inputs and {len(task.outputs)} outputs, as "
                f"{task.name} has, got {sizes[0]} and {sizes[1]}"
            )
        return task, note


def _earlier(run: Run, most: int) -> list[Model]:
    """Champions of a run before the last, evenly chosen, the first included."""
    paths = sorted((run.path / "champions").glob("*.json"))[:-1]
    return [load(paths[i]) for i in evenly(len(paths), most)] if paths else []


def _population(run: Run, exhibits: Exhibits, most: int) -> dict[str, Any] | None:
    """The population of the checkpoint, scored as its generation would be, and its first fronts.

    The checkpoint's own scores are those of the generation before: they belong to genomes that
    are gone.
    """
    arrays = run.load_checkpoint()
    if arrays is None or exhibits.trials is None:
        return None
    evolution = Evolution.from_arrays(arrays, exhibits.config)
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
    """What a search's fitness is."""
    return "mean log-likelihood" if isinstance(task, ClassificationTask) else "mean return"


def _metrics(run: Run) -> dict[str, Any]:
    """The columns of the metrics, thinned out where the search was long."""
    metrics = run.metrics()
    count = len(metrics["generation"])
    rows = evenly(count, ROWS) if count else []
    return {name: rounded(column[rows]) for name, column in metrics.items()}


def _about(folder: Path) -> dict[str, Any]:
    """Settings, versions and command line of a run, as text."""
    value = files.read_json(folder / "config.json")
    command = value.get("command", [])
    words = [str(word) for word in command] if isinstance(command, list) else [str(command)]
    if words and Path(words[0]).name == "search.py":
        words[:1] = ["python", "-m", "wann.search"]
    tables = {
        name: {str(k): str(v) for k, v in value[name].items()}
        for name in ("settings", "versions")
        if isinstance(value.get(name), dict)
    }
    return {**tables, "command": shlex.join(words), "started": str(value.get("started", ""))}
