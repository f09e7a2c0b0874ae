"""Text inside C: comments and strings that hold any text."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Compilers need not take strings longer than 4,095 bytes.
LONGEST_NAME = 500


def comment(line: str) -> str:
    """A line for the inside of a comment: nothing ends it, opens another or is a trigraph."""
    line = re.sub(r"\*(?=/)", "* ", line)
    return re.sub(r"/(?=\*)", "/ ", re.sub(r"\?(?=\?)", "? ", line))


def string(text: str) -> str:
    """A string literal of the text in UTF-8. Octal escapes end after three digits, and a question
    mark that is escaped starts no trigraph."""
    parts = []
    for byte in text[:LONGEST_NAME].encode(errors="replace"):
        letter = chr(byte)
        if letter in '"\\?':
            parts.append("\\" + letter)
        elif 32 <= byte < 127:
            parts.append(letter)
        else:
            parts.append(f"\\{byte:03o}")
    return '"' + "".join(parts) + '"'


def strings(names: Sequence[str]) -> list[str]:
    """The string literals of names, each with a comma behind it."""
    return [f"    {string(name)}," for name in names]
