"""The metrics of a search as TensorBoard events (extra ``tensorboard``).

The events lie in the run's folder: ``tensorboard --logdir runs`` shows all runs side by side.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from wann.storage.run import Run

# TensorBoard knows event files by this, and reads them in the order of their names.
PREFIX = "events.out.tfevents."
VERSION = "brain.Event:2"


# The modules the events are written with.
MODULES = ("tensorboard.compat.proto.event_pb2", "tensorboard.summary.writer.record_writer")


class EventLog:
    """Writes rows of metrics as events, a scalar for each column. Use it as a context manager.

    The rows that the run's metrics.csv holds already, as in a search that is resumed, are written
    first, and replace what earlier event files say. Each row is on the disk when the call
    returns. The records go straight to a file, as TensorBoard's own writer of events hides errors
    for a while in a thread, and loads TensorFlow where that is installed.
    """

    def __init__(self, run: Run) -> None:
        """Read the metrics so far.

        Raises:
            OSError: If metrics.csv cannot be read.
            ValueError: If it is damaged.
        """
        self.run = run
        self._history = run.metrics()

    def __enter__(self) -> EventLog:
        """Open a new file, and write the metrics so far.

        Raises:
            OSError: If that fails.
        """
        from tensorboard.compat.proto.event_pb2 import SessionLog
        from tensorboard.summary.writer.record_writer import RecordWriter

        seconds, nanoseconds = divmod(time.time_ns(), 10**9)
        file = self.run.path / f"{PREFIX}{seconds:010d}.{nanoseconds:09d}"
        self._records = RecordWriter(open(file, "xb"))
        self._write(file_version=VERSION)
        # Forget everything from step 0 on.
        self._write(step=0, session_log=SessionLog(status=SessionLog.START))
        last = self._history["seconds"].max(initial=0.0)
        for values in zip(*self._history.values(), strict=True):
            row = dict(zip(self._history, values, strict=True))
            self(row, seconds_ago=last - row["seconds"])
        return self

    def __exit__(self, *error: Any) -> None:
        """Close the file."""
        self._records.close()

    def __call__(self, row: Mapping[str, Any], seconds_ago: float = 0.0) -> None:
        """Write one generation's row of metrics.

        Raises:
            OSError: If that fails.
        """
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
