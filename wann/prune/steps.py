"""The steps of a pruning run: each one's outcome is a file, and is never computed twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from wann.core import files
from wann.prune.run import PruneRun

Outcome = TypeVar("Outcome")


class DamagedStep(ValueError):
    """The file of a step cannot be read."""


def step(
    run: PruneRun,
    name: str,
    compute: Callable[[], Outcome],
    to_arrays: Callable[[Outcome], dict[str, np.ndarray]],
    from_arrays: Callable[[dict[str, np.ndarray]], Outcome],
) -> Outcome:
    """The outcome of a step: read, if it is done, else computed and kept.

    Args:
        run: Where it is kept.
        name: The name of the step in the run.
        compute: What computes it.
        to_arrays: The arrays that keep it.
        from_arrays: It from its arrays.

    Raises:
        DamagedStep: If the step's file is damaged.
    """
    file = run.step(name)
    if not file.exists():
        outcome = compute()
        files.write_arrays(file, to_arrays(outcome))
        return outcome
    try:
        return from_arrays(files.read_arrays(file))
    except Exception as error:  # zipfile and NumPy raise a dozen kinds on damaged bytes
        raise DamagedStep(
            f"{file}: expected a step of a pruning run, but it is damaged ({error}); delete it, "
            "and --resume computes it again"
        ) from None
