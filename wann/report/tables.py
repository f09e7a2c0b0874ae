"""What a page says in words and bars of a network on a table: its formula, and what columns matter.

How near the predictions of regression are to the truth, the page shows as its task; see
`playback`.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from wann.export import formula as formulas
from wann.report.networks import Exhibits, genes_of, rounded
from wann.storage.model import Model
from wann.storage.subject import unit_of
from wann.visualize import importance as importances

MOST_CONNECTIONS = 40  # that a formula is still read with
MOST_COLUMNS = 25  # whose worth is shown

Values = dict[str, Any]


def formula(model: Model) -> Values | None:
    """The formulas of a network, as text and for LaTeX; None of one with too many connections."""
    if model.network.complexity > MOST_CONNECTIONS:
        return None
    return {
        "text": formulas.equations(model, formulas.TEXT),
        "latex": formulas.latex(model),
        "meaning": formulas.meaning(model),
    }


def importance(exhibits: Exhibits) -> Values | None:
    """What the columns of a table are worth to the champion, the most first; else None."""
    task, champion = exhibits.task, exhibits.champion
    if champion.table is None or task is None or exhibits.evaluator is None:
        return None
    evaluator = exhibits.evaluator

    def compute() -> Values:
        found = importances.measure(champion, evaluator)
        order = np.argsort(-found.loss, kind="stable")[:MOST_COLUMNS]
        return {
            "unit": unit_of(task),
            "score": found.score,
            "shuffles": importances.SHUFFLES,
            "columns": [found.columns[k] for k in order],
            "loss": rounded(found.loss[order]),
            "deviation": rounded(found.deviation[order]),
            "left": len(found.columns) - len(order),
        }

    weights = np.asarray(champion.weights, float).tobytes()
    key = "importance", *genes_of(champion), weights
    return cast("Values | None", exhibits.keep(key, compute))
