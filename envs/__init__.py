"""The tasks networks are tried on, by name.

Importing this package also makes `gymnasium.make("wann/CartPoleSwingUp-v0")` work. A task's own
module is imported when the task is first made, and Gymnasium with the first that needs it: most
commands begin without.
"""

from __future__ import annotations

import difflib
import importlib
import re
import shlex
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from wann.envs import naming, registration
from wann.envs.images.name import is_idx
from wann.envs.stepped.asked import parted

if TYPE_CHECKING:
    from wann.envs.task import Task

__all__ = ["did_you_mean", "imports", "made_for", "make", "names", "register"]


def _make_in(module: str, *arguments: str, **options: Any) -> Task:
    """What the `make` of a module returns; the module is imported only now."""
    task: Task = importlib.import_module(module).make(*arguments, **options)
    return task


_BUILT_IN: dict[str, Callable[..., Task]] = {
    "cartpole": partial(_make_in, "wann.envs.cartpole"),
    "swingup": partial(_make_in, "wann.envs.swingup"),
    "digits": partial(_make_in, "wann.envs.images.digits"),
    "mnist": partial(_make_in, "wann.envs.images.mnist", "mnist"),
    "fashion-mnist": partial(_make_in, "wann.envs.images.mnist", "fashion-mnist"),
    "mnist-28": partial(_make_in, "wann.envs.images.mnist", "mnist", size=28),
    "fashion-mnist-28": partial(_make_in, "wann.envs.images.mnist", "fashion-mnist", size=28),
}
_makers = dict(_BUILT_IN)
GYM = "gym:"  # and an id of Gymnasium's
ENVPOOL = "envpool:"  # and an id of EnvPool's
OWN = "own:"  # and the name of an environment that only the program has that made it
_PREFIXES = {GYM: "wann.envs.gym", ENVPOOL: "wann.envs.envpool"}

# MODULE:NAME, a task in a module of the user's.
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")

LIKE = 0.5  # how alike two names are, of 0 to 1, that may be one misspelt


def names() -> list[str]:
    """The names `make` knows: first the built-in ones, then those registered."""
    return list(_makers)


def make(name: str, /, **options: Any) -> Task:
    """The task of this name.

    Args:
        name: One of `names()`, or "gym:" and the id of a Gymnasium environment, or "envpool:" and
            one of EnvPool's; after that, "?" and what is seen of images; or that of a table, see
            `tables.name`; or "MODULE:NAME", a task in a module, or a function that makes it.
        **options: Passed on to the task's maker; see the `make` of its module.

    Raises:
        ValueError: If there is no task of this name, or it does not take an option.
        OSError: If its data cannot be read.
        EnvironmentFailed: If a module or an environment raises, or asks to end the program.
    """
    prefix, module = _stepped(name)
    if prefix:
        if options:
            raise ValueError(f"env {name!r} takes no such option: {', '.join(options)}")
        return _make_in(module, name[len(prefix) :])
    if name.startswith(OWN):
        raise ValueError(
            f"{name}: this environment is known only to the program that made it: say --env with "
            "gym:MODULE:ID, the module that registers it"
        )
    if is_idx(name):
        return _make_in("wann.envs.images.folder", name, **options)
    if name.startswith(naming.PREFIXES):
        return _make_in("wann.envs.tables.task", name, **options)
    if _in_module(name):
        return _make_in("wann.envs.module", name, **options)
    if name not in _makers:
        raise ValueError(
            f"unknown env {name!r}: expected one of {', '.join(_makers)}, gym:ID, envpool:ID, "
            "csv:FILE, idx:FOLDER, MODULE:NAME" + did_you_mean(name, _makers)
        )
    try:
        return _makers[name](**options)
    except TypeError as error:
        if "unexpected keyword argument" not in str(error):
            raise
        raise ValueError(f"env {name!r} takes no such option: {error}") from None


def is_known(name: str) -> bool:
    """Whether `make` knows tasks of this name or kind of name; it may still not make this one."""
    return name in _makers or _has_prefix(name) or _in_module(name)


def _has_prefix(name: str) -> bool:
    return bool(_stepped(name)[0]) or name.startswith(naming.PREFIXES)


def _in_module(name: str) -> bool:
    """Whether a name is that of a task in a module of the user's."""
    taken = name in _makers or _has_prefix(name) or name.startswith(OWN)
    return not taken and _MODULE.fullmatch(name) is not None


def _stepped(name: str) -> tuple[str, str]:
    """The prefix of a name of an environment's id, and the module with its `make`; else nothing."""
    return next(((p, module) for p, module in _PREFIXES.items() if name.startswith(p)), ("", ""))


def made_for(name: str, env: str | None = None, /, **options: Any) -> Task:
    """The task that a file names, which may come from anyone: no module is imported for it.

    Args:
        name: The name in the file.
        env: The name that the user gave, if any: what users name themselves is imported.
        **options: Passed on to the task's maker.

    Raises:
        ValueError: As by `make`, and if the name is that of a module to import.
        OSError: If its data cannot be read.
    """
    if not isinstance(name, str):
        raise ValueError(f"expected the name of a task, got {name!r:.80}")
    if env != name and imports(name):
        raise ValueError(
            f"the task {name!r} would import a module: if you trust it, say --env "
            f"{shlex.quote(name)}"
        )
    return make(name, **options)


def imports(name: str) -> bool:
    """Whether a module would be imported for a task of this name, which no file may ask for."""
    if not name.startswith(GYM):
        return _in_module(name)
    env_id, asked = parted(name[len(GYM) :])
    return ":" in env_id or asked.imports


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known, "; did you mean ...?"; else nothing."""
    nearest = difflib.get_close_matches(name, list(known), 1, LIKE)
    return f"; did you mean {nearest[0]}?" if nearest else ""


def register(name: str, maker: Callable[..., Task]) -> None:
    """Let `make(name, **options)` return `maker(**options)`.

    Registering a name again replaces its maker, so that a notebook's cell can run twice.

    Args:
        name: The name of a task of your own.
        maker: Returns a `ControlTask` or a classification task.

    Raises:
        ValueError: If the name is that of a built-in task.
    """
    if name in _BUILT_IN:
        raise ValueError(f"env {name!r} is built in: choose another name for your own task")
    _makers[name] = maker


registration.register_with_gymnasium()
