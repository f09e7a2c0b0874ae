"""What a search does when the task itself fails: it stops, with the network saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wann.cli import guards
from wann.core.structure import genome_of
from wann.envs.failure import Failure, Unfit
from wann.envs.task import Task
from wann.evaluation.gym import EpisodeError
from wann.storage.model import Model
from wann.storage.run import Run

NAME = "failed.json"


@contextmanager
def shown(task: Task, run: Run) -> Iterator[None]:
    """End the program with exit code 1 where an environment raises, or the workers are gone.

    The traceback is the environment's; the network that played is saved in the run's folder, with
    the weight it had, if that was a shared one.
    """
    try:
        yield
    except EpisodeError as error:
        path = run.path / NAME
        with guards.full_disk():
            _model(task, error).save(path)
        guards.fail(
            error,
            f"; the network that played is saved in {path}; once the environment is mended, "
            f"--resume {run.path} goes on",
        )
    except Unfit as error:
        guards.fail(error)
    except Failure as error:
        guards.fail(error, f"; --resume {run.path} goes on")


def _model(task: Task, error: EpisodeError) -> Model:
    """The network, with its weight; individual ones would not fit what is left of the genome."""
    return Model(
        genome_of(error.network),
        task.name,
        task.inputs,
        task.outputs,
        task.action,
        weights=error.weight if isinstance(error.weight, float) else None,
        search={"failed_in_episode": error.seed},
        normalization=getattr(task, "normalization", None),
    )
