"""Packages that only some commands need: where one is missing, a line says what to install."""

from __future__ import annotations

from importlib import import_module


def require(extra: str, what: str, *modules: str) -> None:
    """Check that the packages of an extra can be imported.

    Args:
        extra: The name of the extra in pyproject.toml.
        what: What needs it, for the message.
        *modules: The modules that will be imported.

    Raises:
        ValueError: If one is missing; it says what to install.
    """
    try:
        for module in modules:
            import_module(module)
    except ImportError as error:
        raise ValueError(f"{what} needs more ({error}): pip install 'wann[{extra}]'") from None
