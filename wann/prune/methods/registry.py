"""Recipes: named settings, one for each method of the literature that is compared here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from wann.prune.images import iterative
from wann.prune.images.experiment import Experiment, Result
from wann.prune.images.settings import TASKS, Settings, nearest
from wann.prune.methods import early_bird, layer_reset, learned_supermask, low_rank

Procedure = Callable[[Experiment, int], Iterator[Result]]


@dataclass(frozen=True)
class Recipe:
    """A method.

    Attributes:
        name: Its name.
        paper: Where it comes from.
        line: What it does, in a line.
        settings: Its defaults, on top of the task's.
        procedure: ``f(experiment, seed)`` yields the networks to report.
    """

    name: str
    paper: str
    line: str
    settings: dict[str, Any] = field(default_factory=dict)
    procedure: Procedure = iterative.results


_ONE_SHOT = {"schedule": "one-shot"}
_KEPT = {"survivors": "trained", "retrain": "fine-tune"}
_AS_TRAINED = {**_ONE_SHOT, "survivors": "trained", "retrain": "none"}
_ALL = (
    Recipe("dense", "", "train, prune nothing", {"sparsity": "0"}),
    Recipe(
        "lottery-ticket",
        "Frankle & Carbin 2019",
        "train, drop the smallest weights, reset the others to their initial values; repeat",
        {"arms": "reinitialised,shuffled"},
    ),
    Recipe(
        "reinitialised",
        "Frankle & Carbin 2019",
        "control: a lottery ticket whose survivors are drawn anew",
        {"arms": "reinitialised"},
    ),
    Recipe(
        "rearranged",
        "Frankle & Carbin 2019",
        "control: a lottery ticket whose connections are shuffled within each layer",
        {"arms": "shuffled"},
    ),
    Recipe(
        "one-shot-ticket",
        "Frankle & Carbin 2019",
        "a lottery ticket, pruned once",
        {**_ONE_SHOT, "arms": "reinitialised,shuffled"},
    ),
    Recipe(
        "rewinding",
        "Frankle et al. 2020",
        "a lottery ticket whose survivors are reset to an early step of the training",
        {"survivors": "early", "arms": "initial,reinitialised"},
    ),
    Recipe(
        "magnitude",
        "Han et al. 2015",
        "train, drop the smallest weights once; no more training",
        {**_AS_TRAINED, "arms": "random"},
    ),
    Recipe(
        "fine-tuning",
        "Han et al. 2015",
        "train, drop the smallest weights, train on at a tenth of the rate, with L2; repeat",
        {**_KEPT, "l2": 1e-4, "sparsity": f"{1 - 1 / 12:.4f}"},
    ),
    Recipe(
        "optimal-brain-damage",
        "LeCun et al. 1990",
        "as fine-tuning, but drop what the loss depends on least, by its second derivative",
        {**_KEPT, "score": "optimal-brain-damage", "arms": "magnitude"},
    ),
    Recipe(
        "signed-constant",
        "Zhou et al. 2019",
        "a lottery ticket whose survivors are set to one constant a layer with their first sign",
        {"survivors": "signed-constant", "arms": "initial,reinitialised"},
    ),
    Recipe(
        "untrained-supermask",
        "Zhou et al. 2019",
        "keep large weights whose sign training did not change; no training after that",
        {
            **_ONE_SHOT,
            "score": "large-final-same-sign",
            "survivors": "signed-constant",
            "retrain": "none",
            "sparsity": "0.74",
            "arms": "shuffled,signed-shared,unsigned-shared",
        },
    ),
    Recipe(
        "learned-supermask",
        "Zhou et al. 2019",
        "learn by gradients which untrained weights to keep; how many follows from that",
        {"optimizer": "sgd", "learning_rate": 100.0, "batch": 250},
        learned_supermask.results,
    ),
    Recipe(
        "synflow",
        "Tanaka et al. 2020",
        "before training and without data: keep what most of the flow passes, in 100 rounds",
        {**_ONE_SHOT, "score": "synflow", "scope": "global", "arms": "shuffled"},
    ),
    Recipe(
        "random",
        "control",
        "before training: keep weights at random",
        {**_ONE_SHOT, "score": "random"},
    ),
    Recipe(
        "initial-magnitude",
        "control",
        "before training: keep large weights",
        {**_ONE_SHOT, "score": "initial-magnitude"},
    ),
    Recipe(
        "nodes",
        "Li et al. 2017",
        "train, drop hidden nodes with small weights (L1, or --scope nodes-l2), train on; repeat",
        {**_KEPT, "scope": "nodes-l1", "arms": "random"},
    ),
    Recipe(
        "low-rank",
        "Zhang et al. 2015",
        "train, replace hidden layers by two thin ones, by PCA of what the layer puts out",
        {"sparsity": "0.5"},
        low_rank.results,
    ),
    Recipe(
        "layer-reset",
        "Zhang et al. 2019",
        "train, reset one layer to its initial weights, or draw it anew; no more training",
        {"sparsity": "0"},
        layer_reset.results,
    ),
    Recipe(
        "early-bird",
        "You et al. 2020",
        "prune as soon as the mask has settled, early in the training, and train on",
        {**_ONE_SHOT, "survivors": "trained", "sparsity": "0.7"},
        early_bird.results,
    ),
    Recipe(
        "n-of-m",
        "Mishra et al. 2021",
        "train, keep the two largest of every four weights in a row, train on",
        {**_ONE_SHOT, **_KEPT, "scope": "2:4"},
    ),
    Recipe(
        "transfer-task",
        "Morcos et al. 2019",
        "a lottery ticket found on another task: MNIST for Fashion-MNIST, and the reverse",
        {"arms": "native,reinitialised,shuffled"},
    ),
    Recipe(
        "transfer-optimizer",
        "Morcos et al. 2019",
        "a lottery ticket found with SGD, trained with Adam",
        {"found_by": "sgd", "arms": "native,reinitialised,shuffled"},
    ),
)
# The task that another one's tickets are found on.
PARTNERS = {
    "mnist": "fashion-mnist",
    "fashion-mnist": "mnist",
    "mnist-28": "fashion-mnist-28",
    "fashion-mnist-28": "mnist-28",
}
RECIPES = {recipe.name: recipe for recipe in _ALL}


def find(name: str) -> Recipe:
    """The recipe of this name.

    Raises:
        ValueError: If there is none.
    """
    if name not in RECIPES:
        known = ", ".join(nearest(name, list(RECIPES)))
        raise ValueError(f"unknown method {name!r}: expected one of {known}")
    return RECIPES[name]


def preset(method: str, env: str) -> Settings:
    """The default settings of a recipe on a task.

    Raises:
        ValueError: If there is no such recipe, or it makes no sense for the task.
    """
    more = dict(find(method).settings)
    if method == "transfer-task":
        if env not in PARTNERS:
            raise ValueError(
                f"method {method!r} needs a task with a partner of the same shape: expected one "
                f"of {', '.join(PARTNERS)}, got {env!r}"
            )
        more["found_on"] = PARTNERS[env]
    return Settings(**{**TASKS.get(env, {}), **more, "method": method, "env": env})
