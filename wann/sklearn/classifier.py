"""A weight agnostic network as a scikit-learn classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from wann.core.kernels import forward_batch
from wann.envs.classification import ClassificationTask
from wann.evaluation import ensemble
from wann.sklearn import calibration
from wann.sklearn.base import Estimator
from wann.sklearn.examples import by_class, counted, distinct, parted


class WANNClassifier(ClassifierMixin, Estimator):
    """Classify with a network whose connections all have the same, untrained weight.

    Scale the features first, to a standard deviation of about 1.

    Args:
        shared_weight: ``"ensemble"``, the mean of the probabilities over shared weights from -2
            to 2; ``"tuned"``, the shared weight of those that classifies most of the training
            examples; or a number.
        class_weight: How much the examples of a class count: a dict, ``"balanced"`` or None.
        generations: Generations of the search.
        population: Genomes in a generation.
        complexity_probability: How often selection prefers few connections to a high peak.
        connect_probability: How likely an input is joined with an output at the start.
        batch_size: Training examples that a generation is tried on.
        validation_fraction: Share of the training examples on which the champion is chosen.
        warm_start: Whether `fit` begins with the network of the `fit` before.
        time_limit: Seconds after which the search stops; None for no limit.
        n_jobs: Threads; None for one, -1 for one a core. The result does not depend on it.
        random_state: A seed, a RandomState, or None.
        verbose: Whether to show the progress of the search.

    Attributes:
        classes_: [O], the labels.
        model_: The champion, a `wann.Model`; its inputs have the names of X's columns.
        weights_: [W], the shared weights that predict.
        temperature_: By which the logarithms of the probabilities are divided, so that they are as
            sure of themselves as they are right; see `calibration.temperature`.
        n_features_in_: Number of features I.
        feature_names_in_: [I], the names of X's columns, where they are all texts.
        n_iter_: Number of generations searched.
    """

    def __init__(
        self,
        shared_weight: str | float = "ensemble",
        *,
        class_weight: dict[Any, float] | str | None = None,
        generations: int = 100,
        population: int = 64,
        complexity_probability: float = 0.8,
        connect_probability: float = 0.1,
        batch_size: int = 4000,
        validation_fraction: float = 0.2,
        warm_start: bool = False,
        time_limit: float | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            shared_weight,
            generations=generations,
            population=population,
            complexity_probability=complexity_probability,
            connect_probability=connect_probability,
            batch_size=batch_size,
            validation_fraction=validation_fraction,
            warm_start=warm_start,
            time_limit=time_limit,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> WANNClassifier:
        """Search for a network on examples X [B, I] with labels y [B].

        Args:
            X: The examples.
            y: Their labels.
            sample_weight: [B], how much each counts, 0 or more; None for all alike. A weight of 2
                is the same as two equal examples, and 0 the same as none.

        Raises:
            ValueError: If the examples or a parameter cannot be used.
        """
        seed, config = self._checked("classification")
        X, y = validate_data(self, X, y, dtype=np.float32, ensure_min_samples=2)
        check_classification_targets(y)
        examples = distinct(counted(X, y, sample_weight))
        self.classes_ = np.unique(examples.y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"expected at least two classes, but every label is {self.classes_[0]!s}: one class"
            )
        if self.class_weight is not None:
            examples = by_class(examples, self.class_weight)
        train, validation = parted(examples, self.validation_fraction, seed, classes=True)
        task = ClassificationTask(
            *train, validation=validation, classes=self.classes_, inputs=self._names(), seed=seed
        )
        self._search(task, config)
        self.weights_ = self._choose_weights(task)
        X, y = (np.concatenate(parts) for parts in zip(task.train, task.validation, strict=True))
        self.temperature_ = calibration.temperature(self._probabilities(X), y)
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
        return np.array([float(self.shared_weight)])

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class for examples X [B, I], float64[B, O]."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        return calibration.tempered(self._probabilities(X), self.temperature_)

    def _probabilities(self, X: np.ndarray) -> np.ndarray:
        """The mean over the weights of the softmax of the outputs, float64[B, O]."""
        images = np.ascontiguousarray(X.T)
        return ensemble.probabilities(
            forward_batch.outputs(self.model_.network.graph, images, self.weights_)
        )

    def predict(self, X: Any) -> np.ndarray:
        """The label of each example in X [B, I], [B]."""
        chosen = self.predict_proba(X).argmax(axis=1)
        return self.classes_[chosen]
