"""Options that ask something of an environment; it becomes a part of the task's name."""

from __future__ import annotations

from dataclasses import dataclass, fields

from wann import envs
from wann.cli.command_line import given
from wann.cli.options import Maybe, Words
from wann.envs.stepped.asked import joined


@dataclass(frozen=True)
class Asking:
    """What is asked of an environment of Gymnasium's."""

    env_args: Words = None
    """Arguments of the environment: NAME=VALUE, such as continuous=True gravity=-5 (gym:ID
    only)."""
    wrapper: Maybe[str] = None
    """A function to put around the environment, MODULE:FUNCTION (gym:ID only)."""
    action_bounds: Maybe[str] = None
    """LOW:HIGH of actions that have no bounds themselves (gym:ID only)."""
    observe: Maybe[str] = None
    """What to see of images (gym:ID and envpool:ID only), such as grid:7x8: the mean luminance of
    7 x 8 cells. docs/how-to/envpool.md has all that can be said."""


def asked_of(env: str, asked: Asking) -> str:
    """The name of a task with all that is asked of it, as files keep it.

    Raises:
        ValueError: If something cannot be read, or the task is no environment of Gymnasium's.
    """
    given = [field.name for field in fields(asked) if getattr(asked, field.name) not in (None, ())]
    if not given:
        return env
    if not env.startswith((envs.GYM, envs.ENVPOOL)):
        flag = f"--{given[0].replace('_', '-')}"
        raise ValueError(f"{flag}: expected --env gym:ID or envpool:ID with it, got {env}")
    prefix, _, rest = env.partition(":")
    name = joined(rest, asked.env_args or (), asked.wrapper, asked.action_bounds, asked.observe)
    return f"{prefix}:{name}"


def typed(asked: Asking, words: list[str]) -> str | None:
    """The name of the task as the user typed it, with what is asked of it if that was typed, too.

    What a settings file asks is not the user's word, so that no module is imported for it.

    Args:
        asked: What is asked, from wherever.
        words: The command line, without what a settings file says.

    Returns:
        The name; None if no task was typed.
    """
    env = given(words, "--env")
    if env is None:
        return None
    wrapped = asked.wrapper is None or asked.wrapper == given(words, "--wrapper")
    return asked_of(env, asked) if wrapped and set(asked.env_args or ()) <= set(words) else env
