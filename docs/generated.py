"""Pages of the reference that the program itself says: its commands, and its settings.

MkDocs calls `on_files` when it builds the site. Nothing here is written to disk.
"""

from __future__ import annotations

import ast
import inspect
import io
import os
import re
from contextlib import redirect_stdout, suppress
from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

WIDTH = "96"  # characters of a line of help

COMMANDS_PAGE = """# Commands

What `wann COMMAND --help` says. `python -m wann.COMMAND` does the same.

| exit code | what it means |
| --- | --- |
| 0 | done |
| 1 | an environment, or the workers, failed; what there was is saved |
| 2 | bad input; one line says what was expected, what came, and what to do |
| 130 | interrupted, and saved |
"""

SETTINGS_PAGE = """# Settings

Everything that determines what a search finds: the fields of `wann.SearchConfig`, the keywords of
`wann.evolve`, the options of `wann search`, and the `settings` of a run's `config.json`. The
defaults here are those of a task that no preset knows. [Presets](presets.md) has the others;
`wann search --env TASK --help` shows them.

| setting | option | kind | default | what it does |
| --- | --- | --- | --- | --- |
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to those of the folder."""
    from mkdocs.structure.files import File

    for name, made in PAGES.items():
        files.append(File.generated(config, name, content=made()))
    return files


def commands() -> str:
    """The help of each command."""
    from wann.__main__ import COMMANDS

    text = COMMANDS_PAGE
    for name, what in COMMANDS.items():
        said = f"{what[0].upper()}{what[1:]}."
        text += f"\n## wann {name}\n\n{said}\n\n```text\n{help_of(name)}\n```\n"
    return text


def help_of(name: str) -> str:
    """What a command says with ``--help``."""
    from wann.__main__ import _module

    said, before = io.StringIO(), dict(os.environ)
    os.environ.update(COLUMNS=WIDTH, NO_COLOR="1", TERM="dumb")
    try:
        with redirect_stdout(said), suppress(SystemExit):
            _module(name).main(["--help"])
    finally:
        os.environ.clear()
        os.environ.update(before)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue())
    return plain.replace(f"python -m wann.{name}", f"wann {name}").strip()


def settings() -> str:
    """The settings of a search: names, defaults and what they do."""
    from wann.core.config import SearchConfig

    said = documented(SearchConfig)
    rows = []
    for field in fields(SearchConfig):
        default = "" if field.default == "" else f"`{field.default}`"
        option = f"`--{field.name.replace('_', '-')}`"
        cells = f"`{field.name}`", option, str(field.type), default, said[field.name]
        rows.append(f"| {' | '.join(cells)} |\n")
    return SETTINGS_PAGE + "".join(rows)


def documented(kind: type[Any]) -> dict[str, str]:
    """What stands under each field of a class, by its name."""
    (tree,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for field, text in pairwise(tree.body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            said = " ".join(ast.literal_eval(text.value).split())
            found[ast.unparse(field.target)] = said.replace("|", "\\|")
    return found


# What makes each page, by the place where it stands.
PAGES = {"reference/commands.md": commands, "reference/settings.md": settings}
