"""The command ``wann NAME``: one subcommand for each command module."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = {
    "search": "search for a network that does a task with any shared weight",
    "sweep": "try a champion over a range of shared weights",
    "tune": "tune a champion's weights",
    "prune": "prune dense networks, to compare with",
    "compare": "compare champions with pruned networks",
    "champions": "list the champions that come with the project",
    "export": "write a network for other programs",
    "visualize": "draw a champion, its search and what it does",
    "report": "write a page that shows runs: weights to drag, networks, the search",
    "watch": "show a running search in the browser",
}


def main() -> None:
    """Run the command that the first argument names."""
    args = sys.argv[1:]
    if args and args[0] in COMMANDS:
        module = import_module(f"wann.{args[0]}")
        if hasattr(module, "__path__"):  # a package: its command is its __main__.py
            module = import_module(f"wann.{args[0]}.__main__")
        module.main(args[1:])
        return
    lines = [f"  {name:10} {what}" for name, what in COMMANDS.items()]
    usage = "usage: wann COMMAND ...; wann COMMAND --help tells more\n\n" + "\n".join(lines)
    if not args or args[0] in ("-h", "--help"):
        print(usage)
        return
    print(f"wann: unknown command {args[0]!r}: expected {', '.join(COMMANDS)}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
