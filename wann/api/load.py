"""Reading models."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from wann import envs
from wann.api.model import Model
from wann.envs.task import Task
from wann.storage import model as stored
from wann.storage import names, saved


def load(
    path: str | Path, env: str | Task | None = None, weights_file: str | Path | None = None
) -> Model:
    """Read a model from a network file, or the champion of a run folder.

    Args:
        path: A file in the format wann-network/1, a run folder, champion:NAME, latest, best:ENV,
            or a matrix of the paper's code.
        env: The task or its name; needed with a matrix, and with a task of one's own.
        weights_file: A list of individual weights, for a matrix only.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not a valid network; the message says what is wrong.
    """
    place = Path(names.resolve(str(path)))
    task = envs.make(env) if isinstance(env, str) else env
    return model_of(saved.read(place, task, weights_file).model, given_task=task, path=place)


def model_of(model: stored.Model, **more: Any) -> Model:
    """A stored model as one that can do more; `more` are fields that only the latter has."""
    return Model(**{each.name: getattr(model, each.name) for each in fields(stored.Model)}, **more)
