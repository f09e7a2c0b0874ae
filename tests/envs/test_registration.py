"""Gymnasium knows the swing-up by its id, in whatever order the two are imported."""

import subprocess
import sys

import pytest

from wann.envs import registration

KNOWN = f"import gymnasium; gymnasium.spec({registration.SWINGUP!r})"
HOOKS = "sum(type(x).__module__ == 'wann.envs.registration' for x in sys.meta_path)"


def _runs(code):
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "before",
    [
        "import gymnasium; import wann.envs",
        "import wann.envs; import gymnasium",
        "import wann.envs.reading; from importlib.util import find_spec; find_spec('gymnasium')",
    ],
)
def test_the_id_is_known(before):
    assert _runs(f"{before}; {KNOWN}")


def test_gymnasium_waits_until_it_is_needed_and_is_then_as_without():
    code = f"""
import importlib, sys
import wann.envs
assert "gymnasium" not in sys.modules and "numpy" not in sys.modules
importlib.reload(wann.envs)
assert {HOOKS} == 1
import gymnasium
assert type(gymnasium.__loader__).__name__ == "SourceFileLoader"
assert gymnasium.__loader__ is gymnasium.__spec__.loader
env = gymnasium.make({registration.SWINGUP!r})
assert env.spec.max_episode_steps == 1000
importlib.reload(gymnasium)
"""
    assert _runs(code)


def test_an_import_that_fails_can_be_tried_again(tmp_path):
    (tmp_path / "gymnasium.py").write_text("raise ImportError('broken')")
    code = f"""
import sys
import wann.envs
sys.path.insert(0, {str(tmp_path)!r})
try:
    import gymnasium
except ImportError as error:
    assert str(error) == "broken"
sys.path.pop(0)
{KNOWN}
"""
    assert _runs(code)


def test_without_gymnasium_its_import_says_so():
    code = """
import sys
import wann.envs
sys.path[:] = []
sys.path_importer_cache.clear()
try:
    import gymnasium
except ModuleNotFoundError as error:
    assert error.name == "gymnasium"
else:
    sys.exit("it was found")
"""
    assert _runs(code)
