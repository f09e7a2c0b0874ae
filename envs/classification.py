"""Classification tasks: sort examples, rows of numbers, into classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np


class Examples(NamedTuple):
    """A set of B examples.

    Attributes:
        X: float32[B, I], one example a row, C-contiguous.
        y: int64[B], the number of each example's class: an index into the task's ``outputs``.
    """

    X: np.ndarray
    y: np.ndarray


class ClassificationTask:
    """A classification task made from arrays.

        task = ClassificationTask(X, y)

    Networks are searched for on the training examples, the champion is chosen on the validation
    examples, and the test examples serve only for reporting.

    Attributes:
        name: The name of the task, as it appears in runs and network files.
        inputs: Name of each column of X, I names.
        outputs: Name of each class, O names.
        classes: [O], the labels as they stand in y, in the order of ``outputs``.
        train: Training `Examples`.
        validation: Validation `Examples`.
        test: Test `Examples`, or None.
        image_shape: (rows, columns) of the picture in each row of X, or None.
        solved_at: Accuracy from which the task counts as solved, or None.
        table: What is recorded of the table that the rows come from, or None; see `tables.task`.
    """

    table: dict[str, Any] | None = None

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        name: str = "classification",
        validation: float | tuple[Any, Any] = 0.1,
        test: tuple[Any, Any] | None = None,
        classes: Sequence[Any] | np.ndarray | None = None,
        inputs: Sequence[str] | None = None,
        outputs: Sequence[str] | None = None,
        image_shape: tuple[int, int] | None = None,
        solved_at: float | None = None,
        seed: int = 0,
    ) -> None:
        """Check the arrays and put the validation examples aside.

        Args:
            X: [B, I] numbers, one example a row.
            y: [B] labels of at least two classes: numbers or strings.
            name: The name of the task.
            validation: Examples (X, y) of their own, or the share of the B examples to hold out:
                drawn at random with `seed`, at least one.
            test: Examples (X, y) that nothing is ever chosen on.
            classes: The possible labels, in the order of the network's outputs; the sorted
                labels in y by default.
            inputs: A name for each column of X; x0, x1, ... by default.
            outputs: A name for each class; the label by default.
            image_shape: (rows, columns), where each row of X is a picture.
            solved_at: Accuracy from which the task counts as solved.
            seed: Of the choice of validation examples.

        Raises:
            ValueError: If the arrays are not of these shapes, X is not all finite, or there are
                fewer than two classes or two examples.
        """
        X = features(X, "X")
        width = X.shape[1]
        y = _labels(y, len(X), "y")
        labels = np.unique(y)
        self.classes = labels if classes is None else np.asarray(classes)
        if len(self.classes) < 2:
            raise ValueError(f"expected at least two classes, but every label is {labels[0]!s}")
        self.name = name
        self.inputs = names_of(inputs, [f"x{i}" for i in range(width)], "inputs")
        self.outputs = names_of(outputs, [str(label) for label in self.classes], "outputs")
        if image_shape is not None and image_shape[0] * image_shape[1] != width:
            raise ValueError(f"expected an image_shape of {width} pixels, got {image_shape}")
        self.image_shape = image_shape
        self.solved_at = solved_at

        numbers = self._numbers(y, "y")
        if isinstance(validation, tuple):
            self.train = Examples(X, numbers)
            self.validation = self._examples(validation, "validation")
        else:
            self.train, self.validation = parted(Examples(X, numbers), validation, seed)
        self.test = None if test is None else self._examples(test, "test")

    @property
    def action(self) -> dict[str, Any]:
        """How outputs become an action, as written to network files."""
        return {"kind": "discrete"}

    @property
    def report(self) -> Examples:
        """The examples for reported scores: the test examples, or else the validation ones."""
        return self.validation if self.test is None else self.test

    def _examples(self, pair: tuple[Any, Any], what: str) -> Examples:
        X = features(pair[0], f"{what} X")
        if X.shape[1] != len(self.inputs):
            raise ValueError(
                f"expected {len(self.inputs)} columns in {what} X, as in X, got {X.shape[1]}"
            )
        y = _labels(pair[1], len(X), f"{what} y")
        return Examples(X, self._numbers(y, f"{what} y"))

    def _numbers(self, y: np.ndarray, what: str) -> np.ndarray:
        """Turn labels [B] into the numbers of their classes, int64[B]."""
        numbers = {label: number for number, label in enumerate(self.classes.tolist())}
        labels, places = np.unique(y, return_inverse=True)
        unknown = [label for label in labels.tolist() if label not in numbers]
        if unknown:
            known = ", ".join(map(str, self.classes))
            raise ValueError(f"label {unknown[0]!r} in {what} is not one of the classes: {known}")
        return np.array([numbers[label] for label in labels.tolist()], dtype=np.int64)[places]


def features(X: Any, what: str) -> np.ndarray:
    """Examples as float32[B, I], checked; `what` is their name in messages."""
    X = np.asarray(X)
    if X.ndim != 2:
        hint = "; a single feature is X[:, None]" if X.ndim == 1 else ""
        raise ValueError(f"expected {what} of shape [examples, features], got {X.shape}{hint}")
    if 0 in X.shape:
        raise ValueError(f"expected at least one example and one feature in {what}, got {X.shape}")
    if np.iscomplexobj(X):
        raise ValueError(f"expected real numbers in {what}, got complex ones")
    try:
        with np.errstate(over="ignore"):  # what is too large for float32 is reported below
            X = np.ascontiguousarray(X, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"expected numbers in {what}, but {error}") from None
    finite = np.isfinite(X)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise ValueError(
            f"expected finite numbers in {what}, got {X[row, column]} in row {row}, "
            f"column {column}: NaN, infinity or too large for float32"
        )
    return X


def _labels(y: Any, count: int, what: str) -> np.ndarray:
    y = np.asarray(y)
    if y.shape != (count,):
        raise ValueError(f"expected {what} of shape ({count},), one label a row, got {y.shape}")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise ValueError(f"expected a label for every example in {what}, got NaN or infinity")
    try:
        np.unique(y)
    except TypeError:
        raise ValueError(f"expected labels of one type in {what}, numbers or strings") from None
    return y


def names_of(names: Sequence[str] | None, default: list[str], what: str) -> tuple[str, ...]:
    """Names, as many as there are by default, or those where there are none."""
    if names is not None and len(names) != len(default):
        raise ValueError(f"expected {len(default)} names in {what}, got {len(names)}")
    return tuple(default if names is None else names)


def parted(examples: Examples, share: float, seed: int) -> tuple[Examples, Examples]:
    """Examples in two parts, of which the second is a share of them, chosen by `choose`."""
    chosen = choose(len(examples.X), share, seed)
    rest = Examples(examples.X[~chosen], examples.y[~chosen])
    return rest, Examples(examples.X[chosen], examples.y[chosen])


def choose(count: int, share: float, seed: int) -> np.ndarray:
    """A seeded choice of a share of `count` examples, bool[count]: at least one, never all."""
    if not 0.0 < share < 1.0:
        raise ValueError(f"expected a share between 0 and 1 for validation, got {share}")
    chosen = np.zeros(count, dtype=bool)
    size = min(max(round(count * share), 1), count - 1)
    chosen[np.random.default_rng(seed).permutation(count)[:size]] = True
    return chosen
