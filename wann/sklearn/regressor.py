"""A weight agnostic network as a scikit-learn regressor."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from wann.core.kernels import forward_batch
from wann.envs.classification import Examples
from wann.envs.tables.regression import RegressionTask
from wann.evaluation import ensemble
from wann.evaluation.regression.readout import batch, fitted, outputs, r_squared
from wann.sklearn.base import Estimator
from wann.sklearn.examples import Weighted, counted, distinct, parted


class WANNRegressor(RegressorMixin, Estimator):
    """Tell numbers with a network whose connections all have the same, untrained weight.

    What is fitted beside the topology are two numbers an output and shared weight, a scale and an
    offset, by least squares on the training examples. Scale the features first, to a standard
    deviation of about 1. The parameters are those of `WANNClassifier`, but for `class_weight`;
    ``shared_weight="ensemble"`` predicts the mean over shared weights from -2 to 2, and
    ``"tuned"`` has the one of the highest R² on the training examples.

    Attributes:
        model_: The champion, a `wann.Model`; its inputs have the names of X's columns.
        weights_: [W], the shared weights that predict.
        readout_: The scale and the offset of each output for each of them, [W, O] each.
        n_features_in_: Number of features I.
        feature_names_in_: [I], the names of X's columns, where they are all texts.
        n_iter_: Number of generations searched.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> WANNRegressor:
        """Search for a network on examples X [B, I] with targets y [B] or [B, O].

        Args:
            X: The examples.
            y: Their targets.
            sample_weight: [B], how much each counts, 0 or more; None for all alike. A weight of 2
                is the same as two equal examples, and 0 the same as none.

        Raises:
            ValueError: If the examples or a parameter cannot be used.
        """
        seed, config = self._checked("regression")
        X, y = validate_data(
            self, X, y, dtype=np.float32, ensure_min_samples=2, multi_output=True, y_numeric=True
        )
        self._flat = y.ndim == 1
        targets = np.asarray(y, np.float64).reshape(len(y), -1)
        examples = distinct(counted(X, targets, sample_weight))
        train, validation = parted(examples, self.validation_fraction, seed, classes=False)
        task = RegressionTask(*train, validation=validation, inputs=self._names())
        self._search(task, config)
        self._fit_readout(examples)
        return self

    def __sklearn_tags__(self) -> Any:
        """That several targets do."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _fit_readout(self, examples: Weighted) -> None:
        tried = ensemble.WEIGHTS
        if self.shared_weight not in ("ensemble", "tuned"):
            tried = np.array([float(self.shared_weight)])
        weight = examples.weight
        case = batch(Examples(examples.X, examples.y))
        found = outputs(self.model_.network, tried, case)
        readout = fitted(found, case.targets, weight)
        if self.shared_weight == "tuned":
            best = [int(r_squared(readout(found), case.targets, weight).argmax())]
            tried, readout = tried[best], type(readout)(readout.scale[best], readout.offset[best])
        self.weights_, self.readout_ = tried, readout

    def predict(self, X: Any) -> np.ndarray:
        """The targets of examples X [B, I], float64[B] or, of several, [B, O]."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        images = np.ascontiguousarray(X.T)
        found = forward_batch.outputs(self.model_.network.graph, images, self.weights_)
        predicted: np.ndarray = self.readout_(found.astype(np.float64)).mean(axis=0).T
        return predicted[:, 0] if self._flat else predicted
