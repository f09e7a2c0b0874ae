"""A search for each of several seeds, as the command does them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wann.cli import asking
from wann.cli.command_line import check_resume, given
from wann.core.config import RESUMABLE
from wann.envs.naming import PREFIXES
from wann.search.command.single import begun
from wann.storage import listing
from wann.storage.seeds import SeedsFolder

if TYPE_CHECKING:
    from wann.search.__main__ import Options


def folder_of(options: Options, args: list[str], typed: list[str]) -> SeedsFolder | None:
    """The folder of several seeds, if these are meant.

    Raises:
        ValueError: If the options do not go together.
        OSError: If the folder cannot be made.
    """
    if options.resume is None and options.seeds == 1:
        return None
    if options.resume is None:
        _, start = begun(options, typed)
        return SeedsFolder.create(options.config, options.seeds, options.run, options.record, start)
    if not listing.is_seeds(options.resume):
        if options.seeds > 1:
            raise ValueError(f"--seeds: expected none, as {options.resume} is the run of one seed")
        return None
    several = SeedsFolder(options.resume)
    check_resume(options.config, several.config(), RESUMABLE, options.run)
    if given(args, "--seeds") and options.seeds != len(several.seeds):
        raise ValueError(
            f"--seeds: expected {len(several.seeds)} as in the folder to resume, got "
            f"{options.seeds}"
        )
    several.complete()
    return several


def flags(options: Options, args: list[str], typed: list[str]) -> list[str]:
    """What the search of each of several seeds is told, beside its folder."""
    passed = ["--data", "--observe", "--time-limit", *(f"--{name}" for name in RESUMABLE)]
    env = asking.typed(options.asked, typed)
    if env is not None and env.startswith(PREFIXES):
        env = options.config.env  # the whole name
    found = {flag: given(args, flag) for flag in passed} | {"--env": env}
    words = [f"{flag}={value}" for flag, value in found.items() if value is not None]
    return [*words, *(["--tensorboard"] if options.tensorboard else [])]
