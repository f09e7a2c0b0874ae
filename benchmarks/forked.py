"""Commands in processes of their own, for `benchmarks.attack`: forked, to start at once."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import threading
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from wann.__main__ import main

LONGEST = 300.0  # seconds that a command may take
PACKAGES = ("search", "tune", "prune", "compare", "curves", "export", "visualize", "report")
COMMANDS = [
    *(f"wann.{name}" for name in ("sweep", "watch", "runs")),
    *(f"wann.{name}.__main__" for name in PACKAGES),
]
WRITES = os.O_WRONLY | os.O_RDWR


def load() -> None:
    """Have a process that has loaded the commands, to fork from."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(COMMANDS)
    forkserver.ensure_running()


class Command:
    """A command that runs in a folder, in a process of its own."""

    def __init__(self, words: list[str], folder: Path, full_at: int | None = None) -> None:
        """Start it.

        Args:
            words: What follows ``wann``.
            folder: Where it runs.
            full_at: So many files of the folder are opened to be written until the disk is full:
                the system refuses every byte from then on.
        """
        context = multiprocessing.get_context("forkserver")
        self._opened = folder / ".opened"
        said, printed = context.Pipe(duplex=False)
        arguments = (words, folder, printed, self._opened, full_at)
        self.process = context.Process(target=_run, args=arguments)
        self.process.start()
        printed.close()
        self._said = b""
        self._reader = threading.Thread(target=self._read, args=(said,), daemon=True)
        self._reader.start()

    def _read(self, said: Connection) -> None:
        with said:
            while part := os.read(said.fileno(), 2**16):
                self._said += part

    def said(self) -> str:
        """What it printed so far."""
        return self._said.decode(errors="replace")

    def end(self, after: float = LONGEST) -> tuple[int | None, str]:
        """Its exit code, None if it had to be killed, and what it printed."""
        self.process.join(after)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
            return None, self.said()
        self._reader.join(1.0)  # a worker that outlives it may hold its output
        return self.process.exitcode, self.said()

    def opened(self, to: str = "rw") -> list[str]:
        """The files that it opened, to read or to write, up to that at which the disk was full."""
        lines = self._opened.read_text(errors="replace").splitlines()
        return [line[2:] for line in lines if line[0] in to]


def _run(
    words: list[str], folder: Path, printed: Connection, opened: Path, full_at: int | None
) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # what is too much for a file is an error then
    os.chdir(folder)
    os.dup2(printed.fileno(), 1)  # a pipe has room when the disk is full
    os.dup2(printed.fileno(), 2)
    seen = os.open(opened, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    writes, full = 0, False

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal writes, full
        if event != "open" or not isinstance(arguments[0], str | os.PathLike):
            return
        path = os.path.realpath(arguments[0])
        written = bool(arguments[2] & WRITES)
        if not full:
            os.write(seen, f"{'w' if written else 'r'} {path}\n".encode(errors="replace"))
        writes += written and path.startswith(str(folder))
        if writes == full_at:
            full = True
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    sys.addaudithook(note)
    sys.argv = ["wann", *words]
    try:
        main()
    finally:  # a process of `multiprocessing` waits for its own before they are told to end
        for worker in multiprocessing.active_children():
            if worker.pid is not None:  # loky's workers have no `kill`
                os.kill(worker.pid, signal.SIGKILL)


def told(code: int | None, said: str) -> bool:
    """Whether a command ended well, or in a line, and nothing steered the terminal or ran."""
    if "\x1b" in said or "CODE RAN" in said or "Zen of Python" in said or "Traceback" in said:
        return False
    return code == 0 or (
        code in (1, 2) and any(line.startswith("wann: ") for line in said.splitlines())
    )
