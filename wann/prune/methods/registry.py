"""All pruning methods: names for settings that combine freely, or for a procedure of their own.

A method is one of the literature that is compared here. It prunes dense image classifiers, dense
policies of control tasks, or both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from wann.prune.images import iterative
from wann.prune.images.experiment import Experiment, Result
from wann.prune.images.settings import TASKS, ImageSettings
from wann.prune.methods import early_bird, layer_reset, learned_supermask, low_rank
from wann.prune.settings import nearest

Procedure = Callable[[Experiment, int], Iterator[Result]]


class PolicyMethod(NamedTuple):
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
        paper: Where it comes from.
        line: What it does, in a line.
        images: Its defaults where it prunes image classifiers, on top of the task's; None where
            it does not.
        procedure: ``f(experiment, seed)`` yields the image classifiers to report.
        policies: How it prunes policies; None where it does not.
    """

    name: str
    paper: str
    line: str
    images: dict[str, Any] | None = None
    procedure: Procedure = iterative.results
    policies: PolicyMethod | None = None


_ONE_SHOT = {"schedule": "one-shot"}
_KEPT = {"survivors": "trained", "retrain": "fine-tune"}
_AS_TRAINED = {**_ONE_SHOT, "survivors": "trained", "retrain": "none"}
_ALL = (
    Method("dense", "", "train, prune nothing", {"sparsity": "0"}),
    Method(
        "lottery-ticket",
        "Frankle & Carbin 2019",
        "train, drop the smallest weights, reset the others to their initial values; repeat",
        {"arms": "reinitialised,shuffled"},
        policies=PolicyMethod(arms="reinitialised,shuffled"),
    ),
    Method(
        "signal-to-noise",
        "Lange & Sprekeler 2023",
        "a lottery ticket by mean over deviation of the search distribution",
        policies=PolicyMethod("signal-to-noise", arms="reinitialised,shuffled"),
    ),
    Method(
        "reinitialised",
        "Frankle & Carbin 2019",
        "control: a lottery ticket whose survivors are drawn anew",
        {"arms": "reinitialised"},
    ),
    Method(
        "rearranged",
        "Frankle & Carbin 2019",
        "control: a lottery ticket whose connections are shuffled within each layer",
        {"arms": "shuffled"},
    ),
    Method(
        "one-shot-ticket",
        "Frankle & Carbin 2019",
        "a lottery ticket, pruned once",
        {**_ONE_SHOT, "arms": "reinitialised,shuffled"},
    ),
    Method(
        "rewinding",
        "Frankle et al. 2020",
        "a lottery ticket whose survivors are reset to an early step of the training",
        {"survivors": "early", "arms": "initial,reinitialised"},
    ),
    Method(
        "magnitude",
        "Han et al. 2015",
        "train, drop the smallest weights once; no more training",
        {**_AS_TRAINED, "arms": "random"},
        policies=PolicyMethod(schedule="one-shot", survivors="trained", retrain="none"),
    ),
    Method(
        "fine-tuning",
        "Han et al. 2015",
        "train, drop the smallest weights, train on (images: rate / 10, with L2); repeat",
        {**_KEPT, "l2": 1e-4, "sparsity": f"{1 - 1 / 12:.4f}"},
        policies=PolicyMethod(survivors="trained"),
    ),
    Method(
        "optimal-brain-damage",
        "LeCun et al. 1990",
        "as fine-tuning, but drop what the loss depends on least, by its second derivative",
        {**_KEPT, "score": "optimal-brain-damage", "arms": "magnitude"},
    ),
    Method(
        "signed-constant",
        "Zhou et al. 2019",
        "a lottery ticket whose survivors are set to one constant a layer with their first sign",
        {"survivors": "signed-constant", "arms": "initial,reinitialised"},
    ),
    Method(
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
    Method(
        "learned-supermask",
        "Zhou et al. 2019",
        "learn by gradients which untrained weights to keep; how many follows from that",
        {"optimizer": "sgd", "learning_rate": 100.0, "batch": 250},
        learned_supermask.results,
    ),
    Method(
        "synflow",
        "Tanaka et al. 2020",
        "before training and without data: keep what most of the flow passes, in 100 rounds",
        {**_ONE_SHOT, "score": "synflow", "scope": "global", "arms": "shuffled"},
    ),
    Method(
        "random",
        "control",
        "before training: keep weights at random",
        {**_ONE_SHOT, "score": "random"},
        policies=PolicyMethod("random", "one-shot"),
    ),
    Method(
        "initial-magnitude",
        "control",
        "before training: keep large weights",
        {**_ONE_SHOT, "score": "initial-magnitude"},
        policies=PolicyMethod("initial-magnitude", "one-shot"),
    ),
    Method(
        "nodes",
        "Li et al. 2017",
        "train, drop hidden nodes with small weights (L1, or --scope nodes-l2), train on; repeat",
        {**_KEPT, "scope": "nodes-l1", "arms": "random"},
    ),
    Method(
        "low-rank",
        "Zhang et al. 2015",
        "train, replace hidden layers by two thin ones, by PCA of what the layer puts out",
        {"sparsity": "0.5"},
        low_rank.results,
    ),
    Method(
        "layer-reset",
        "Zhang et al. 2019",
        "train, reset one layer to its initial weights, or draw it anew; no more training",
        {"sparsity": "0"},
        layer_reset.results,
    ),
    Method(
        "early-bird",
        "You et al. 2020",
        "prune as soon as the mask has settled, early in the training, and train on",
        {**_ONE_SHOT, "survivors": "trained", "sparsity": "0.7"},
        early_bird.results,
    ),
    Method(
        "n-of-m",
        "Mishra et al. 2021",
        "train, keep the two largest of every four weights in a row, train on",
        {**_ONE_SHOT, **_KEPT, "scope": "2:4"},
    ),
    Method(
        "transfer-task",
        "Morcos et al. 2019",
        "a lottery ticket found on another task: MNIST for Fashion-MNIST, and the reverse",
        {"arms": "native,reinitialised,shuffled"},
    ),
    Method(
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
METHODS = {method.name: method for method in _ALL}


def of_images(name: str) -> Method:
    """The method of this name, which prunes image classifiers.

    Raises:
        ValueError: If there is none.
    """
    known = [method.name for method in _ALL if method.images is not None]
    if name in known:
        return METHODS[name]
    ordered = ", ".join(nearest(name, known))
    if name in METHODS:
        raise ValueError(
            f"--method: expected one that prunes image classifiers: {ordered}; got {name!r}, "
            "which prunes policies, with --env swingup or another control task"
        )
    raise ValueError(f"unknown method {name!r}: expected one of {ordered}")


def of_policies(name: str) -> PolicyMethod:
    """How the method of this name prunes policies.

    Raises:
        ValueError: If there is none; methods that need gradients make no sense here.
    """
    found = METHODS[name].policies if name in METHODS else None
    if found is None:
        known = [method.name for method in _ALL if method.policies is not None]
        raise ValueError(
            f"--method: expected one that prunes policies, which are trained by evolution, without "
            f"gradients: {', '.join(nearest(name, known))}; got {name!r}"
        )
    return found


def preset(method: str, env: str) -> ImageSettings:
    """The default settings of a method on images.

    Raises:
        ValueError: If there is no such method, or it makes no sense for the task.
    """
    more = dict(of_images(method).images or {})
    if method == "transfer-task":
        if env not in PARTNERS:
            raise ValueError(
                f"method {method!r} needs a task with a partner of the same shape: expected one "
                f"of {', '.join(PARTNERS)}, got {env!r}"
            )
        more["found_on"] = PARTNERS[env]
    return ImageSettings(**{**TASKS.get(env, {}), **more, "method": method, "env": env})
