"""Making environments, and telling in a line why one cannot be made."""

from __future__ import annotations

import difflib
import inspect
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import cloudpickle  # comes with Gymnasium
import gymnasium
from gymnasium.envs.registration import EnvSpec

from wann.envs.failure import EnvironmentFailed, Unfit, summary

# What makes an environment: an id of the registry, an entry of it, or a function of no arguments.
Maker = Callable[..., Any] | EnvSpec
# The extras of wann by the packages of Gymnasium that need them.
EXTRAS = {"box2d": "wann[box2d]", "mujoco": "wann[mujoco]"}


@contextmanager
def told(name: str) -> Iterator[None]:
    """Tell what an environment raises as its failure, whatever it is.

    Raises:
        ValueError: If the environment cannot be had, or is of a kind that networks cannot have.
        EnvironmentFailed: If it raises anything else, such as SystemExit.
        KeyboardInterrupt: If it is the user's.
    """
    try:
        with ctrl_c() as came:
            yield
    except Unfit:
        raise
    except BaseException as error:
        if came and isinstance(error, KeyboardInterrupt):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise EnvironmentFailed(
            f"{name}: the environment failed when it was imported or made, in "
            f"{where.filename}, line {where.lineno}: {summary(error)}"
        ) from error


@contextmanager
def ctrl_c() -> Iterator[list[int]]:
    """The signals of a user's Ctrl-C so far: a KeyboardInterrupt without one is an environment's.

    Elsewhere than in the main thread, and where somebody else takes the signals, there are none.
    """
    came: list[int] = []
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield came
        return

    def handle(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handle)
    try:
        yield came
    finally:
        if signal.getsignal(signal.SIGINT) is handle:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def made(
    name: str, env_id: str, maker: Maker | None, arguments: dict[str, Any], **options: Any
) -> gymnasium.Env[Any, Any]:
    """A new environment.

    Args:
        name: The name of the task, for messages.
        env_id: The id.
        maker: What makes it where the registry of this process does not.
        arguments: Of the environment, as the user gave them.
        **options: For `gymnasium.make`; a function gets those that it takes.

    Raises:
        ValueError: If there is none, a package is missing, or it does not take an argument.
    """
    if maker is not None and not isinstance(maker, EnvSpec):
        return _called(name, maker, {**arguments, **options})
    try:
        return gymnasium.make(maker or env_id, disable_env_checker=True, **arguments, **options)
    except gymnasium.error.DependencyNotInstalled as error:
        missing = str(error).partition(",")[0]  # after it another way to install it
        raise Unfit(f"{name} needs more ({missing}): {install(env_id)}") from None
    except ImportError as error:
        if _extra(env_id) in EXTRAS:  # MuJoCo's modules import others without a word of their own
            raise Unfit(f"{name} needs more ({error}): {install(env_id)}") from None
        raise Unfit(
            f"{name}: expected an id, or MODULE:ID with a module that can be imported from "
            f"here, but {error}"
        ) from None
    except gymnasium.error.Error as error:
        raise Unfit(f"{name}: {str(error).rstrip('.')}{_nearest(env_id)}") from None
    except (TypeError, ValueError, AssertionError, KeyError) as error:
        if not arguments:
            raise
        raise Unfit(f"{name}: the environment does not take --env-args: {summary(error)}") from None


def _called(name: str, maker: Callable[..., Any], options: dict[str, Any]) -> Any:
    """What a user's function or class makes."""
    try:
        taken = inspect.signature(maker).parameters
        if not any(each.kind is each.VAR_KEYWORD for each in taken.values()):
            options = {key: value for key, value in options.items() if key in taken}
    except (TypeError, ValueError):
        options = {}
    env = maker(**options)
    if not isinstance(env, gymnasium.Env):
        raise Unfit(f"{name}: expected a function that makes an environment, got {env!r:.80}")
    return env


def maker_of(env: Any) -> Callable[..., Any]:
    """What makes environments like this one: a class or function of the user's, or copies.

    Raises:
        ValueError: If it is no environment and nothing that makes one, or cannot be copied.
    """
    if isinstance(env, gymnasium.Env):
        try:
            return _Copies(cloudpickle.dumps(env))
        except Exception as error:
            raise Unfit(
                f"expected an environment that can be copied, but {summary(error)}: give a "
                "function that makes it, such as evolve(lambda: MyEnv(...))"
            ) from None
    if callable(env):
        return env
    raise Unfit(
        f"expected a task, the name of one, an environment or a function that makes it, got "
        f"{env!r:.80}"
    )


class _Copies:
    """Makes copies of an environment."""

    def __init__(self, pickled: bytes) -> None:
        self._pickled = pickled

    def __call__(self) -> Any:
        return cloudpickle.loads(self._pickled)  # made in this program, not read from a file


def registered_here(env_id: str) -> EnvSpec | None:
    """The entry of the registry that other processes may lack: one that this program made."""
    spec = gymnasium.registry.get(env_id)
    if spec is None or ":" in env_id:
        return None
    entry = spec.entry_point
    known = isinstance(entry, str) and entry.split(".")[0] in ("gymnasium", "wann")
    return None if known else spec


def install(env_id: str) -> str:
    """What to install for one of Gymnasium's own environments."""
    extra = _extra(env_id)
    if extra in EXTRAS:
        return f"pip install '{EXTRAS[extra]}'"
    return f"pip install 'gymnasium[{extra}]'"


def _extra(env_id: str) -> str:
    spec = gymnasium.registry.get(env_id)
    parts = str(spec.entry_point).split(".") if spec else []
    return parts[2].replace("_", "-") if parts[:2] == ["gymnasium", "envs"] else "all"


def _nearest(env_id: str) -> str:
    """The ids most like one that does not exist."""
    known = {name.lower(): name for name in gymnasium.registry}
    wanted = env_id.rsplit(":", 1)[-1].lower()
    found = [known[name] for name in difflib.get_close_matches(wanted, known, 3, 0.5)]
    return f"; the nearest: {', '.join(found)}" if found else ""
