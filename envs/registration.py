"""The tasks here that Gymnasium knows by an id, from the moment that both are imported.

Gymnasium itself takes longer to import than most commands need, so it is not imported for this: an
import hook, as `sys.meta_path` is there for, waits for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

GYMNASIUM = "gymnasium"
SWINGUP = "wann/CartPoleSwingUp-v0"


def register_with_gymnasium() -> None:
    """Let `gymnasium.make` find the tasks: now where Gymnasium is imported, else once it is."""
    if GYMNASIUM in sys.modules:
        _register()
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _register() -> None:
    from gymnasium.envs.registration import register, registry

    if SWINGUP not in registry:
        register(
            id=SWINGUP,
            entry_point="wann.envs.swingup:SwingUpEnv",
            max_episode_steps=1000,
            reward_threshold=700.0,
        )


class _Finder(MetaPathFinder):
    """Finds Gymnasium where the others find it; it keeps no state, as looking is not importing."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != GYMNASIUM:
            return None
        others = (finder for finder in sys.meta_path if not isinstance(finder, _Finder))
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    """Loads Gymnasium as its own loader does, which then takes this one's place."""

    def __init__(self, own: Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._own
        if module.__spec__ is not None:
            module.__spec__.loader = self._own
        self._own.exec_module(module)
        _register()
