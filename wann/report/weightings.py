"""What a page shows beside the shared weight: random and tuned weights, and an ordinary network."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import numpy as np

from wann.core.text import tell
from wann.envs.gym import GymTask
from wann.evaluation import protocol
from wann.evaluation.conditions import Condition
from wann.evaluation.pool import Pool
from wann.report.networks import OTHER_EPISODES, SEED, Exhibits, arrays, genes_of
from wann.storage import bundled
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.saved import Saved

Values = dict[str, Any]
CONDITIONS = (protocol.RANDOM_WEIGHTS, protocol.RANDOM_SHARED, protocol.BEST_SHARED)


def tuned_model(saved: Saved) -> Model | None:
    """The champion with tuned weights; None where there are none, or none that fit, which is told.

    A search goes on after a tuning, and then the file beside is another network's.
    """
    try:
        return saved.tuned()
    except (OSError, ValueError) as error:
        _tell(f"{error}; the page is made without tuned weights")
        return None


@cache
def _tell(message: str) -> None:
    tell(message)  # once: watch makes its page again and again


def own(saved: Saved) -> np.ndarray | None:
    """The tuned weights [C] of the champion's connections, if each has one."""
    model = tuned_model(saved)
    weights = None if model is None else model.weights
    return weights if isinstance(weights, np.ndarray) else None


def tuned(exhibits: Exhibits, saved: Saved) -> Values | None:
    """The champion's own tuned weights, if each connection has one, and how it does with them."""
    model, weights = tuned_model(saved), own(saved)
    if model is None or weights is None:
        return None
    key = "tuned", *genes_of(model), weights.tobytes()
    return cast("Values", exhibits.keep(key, lambda: _weighted(exhibits, model)))


def ordinary(exhibits: Exhibits) -> Values | None:
    """A dense network for the same task, trained and pruned, where one comes with the project."""
    champion = exhibits.champion
    file = bundled.ordinary(champion.task)
    if exhibits.task is None or file is None:
        return None
    model = load(file)
    if (model.inputs, model.outputs) != (champion.inputs, champion.outputs):
        return None  # a task of the same name, and another one

    def compute() -> Values:
        weights = exhibits.fewer
        shared = exhibits.sweep(model.network, weights, weights, OTHER_EPISODES)
        method = str(model.search.get("method", ""))
        return {**arrays(model), **_weighted(exhibits, model), "sweep": shared, "method": method}

    return cast("Values", exhibits.keep(("ordinary", *genes_of(model)), compute))


def _weighted(exhibits: Exhibits, model: Model) -> Values:
    """Individual weights [E] as the page's network takes them, and a sweep over their factor."""
    assert isinstance(model.weights, np.ndarray)
    factors = exhibits.fewer
    strengths, _ = model.network.strengths(model.weights)
    assert strengths is not None
    choices = factors[:, None] * model.weights
    return {
        "weights": strengths.tolist(),
        "scaled": exhibits.sweep(model.network, factors, choices, OTHER_EPISODES),
        **exhibits.readout(model.network, factors, choices),
    }


def conditions(exhibits: Exhibits, saved: Saved, episodes: int) -> list[Values] | None:
    """The champion under the paper's conditions; None where that would take too long."""
    if exhibits.evaluator is None or isinstance(exhibits.task, GymTask) or saved.running:
        return None
    model = tuned_model(saved)
    weights = None if model is None else model.weights
    evaluator, champion = exhibits.evaluator, exhibits.champion

    def compute() -> list[Values]:
        with Pool(evaluator, exhibits.workers) as pool:
            candidate = protocol.Candidate(pool, champion.network, episodes, SEED)
            found = protocol.score(candidate, SEED, CONDITIONS, weights)
        return [_condition(condition, champion.task) for condition in found]

    key = "conditions", *genes_of(champion), episodes, np.asarray(weights, float).tobytes()
    return cast("list[Values]", exhibits.keep(key, compute))


def _condition(condition: Condition, task: str) -> Values:
    row = condition.row(task)
    return {
        "name": condition.name,
        "mean": row["mean"] if np.isfinite(row["mean"]) else None,
        "spread": row["over_weights"],
        "choices": row["weights"],
        "weight": condition.weight,
        "paper": row["paper_mean"],
    }
