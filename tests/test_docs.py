"""What README and docs show is so: their Python runs, their commands are commands, links lead on.

A block of code says by its language what it is: ``python`` runs, each page from its first block to
its last; ``sh`` and indented lines are what one types, ``console`` is that after ``$``, the rest of
it what comes back; ``json`` is JSON; ``text`` is output, or no code.
"""

import json
import re
import shlex
import sys
import types
from pathlib import Path

import matplotlib
import pytest

import wann
from docs import generated
from tests.storage.test_schema import VALIDATOR
from wann import __main__ as wann_main
from wann import envs
from wann.cli import command_line, config_file
from wann.core.config import SearchConfig
from wann.evaluation import cluster
from wann.prune import options as prune_options
from wann.search import __main__ as search
from wann.storage.network_file import from_json

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "examples/README.md"])
PAGES = [page for page in PAGES if page.exists()]
FENCED = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)((?: {4}[^\n]*\n|\n(?= {4}))+)")
INLINE = re.compile(r"`((?:wann|python -m [\w.]+) [^`]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)]*))?\)")
LANGUAGES = {"python", "sh", "console", "json", "text", "toml", "yaml"}

# What a reader puts in the place of these.
MEANT = {"S": "0", "$s": "0", "N": "1", "SECONDS": "1", "TASK": "cartpole", "COUNT": "2"}
# Their Python needs what a command wrote before: tests/export/test_ticket.py runs it.
RUN_ELSEWHERE = {"docs/how-to/export.md"}
# Programs of others; what is said of them is checked by hand.
OTHERS = {"dask", "ray", "git", "cd", "mkdocs", "bash", "pre-commit", "ruff", "mypy", "gcc", "cc"}


def name_of(page):
    return str(page.relative_to(ROOT))


def text_of(page):
    return page.read_text("utf-8")


def fenced(page, *languages):
    return [code for language, code in FENCED.findall(text_of(page)) if language in languages]


