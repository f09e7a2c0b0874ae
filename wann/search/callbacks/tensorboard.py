"""The metrics of a search as TensorBoard events (extra ``tensorboard``).

The events lie in the run's folder: ``tensorboard --logdir runs`` shows all runs side by side.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wann.core.checks import require
from wann.search.callbacks import rows_before
from wann.search.state import SearchState

# TensorBoard knows event files by this, and reads them in the order of their names.
PREFIX = "events.out.tfevents."
VERSION = "brain.Event:2"


# The modules the events are written with.
MODULES = ("tensorboard.compat.proto.event_pb2", "tensorboard.summary.writer.record_writer")


class TensorBoardLog:
    """Writes each generation's metrics as events, a scalar for each column.

    Where the search goes on from a run's folder, the rows that the folder holds are written first,
    and replace what earlier event files say. Each row is on the disk when the call returns. The
    records go straight to a file, as TensorBoard's own writer of events hides errors for a while
    in a thread, and loads TensorFlow where that is installed.
    """

    def __init__(self, folder: str | Path) -> None:
        """Name the folder for the event files; it is made where there is none."""
        self.folder = Path(folder)
        self._begun = False

    def __enter__(self) -> TensorBoardLog:
        """Open a new file.

        Raises:
            ValueError: If tensorboard is not installed.
            OSError: If the file cannot be written.
        """
        require("tensorboard", "TensorBoardLog", *MODULES)
        from tensorboard.compat.proto.event_pb2 import SessionLog
        from tensorboard.summary.writer.record_writer import RecordWriter

        self.folder.mkdir(parents=True, exist_ok=True)
        seconds, nanoseconds = divmod(time.time_ns(), 10**9)
        file = self.folder / f"{PREFIX}{seconds:010d}.{nanoseconds:09d}"
        self._records = RecordWriter(open(file, "xb"))
        self._write(file_version=VERSION)
        # Forget everything from step 0 on.
        self._write(step=0, session_log=SessionLog(status=SessionLog.START))
        self._begun = False
        return self

    def __exit__(self, *error: Any) -> None:
        """Close the file."""
        self._records.close()

    def __call__(self, state: SearchState) -> None:
        """Write the generation's row of metrics.

        Raises:
            OSError: If that fails.
        """
        for row in () if self._begun else rows_before(state):
            self._write_row(row, state.row["seconds"] - row["seconds"])
        self._begun = True
        self._write_row(state.row, 0.0)

    def _write_row(self, row: Mapping[str, Any], seconds_ago: float) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [
            Summary.Value(tag=f"metrics/{name}", simple_value=float(value))
            for name, value in row.items()
            if name != "generation"
        ]
        self._write(
            step=int(row["generation"]),
            wall_time=time.time() - seconds_ago,
            summary=Summary(value=values),
        )

    def _write(self, **event: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        self._records.write(Event(**{"wall_time": time.time(), **event}).SerializeToString())
        self._records.flush()
