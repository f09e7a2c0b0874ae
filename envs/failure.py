"""What ends a program with exit code 1: the work cannot go on, through no fault of its input."""

from __future__ import annotations


class Failure(Exception):
    """The work cannot go on; the message says why, in a line.

    Attributes:
        text: The traceback that led there, if it is not the program's own.
    """

    text = ""


class EnvironmentFailed(Failure):
    """An environment raised, or asked to end the program, when it was imported or made."""


class Unfit(ValueError):
    """An environment is as networks cannot have it, or is not to be had."""


class BadObservation(ValueError):
    """An observation is not one of the task's."""


class BadStep(ValueError):
    """What an environment's reset or step gave is not what Gymnasium says it gives."""


def summary(error: BaseException) -> str:
    """An exception in a line: its kind and what it says."""
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":")
