"""The page of a report, following searches as they run: ``python -m wann.watch RUN``."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass
from pathlib import Path

import tyro

from wann.cli import guards
from wann.cli.command_line import command
from wann.cli.options import Data, Env, Flag, Quiet
from wann.report.follow import Watcher
from wann.report.page import EPISODES, WEIGHTS, checked_collector
from wann.report.server import Server

PORT = 8765


@dataclass(frozen=True)
class Options:
    """Show searches in the browser while they run; end with Ctrl-C."""

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Folders of runs, or a folder that holds some: those that begin later are shown, too."""
    port: int = PORT
    """Port on 127.0.0.1; 0 takes a free one."""
    weights: str = WEIGHTS
    """Shared weights of the sweep and the slider, LOW:HIGH:COUNT."""
    episodes: int = EPISODES
    """Episodes for each of these weights."""
    data: Data = None
    env: Env = None
    open: Flag = False
    """Show the page in the browser."""
    quiet: Quiet = False


def main(args: list[str] | None = None) -> None:
    """The command."""
    with command(Options, "watch", args) as options:
        if not 0 <= options.port < 65536:
            raise ValueError(f"--port: expected 0 to 65535, got {options.port}")
        if not options.runs:
            raise ValueError("expected the folder of a run, or of several")
        # One worker: the search itself uses the others.
        collector = checked_collector(
            options.weights, options.episodes, 1, options.data, options.env
        )
        watcher = Watcher(options.runs, collector)
        server = _open(watcher, options.port)
    watcher.start()
    guards.console(options.quiet).print(
        f"{server.address} follows {', '.join(map(str, options.runs))}; Ctrl-C ends it",
        soft_wrap=True,
    )
    if options.open:
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        watcher.stop()


def _open(watcher: Watcher, port: int) -> Server:
    try:
        return Server(watcher, port)
    except OSError as error:
        raise ValueError(
            f"--port: expected a free port, got {port} ({error.strerror}); --port 0 takes any"
        ) from None


if __name__ == "__main__":
    main()
