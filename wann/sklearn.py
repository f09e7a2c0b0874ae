"""A weight agnostic network as a scikit-learn classifier."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from rich.console import Console
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from wann.cli.progress import SearchProgress
from wann.core.config import preset
from wann.core.kernels import forward_batch
from wann.envs.classification import ClassificationTask
from wann.evaluation import ensemble
from wann.search.loop import search
from wann.search.state import SearchState


class WANNClassifier(ClassifierMixin, BaseEstimator):
    """Classify with a network whose connections all have the same, untrained weight.

    Scale the features first, to a standard deviation of about 1.

    Args:
        shared_weight: ``"ensemble"``, the mean of the probabilities over shared weights from -2
            to 2; ``"tuned"``, the shared weight of those that classifies most of the training
            examples; or a number.
        generations: Generations of the search.
        population: Genomes in a generation.
        complexity_probability: How often selection prefers few connections to a high peak.
        connect_probability: How likely an input is joined with an output at the start.
        batch_size: Training examples that a generation is tried on.
        validation_fraction: Share of the training examples on which the champion is chosen.
        time_limit: Seconds after which the search stops; None for no limit.
        n_jobs: Threads; None for one, -1 for one a core. The result does not depend on it.
        random_state: A seed, a RandomState, or None.
        verbose: Whether to show the progress of the search.

    Attributes:
        classes_: [O], the labels.
        model_: The champion, a `wann.Model`.
        weights_: [W], the shared weights that predict.
        n_features_in_: Number of features I.
        n_iter_: Number of generations searched.
    """

    def __init__(
        self,
        shared_weight: str | float = "ensemble",
        *,
        generations: int = 100,
        population: int = 100,
        complexity_probability: float = 0.2,
        connect_probability: float = 0.2,
        batch_size: int = 1000,
        validation_fraction: float = 0.1,
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
        self.time_limit = time_limit
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any) -> WANNClassifier:
        """Search for a network on examples X [B, I] with labels y [B].

        Raises:
            ValueError: If the examples or a parameter cannot be used.
        """
        X, y = validate_data(self, X, y, dtype=np.float32, ensure_min_samples=2)
        check_classification_targets(y)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        task = ClassificationTask(X, y, validation=self.validation_fraction, seed=seed)
        config = preset(
            "digits",
            seed=seed,
            generations=self.generations,
            population=self.population,
            complexity_probability=self.complexity_probability,
            connect_probability=self.connect_probability,
            batch=self.batch_size,
        )
        state = SearchState(task, config, None)
        limit = math.inf if self.time_limit is None else self.time_limit
        progress = SearchProgress(Console(quiet=not self.verbose), self.generations, limit)
        with progress:
            self.model_ = search(state, workers=self.n_jobs or 1, time_limit=limit, report=progress)
        self.classes_ = task.classes
        self.n_iter_ = state.evolution.generation
        self.weights_ = self._choose_weights(task)
        return self

    def _choose_weights(self, task: ClassificationTask) -> np.ndarray:
        if self.shared_weight == "ensemble":
            return ensemble.WEIGHTS
        if self.shared_weight == "tuned":
            images = np.ascontiguousarray(task.train.X.T)
            _, accuracy = forward_batch.scores(
                self.model_.network.graph, images, task.train.y, ensemble.WEIGHTS
            )
            return ensemble.WEIGHTS[[accuracy.argmax()]]
        try:
            weight = float(self.shared_weight)
        except ValueError:
            weight = math.nan
        if not math.isfinite(weight):
            raise ValueError(
                f"shared_weight: expected 'ensemble', 'tuned' or a number, "
                f"got {self.shared_weight!r}"
            )
        return np.array([weight])

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class for examples X [B, I], float64[B, O]."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        images = np.ascontiguousarray(X.T)
        return ensemble.probabilities(
            forward_batch.outputs(self.model_.network.graph, images, self.weights_)
        )

    def predict(self, X: Any) -> np.ndarray:
        """The label of each example in X [B, I], [B]."""
        chosen = self.predict_proba(X).argmax(axis=1)
        return self.classes_[chosen]
