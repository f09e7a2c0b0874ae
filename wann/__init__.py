"""Search for weight agnostic neural networks (Gaier & Ha, 2019, arXiv:1906.04358)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import envs

if not hasattr(envs, "make"):
    raise ImportError(
        f"another package named 'envs' hides the one wann came with: {envs.__path__}; "
        "run from another folder, or rename that one"
    )

if TYPE_CHECKING:
    from envs.classification import ClassificationTask
    from wann.model import Model, load
    from wann.search import evolve

__version__ = "0.1.0"
__all__ = ["ClassificationTask", "Model", "evolve", "load"]

# Where the public names live; each is imported when first used, to keep the start short.
_HOMES = {
    "ClassificationTask": "envs.classification",
    "Model": "wann.model",
    "evolve": "wann.search",
    "load": "wann.model",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wann' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
