"""The metrics of a search at Weights & Biases (extra ``wandb``)."""

from __future__ import annotations

from typing import Any

from wann.core.checks import require
from wann.search.callbacks import rows_before
from wann.search.state import SearchState
from wann.storage.run import settings_of


class WandbLog:
    """Logs each generation's metrics, and the settings as the config, as one run of wandb.

    Where the search goes on from a run's folder, the rows that the folder holds come first.
    """

    def __init__(self, **options: Any) -> None:
        """Choose where to.

        Args:
            **options: For ``wandb.init``, such as ``project="wann"`` or ``mode="offline"``.
        """
        self._options = options
        self._run: Any = None

    def __enter__(self) -> WandbLog:
        """See that wandb is there; its run begins with the first generation.

        Raises:
            ValueError: If it is not installed.
        """
        require("wandb", "WandbLog", "wandb")
        return self

    def __exit__(self, *error: Any) -> None:
        """End the run, as failed where the search has."""
        if self._run is not None:
            self._run.finish(exit_code=int(error[0] is not None))
            self._run = None

    def __call__(self, state: SearchState) -> None:
        """Log the generation's row."""
        before = []
        if self._run is None:
            import wandb

            before = rows_before(state)
            self._run = wandb.init(**{"config": settings_of(state.config), **self._options})
        for row in (*before, state.row):
            values = {name: value for name, value in row.items() if name != "generation"}
            self._run.log(values, step=int(row["generation"]))
