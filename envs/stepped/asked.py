"""What a user asks of an environment, as it stands in the name of a task after a question mark.

Parts are joined by "&", in this order:

- ``NAME=VALUE``: an argument of the environment, a Python literal or else a string;
- ``wrapper:MODULE:FUNCTION``: what is put around it;
- ``bounds:LOW:HIGH``: of actions that have none themselves;
- ``grid:...``: what is seen of images, see `wann.envs.observation`.
"""

from __future__ import annotations

import ast
import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wann.envs.failure import Unfit

if TYPE_CHECKING:
    import gymnasium

SEEN = "?"  # stands in a name before all this
JOINT = "&"
WRAPPER, BOUNDS, GRID = "wrapper:", "bounds:", "grid:"


@dataclass(frozen=True)
class Asked:
    """What is asked of an environment.

    Attributes:
        arguments: NAME=VALUE each, for the environment's constructor.
        wrapper: MODULE:FUNCTION, or nothing.
        bounds: LOW:HIGH, or nothing.
        observe: What is seen of images, or nothing.
    """

    arguments: tuple[str, ...] = ()
    wrapper: str = ""
    bounds: str = ""
    observe: str = ""

    def __post_init__(self) -> None:
        """Check what can be checked without the environment.

        Raises:
            ValueError: With the option, what was expected and what came.
        """
        for each in self.arguments:
            name, equals, value = each.partition("=")
            if not (name.isidentifier() and equals) or JOINT in value:
                raise Unfit(f"--env-args: expected NAME=VALUE, without {JOINT}, got {each!r}")
        if self.wrapper and not all(map(_dotted, self.wrapper.split(":"))):
            raise Unfit(f"--wrapper: expected MODULE:FUNCTION, got {self.wrapper!r}")
        if self.wrapper.count(":") != bool(self.wrapper):
            raise Unfit(f"--wrapper: expected MODULE:FUNCTION, got {self.wrapper!r}")
        _ = self.limits

    @property
    def text(self) -> str:
        """As it stands in a name; empty where nothing is asked."""
        parts = [*self.arguments]
        parts += [WRAPPER + self.wrapper] if self.wrapper else []
        parts += [BOUNDS + self.bounds] if self.bounds else []
        parts += [self.observe] if self.observe else []
        return JOINT.join(parts)

    @property
    def values(self) -> dict[str, Any]:
        """The arguments by name."""
        pairs = (each.split("=", 1) for each in self.arguments)
        return {name: _value(text) for name, text in pairs}

    @property
    def limits(self) -> tuple[float, float] | None:
        """The bounds as numbers.

        Raises:
            ValueError: If they are none.
        """
        if not self.bounds:
            return None
        try:
            low, high = map(float, self.bounds.split(":"))
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise ValueError
        except ValueError:
            raise Unfit(
                f"--action-bounds: expected LOW:HIGH, two numbers, got {self.bounds!r}"
            ) from None
        return low, high

    @property
    def imports(self) -> bool:
        """Whether a module would be imported for it, by the wrapper or for all one can know."""
        return bool(self.wrapper) or any(":" in each for each in self.arguments)

    def wrapped(self, env: gymnasium.Env[Any, Any]) -> gymnasium.Env[Any, Any]:
        """An environment in the wrapper, if there is one.

        Raises:
            ValueError: If there is no such function, or it returns no environment.
        """
        if not self.wrapper:
            return env
        module, name = self.wrapper.split(":")
        try:
            found = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise Unfit(
                "--wrapper: expected MODULE:FUNCTION with a module that can be imported from "
                f"here, got {self.wrapper!r}: {error}"
            ) from None
        import gymnasium  # only here: names are read by commands that make no environment

        whole = found(env)
        if not isinstance(whole, gymnasium.Env):
            raise Unfit(
                f"--wrapper: expected {self.wrapper} to return an environment, got {whole!r:.80}"
            )
        return whole


def parted(name: str) -> tuple[str, Asked]:
    """The id in a name, and what is asked.

    Raises:
        ValueError: If that cannot be read.
    """
    env_id, _, text = name.partition(SEEN)
    found: dict[str, Any] = {"arguments": ()}
    for part in text.split(JOINT) if text else ():
        if part.startswith(WRAPPER):
            found["wrapper"] = part[len(WRAPPER) :]
        elif part.startswith(BOUNDS):
            found["bounds"] = part[len(BOUNDS) :]
        elif part.partition("=")[0].isidentifier() and "=" in part:
            found["arguments"] += (part,)
        else:
            found["observe"] = part
    return env_id, Asked(**found)


def joined(
    name: str,
    arguments: Sequence[str] = (),
    wrapper: str | None = None,
    bounds: str | None = None,
    observe: str | None = None,
) -> str:
    """A name with more asked: arguments are added or replace those of their name.

    Raises:
        ValueError: If something cannot be read.
    """
    env_id, asked = parted(name)
    given = {each.partition("=")[0]: each for each in (*asked.arguments, *arguments)}
    whole = Asked(
        tuple(given.values()),
        asked.wrapper if wrapper is None else wrapper,
        asked.bounds if bounds is None else bounds,
        asked.observe if observe is None else observe,
    )
    return f"{env_id}{SEEN}{whole.text}" if whole.text else env_id


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _dotted(text: str) -> bool:
    return all(word.isidentifier() for word in text.split("."))
