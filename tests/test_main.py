import subprocess
import sys
from pathlib import Path

import pytest
from joblib.externals.loky import get_reusable_executor

import wann
from wann import __main__


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `wann` with some words: exit code, output, errors."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["wann", *words])
        code = 0
        try:
            __main__.main()
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",)])
def test_usage(run, words):
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert out.startswith("usage: wann COMMAND")
    assert all(name in out for name in __main__.COMMANDS)


START = """
import contextlib, io, sys
import wann.core.config, wann.core.genome
from wann.__main__ import COMMANDS, _module

def runs(name, *args):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        _module(name).main([*args])
    assert out.getvalue()
    print(name, *args, "numba" in sys.modules)

for name in COMMANDS:
    runs(name, "--help")
runs("champions")
runs("runs", "runs")
runs("search", "--list-presets")
"""


def test_numba_is_imported_by_no_command_that_computes_nothing():
    """It takes as long as all the rest."""
    root = Path(__file__).parents[1]
    words = [sys.executable, "-c", START]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == len(__main__.COMMANDS) + 3
    assert [line for line in lines if not line.endswith(" False")] == []


def test_unknown_commands(run):
    code, out, err = run("serach", "--env", "cartpole")
    assert (code, out) == (2, "")
    assert err.startswith("wann: unknown command 'serach': expected search, ")
    assert err.endswith("; did you mean search?\n")
    assert err.count("\n") == 1


def test_a_command_gets_the_other_words(run):
    code, out, err = run("search", "--env", "cartpol")
    assert (code, out) == (2, "")
    assert err.startswith("wann: unknown env 'cartpol': expected one of cartpole")


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (KeyboardInterrupt(), (130, "", "wann: interrupted\n")),
        (OSError("no folder\ncan be written to"), (2, "", "wann: no folder can be written to\n")),
    ],
)
def test_what_ends_a_command_while_it_is_imported(run, monkeypatch, error, ends):
    def raises(name):
        raise error

    monkeypatch.setattr(__main__, "import_module", raises)
    assert run("sweep", "runs/latest") == ends


def test_version(run):
    assert run("--version") == (0, f"wann {wann.__version__}\n", "")


def test_completion_for_a_shell_knows_commands_and_flags(run):
    code, out, err = run("--tyro-print-completion", "bash")
    assert (not code, err) == (True, "")
    assert all(name in out for name in __main__.COMMANDS)
    assert "--time-limit" in out
    assert "complete " in out


def test_completion_for_tcsh_needs_a_package(run, monkeypatch):
    pytest.importorskip("shtab")
    code, out, err = run("--tyro-print-completion", "tcsh")
    assert (not code, err) == (True, "")
    assert all(name in out for name in __main__.COMMANDS)
    assert "complete wann" in out
    monkeypatch.setitem(sys.modules, "shtab", None)
    code, out, err = run("--tyro-print-completion", "tcsh")
    assert (code, out) == (2, "")
    assert err.startswith("wann: --tyro-print-completion tcsh needs more (")
    assert err.endswith("pip install 'wann[tcsh]'\n")


def test_completion_for_no_shell(run):
    for words in ((), ("dos",)):
        code, out, err = run("--tyro-print-completion", *words)
        assert (code, out) == (2, "")
        assert err == "wann: --tyro-print-completion: expected one of bash, zsh, tcsh after it\n"


MODULE = """
import gymnasium
from tests.own_tasks import Costly
gymnasium.register("Here-v0", Costly, max_episode_steps=10)
"""


def test_a_module_in_the_working_folder_is_found_after_all_others(run, tmp_path, monkeypatch):
    (tmp_path / "module_here.py").write_text(MODULE)
    (tmp_path / "wann.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    get_reusable_executor().shutdown(kill_workers=True)  # those of before do not know the folder
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path not in ("", str(tmp_path))])
    flags = ("generations", "population", "rollouts", "workers")
    options = [f"--{flag}={count}" for flag, count in zip(flags, (1, 4, 1, 1), strict=True)]
    code, out, _ = run("search", "--env", "gym:module_here:Here-v0", *options)
    assert (code, sys.path[-1]) == (0, str(tmp_path))
    assert "Champion on" in out
    run("--version")
    assert sys.path.count(str(tmp_path)) == 1


def test_a_task_named_in_a_file_imports_no_module_of_the_working_folder(run, tmp_path, monkeypatch):
    (tmp_path / "trap.py").write_text("raise SystemExit('imported')")
    model = wann.evolve("cartpole", generations=1, population=4, progress=False)
    model.save(tmp_path / "n.json")
    file = tmp_path / "n.json"
    file.write_text(file.read_text().replace('"cartpole"', '"gym:trap:Trap-v0"'))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    code, _, err = run("sweep", "n.json")
    assert code == 2
    assert "would import a module" in err


def test_the_help_of_a_search_is_there_before_what_searches():
    code = """
import sys
import tyro  # an old one needs rich itself
needed = set(sys.modules)
from wann.search.__main__ import main
try:
    main(["--help"])
finally:
    heavy = {"gymnasium", "numba", "numpy", "joblib", "rich", "matplotlib"}
    loaded = heavy & set(sys.modules) - needed
    assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--time-limit" in done.stdout
