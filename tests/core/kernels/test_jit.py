import dataclasses
import errno
import importlib
import os
import pickle
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import pytest

import wann
import wann.envs
from wann.core.kernels import rollout
from wann.core.kernels.jit import cache, compiled
from wann.core.kernels.jit.digest import digest
from wann.envs import cartpole

IGNORED = shutil.ignore_patterns("__pycache__")

# A kernel that names all it depends on in another file, some of it through a function below it.
KERNEL = """
import numba
import its_parts
from its_parts import Pair, negative
from wann.core.kernels.jit import compiled

@compiled
def kernel(x):
    pair = Pair(last=x, first=1.0)
    return later(pair[0]) * its_parts.FACTORS[1] * negative(1.0) + pair[1]

@compiled
def later(x):
    return its_parts.half(2.0 * x)
"""
PARTS = """
import collections
import numba
from numba.core import types
from numba.extending import intrinsic

FACTORS = (1.0, {factor})
Pair = collections.namedtuple("Pair", "{fields}")

@numba.njit
def half(x):
    return x / {divisor}

def negated(builder, value):
    return {negated}

def _negative(context, x):
    return types.float64(x), lambda context, builder, signature, values: negated(builder, values[0])

negative = intrinsic(_negative)
"""
BEFORE = {"factor": 3.0, "fields": "first last", "divisor": 2.0, "negated": "builder.fneg(value)"}
AFTER = {"factor": 5.0, "fields": "last first", "divisor": 4.0, "negated": "value"}
VALUES = {"factor": -3.0, "fields": -5.0, "divisor": 0.5, "negated": 5.0}


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Write the modules and import them as a new process would."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    names = ("its_kernel", "its_parts")

    def load(**changes):
        (tmp_path / "its_parts.py").write_text(PARTS.format(**{**BEFORE, **changes}))
        if not (tmp_path / "its_kernel.py").exists():
            (tmp_path / "its_kernel.py").write_text(KERNEL)
        for name in names:
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module("its_kernel").kernel

    yield load
    for name in names:
        sys.modules.pop(name, None)


def hits(kernel):
    return sum(kernel.stats.cache_hits.values())


def test_a_kernel_is_kept(fresh):
    assert fresh()(2.0) == -1.0
    again = fresh()
    assert again(2.0) == -1.0
    assert hits(again) == 1


@pytest.mark.parametrize("part", AFTER)
def test_a_change_in_another_file_is_seen(fresh, part):
    fresh()(2.0)
    changed = fresh(**{part: AFTER[part]})
    assert changed(2.0) == VALUES[part]
    assert hits(changed) == 0


def test_bytecode_is_what_counts(fresh, tmp_path):
    before = digest(fresh())
    file = tmp_path / "its_parts.py"
    text = file.read_text()
    fresh()
    file.write_text(text.replace("return x /", "# half of it\n    return x /"))
    sys.modules.pop("its_kernel")
    sys.modules.pop("its_parts")
    assert digest(importlib.import_module("its_kernel").kernel) == before


def test_recursive_functions():
    @numba.njit
    def down(n):
        return 0 if n == 0 else down(n - 1)

    def call(n):
        return down(n)

    assert compiled(call)(3) == 0


def test_without_sources_nothing_is_kept(capsys):
    scope = {}
    exec("def double(x):\n    return 2 * x", scope)
    kernel = compiled(scope["double"])
    assert kernel(2) == 4
    assert kernel.stats.cache_path is None
    assert capsys.readouterr().err == ""


UNWRITABLE = """
import sys
sys.path.insert(0, {folder!r})
sys.dont_write_bytecode = True
import its_kernel
print(its_kernel.kernel(2.0), its_kernel.later(2.0), its_kernel.kernel(2))
"""
# Root may write wherever it likes, unless it does without this right.
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]


@pytest.mark.skipif(os.name == "nt", reason="folders are made read-only by their mode")
def test_without_a_folder_to_write_to_one_line_says_so(fresh, tmp_path):
    fresh()
    shutil.copytree(Path(wann.__file__).parent, tmp_path / "wann", ignore=IGNORED)
    (tmp_path / "home").mkdir()
    for folder, *_ in os.walk(tmp_path):
        os.chmod(folder, 0o555)
    privileges = UNPRIVILEGED if os.geteuid() == 0 else []
    if privileges and not shutil.which("setpriv"):
        pytest.skip("root cannot give up its rights here")
    home = str(tmp_path / "home")
    run = subprocess.run(
        [*privileges, sys.executable, "-c", UNWRITABLE.format(folder=str(tmp_path))],
        env={"PATH": os.environ["PATH"], "HOME": home, "XDG_CACHE_HOME": home},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    for folder, *_ in os.walk(tmp_path):
        os.chmod(folder, 0o755)
    assert (run.stdout, run.returncode) == ("-1.0 2.0 -1.0\n", 0), run.stderr
    assert run.stderr.startswith("wann: compiled functions are not kept")
    assert "NUMBA_CACHE_DIR" in run.stderr
    assert run.stderr.count("\n") == 1


def test_numba_keeps_nothing_by_itself():
    """Its own `cache` ends the program where no folder can be written to, or the disk is full."""
    for package in (Path(wann.__file__).parent, Path(wann.envs.__file__).parent):
        for file in package.rglob("*.py"):
            assert not re.search(r"njit\([^)]*\bcache\b", file.read_text()), file


def test_a_full_disk_costs_a_line(fresh, monkeypatch, capsys):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "_said", [])
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile._save_data", full)
    assert fresh()(2.0) == -1.0
    assert fresh()(2.0) == -1.0
    error = capsys.readouterr().err
    assert "No space left on device" in error
    assert error.count("\n") == 1


def test_dynamics_must_be_compiled():
    task = dataclasses.replace(cartpole.make(), step=cartpole.step.py_func)
    with pytest.raises(TypeError, match="task cartpole: expected step to be compiled by numba"):
        rollout.compile_rollout(task)


def test_what_is_kept_of_a_module_that_is_not_here_is_compiled_anew(monkeypatch):
    """As of a task that was defined in a cell, or by exec, in an earlier process."""

    def load(*args):
        raise ModuleNotFoundError("No module named '<dynamic>'")

    @compiled
    def doubled(x):
        return 2 * x

    monkeypatch.setattr(cache.FunctionCache, "load_overload", load)
    assert doubled(21) == 42


def test_a_kernel_is_made_once_and_is_what_numba_makes():
    @compiled
    def half(x):
        """The half."""
        return x / 2

    @compiled
    def quarter(x):
        return half(x) / 2

    assert (half.__name__, half.__doc__, half.py_func(3.0)) == ("half", "The half.", 1.5)
    assert "_dispatcher" not in vars(half)
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: half.dispatcher, range(64)))
    assert len(made) == 1
    assert quarter(3.0) == 0.75
    assert half.nopython_signatures == made.pop().nopython_signatures != []
    assert (half.targetoptions["nogil"], half.targetoptions["error_model"]) == (True, "numpy")
    assert pickle.loads(pickle.dumps(quarter))(5.0) == 1.25


def test_a_kernel_may_call_itself():
    scope = {"compiled": compiled}
    source = "@compiled\ndef down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\n"
    exec(source, scope)
    assert scope["down"](5) == 5


def test_linear_algebra_waits_for_code_that_needs_it():
    code = """
import sys
import numba, numpy as np
from wann.core.kernels.simd import aligned_rows
aligned_rows(1)
assert "scipy.linalg" not in sys.modules
dot = numba.njit(lambda left, right: np.dot(left, right))
assert dot(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 11
assert "scipy.linalg" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
