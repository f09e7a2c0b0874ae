"""Lottery tickets: survivors go back to what they were before the training, or near it."""

from __future__ import annotations

from typing import Any

from wann.prune.methods.base import ImageMethod, Method, PolicyMethod

# The task that another one's tickets are found on.
PARTNERS = {
    "mnist": "fashion-mnist",
    "fashion-mnist": "mnist",
    "mnist-28": "fashion-mnist-28",
    "fashion-mnist-28": "mnist-28",
}


def _partner(env: str) -> dict[str, Any]:
    if env not in PARTNERS:
        raise ValueError(
            f"method 'transfer-task' needs a task with a partner of the same shape: expected one "
            f"of {', '.join(PARTNERS)}, got {env!r}"
        )
    return {"found_on": PARTNERS[env]}


METHODS = (
    Method(
        "lottery-ticket",
        "Frankle & Carbin 2019",
        "train, drop the smallest weights, reset the others to their initial values; repeat",
        ImageMethod({"arms": "reinitialised,shuffled"}),
        PolicyMethod(arms="reinitialised,shuffled"),
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
        ImageMethod({"arms": "reinitialised"}),
    ),
    Method(
        "rearranged",
        "Frankle & Carbin 2019",
        "control: a lottery ticket whose connections are shuffled within each layer",
        ImageMethod({"arms": "shuffled"}),
    ),
    Method(
        "one-shot-ticket",
        "Frankle & Carbin 2019",
        "a lottery ticket, pruned once",
        ImageMethod({"schedule": "one-shot", "arms": "reinitialised,shuffled"}),
    ),
    Method(
        "rewinding",
        "Frankle et al. 2020",
        "a lottery ticket whose survivors are reset to an early step of the training",
        ImageMethod({"survivors": "early", "arms": "initial,reinitialised"}),
    ),
    Method(
        "signed-constant",
        "Zhou et al. 2019",
        "a lottery ticket whose survivors are set to one constant a layer with their first sign",
        ImageMethod({"survivors": "signed-constant", "arms": "initial,reinitialised"}),
    ),
    Method(
        "transfer-task",
        "Morcos et al. 2019",
        "a lottery ticket found on another task: MNIST for Fashion-MNIST, and the reverse",
        ImageMethod({"arms": "native,reinitialised,shuffled"}, for_task=_partner),
    ),
    Method(
        "transfer-optimizer",
        "Morcos et al. 2019",
        "a lottery ticket found with SGD, trained with Adam",
        ImageMethod({"found_by": "sgd", "arms": "native,reinitialised,shuffled"}),
    ),
)
