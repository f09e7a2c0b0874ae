"""No file makes code run: a task that a file names is made by `made_for`, which imports nothing."""

import ast
import json
import shutil
import sys
from pathlib import Path

import pytest

from wann import __main__, envs, evolve
from wann.core.config import preset
from wann.prune.run import PruneRun
from wann.storage.run import Run

ROOT = Path(__file__).parents[2]
# Where a task is made, or a module imported, by a name that is no file's: whose it is.
NAMES = {
    ("wann/search/loop.py", "task_of", "envs.make"): "the caller's",
    ("wann/storage/matrix.py", "read", "envs.make"): "the user's --env",
    ("wann/storage/subject.py", "read", "envs.make"): "the user's --env",
    ("wann/evaluation/control.py", "_received", "envs.make"): "of a task made already",
    ("wann/evaluation/images.py", "_received", "envs.make"): "of a task made already",
    ("wann/evaluation/regression/evaluator.py", "_received", "envs.make"): "of a task made already",
    ("wann/api/load.py", "load", "envs.make"): "the caller's",
    ("wann/core/checks.py", "require", "import_module"): "a constant",
    ("wann/__init__.py", "__getattr__", "import_module"): "a constant",
    ("wann/__main__.py", "_module", "import_module"): "a constant",
    ("envs/module.py", "_found", "importlib.import_module"): "what made_for lets through",
    ("envs/__init__.py", "_make_in", "importlib.import_module"): "a constant",
    (
        "envs/stepped/making.py",
        "made",
        "gymnasium.make",
    ): "what made_for lets through, or the user's",
    ("envs/stepped/asked.py", "wrapped", "importlib.import_module"): "as above",
}
MAKERS = {"envs.make", "importlib.import_module", "import_module", "gymnasium.make", "__import__"}


def calls(file):
    """The calls of what makes tasks or imports modules: the function they stand in, and whose."""
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in MAKERS:
                    yield function.name, ast.unparse(node.func)


def test_every_place_that_makes_a_task_is_known():
    found = {
        (str(file.relative_to(ROOT)), *call)
        for folder in ("wann", "envs")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if (ROOT / "wann" / "envs") not in file.parents
        for call in calls(file)
    }
    assert found - NAMES.keys() == set(), "is this name a file's? then made_for makes the task"
    assert NAMES.keys() - found == set()


def test_no_module_is_imported_for_a_name():
    for name in ("gym:canary:X", "gym::", "gym:canary:X:Y"):
        with pytest.raises(
            ValueError, match="would import a module: if you trust it, say --env gy"
        ):
            envs.made_for(name)
    for name in (None, 3, ["gym:canary:X"], {}):
        with pytest.raises(ValueError, match="expected the name of a task, got"):
            envs.made_for(name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of a search and ones of prunings, and a module that must not be imported."""
    folder = tmp_path_factory.mktemp("foreign")
    config = preset("cartpole", population=6, generations=1, confirm_rollouts=2, rollouts=1)
    evolve("cartpole", config, Run.create(config, folder / "run"), workers=1)
    for name, env in (("images", "digits"), ("policies", "swingup")):
        settings = {"method": "lottery-ticket", "env": env, "seed": 0}
        PruneRun.create(settings, folder / name)
    (folder / "canary.py").write_text(
        "from pathlib import Path\nPath(__file__).with_suffix('.sang').touch()\n"
    )
    return folder


HOSTILE = "gym:canary:X"


def renamed(value):
    """A file's value in which everything that names a task names a module; how many did."""
    if isinstance(value, dict):
        for key in value:
            if key in ("env", "task", "found_on"):
                value[key] = HOSTILE
            else:
                renamed(value[key])
    return value


@pytest.mark.parametrize(
    "command",
    [
        *(("search --resume", "run"), ("prune --resume", "images"), ("prune --resume", "policies")),
        *((f"{name}", "run") for name in ("sweep", "visualize", "tune", "report", "compare")),
        *(("export --to=c", "run"), ("compare", "images"), ("compare", "policies")),
        ("prune --resume", "found_on"),
    ],
    ids=" ".join,
)
def test_no_command_imports_what_a_file_names(folder, tmp_path, monkeypatch, command):
    words, name = command
    run = tmp_path / "run"
    shutil.copytree(folder / ("images" if name == "found_on" else name), run)
    for file in run.rglob("*.json"):
        value = json.loads(file.read_text())
        if name == "found_on":
            value["settings"]["found_on"] = HOSTILE
        file.write_text(json.dumps(value if name == "found_on" else renamed(value)))
    monkeypatch.syspath_prepend(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["wann", *words.split(), str(run)])
    try:
        __main__.main()
    except SystemExit as end:
        assert end.code == 2  # noqa: PT017  a report and an export need no task
    assert not (folder / "canary.sang").exists()
    assert "canary" not in sys.modules
