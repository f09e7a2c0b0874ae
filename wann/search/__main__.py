"""Search for weight agnostic networks: ``python -m wann.search --env cartpole``."""

from __future__ import annotations

import math
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import tyro

from wann.cli import asking, config_file, guards, presets
from wann.cli.command_line import command, given
from wann.cli.options import Among, Data, Flag, Maybe, Quiet, Work
from wann.core import checks, locks
from wann.core.config import SearchConfig
from wann.storage.listing import CONFIG


@dataclass(frozen=True)
class Options:
    """Search for a network that does a task with any shared weight.

    The defaults shown are those of the task that --env names.
    """

    config: tyro.conf.OmitArgPrefixes[SearchConfig]
    run: Maybe[Path] = None
    """Folder to save to; by default a new one in runs/."""
    resume: Maybe[Path] = None
    """Go on with the search in this run folder, or in those of several seeds."""
    seeds: int = 1
    """How many searches, with the seeds from --seed on, in a folder for all; --workers and
    --time-limit are shared out and hold for each."""
    like: Maybe[Path] = None
    """A run whose settings to take, where the command line says nothing."""
    start: Annotated[Maybe[Path], tyro.conf.arg(name="from")] = None
    """A network to begin with: it and its mutants are the first generation."""
    config_file: Annotated[Maybe[Path], tyro.conf.arg(name="config")] = None
    """A TOML file of these options; those on the command line win."""
    work: Among[Work] = Work()
    time_limit: float = math.inf
    """Stop after this many seconds."""
    data: Data = None
    asked: Among[asking.Asking] = asking.Asking()
    tensorboard: Flag = False
    """Write the metrics as TensorBoard events, too, into the run's folder."""
    list_presets: Flag = False
    """Show where the presets differ, on the task of --env or on the best known ones, and end."""
    quiet: Quiet = False

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ValueError: With the name of the option, what was expected and what came.
        """
        if not self.time_limit > 0:
            raise ValueError(f"--time-limit: expected seconds above 0, got {self.time_limit}")
        checks.check_seeds(0, self.seeds)
        for name, value in (("--like", self.like), ("--from", self.start)):
            if value is not None and self.resume is not None:
                raise ValueError(f"{name}: expected none together with --resume")

    @property
    def record(self) -> dict[str, str]:
        """What a run keeps of where it comes from."""
        named = {"like": self.like, "from": self.start}
        return {name: str(path) for name, path in named.items() if path is not None}


SWITCHES = ("quiet", "tensorboard")  # that can only be turned on


def main(args: list[str] | None = None) -> None:
    """The command."""
    typed = sys.argv[1:] if args is None else args
    with ExitStack() as stack:
        with guards.bad_input():
            args = config_file.expanded(typed, SWITCHES)
        with command(Options, "search", args, _defaults) as options:
            if options.list_presets:
                env = options.config.env if given(args, "--env") else None
                presets.show(guards.console(), env, given(args, "--data"))
                return
            env = asking.asked_of(options.config.env, options.asked)
            options = replace(options, config=replace(options.config, env=env))
            from wann.search import seeds  # only here: the help is there sooner without
            from wann.search.command import several, single

            folder = several.folder_of(options, args, typed)
            if folder is None:
                begun = single.begin(options, typed, stack)
            else:
                stack.enter_context(locks.held(folder.path / CONFIG))
        if folder is not None:
            flags = several.flags(options, args, typed)
            sys.exit(seeds.search(folder, options.work, flags, options.quiet))
        single.go_on(options, begun)


def _defaults(args: list[str]) -> Options:
    """The options where the command line says nothing: the run's to resume, or the task's preset.

    Raises:
        ValueError: If there is no such run, or two options name all settings.
    """
    env = given(args, "--env")
    if run := given(args, "--resume"):
        return Options(_config(run))
    if run := given(args, "--like"):
        if given(args, "--preset"):
            raise ValueError("--preset: expected none with --like, which names all settings")
        config = _config(run)
        return Options(replace(config, env=env or config.env))
    start = given(args, "--from")
    if start is not None and env is None:
        from wann.search.start import read

        return Options(presets.settings(args, read(Path(start)).task))
    return Options(presets.settings(args, env or SearchConfig.env))


def _config(run: str) -> SearchConfig:
    from wann.storage.run import Run

    return Run(Path(run)).config()


if __name__ == "__main__":
    main()
