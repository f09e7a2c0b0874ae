"""The champions that come with the project, by name: ``champion:swingup``."""

from __future__ import annotations

from pathlib import Path

from wann.envs import did_you_mean

PREFIX = "champion:"
PLACE = Path("runs", "champions")
INSTALLED = Path(__file__).parent / "champions"  # see setup.py
ORDINARY = "ordinary.json"  # beside a champion: a dense network, pruned to about its size


def folders() -> dict[str, Path]:
    """The folder of each champion, by its name: those of the project in the working folder, or of
    the one this package lies in, or those installed with it."""
    for place in (PLACE, Path(__file__).parents[2] / PLACE, INSTALLED):
        if found := {path.parent.name: path.parent for path in place.glob("*/champion.json")}:
            return dict(sorted(found.items()))
    return {}


def is_installed(folder: Path) -> bool:
    """Whether a folder is that of a champion among the package's own files."""
    return folder.resolve().parent == INSTALLED.resolve()


def results_folder(folder: Path) -> Path:
    """Where what is found out about a network goes: the folder that it lies in; for an installed
    champion, one in the working folder, as nothing is written among the package's files."""
    return PLACE / folder.name if is_installed(folder) else folder


def ordinary(task: str) -> Path | None:
    """The file of the ordinary network for a task, trained and pruned, if one comes with it."""
    folder = folders().get(task)
    return folder / ORDINARY if folder and (folder / ORDINARY).is_file() else None


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
    names = [PREFIX + other for other in known]
    meant = did_you_mean(name, names)
    raise ValueError(f"{name}: unknown champion: expected {', '.join(names)}{meant}")
