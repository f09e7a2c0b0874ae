"""Method: one method of the literature, described in one place.

A description says what the method is called, what it does, what it prunes and how, and which
options it uses; the others are refused. Methods that are settings of the levels alone stand in
`tickets`, `trained` and `untrained`; one with a procedure of its own is described in that file,
as ``METHOD``. `registry` lists all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wann.prune.images import iterative
from wann.prune.images.experiment import Experiment, Result
from wann.prune.run import DENSE_EQUAL, SMALL_DENSE

Runner = Callable[[Experiment, int], Iterator[Result]]

# Options of images that make the dense network, and train it.
TRAINING = ("hidden", "steps", "batch", "optimizer", "learning_rate", "l2")
# Those that the levels of `images.iterative` use.
LEVELS = (
    *TRAINING,
    "sparsity",
    "rate",
    "arms",
    "score",
    "scope",
    "network",
    "winners",
    "schedule",
    "survivors",
    "retrain",
    "controls",
    "early_step",
    "found_on",
    "found_by",
)
# Of a method that trains all weights by a procedure of its own: the controls it has by default, and
# no others.
BESIDE = (DENSE_EQUAL, SMALL_DENSE)
TRAINED = {"arms": ",".join(BESIDE)}


def _nothing(env: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class ImageMethod:
    """How a method prunes image classifiers.

    Attributes:
        defaults: Its options' defaults, on top of the task's.
        uses: The names of the options it uses, beside method, env, seed and seeds.
        runner: ``f(experiment, seed)`` yields the classifiers to report.
        for_task: ``f(env)`` gives further defaults, those that depend on the task; it raises
            ValueError where the method makes no sense for it.
        arms: The controls it can have; None for all there are.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    uses: tuple[str, ...] = LEVELS
    runner: Runner = iterative.results
    for_task: Callable[[str], dict[str, Any]] = _nothing
    arms: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PolicyMethod:
    """How a method prunes policies; the words are those of the options for images.

    Attributes:
        score: What connections are kept for.
        schedule: Whether each level scores the one before, or all the dense policy.
        survivors: The weights that a level's training starts from.
        retrain: Whether a level is trained.
        arms: Its controls by default.
    """

    score: str = "magnitude"
    schedule: Literal["iterative", "one-shot"] = "iterative"
    survivors: Literal["initial", "trained"] = "initial"
    retrain: Literal["full", "none"] = "full"
    arms: str = ""


@dataclass(frozen=True)
class Method:
    """A method.

    Attributes:
        name: Its name.
        paper: Where it comes from: authors and year, or "control", or nothing.
        line: What it does, in a line.
        images: How it prunes image classifiers; None where it does not.
        policies: How it prunes policies; None where it does not.
    """

    name: str
    paper: str
    line: str
    images: ImageMethod | None = None
    policies: PolicyMethod | None = None
