"""Search for weight agnostic neural networks (Gaier & Ha, 2019, arXiv:1906.04358)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wann.api.evolve import evolve
    from wann.api.load import load
    from wann.api.model import Model
    from wann.core.config import SearchConfig, preset
    from wann.core.network import Network, express
    from wann.envs.classification import ClassificationTask
    from wann.envs.tables.regression import RegressionTask
    from wann.evaluation.evaluator import Evaluator
    from wann.search.callbacks.csv import CSVLog
    from wann.search.callbacks.tensorboard import TensorBoardLog
    from wann.search.callbacks.wandb import WandbLog
    from wann.search.evolution import Evolution
    from wann.search.own import register_mutation, register_objective

__version__ = "0.1.0"
__all__ = [
    "CSVLog",
    "ClassificationTask",
    "Evaluator",
    "Evolution",
    "Model",
    "Network",
    "RegressionTask",
    "SearchConfig",
    "TensorBoardLog",
    "WandbLog",
    "evolve",
    "express",
    "load",
    "preset",
    "register_mutation",
    "register_objective",
]

# Where the public names live; each is imported when first used, to keep the start short.
_HOMES = {
    "CSVLog": "wann.search.callbacks.csv",
    "ClassificationTask": "wann.envs.classification",
    "Evaluator": "wann.evaluation.evaluator",
    "Evolution": "wann.search.evolution",
    "Model": "wann.api.model",
    "Network": "wann.core.network",
    "RegressionTask": "wann.envs.tables.regression",
    "SearchConfig": "wann.core.config",
    "TensorBoardLog": "wann.search.callbacks.tensorboard",
    "WandbLog": "wann.search.callbacks.wandb",
    "evolve": "wann.api.evolve",
    "express": "wann.core.network",
    "load": "wann.api.load",
    "preset": "wann.core.config",
    "register_mutation": "wann.search.own",
    "register_objective": "wann.search.own",
}

# In a checkout wann/envs is a link to envs/. Where git makes no links, as often on Windows, it is
# a file, and the package is found where it is.
_HERE = Path(__file__).parent
if (_HERE / "envs").is_file() and (_HERE.parent / "envs").is_dir():
    __path__.append(str(_HERE.parent))


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wann' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
