"""Names that stand for a network or a run: ``champion:swingup``, ``latest``, ``best:swingup``."""

from __future__ import annotations

from pathlib import Path

from wann.envs import did_you_mean
from wann.storage import bundled, listing

LATEST, BEST = "latest", "best:"


def resolve(name: str) -> str:
    """The folder that a name stands for; any other text as it is.

    A file or folder that is called so is meant itself.

    Raises:
        ValueError: If there is nothing of the name.
    """
    if name == LATEST and not Path(name).exists():
        return str(latest())
    if name.startswith(BEST) and not Path(name).exists():
        return str(best(name.removeprefix(BEST)))
    return bundled.resolve(name)


def latest() -> Path:
    """The folder of the search, of one seed or of several, that was begun last.

    Raises:
        ValueError: If there is none.
    """
    found = {}
    for folder in _folders(inside=False):
        if listing.is_search(folder):
            found[folder] = (folder / listing.CONFIG).stat().st_mtime_ns
    if not found:
        raise ValueError(f"{LATEST}: expected a run in {listing.PLACE}/, but there is none here")
    return max(found, key=lambda folder: (found[folder], folder))


def best(env: str) -> Path:
    """The folder of the search that is over and whose champion has the highest mean on a task.

    Raises:
        ValueError: If there is none.
    """
    runs = [run for run in map(listing.read, _folders()) if run.state == listing.DONE]
    known = sorted({run.env for run in runs if run.env is not None and run.fitness is not None})
    its = [run for run in runs if run.env == env and run.fitness is not None]
    if not its:
        has = f"there are runs for {', '.join(known)}" if known else "there is none here"
        raise ValueError(
            f"{BEST}{env}: expected a run for it in {listing.PLACE}/ whose search is over, but "
            f"{has}{did_you_mean(env, known)}"
        )
    return max(its, key=lambda run: (run.fitness, run.path)).path


def _folders(inside: bool = True) -> list[Path]:
    """The runs here, without the champions that come with the project."""
    found = listing.folders(listing.PLACE, inside)
    return [folder for folder in found if bundled.PLACE not in folder.parents]
