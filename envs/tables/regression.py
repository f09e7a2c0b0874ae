"""Regression tasks: tell numbers from examples, rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wann.envs.classification import Examples, features, names_of, parted


class RegressionTask:
    """A regression task made from arrays.

        task = RegressionTask(X, y)

    All connections share a weight, so outputs have no scale: a network is judged by how well the
    targets follow from its outputs by a scale and an offset, two numbers an output that are fitted
    by least squares on the training examples.

    Attributes:
        name: The name of the task, as it appears in runs and network files.
        inputs: Name of each column of X, I names.
        outputs: Name of each target, O names.
        train: Training `Examples`, their y float64[B, O].
        validation: Validation `Examples` likewise.
        test: Test `Examples` likewise, or None.
        solved_at: R² from which the task counts as solved, or None.
        table: What is recorded of the table that the rows come from, or None; see `tables.task`.
    """

    table: dict[str, Any] | None = None

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        name: str = "regression",
        validation: float | tuple[Any, Any] = 0.1,
        test: tuple[Any, Any] | None = None,
        inputs: Sequence[str] | None = None,
        outputs: Sequence[str] | None = None,
        solved_at: float | None = None,
        seed: int = 0,
    ) -> None:
        """Check the arrays and put the validation examples aside.

        Args:
            X: [B, I] numbers, one example a row.
            y: [B] or [B, O] numbers, the targets.
            name: The name of the task.
            validation: Examples (X, y) of their own, or the share of the B examples to hold out:
                drawn at random with `seed`, at least one.
            test: Examples (X, y) that nothing is ever chosen on.
            inputs: A name for each column of X; x0, x1, ... by default.
            outputs: A name for each target; y, or y0, y1, ... by default.
            solved_at: R² from which the task counts as solved.
            seed: Of the choice of validation examples.

        Raises:
            ValueError: If the arrays are not of these shapes, not all finite, or a target is the
                same in all examples.
        """
        X = features(X, "X")
        y = _targets(y, len(X), "y")
        if (constant := np.flatnonzero(np.ptp(y, axis=0) == 0)).size:
            value = y[0, constant[0]]
            raise ValueError(f"expected targets that differ, but every one is {value:g}")
        self.name = name
        self.inputs = names_of(inputs, [f"x{i}" for i in range(X.shape[1])], "inputs")
        numbered = ["y"] if y.shape[1] == 1 else [f"y{i}" for i in range(y.shape[1])]
        self.outputs = names_of(outputs, numbered, "outputs")
        self.solved_at = solved_at
        if isinstance(validation, tuple):
            self.train = Examples(X, y)
            self.validation = self._examples(validation, "validation")
        else:
            self.train, self.validation = parted(Examples(X, y), validation, seed)
        self.test = None if test is None else self._examples(test, "test")

    @property
    def action(self) -> dict[str, Any]:
        """How outputs become an action, as written to network files."""
        return {"kind": "regression"}

    @property
    def report(self) -> Examples:
        """The examples for reported scores: the test examples, or else the validation ones."""
        return self.validation if self.test is None else self.test

    def _examples(self, pair: tuple[Any, Any], what: str) -> Examples:
        X = features(pair[0], f"{what} X")
        y = _targets(pair[1], len(X), f"{what} y")
        if (X.shape[1], y.shape[1]) != (len(self.inputs), len(self.outputs)):
            raise ValueError(
                f"expected {len(self.inputs)} columns in {what} X and {len(self.outputs)} in its "
                f"y, got {X.shape[1]} and {y.shape[1]}"
            )
        return Examples(X, y)


def _targets(y: Any, count: int, what: str) -> np.ndarray:
    try:
        y = np.asarray(y, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"expected numbers in {what}, but {error}") from None
    y = y[:, None] if y.ndim == 1 else y
    if y.ndim != 2 or len(y) != count or not y.shape[1]:
        raise ValueError(
            f"expected {what} of shape ({count},) or ({count}, targets), got {y.shape}"
        )
    if not np.isfinite(y).all():
        raise ValueError(f"expected finite targets in {what}, got NaN or infinity")
    return y
