"""What the estimators share: the parameters and the search."""

from __future__ import annotations

import math
import re
from typing import Any

from rich.console import Console
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from wann.api.load import model_of
from wann.cli.progress import SearchProgress
from wann.core.config import SearchConfig, preset
from wann.envs.task import Task
from wann.search.loop import search
from wann.search.state import SearchState
from wann.storage.subject import measures_of

# What a setting of a search is called here.
PARAMETERS = {"batch": "batch_size"}


class Estimator(BaseEstimator):
    """What both estimators share; see `WANNClassifier` for the parameters."""

    def __init__(
        self,
        shared_weight: str | float = "ensemble",
        *,
        generations: int = 100,
        population: int = 64,
        complexity_probability: float = 0.08,
        connect_probability: float = 0.8,
        batch_size: int = 4000,
        validation_fraction: float = 0.2,
        warm_start: bool = False,
        time_limit: float | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.shared_weight = shared_weight
        self.generations = generations
        self.population = population
        self.complexity_probability = complexity_probability
        self.connect_probability = connect_probability
        self.batch_size = batch_size
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.time_limit = time_limit
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _checked(self, name: str) -> tuple[int, SearchConfig]:
        """The seed and the settings, all parameters checked before anything is computed."""
        weight = self.shared_weight
        if weight not in ("ensemble", "tuned") and not _is_finite(weight):
            raise ValueError(
                f"shared_weight: expected 'ensemble', 'tuned' or a number, got {weight!r}"
            )
        if self.time_limit is not None and not self.time_limit > 0:
            raise ValueError(f"time_limit: expected seconds above 0, got {self.time_limit}")
        if not 0 < self.validation_fraction < 1:
            raise ValueError(
                "validation_fraction: expected a share between 0 and 1, got "
                f"{self.validation_fraction}"
            )
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        try:
            config = preset(
                name,
                seed=seed,
                generations=self.generations,
                population=self.population,
                complexity_probability=float(self.complexity_probability),
                connect_probability=float(self.connect_probability),
                batch=self.batch_size,
            )
        except ValueError as error:
            raise ValueError(_in_parameters(str(error))) from None
        return seed, config

    def _search(self, task: Task, config: SearchConfig) -> None:
        """Search for the champion, from the one before if it is to start warm."""
        start = getattr(self, "model_", None) if self.warm_start else None
        if start is not None and (
            start.inputs != task.inputs
            or start.outputs != task.outputs
            or not start.network.complexity
        ):
            start = None
        state = SearchState(task, config, None, start)
        limit = math.inf if self.time_limit is None else self.time_limit
        console, measures = Console(quiet=not self.verbose), measures_of(task)
        progress = SearchProgress(console, self.generations, limit, measures)
        with progress:
            found = search(state, workers=self.n_jobs or 1, time_limit=limit, report=progress)
        self.model_ = model_of(found)
        self.n_iter_ = state.evolution.generation

    def _names(self) -> list[str] | None:
        """The names of the columns of X, if it has any."""
        names = getattr(self, "feature_names_in_", None)
        return None if names is None else [str(name) for name in names]


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def _in_parameters(message: str) -> str:
    """A message about an option of the command line, with the name of the parameter here."""
    found = re.match(r"--([\w-]+)", message)
    if not found:
        return message
    name = found[1].replace("-", "_")
    return PARAMETERS.get(name, name) + message[found.end() :]
