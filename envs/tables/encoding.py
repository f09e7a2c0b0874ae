"""From the columns of a table to a network's inputs: what is learnt from rows, and kept as JSON.

A number that is missing is the median, and all are scaled to a mean of 0 and a deviation of 1. A
category is one input for each of its texts, 1 for the one that is there; none for a text that is
missing or was never seen. All of it is learnt from the training rows alone, by the transformers
of scikit-learn.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

NUMBER, CATEGORY = "number", "category"
MOST_CATEGORIES = 50  # of a column; one with more holds texts or names
MOST_INPUTS = 4096


@dataclass(frozen=True)
class Column:
    """A raw column of a table.

    Attributes:
        name: Its name.
        kind: `NUMBER` or `CATEGORY`.
        fill: What stands for a missing number.
        mean: Subtracted from a number.
        scale: What it is then divided by.
        categories: The texts of a category, sorted.
    """

    name: str
    kind: str
    fill: float = 0.0
    mean: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs: "age", or "town=Bern", "town=Basel"."""
        if self.kind == NUMBER:
            return (self.name,)
        return tuple(f"{self.name}={category}" for category in self.categories)

    def encode(self, values: Any, where: str) -> np.ndarray:
        """The inputs [B, K] for the values [B] of the column, float64.

        Raises:
            ValueError: If it is a column of numbers and one is none, or not finite.
        """
        if self.kind == CATEGORY:
            texts = _texts(values)
            return np.array([[text == c for c in self.categories] for text in texts], float)
        try:
            numbers = np.asarray(values.astype(float) if len(values) else [], float)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{where}: column {self.name!r}: expected numbers, {error}") from None
        _check_finite(values, numbers, f"{where}: column {self.name!r}")
        numbers = np.where(np.isnan(numbers), self.fill, numbers)
        return ((numbers - self.mean) / self.scale)[:, None]


def fit(frame: pd.DataFrame, where: str) -> tuple[tuple[Column, ...], list[str]]:
    """Learn how the columns of training rows become inputs.

    Args:
        frame: The training rows, without the label; the index is their place in the file.
        where: The file, for messages.

    Returns:
        The columns that become inputs, and a line for each one that does not.

    Raises:
        ValueError: If a number is infinite, or none or too many inputs are left.
    """
    if len(frame.columns) > MOST_INPUTS:  # before each is looked at, which takes a while
        _refuse(where, len(frame.columns))
    columns, notes = [], []
    for name in frame.columns:
        found = _column(name, frame[name], f"{where}: column {name!r}")
        if isinstance(found, str):
            notes.append(f"{where}: column {name!r} {found}: left out")
        else:
            columns.append(found)
    count = sum(len(column.inputs) for column in columns)
    if not count:
        raise ValueError(f"{where}: expected a column with different values, got none")
    if count > MOST_INPUTS:
        _refuse(where, count)
    return tuple(columns), notes


def _refuse(where: str, count: int) -> NoReturn:
    raise ValueError(
        f"{where}: expected at most {MOST_INPUTS:,} inputs, got {count:,}: choose columns first"
    )


def _column(name: str, values: pd.Series, where: str) -> Column | str:
    """How a column becomes inputs, or why it does not."""
    from pandas.api import types
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    if values.nunique(dropna=True) < 2:
        return "has the same value in all rows"
    if types.is_numeric_dtype(values.dtype):
        numbers = values.astype(float).to_numpy()[:, None]
        _check_finite(values, numbers[:, 0], where)
        imputer = SimpleImputer(strategy="median").fit(numbers)
        scaler = StandardScaler().fit(imputer.transform(numbers))
        if not (math.isfinite(scaler.mean_[0]) and math.isfinite(scaler.scale_[0])):
            raise ValueError(f"{where}: expected numbers that have a deviation, got too large ones")
        fill, mean, scale = imputer.statistics_[0], scaler.mean_[0], scaler.scale_[0]
        return Column(name, NUMBER, float(fill), float(mean), float(scale))
    if _dates(values):
        return "holds dates, which are no numbers"
    texts = [text for text in _texts(values) if text is not None]
    if len(set(texts)) > MOST_CATEGORIES:
        return f"holds {len(set(texts))} different texts, more than {MOST_CATEGORIES}"
    encoder = OneHotEncoder().fit(np.array(texts, object)[:, None])
    return Column(name, CATEGORY, categories=tuple(map(str, encoder.categories_[0])))


def _texts(values: Any) -> list[str | None]:
    missing = np.asarray(values.isna())
    return [None if no else str(value) for no, value in zip(missing, values, strict=True)]


def _dates(values: pd.Series) -> bool:
    import pandas as pd
    from pandas.api import types

    if types.is_datetime64_any_dtype(values.dtype) or types.is_timedelta64_dtype(values.dtype):
        return True
    texts = [text for text in _texts(values) if text is not None][:100]
    if not all(sum(letter.isdigit() for letter in text) >= 4 for text in texts):
        return False  # pandas takes "may" for a date
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it guesses the form of each
        return bool(pd.to_datetime(pd.Series(texts), errors="coerce").notna().all())


def _check_finite(values: pd.Series, numbers: np.ndarray, where: str) -> None:
    """Refuse a column in which a number is infinite, by its row in the file, the first being 1."""
    if np.isinf(numbers).any():
        place = int(np.flatnonzero(np.isinf(numbers))[0])
        row = values.index[place] + 1
        raise ValueError(f"{where}: expected finite numbers, got {numbers[place]} in row {row}")


def encode(columns: tuple[Column, ...], frame: pd.DataFrame, where: str) -> np.ndarray:
    """The inputs for rows of a table, float32[B, I].

    Raises:
        ValueError: If a column is missing, or holds what it cannot.
    """
    for column in columns:
        if column.name not in frame.columns:
            raise ValueError(f"{where}: expected a column {column.name!r}, but there is none")
    parts = [column.encode(frame[column.name], where) for column in columns]
    return np.ascontiguousarray(np.hstack(parts), np.float32)


def to_json(columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """The columns as values for JSON: of each what its kind needs."""
    unneeded = {NUMBER: ("categories",), CATEGORY: ("fill", "mean", "scale")}
    return [
        {key: value for key, value in asdict(column).items() if key not in unneeded[column.kind]}
        for column in columns
    ]


def from_json(values: Any) -> tuple[Column, ...]:
    """The columns that `to_json` gave, checked: a file may come from anyone.

    Raises:
        ValueError: If they are none.
    """
    try:
        columns = tuple(
            Column(**{**value, "categories": tuple(value.get("categories", ()))})
            for value in values
        )
        for column in columns:
            numbers = (column.fill, column.mean, column.scale)
            good = column.kind in (NUMBER, CATEGORY) and isinstance(column.name, str)
            good = good and all(isinstance(text, str) for text in column.categories)
            good = good and all(type(n) in (int, float) and math.isfinite(n) for n in numbers)
            if not good or column.scale <= 0:
                raise ValueError(f"{column!r:.80}")
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"table: expected its columns, but {error}") from None
    return columns
