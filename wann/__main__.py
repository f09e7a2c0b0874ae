"""The command ``wann NAME``: one subcommand for each command module."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType

import wann

COMMANDS = {
    "search": "search for a network that does a task with any shared weight",
    "sweep": "try a champion over a range of shared weights",
    "tune": "tune a champion's weights",
    "prune": "prune dense networks, to compare with",
    "compare": "compare champions with pruned networks",
    "curves": "draw searches over their seeds: a line with a band for equal settings",
    "runs": "list runs: how far they are, and what they have found",
    "champions": "list the champions that come with the project",
    "export": "write a network for other programs",
    "visualize": "draw a champion, its search and what it does",
    "report": "write a page that shows runs: weights to drag, networks, the search",
    "watch": "show a running search in the browser",
}
COMPLETION = "--tyro-print-completion"  # as tyro calls it
SHELLS = ("bash", "zsh", "tcsh")


def main() -> None:
    """Run the command that the first argument names."""
    args = sys.argv[1:]
    _look_here()
    if args and args[0] in COMMANDS:
        try:
            _module(args[0]).main(args[1:])
        except KeyboardInterrupt:  # before there is anything to save
            print("wann: interrupted", file=sys.stderr)
            sys.exit(130)
        return
    lines = [f"  {name:10} {what}" for name, what in COMMANDS.items()]
    usage = "usage: wann COMMAND ...; wann COMMAND --help tells more\n\n" + "\n".join(lines)
    if not args or args[0] in ("-h", "--help"):
        print(usage)
        return
    if args == ["--version"]:
        print(f"wann {wann.__version__}")
        return
    if args[0] == COMPLETION:
        _complete(args)
        return
    from wann.envs import did_you_mean  # likewise

    meant = did_you_mean(args[0], COMMANDS)
    known = ", ".join(COMMANDS)
    print(f"wann: unknown command {args[0]!r}: expected {known}{meant}", file=sys.stderr)
    sys.exit(2)


def _look_here() -> None:
    """Find the user's modules in the working folder, as under ``python -m wann``: last of all, so
    that nothing there stands in for a package, and not where Python is told to find none there."""
    here = os.getcwd()
    if here not in sys.path and not getattr(sys.flags, "safe_path", False):  # Python 3.11
        sys.path.append(here)


def _complete(args: list[str]) -> None:
    """Print what makes a shell complete commands and options."""
    if len(args) < 2 or args[1] not in SHELLS:
        print(f"wann: {args[0]}: expected one of {', '.join(SHELLS)} after it", file=sys.stderr)
        sys.exit(2)
    import tyro  # only here: the start of the others is shorter without

    from wann.core.checks import require

    try:
        if args[1] == "tcsh":  # tyro writes those of the others itself
            require("tcsh", f"{COMPLETION} tcsh", "shtab")
    except ValueError as error:
        print(f"wann: {error}", file=sys.stderr)
        sys.exit(2)
    options = {name: _module(name).Options for name in COMMANDS}
    tyro.extras.subcommand_cli_from_dict(options, prog="wann", args=args)


def _module(name: str) -> ModuleType:
    """The module of a command."""
    try:
        module = import_module(f"wann.{name}")
        if hasattr(module, "__path__"):  # a package: its command is its __main__.py
            module = import_module(f"wann.{name}.__main__")
    except OSError as error:  # as of Matplotlib, where no folder can be written to
        print(f"wann: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
    return module


if __name__ == "__main__":
    main()
