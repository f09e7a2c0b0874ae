"""The options of the command prune, and what they prepare: a kind of network, a folder, tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import tyro

from wann import envs
from wann.cli import table_options
from wann.cli.command_line import check_resume, given, parse
from wann.cli.options import Data, Flag, Quiet
from wann.core.checks import check_workers
from wann.prune.images.settings import TASKS, ImageOptions
from wann.prune.kinds.base import Kind
from wann.prune.kinds.images import Images
from wann.prune.kinds.policies import Policies
from wann.prune.kinds.regression import Regression
from wann.prune.policies.settings import PolicyOptions
from wann.prune.run import PruneRun
from wann.prune.runner import RESUMABLE
from wann.prune.settings import Settings, flag

IMAGES, REGRESSION, POLICIES = Images(), Regression(), Policies()
KINDS: tuple[Kind, ...] = (IMAGES, REGRESSION, POLICIES)


@dataclass(frozen=True)
class Options:
    """Prune dense networks by a method of the literature; --list shows the methods.

    Image classifiers are trained by gradient, policies of control tasks by evolution: the task
    says which it is. The defaults shown are those of the method and the task.
    """

    settings: tyro.conf.OmitArgPrefixes[Settings]
    images: tyro.conf.OmitArgPrefixes[ImageOptions] = field(default_factory=ImageOptions)
    policies: tyro.conf.OmitArgPrefixes[PolicyOptions] = field(default_factory=PolicyOptions)
    list: Flag = False
    """Print the methods, and do nothing."""
    run: Path | None = None
    """Folder to save to; by default a new one in runs/."""
    resume: Path | None = None
    """Go on with the run in this folder."""
    deploy: Flag = False
    """Also write what is left as smaller dense networks: where nodes go, layers become thin, or n
    of m weights stay."""
    workers: int = -1
    """Seeds at the same time; -1 for one a core."""
    data: Data = None
    quiet: Quiet = False


def prepare(args: list[str]) -> tuple[Kind, Options, Settings, PruneRun, tuple[Any, ...]]:
    """The kind, the options on the command line, checked, the run's folder, and the tasks.

    Raises:
        ValueError: If an option is bad.
        OSError: If the folder cannot be made, or the task's data not read.
    """
    args = table_options.merged(args)  # a file's whole path, by which a search knows it, too
    resume = given(args, "--resume")
    saved = None if resume is None else PruneRun(Path(resume))
    named = given(args, "--env")
    env = named or Settings.env
    kind = _kind(env if saved is None else saved.settings.get("env", env), named)
    if saved is None:
        default = kind.preset(
            given(args, "--method") or Settings.method, env, given(args, "--network")
        )
    else:
        default = saved.settings_as(kind.settings)
    _refuse_options_of_others(args, kind, default.env)
    _refuse_unused(args, kind.foreign(default.method))
    options = parse(Options, "python -m wann.prune", args, _options(kind, default))
    settings = kind.settings(**vars(options.settings), **vars(getattr(options, kind.name)))
    unused = kind.unused(settings)
    _refuse_unused(args, unused)
    if options.deploy and not kind.shrinks(settings):
        raise ValueError(
            "--deploy: expected a method whose networks shrink, such as nodes, low-rank, n-of-m or "
            f"early-bird; what {settings.method} leaves are zeros in layers as large as before"
        )
    check_workers(options.workers)
    tasks = kind.tasks(settings, options.data)
    if saved is None:
        used = {name: value for name, value in asdict(settings).items() if name not in unused}
        saved = PruneRun.create(used, options.run, kind.about(tasks))
    else:
        check_resume(settings, default, RESUMABLE, options.run)
    saved.deploys = options.deploy
    return kind, options, settings, saved, tasks


def _kind(env: str, named: str | None) -> Kind:
    """The kind of network for a task, which a run to resume may name, or the user.

    Raises:
        ValueError: If there is no such task, or no kind for it.
    """
    if isinstance(env, str) and env in TASKS:  # without reading its images
        return IMAGES
    task = envs.made_for(env, named)
    for kind in KINDS:
        if kind.suits(task):
            return kind
    raise ValueError(
        f"--env: expected images, a table, or a compiled control task such as swingup, got "
        f"{task.name}"
    )


def _options(kind: Kind, settings: Settings) -> Options:
    """Settings as the options on a command line."""

    def of(options: type) -> Any:
        return options(**{f.name: getattr(settings, f.name) for f in fields(options)})

    return Options(of(Settings), **{kind.name: of(kind.options)})


def _refuse_options_of_others(args: list[str], kind: Kind, env: str) -> None:
    """See that no option of another kind is given.

    Raises:
        ValueError: If one is.
    """
    flags = _flags(args)
    for other in KINDS:
        for option in fields(other.options):
            if other.options is not kind.options and flag(option.name) in flags:
                raise ValueError(
                    f"{flag(option.name)}: expected none, for it is an option of {other.name}, "
                    f"and {env} takes those of {kind.name}"
                )


def _refuse_unused(args: list[str], unused: Mapping[str, str]) -> None:
    """See that no option is given that would change nothing.

    Raises:
        ValueError: If one is.
    """
    flags = _flags(args)
    for name, why in unused.items():
        if flag(name) in flags:
            raise ValueError(f"{flag(name)}: expected none, for it changes nothing: {why}")


def _flags(args: list[str]) -> set[str]:
    return {word.split("=", 1)[0].replace("_", "-") for word in args}
