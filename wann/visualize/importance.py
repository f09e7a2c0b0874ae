"""Which columns of a table matter: how much worse a network is without what one says.

A column is shuffled among the validation rows, so that it says nothing of them any more (Breiman,
2001; permutation importance). What is lost is averaged over shared weights and shuffles.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from wann.core.network import Network
from wann.core.rng import Stream, generator
from wann.envs.tables import encoding
from wann.evaluation.evaluator import Evaluator
from wann.plotting import style
from wann.storage.model import Model

SHUFFLES = 20
WEIGHTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])  # those of the paper
MOST = 25  # columns in the figure


class Importance(NamedTuple):
    """What each of K columns is worth.

    Attributes:
        columns: Their names.
        loss: float64[K], by how much the score gets worse without it: accuracy, or R².
        deviation: float64[K], over the shuffles.
        score: That of the network as it is.
    """

    columns: tuple[str, ...]
    loss: np.ndarray
    deviation: np.ndarray
    score: float


def measure(model: Model, evaluator: Evaluator, seed: int = 0) -> Importance:
    """Shuffle each raw column, all inputs of a category together.

    Args:
        model: A network that was found on a table.
        evaluator: Has the table's validation rows.
        seed: Of the shuffles.
    """
    assert model.table is not None
    columns = encoding.from_json(model.table["columns"])
    rng = generator(seed, Stream.REPORT)
    (case,) = evaluator.confirmation(rng, 1)
    weights = WEIGHTS if model.weights is None else np.atleast_1d(model.weights)
    weights = weights[None] if isinstance(model.weights, np.ndarray) else weights
    score = _score(evaluator, model.network, weights, case, case.images)
    orders = [rng.permutation(case.images.shape[1]) for _ in range(SHUFFLES)]
    lost = np.zeros((len(columns), SHUFFLES))
    used = np.isin(1 + np.arange(model.network.inputs), model.network.sources)
    first = 0
    for k, column in enumerate(columns):
        rows = slice(first, first + len(column.inputs))
        first = rows.stop
        if not used[rows].any():  # what leads nowhere is worth nothing, whatever its order
            continue
        for s, order in enumerate(orders):
            shuffled = case.images.copy()
            shuffled[rows] = shuffled[rows][:, order]
            lost[k, s] = score - _score(evaluator, model.network, weights, case, shuffled)
    names = tuple(column.name for column in columns)
    return Importance(names, lost.mean(axis=1), lost.std(axis=1, ddof=1), score)


def _score(
    evaluator: Evaluator, network: Network, weights: np.ndarray, case: Any, inputs: np.ndarray
) -> float:
    """The mean score over the weights, of a case with other inputs [I, B]."""
    return float(evaluator.scores(network, weights, [case._replace(images=inputs)]).mean())


def figure(found: Importance, unit: str) -> Figure:
    """Bars, the greatest loss first.

    Args:
        found: What was measured.
        unit: What the score is.
    """
    order: Sequence[int] = np.argsort(-found.loss, kind="stable")[:MOST].tolist()
    with style.paper():
        drawn = Figure(figsize=(5.2, 0.9 + 0.24 * len(order)), layout="constrained")
        axes = drawn.subplots()
        places = np.arange(len(order))
        axes.barh(
            places,
            found.loss[order],
            xerr=found.deviation[order],
            color=style.BLUE,
            error_kw={"linewidth": 0.8, "ecolor": style.BLACK},
        )
        axes.axvline(0, color=style.BLACK, linewidth=0.6)
        axes.set_yticks(places, [style.name(found.columns[k]) for k in order])
        axes.invert_yaxis()
        axes.set_xlabel(f"{unit} lost when the column is shuffled among validation rows")
        left = len(found.columns) - len(order)
        more = f"; {left} more columns matter less" if left else ""
        axes.set_title(f"{unit} {found.score:.3f}; mean and deviation of {SHUFFLES} shuffles{more}")
    return drawn
