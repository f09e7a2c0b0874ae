"""What a user may have meant: the known name that is most like a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LIKE = 0.5  # how alike two names are, of 0 to 1, that may be one misspelt


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known, "; did you mean ...?"; else nothing."""
    nearest = get_close_matches(name, list(known), 1, LIKE)
    return f"; did you mean {nearest[0]}?" if nearest else ""
