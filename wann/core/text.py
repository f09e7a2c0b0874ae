"""Text as people read it: numbers, and what files hold."""

from __future__ import annotations

import sys
from contextlib import suppress


def number(value: float) -> str:
    """A score in five characters or so."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def duration(seconds: float) -> str:
    """Seconds as a person would say them: 42 s, 3:05 min, 1:10 h."""
    whole = max(0, round(seconds))
    if whole < 100:
        return f"{whole} s"
    if whole < 6000:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"


def harmless(text: str) -> str:
    """Text in which nothing but the ends of lines steers the terminal.

    What comes from a file may hold what changes colours, or the titles of windows.
    """
    lines = text.split("\n")
    if all(map(str.isprintable, lines)):  # as most: that is quick to see
        return text
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def printable(text: object) -> str:
    """Text in one line, harmless."""
    return harmless(" ".join(str(text).split()))


def tell(text: object) -> None:
    """Say something in one line beside what is printed, where anybody reads it."""
    with suppress(OSError):
        print(f"wann: {printable(text)}", file=sys.stderr)


def age(seconds: float) -> str:
    """How long ago something was, in its largest unit: 42 s, 5 min, 3 h, 12 d."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def size(count: int) -> str:
    """A number of bytes: 12 kB, 3.4 MB."""
    for unit, length in (("GB", 10**9), ("MB", 10**6)):
        if count >= length:
            return f"{count / length:.1f} {unit}"
    return f"{count / 1000:.0f} kB"
