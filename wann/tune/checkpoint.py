"""What an interrupted tuning of individual weights goes on from."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from wann.core import files
from wann.core.arrays import take, take_finite, take_whole
from wann.core.genome import CONNECTION, NODE, Genome
from wann.core.locks import Lock
from wann.tune.base import WeightTuner

INTERVAL = 5.0  # seconds between two checkpoints


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """How a tuning began, and where it stands.

    Attributes:
        seed: Of everything random.
        start: The best shared weight, from which it began.
        confirmed: The mean confirmation score of that weight.
        known: The best of the search's own weights.
        state: The arrays of the tuner; none where it has not begun.
    """

    seed: int
    start: float
    confirmed: float
    known: float
    state: dict[str, np.ndarray] = field(default_factory=dict)

    def save(self, path: Path, genome: Genome) -> None:
        """Write it, with the genome that is tuned.

        Raises:
            OSError: If that fails.
        """
        files.write_arrays(
            path,
            {
                "seed": np.array(self.seed),
                "shared": np.array([self.start, self.confirmed, self.known]),
                "hidden": genome.hidden,
                "connections": genome.connections,
                **{f"state_{name}": array for name, array in self.state.items()},
            },
        )

    @classmethod
    def load(cls, path: Path, genome: Genome) -> Checkpoint:
        """Read what `save` wrote.

        Raises:
            ValueError: If it is damaged, or belongs to another genome.
            OSError: If it cannot be read.
        """
        try:
            arrays = files.read_arrays(path)
            start, confirmed, known = take_finite(arrays, "shared", 3).tolist()
            same = np.array_equal(take(arrays, "hidden", NODE, None), genome.hidden)
            genes = take(arrays, "connections", CONNECTION, None)
            same = same and np.array_equal(genes, genome.connections)
            seed = int(take_whole(arrays, "seed"))
        except ValueError as error:
            raise ValueError(
                f"{path}: expected an interrupted tuning, but it is damaged ({error}); --force "
                "starts anew"
            ) from None
        if not same:
            raise ValueError(
                f"{path}: is the tuning of another network; --force starts anew with this one"
            )
        state = {
            name.removeprefix("state_"): array
            for name, array in arrays.items()
            if name.startswith("state_")
        }
        return cls(seed, start, confirmed, known, state)


class Autosave:
    """Writes the checkpoint of a tuning every few seconds."""

    def __init__(
        self, begun: Checkpoint, tuner: WeightTuner, path: Path, genome: Genome, lock: Lock
    ) -> None:
        """Save to a path while its lock holds; the first time after the interval."""
        self._begun, self._tuner, self._path, self._genome = begun, tuner, path, genome
        self._lock = lock
        self._saved = time.monotonic()

    def __call__(self) -> None:
        """Save if it is time to."""
        if time.monotonic() - self._saved >= INTERVAL:
            self.save()

    def save(self) -> None:
        """Save now.

        Raises:
            OSError: If that fails, or another process may be writing.
        """
        self._lock.check()
        replace(self._begun, state=self._tuner.to_arrays()).save(self._path, self._genome)
        self._saved = time.monotonic()
