"""Methods that prune a trained network and keep the trained weights."""

from __future__ import annotations

from wann.prune.methods.base import ImageMethod, Method, PolicyMethod

_KEPT = {"survivors": "trained", "retrain": "fine-tune"}

METHODS = (
    Method(
        "dense",
        "",
        "train, prune nothing",
        ImageMethod({"sparsity": "0"}),
    ),
    Method(
        "magnitude",
        "Han et al. 2015",
        "train, drop the smallest weights once; no more training",
        ImageMethod(
            {"schedule": "one-shot", "survivors": "trained", "retrain": "none", "arms": "random"}
        ),
        PolicyMethod(schedule="one-shot", survivors="trained", retrain="none"),
    ),
    Method(
        "fine-tuning",
        "Han et al. 2015",
        "train, drop the smallest weights, train on (images: rate / 10, with L2); repeat",
        ImageMethod({**_KEPT, "l2": 1e-4, "sparsity": f"{1 - 1 / 12:.4f}", "arms": "dense-equal"}),
        PolicyMethod(survivors="trained", arms="dense-equal"),
    ),
    Method(
        "optimal-brain-damage",
        "LeCun et al. 1990",
        "as fine-tuning, but drop what the loss depends on least, by its second derivative",
        ImageMethod({**_KEPT, "score": "optimal-brain-damage", "arms": "magnitude,dense-equal"}),
    ),
    Method(
        "nodes",
        "Li et al. 2017",
        "train, drop hidden nodes with small weights (L1, or --scope nodes-l2), train on; repeat",
        ImageMethod({**_KEPT, "scope": "nodes-l1", "arms": "random,dense-equal"}),
    ),
    Method(
        "n-of-m",
        "Mishra et al. 2021",
        "train, keep the two largest of every four weights in a row, train on",
        ImageMethod({**_KEPT, "schedule": "one-shot", "scope": "2:4", "arms": "dense-equal"}),
    ),
)
