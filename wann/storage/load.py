"""Reading networks: from a file, a run, the champions here, or a matrix of the paper's code."""

from __future__ import annotations

from pathlib import Path

from wann.core import files
from wann.envs.task import Task
from wann.storage import matrix, names
from wann.storage.model import Model
from wann.storage.network_file import from_json

PARTS = ("config.json", "metrics.csv", "checkpoint.npz")  # of a run, that hold no network


def load(
    path: str | Path, env: str | Task | None = None, weights_file: str | Path | None = None
) -> Model:
    """Read a model from a network file, or the champion of a run folder.

    Args:
        path: A file in the format wann-network/1, a run folder, champion:NAME, latest, best:ENV,
            or a matrix of the paper's code; see `names` and `matrix`.
        env: The task or its name; needed with a matrix.
        weights_file: A list of individual weights, for a matrix only.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not a valid network; the message says what is wrong.
    """
    path = Path(names.resolve(str(path)))
    if path.is_dir():
        if not (path / "champion.json").exists():
            raise FileNotFoundError(
                f"{path}: expected a run with a champion.json, but {_instead(path)}"
            )
        path = path / "champion.json"
    if path.name in PARTS:
        raise ValueError(f"{path}: is a part of a run; name its folder, {path.parent}")
    if not path.exists():
        raise FileNotFoundError(f"{path}: expected a network file or a run, but there is none")
    if matrix.is_matrix(path):
        return matrix.read(path, env, None if weights_file is None else Path(weights_file))
    if weights_file is not None:
        raise ValueError(f"{path}: a list of weights goes with a matrix of the paper's code only")
    value = files.read_json(path)
    try:
        model = Model(**vars(from_json(value)))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    name = env if env is None or isinstance(env, str) else env.name
    if name not in (None, model.task):
        raise ValueError(f"{path}: is for the task {model.task!r}, got --env {name}")
    return model


def _instead(folder: Path) -> str:
    """What a folder without a champion is."""
    inside = sorted(folder.glob("*/champion.json"))
    if inside:
        return f"it is a folder of {len(inside)}: name one, such as {inside[-1].parent}"
    return "it has none (yet)"
