"""What stands beside ``--env csv:FILE`` on a command line: ``--label``, ``--task``, ``--test``.

They are parts of the task's name (see `wann.envs.tables.name`), so that every command that takes
``--env`` takes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from wann.envs.naming import PREFIXES, whole

FLAGS = {"--label": "label", "--task": "kind", "--test": "test"}


def merged(args: Sequence[str]) -> list[str]:
    """The arguments with the whole name of a table after ``--env``.

    Raises:
        ValueError: If an option for tables is not valid, or has no value.
    """
    rest: list[str] = []
    found: dict[str, str] = {}
    env = None
    words = iter(args)
    for word in words:
        flag, equals, value = word.partition("=")
        if flag not in (*FLAGS, "--env"):
            rest.append(word)
            continue
        if not equals:
            value = next(words, "")
        if flag == "--env":
            env = value
            continue
        if not value:
            raise ValueError(f"{flag}: expected a value, got none")
        found[FLAGS[flag]] = value
    if env is None or not env.startswith(PREFIXES):
        return list(args)
    return ["--env", whole(env, **found), *rest]
