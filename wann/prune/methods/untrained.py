"""Methods that prune before any training, or do not train the survivors at all."""

from __future__ import annotations

from wann.prune.methods.base import ImageMethod, Method, PolicyMethod

METHODS = (
    Method(
        "synflow",
        "Tanaka et al. 2020",
        "before training and without data: keep what most of the flow passes, in 100 rounds",
        ImageMethod(
            {"schedule": "one-shot", "score": "synflow", "scope": "global", "arms": "shuffled"}
        ),
    ),
    Method(
        "snip",
        "Lee et al. 2019",
        "before training: keep what the loss depends on most, by its gradient",
        ImageMethod(
            {"schedule": "one-shot", "score": "snip", "scope": "global", "arms": "shuffled"}
        ),
    ),
    Method(
        "grasp",
        "Wang et al. 2020",
        "before training: keep what leaves the gradient large, by its change",
        ImageMethod(
            {"schedule": "one-shot", "score": "grasp", "scope": "global", "arms": "shuffled"}
        ),
    ),
    Method(
        "random",
        "control",
        "before training: keep weights at random",
        ImageMethod({"schedule": "one-shot", "score": "random"}),
        PolicyMethod("random", "one-shot"),
    ),
    Method(
        "k-winners",
        "Ahmad & Scheinkman 2019",
        "train a network with weights at random places, whose most active nodes alone count",
        ImageMethod({"schedule": "one-shot", "score": "random", "sparsity": "0.5", "winners": 0.3}),
    ),
    Method(
        "initial-magnitude",
        "control",
        "before training: keep large weights",
        ImageMethod({"schedule": "one-shot", "score": "initial-magnitude"}),
        PolicyMethod("initial-magnitude", "one-shot"),
    ),
    Method(
        "untrained-supermask",
        "Zhou et al. 2019",
        "keep large weights whose sign training did not change; no training after that",
        ImageMethod(
            {
                "schedule": "one-shot",
                "score": "large-final-same-sign",
                "survivors": "signed-constant",
                "retrain": "none",
                "sparsity": "0.74",
                "arms": "shuffled,signed-shared,unsigned-shared",
            }
        ),
    ),
)
