"""The metrics of a search in a CSV file of one's own; a run's folder holds them anyway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wann.search.callbacks import rows_before
from wann.search.state import SearchState
from wann.storage import metrics


class CSVLog:
    """Writes a row of metrics for each generation, with a line of names above.

    Where the search goes on from a run's folder, the rows that the folder holds come first.
    """

    def __init__(self, file: str | Path, *, force: bool = False) -> None:
        """Name the file.

        Args:
            file: The file; its folder is made.
            force: Whether to replace it.
        """
        self.file, self._force, self._begun = Path(file), force, False

    def __enter__(self) -> CSVLog:
        """See that the file may be written.

        Raises:
            ValueError: If it exists, and is not to be replaced.
            OSError: If its folder cannot be written.
        """
        if self.file.exists() and not self._force:
            raise ValueError(f"{self.file}: exists already; force=True replaces it")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.unlink(missing_ok=True)
        self._begun = False
        return self

    def __exit__(self, *error: Any) -> None:
        """Do nothing: each row is written at once."""

    def __call__(self, state: SearchState) -> None:
        """Write the generation's row.

        Raises:
            OSError: If that fails.
        """
        before = [] if self._begun else rows_before(state)
        self._begun = True
        for row in (*before, state.row):
            metrics.append(self.file, dict(row))
