"""Networks of one shared weight on tables: ``python -m benchmarks.tables run``, then ``table``.

Ten tables of different kinds, five seeds, each with its own stratified fifth of test rows. Beside
networks of many and of few connections stand a linear model, a tree of as many nodes as the larger
network has connections, a multi-layer perceptron and, for regression, symbolic regression by
genetic programming. ``validate`` and ``choice`` are the same for networks and logistic regression
on a fifth of the other rows, without the test rows: by them the defaults for classes were chosen.
What is measured is added to a CSV file, and what stands there is not measured again.

Needs: pip install gplearn palmerpenguins statsmodels vega_datasets
"""

from __future__ import annotations

import csv
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tyro
from gplearn.genetic import SymbolicRegressor
from palmerpenguins import load_penguins
from rich.console import Console
from sklearn import datasets
from sklearn.base import is_classifier
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from statsmodels.datasets import fair
from vega_datasets import local_data

from wann.sklearn import WANNClassifier, WANNRegressor

RESULTS = Path(__file__).parent / "results" / "tables.csv"
COLUMNS = ("set", "model", "seed", "score", "size", "seconds")
VALIDATED = RESULTS.with_name("tables-validation.csv")
MANY_CONNECTIONS, FEW_CONNECTIONS = "wann, many connections", "wann, few connections"
COLUMN_ORDER = (
    MANY_CONNECTIONS,
    FEW_CONNECTIONS,
    "linear",
    "decision tree",
    "perceptron",
    "gplearn",
)
SETTINGS = {
    MANY_CONNECTIONS: {"complexity_probability": 0.08, "connect_probability": 0.8},
    FEW_CONNECTIONS: {"complexity_probability": 0.8, "connect_probability": 0.1},
}


@dataclass(frozen=True)
class Options:
    """Measure what is not measured yet, or print a table."""

    what: tyro.conf.Positional[str] = "run"
    """`run` or `table`; `validate` or `choice`."""
    seeds: int = 5
    """Splits into training and test rows, and seeds of the models."""


def _bundled(name: str) -> Callable[[], tuple[pd.DataFrame, np.ndarray]]:
    def load() -> tuple[pd.DataFrame, np.ndarray]:
        found = getattr(datasets, f"load_{name}")(as_frame=True)
        return found.data, found.target.to_numpy()

    return load


def _penguins() -> tuple[pd.DataFrame, np.ndarray]:
    rows = load_penguins()
    return rows.drop(columns=["species", "year"]), rows["species"].to_numpy()


def _affairs() -> tuple[pd.DataFrame, np.ndarray]:
    rows = fair.load_pandas().data
    return rows.drop(columns=["affairs"]), (rows["affairs"] > 0).to_numpy().astype(int)


def _wide() -> tuple[pd.DataFrame, np.ndarray]:
    X, y = datasets.make_classification(
        150, 300, n_informative=12, n_redundant=10, n_classes=3, class_sep=2.0, random_state=0
    )
    return pd.DataFrame(X), y


def _cars() -> tuple[pd.DataFrame, np.ndarray]:
    rows = local_data.cars().dropna(subset=["Miles_per_Gallon"])
    rows = rows.assign(Year=rows["Year"].dt.year).drop(columns=["Name"])
    return rows.drop(columns=["Miles_per_Gallon"]), rows["Miles_per_Gallon"].to_numpy()


def _friedman() -> tuple[pd.DataFrame, np.ndarray]:
    X, y = datasets.make_friedman1(500, 10, noise=1.0, random_state=0)
    return pd.DataFrame(X), y


# Few rows, many classes, missing values and texts, imbalance, more columns than rows; regression.
SETS: dict[str, Callable[[], tuple[pd.DataFrame, np.ndarray]]] = {
    "iris": _bundled("iris"),
    "wine": _bundled("wine"),
    "breast_cancer": _bundled("breast_cancer"),
    "penguins": _penguins,
    "diabetes": _bundled("diabetes"),
    "cars": _cars,
    "friedman1": _friedman,
    "wide": _wide,
    "affairs": _affairs,
    "digits": _bundled("digits"),
}
REGRESSION = ("diabetes", "cars", "friedman1")


