"""The champions that come with the project, by name: ``champion:swingup``."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

PREFIX = "champion:"
PLACE = Path("runs", "champions")


def folders() -> dict[str, Path]:
    """The folder of each champion, by its name: those of the project in the working folder, or of
    the one this package lies in."""
    for place in (PLACE, Path(__file__).parents[2] / PLACE):
        if found := {path.parent.name: path.parent for path in place.glob("*/champion.json")}:
            return dict(sorted(found.items()))
    return {}


def resolve(name: str) -> str:
    """The folder that a name such as champion:swingup stands for; any other text as it is.

    Raises:
        ValueError: If there is no champion of the name.
    """
    if not name.startswith(PREFIX):
        return name
    known = folders()
    wanted = name.removeprefix(PREFIX)
    if wanted in known:
        return str(known[wanted])
    if not known:
        raise ValueError(f"{name}: expected {PLACE} here, with champions: start in the project")
    nearest = get_close_matches(wanted, known, 1, cutoff=0)
    names = ", ".join(PREFIX + other for other in sorted(known, key=lambda k: k not in nearest))
    raise ValueError(f"{name}: unknown champion: expected {names}")
