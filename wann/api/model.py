"""Model: a network as its users hold it, which can try, tune, draw and export itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from wann import envs
from wann.api.results import History, Protocol, Sweep, Tuning
from wann.api.settings import Weights, python_names, weights_of
from wann.core import checks, files
from wann.core.config import SearchConfig, preset
from wann.core.rng import Stream, generator
from wann.envs.naming import file_name
from wann.envs.task import Task
from wann.evaluation import protocol
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.evaluation.sweep import sweep
from wann.storage import model as stored
from wann.storage import results, saved
from wann.storage.saved import check_sizes
from wann.storage.subject import unit_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wann.core.network import Network


@dataclass(frozen=True, eq=False, repr=False)
class Model(stored.Model):
    """A network that can try, tune, draw and export itself.

    It is a policy: ``model(observation, weight=0.7)`` is the action.

    Attributes:
        given_task: The task, where it was given as an object.
        given_config: The settings of the search, where it was made in this program.
        metrics: The columns of its search, likewise.
        path: The run folder or file that it was read from or saved to.
    """

    given_task: Task | None = None
    given_config: SearchConfig | None = None
    metrics: Mapping[str, np.ndarray] | None = None
    path: Path | None = None

    @property
    def config(self) -> SearchConfig:
        """The settings of its search; those preset for the task where they are not known.

        Raises:
            ValueError: If those of its run are damaged.
        """
        if self.given_config is not None:
            return self.given_config
        if self.path is not None:
            return saved.Saved(self.path, self).read_config()
        return preset(self.task)

    @property
    def history(self) -> History:
        """How its search went.

        Raises:
            ValueError: If that is not known, as of a network file alone.
            OSError: If it cannot be read.
        """
        if self.metrics is not None:
            return History(self.metrics)
        run = None if self.path is None else saved.Saved(self.path, self).run
        if run is None:
            raise ValueError(f"{self!r} has no history: expected the champion of a run")
        return History(run.metrics())

    def sweep(
        self, weights: Weights = "-2:2:81", episodes: int = 100, *, seed: int = 0, workers: int = -1
    ) -> Sweep:
        """Try shared weights, each on the same fresh episodes.

        Args:
            weights: The shared weights [W]: numbers, or "LOW:HIGH:COUNT".
            episodes: Fresh episodes for each; images are all tried at once.
            seed: Of the episodes.
            workers: Threads or processes, -1 for one a core.

        Raises:
            ValueError: If an argument is bad, or the task is not to be had.
        """
        values = weights_of(weights, "weights")
        with self._pool(episodes, seed, workers) as pool:
            cases = pool.evaluator.report(generator(seed, Stream.SWEEP), episodes)
            found = sweep(pool, self.network, values, cases, self._task().solved_at)
        return Sweep(**vars(found), searched=self.config.weight_values, unit=self._unit())

    def protocol(self, episodes: int = 100, *, seed: int = 0, workers: int = -1) -> Protocol:
        """Score it under the paper's conditions: random, shared and, if it has any, its weights.

        Args:
            episodes: Fresh episodes for each choice of weights.
            seed: Of episodes and random weights.
            workers: Threads or processes, -1 for one a core.

        Raises:
            ValueError: As by `sweep`.
        """
        with self._pool(episodes, seed, workers) as pool:
            candidate = protocol.Candidate(pool, self.network, episodes, seed)
            conditions = protocol.score(candidate, seed, tuned=self.weights)
        return Protocol(conditions, self.task, self._unit())

    def tune(
        self,
        what: Literal["shared", "weights"] = "shared",
        *,
        weights: Weights = "-2:2:401",
        time_limit: float = 300.0,
        steps: int | None = None,
        episodes: int = 1000,
        seed: int = 0,
        workers: int = -1,
        progress: bool = True,
    ) -> Tuning:
        """Find the best shared weight, or from it on individual weights.

        Args:
            what: "shared" or "weights".
            weights: The shared weights to start with.
            time_limit: Seconds for the individual weights.
            steps: Steps for them, at most.
            episodes: Fresh episodes for the final score.
            seed: Of everything random.
            workers: Threads or processes, -1 for one a core.
            progress: Whether to show how it goes.

        Raises:
            ValueError: If an argument is bad, or the task or a package is not to be had.
        """
        from wann.api import tuning

        if what not in ("shared", "weights"):
            raise ValueError(f"what: expected 'shared' or 'weights', got {what!r}")
        if not time_limit > 0 or (steps is not None and steps < 1):
            raise ValueError(
                f"expected a time_limit above 0 and steps from 1 on, got {time_limit} and {steps}"
            )
        most = math.inf if steps is None else steps
        coarse = np.unique(weights_of(weights, "weights"))
        with self._pool(episodes, seed, workers) as pool:
            limits = tuning.Limits(time_limit, most, episodes)
            found = tuning.tune(
                pool, self.network, what, coarse, self.config.weight_values, seed, limits, progress
            )
        tuned = replace(self, weights=found.weights, scores=found.scores)
        return Tuning(tuned, found.shared, found.curve, self._unit())

    def simplify(self, *, seed: int = 0, workers: int = -1) -> Model:
        """The network without the connections that its mean over shared weights does not need.

        Args:
            seed: Of the cases on which that is found out.
            workers: Threads or processes, -1 for one a core.

        Raises:
            ValueError: If the task is not to be had.
        """
        from wann.search.champion import Champion
        from wann.search.confirmation import Confirmation

        with self._pool(1, seed, workers) as pool:
            confirmation = Confirmation(pool, replace(self.config, seed=seed))
            generation = int(self.search.get("generation", 0))
            found = confirmation.simplified(Champion(self.genome, math.nan, generation))
            scores = {
                **confirmation.report(found, self._task()),
                "confirmed_fitness": found.fitness,
            }
        return replace(self, genome=found.genome, weights=None, scores=scores)

    def plot(self, before: Network | None = None) -> Figure:
        """A figure of the topology; see `topology`."""
        return self.topology(before)

    def export(
        self,
        to: str,
        path: str | Path | None = None,
        *,
        weight: float | None = None,
        double: bool = False,
        force: bool = False,
    ) -> list[Path]:
        """Write it for other programs.

        Args:
            to: onnx, c, python, json, matrix or graphml.
            path: The name of the files, without what their format adds; by default the task's, in
                the working folder.
            weight: Fix the shared weight, in the place of weights that the model may hold.
            double: Compute in double precision; for onnx and c.
            force: Whether to replace files.

        Returns:
            The files.

        Raises:
            ValueError: If there is no such format, a package is missing, the network does not fit
                it, or a file exists.
            OSError: If a file cannot be written.
        """
        from wann.export import formats

        stem = Path(path if path is not None else file_name(self.task))
        model = self if weight is None else replace(self, weights=float(weight))
        with python_names():
            contents = formats.contents(model, to, double, stem.name)
        found = {stem.with_name(stem.name + end): text for end, text in contents.items()}
        _claim(found, force)
        for file, text in found.items():
            files.write(file, methodcaller("write", text))
        return list(found)

    def report(
        self,
        path: str | Path = "report.html",
        *,
        weights: str = "-2:2:41",
        episodes: int = 20,
        workers: int = -1,
        force: bool = False,
    ) -> Path:
        """Write a page that shows it: weights to drag, the network, its search.

        Args:
            path: The file.
            weights: Shared weights of the sweep and the slider, LOW:HIGH:COUNT.
            episodes: Episodes for each of these weights.
            workers: Threads, -1 for one a core.
            force: Whether to replace a file.

        Raises:
            ValueError: If an argument is bad, or the file exists.
            OSError: If it cannot be written.
        """
        from wann.report import page
        from wann.report.run_data import Source, thinned

        file = Path(path)
        _claim([file], force)
        with python_names():
            collector = page.checked_collector(weights, episodes, workers)
        if self.given_task is None and self.path is not None and self.weights is None:
            sources = collector.read([self.path])
        else:
            label = saved.Saved(Path(f"{file_name(self.task)}.json"), self)
            task, note = self.given_task, None
            if task is None:
                task, note = collector.task(self)
            metrics = None if self.metrics is None else thinned(self.metrics)
            sources = [Source(label, [], task, note, self.config, metrics=metrics)]
        files.write_text(file, page.write(sources, collector))
        return file

    def _task(self) -> Task:
        task = self.given_task or envs.made_for(self.task)
        check_sizes(self, task, f"as {task.name} has")
        return task

    def _unit(self) -> str:
        return unit_of(self._task())

    def _pool(self, episodes: int, seed: int, workers: int) -> Pool:
        with python_names():
            checks.check_episodes(episodes)
            checks.check_seed(seed)
            return Pool(evaluator_for(self._task(), self.config), workers)


def _claim(found: Iterable[Path], force: bool) -> None:
    """See that files may be written; see `storage.results.claim`."""
    try:
        results.claim(found, force)
    except ValueError as error:
        what = str(error).partition(";")[0]
        raise ValueError(f"{what}; force=True replaces it") from None