def _encoded(model: Any) -> Any:
    """The model behind the same preparation of columns for all: scaled, missing ones filled."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    columns = ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("texts", texts, make_column_selector(dtype_exclude="number")),
        ]
    )
    return make_pipeline(columns, model)


def _size(model: Any) -> int:
    """Numbers that were fitted or connections that were found: what there is to read."""
    if isinstance(model, (WANNClassifier, WANNRegressor)):
        return int(model.model_.network.complexity)
    if isinstance(model, (DecisionTreeClassifier, DecisionTreeRegressor)):
        return int(model.tree_.node_count)
    if isinstance(model, (MLPClassifier, MLPRegressor)):
        return sum(weights.size for weights in model.coefs_ + model.intercepts_)
    if isinstance(model, SymbolicRegressor):
        return len(model._program.program)
    return int(np.size(model.coef_) + np.size(model.intercept_))


def _models(regression: bool, seed: int, connections: int) -> Iterator[tuple[str, Any]]:
    """The rivals of a network of so many connections."""
    leaves = max(2, (connections + 1) // 2)
    yield (
        ("ridge regression", RidgeCV(np.logspace(-3, 3, 13)))
        if regression
        else ("logistic regression", LogisticRegression(max_iter=5000))
    )
    tree = DecisionTreeRegressor if regression else DecisionTreeClassifier
    yield "decision tree", tree(max_leaf_nodes=leaves, random_state=seed)
    perceptron = MLPRegressor if regression else MLPClassifier
    yield "perceptron", perceptron(max_iter=2000, random_state=seed)
    if regression:
        yield "gplearn", SymbolicRegressor(random_state=seed)


def _measured(results: Path = RESULTS) -> dict[tuple[str, str, int], dict[str, str]]:
    if not results.exists():
        return {}
    with open(results, newline="") as file:
        return {(r["set"], r["model"], int(r["seed"])): r for r in csv.DictReader(file)}


def _measure(name: str, seed: int, label: str, model: Any) -> None:
    X, y = SETS[name]()
    classes = y if is_classifier(model) else None
    parts = train_test_split(X, y, test_size=0.2, random_state=seed, stratify=classes)
    _write(RESULTS, (name, label, seed), model, parts)


def _validate(name: str, seed: int, label: str, model: Any) -> None:
    """Measure on a fifth of the training rows of a seed; its test rows are left aside."""
    X, y = SETS[name]()
    X, _, y, _ = train_test_split(X, y, test_size=0.2, random_state=seed, stratify=y)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y)
    train, held_out = next(iter(folds))
    parts = (X.iloc[train], X.iloc[held_out], y[train], y[held_out])
    _write(VALIDATED, (name, label, seed), model, parts)


def _write(results: Path, key: tuple[str, str, int], model: Any, parts: Sequence[Any]) -> None:
    """Fit a model to X and y in places 0 and 2, score it on those in 1 and 3, and add a row."""
    begun = time.process_time()
    fitted = _encoded(model).fit(parts[0], parts[2])
    seconds = time.process_time() - begun
    score = fitted.score(parts[1], parts[3])
    row = (*key, f"{score:.4f}", _size(fitted[-1]), f"{seconds:.2f}")
    fresh = not results.exists()
    results.parent.mkdir(exist_ok=True)
    with open(results, "a", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([COLUMNS, row] if fresh else [row])


def run(seeds: int, console: Console) -> None:
    """Measure all that does not stand in the file of results."""
    warnings.filterwarnings("ignore")
    for seed in range(seeds):
        for name in SETS:
            regression = name in REGRESSION
            network = WANNRegressor if regression else WANNClassifier
            for label, settings in SETTINGS.items():
                if (name, label, seed) not in _measured():
                    _measure(name, seed, label, network(random_state=seed, **settings))
            connections = int(_measured()[name, MANY_CONNECTIONS, seed]["size"])
            for label, model in _models(regression, seed, connections):
                if (name, label, seed) not in _measured():
                    _measure(name, seed, label, model)
            console.print(f"{name}, seed {seed}")


def validate(seeds: int, console: Console) -> None:
    """Measure networks and logistic regression on the sets of classes, without the test rows."""
    warnings.filterwarnings("ignore")
    for name in [name for name in SETS if name not in REGRESSION]:
        for seed in range(seeds):
            models = {
                "logistic regression": LogisticRegression(max_iter=5000),
                **{
                    label: WANNClassifier(random_state=seed, **settings)
                    for label, settings in SETTINGS.items()
                },
            }
            for label, model in models.items():
                if (name, label, seed) not in _measured(VALIDATED):
                    _validate(name, seed, label, model)
        console.print(name)


def table(results: Path) -> None:
    """Print mean and sample deviation of scores with mean sizes, a column for each model."""
    rows = pd.DataFrame(list(_measured(results).values())).astype(
        {"score": float, "size": float, "seconds": float}
    )
    linear = {"logistic regression": "linear", "ridge regression": "linear"}
    rows["model"] = rows["model"].replace(linear)
    models = [model for model in COLUMN_ORDER if model in set(rows["model"])]
    print(f"| set | {' | '.join(models)} |\n| --- |{' --- |' * len(models)}")
    for name, of_set in rows.groupby("set", sort=False):
        cells = []
        for model in models:
            found = of_set[of_set["model"] == model]
            mean, spread = found["score"].mean(), found["score"].std()
            size = found["size"].mean()
            cells.append(f"{mean:.3f} ± {spread:.3f}, {size:.0f}" if len(found) else "")
        print(f"| {name} | {' | '.join(cells)} |")
    seconds = rows.groupby("model", sort=False)["seconds"].median()
    print(f"| CPU seconds, median | {' | '.join(f'{seconds[m]:.2f}' for m in models)} |")


if __name__ == "__main__":
    options = tyro.cli(Options, description=Options.__doc__)
    if options.what not in ("run", "table", "validate", "choice"):
        sys.exit(f"expected run, table, validate or choice, got {options.what!r}")
    if options.what == "run":
        run(options.seeds, Console())
    elif options.what == "validate":
        validate(options.seeds, Console())
    else:
        table(RESULTS if options.what == "table" else VALIDATED)