def typed(page):
    """The lines that a page says to type, and the commands in its sentences."""
    text = text_of(page)
    blocks = [*fenced(page, "sh"), *INDENTED.findall(FENCED.sub("\n", text))]
    for block in fenced(page, "console"):
        blocks += [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    for block in blocks:
        yield from block.replace("\\\n", " ").splitlines()
    for code in INLINE.findall(FENCED.sub("\n", text)):
        if len(code.split()) > 2 and "wann.NAME" not in code and "wann COMMAND" not in code:
            yield " ".join(code.split())


def commands(line):
    """The words of each command in a line of a shell."""
    for part in re.split(r"\s(?:&&|\|)\s|;\s(?:do\s)?", re.sub(r" (?:#|>) .*", "", line)):
        words = [MEANT.get(word, word) for word in shlex.split(part, comments=True)]
        words = [word for word in words if word not in ("...", "done")]
        while words and re.fullmatch(r"\w+=\S*", words[0]):  # a variable of the environment
            words = words[1:]
        if words and words[0] != "for":
            yield words


class Parsed(BaseException):
    """The options are good."""


@pytest.fixture
def only_parsing(monkeypatch, tmp_path):
    """Commands that end where their options are known to be good."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("size,species\n1,a\n2,b\n" * 20)
    real = command_line.parse

    def parse(*args, **more):
        real(*args, **more)
        raise Parsed

    monkeypatch.setattr(command_line, "parse", parse)
    monkeypatch.setattr(prune_options, "parse", parse)
    monkeypatch.setattr(config_file, "expanded", lambda args, switches: list(args))
    monkeypatch.setattr(command_line.names, "resolve", lambda name: name)
    monkeypatch.setattr(search, "_defaults", _defaults)
    monkeypatch.setattr(cluster, "require", lambda *_: None)  # a page may speak of any extra


def _defaults(args):
    env = command_line.given(args, "--env") or SearchConfig.env
    return search.Options(search.presets.settings(args, env))


def check_command(line, words):
    """See that a command exists and takes its options."""
    if words[0] in (".venv/bin/python", "python3", "python") and words[1] == "-m":
        module = words[2]
        if module in ("venv", "pytest", "build", "http.server"):
            return
        if module.startswith(("benchmarks.", "examples.")):
            check_script(words)
            return
        words = module.split(".") + words[3:]
    words[0] = words[0].removeprefix(".venv/bin/")
    if words[0] == "pip":
        check_extras(line)
    elif words[0] == "wann":
        check_wann(line, words[1:])
    elif words[0] in ("python", "python3"):
        assert (ROOT / words[1]).is_file(), line
    else:
        assert words[0] in (*OTHERS, "."), line


def check_wann(line, words):
    if words[0].startswith("--"):
        assert words[0] in ("--help", "--version", wann_main.COMPLETION), line
        return
    assert words[0] in wann_main.COMMANDS, line
    if words[0] == "prune" and "--resume" in words:  # reads what it names
        return
    try:
        wann_main._module(words[0]).main(words[1:])
    except Parsed:
        return
    except SystemExit as end:
        code = end.code
    else:
        code = 0
    assert not code, line
    assert {"--help", "--list"} & set(words), line


def check_script(words):
    """See that a script of the repository exists, and that its options stand in it."""
    path = ROOT / words[2].replace(".", "/")
    files = sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    code = "".join(text_of(file) for file in files)
    assert code, words
    for word in words[3:]:
        if word.startswith("--"):
            name = word.split("=")[0].removeprefix("--no-").removeprefix("--")
            known = name in code or name.replace("-", "_") in code
            assert known or name.replace("-", "_") in SearchConfig.__dataclass_fields__, words


def check_extras(line):
    for extras in re.findall(r"\[([\w,]+)\]", line):
        assert set(extras.split(",")) <= set(declared()), line


def declared():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text.split("[project.optional-dependencies]")[1].split("\n[")[0]
    return re.findall(r"^(\w+) = \[", section, re.MULTILINE)


RUN_HERE = [page for page in PAGES if fenced(page, "python") and name_of(page) not in RUN_ELSEWHERE]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_each_block_says_what_it_is(page):
    text = text_of(page)
    assert len(re.findall("^```", text, re.MULTILINE)) == 2 * len(FENCED.findall(text))
    assert {language for language, _ in FENCED.findall(text)} <= LANGUAGES


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files left open
@pytest.mark.parametrize("page", RUN_HERE, ids=name_of)
def test_python_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(envs, "_makers", dict(envs._makers))
    matplotlib.use("Agg")
    script, module = tmp_path / "page.py", types.ModuleType("page")
    script.write_text("\n".join(fenced(page, "python")), "utf-8")
    # Not imported: threads that import what the page defines would wait for the import's end.
    monkeypatch.setitem(sys.modules, "page", module)
    exec(compile(script.read_text("utf-8"), script, "exec"), vars(module))


@pytest.mark.usefixtures("only_parsing")
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_typed_is_a_command(page, capsys):
    for line in typed(page):
        for words in commands(line):
            check_command(line, words)


def test_what_is_no_command_is_found(only_parsing, capsys):
    for bad in ("wann serach", "wann sweep --bad RUN", "wann search --populaton 3", "pip x[bad]"):
        with pytest.raises((AssertionError, SystemExit)):
            check_command(bad, bad.split())


@pytest.mark.parametrize("page", [page for page in PAGES if fenced(page, "json")], ids=name_of)
def test_json_is_json_and_networks_are_networks(page):
    for block in fenced(page, "json"):
        value = json.loads(block)
        if str(value.get("format")).startswith("wann-network"):
            VALIDATOR.validate(value)
            from_json(value)


def anchors(page):
    """The names of a page's headings, as MkDocs and GitHub make them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text_of(page)), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings]
    return [heading.replace(" ", "-") for heading in plain]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    made = {(ROOT / "docs" / name).resolve() for name in generated.PAGES}
    for link, anchor in LINK.findall(FENCED.sub("", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / link).resolve() if link else page
        assert target.exists() or target in made, f"{name_of(page)}: {link}"
        if anchor and target.suffix == ".md" and target.exists():
            assert anchor in anchors(target), f"{name_of(page)}: {link}#{anchor}"


def test_settings_are_all_described():
    page = generated.settings()
    for name in SearchConfig.__dataclass_fields__:
        (row,) = re.findall(rf"^\| `{name}` \|.*$", page, re.MULTILINE)
        cells = re.split(r" (?<!\\)\| ?", row.strip("| "))
        assert len(cells) == 5
        assert all((*cells[:3], cells[4])), row  # a default may be empty


def test_the_help_of_a_command_is_a_page():
    page = generated.help_of("sweep")
    assert "--protocol" in page
    assert page.startswith("usage: wann sweep")
    assert "\x1b" not in page


def test_each_public_name_is_on_the_page_of_the_interface():
    shown = re.findall(r"^::: (\S+)", text_of(ROOT / "docs/reference/api.md"), re.MULTILINE)
    assert {f"wann.{name}" for name in wann.__all__} <= set(shown)
