"""Many projects have a package called envs; ours is wann.envs, whatever lies beside it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOW = "import wann.envs.swingup as ours; print(ours.__file__)"
SHOW_BOTH = f"import envs; print(envs.NAME); {SHOW}; import envs.theirs; print(len(envs.theirs.X))"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The package as pip installs it: folders, no link."""
    place = tmp_path_factory.mktemp("site")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "wann", place / "wann", ignore=ignored)
    return place


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """A folder with a package of the name."""
    place = tmp_path_factory.mktemp("foreign")
    (place / "envs").mkdir()
    (place / "envs" / "__init__.py").write_text("NAME = 'foreign'\n")
    (place / "envs" / "theirs.py").write_text("X = 'abc'\n")
    (place / "envs" / "swingup.py").write_text("raise SystemExit('the wrong one')\n")
    return place


def run(code, folder, *path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    result = subprocess.run(
        [sys.executable, *code], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


@pytest.mark.parametrize("order", [1, -1])
def test_a_foreign_package_on_the_path_neither_hides_ours_nor_is_hidden(
    installed, foreign, tmp_path, order
):
    path = [installed, foreign][::order]
    ours = str(installed / "wann" / "envs" / "swingup.py")
    assert run(["-c", SHOW_BOTH], tmp_path, *path) == ["foreign", ours, "3"]


def test_commands_run_where_a_foreign_package_lies(installed, foreign):
    assert run(["-c", SHOW_BOTH], foreign, installed)[0] == "foreign"
    assert "search" in run(["-m", "wann", "--help"], foreign, installed)
    assert "--generations" in run(["-m", "wann.search", "--help"], foreign, installed)


def test_a_checkout_whose_git_makes_no_links(tmp_path, foreign):
    """There git writes a file that holds the target."""
    ignored = shutil.ignore_patterns("__pycache__", "envs")
    shutil.copytree(ROOT / "wann", tmp_path / "wann", ignore=ignored)
    shutil.copytree(ROOT / "envs", tmp_path / "envs", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "wann" / "envs").write_text("../envs")
    assert run(["-c", SHOW], foreign, tmp_path) == [str(tmp_path / "envs" / "swingup.py")]
