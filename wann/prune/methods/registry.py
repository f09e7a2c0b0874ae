"""All pruning methods. A new one is a description, see `base`, and a word in `_ALL`."""

from __future__ import annotations

from wann.prune.images.settings import TASKS, ImageSettings
from wann.prune.methods import (
    distillation,
    dynamic,
    early_bird,
    layer_reset,
    learned_supermask,
    low_rank,
    sensitivity,
    ternary,
    tickets,
    trained,
    untrained,
)
from wann.prune.methods.base import ImageMethod, Method, PolicyMethod
from wann.prune.methods.sparsified import gates, lasso
from wann.prune.methods.supermasks import edge_popup, evolved
from wann.prune.networks.architecture import LENET5, LENET5_HIDDEN
from wann.prune.settings import nearest

_ALL: tuple[Method, ...] = (
    *trained.METHODS,
    low_rank.METHOD,
    layer_reset.METHOD,
    sensitivity.METHOD,
    *tickets.METHODS,
    early_bird.METHOD,
    *untrained.METHODS,
    learned_supermask.METHOD,
    *edge_popup.METHODS,
    evolved.METHOD,
    *lasso.METHODS,
    *gates.METHODS,
    *dynamic.METHODS,
    distillation.METHOD,
    ternary.METHOD,
)
METHODS = {method.name: method for method in _ALL}


def of_images(name: str) -> ImageMethod:
    """How the method of this name prunes image classifiers.

    Raises:
        ValueError: If there is none.
    """
    found = METHODS[name].images if name in METHODS else None
    if found is not None:
        return found
    known = [method.name for method in _ALL if method.images is not None]
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


def preset(method: str, env: str, network: str | None = None) -> ImageSettings:
    """The default settings of a method on images, with the hidden layers of a network.

    Raises:
        ValueError: If there is no such method, or it makes no sense for the task.
    """
    how = of_images(method)
    sizes = {"hidden": LENET5_HIDDEN} if network == LENET5 else {}
    more = {**TASKS.get(env, {}), **sizes, **how.defaults, **how.for_task(env)}
    return ImageSettings(**{**more, "method": method, "env": env})
