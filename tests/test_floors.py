"""The house: imports run down its floors, files in no circle, and no room is too large.

An import inside a function counts, too: it only puts off what a file needs. One for type checkers
alone does not count, as nothing is imported when the program runs.
"""

import ast
import os
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1] / "wann"
FLOORS = (
    "__init__",  # imports a public name when it is first used
    "envs",
    "core",
    "evaluation plotting",
    "storage",
    "cli",
    "search tune sweep champions runs curves",
    "prune visualize export",  # how large an export is, a comparison tells
    "compare report",
    "api",  # a model that tries, reports and exports itself: above all of that, not in storage
    "sklearn watch",
    "__main__",
)
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names.split()}


def files_in(root):
    """The modules of a package by their dotted names, also behind links as that of envs."""
    for folder, _, names in os.walk(root, followlinks=True):
        for path in (Path(folder, name) for name in names if name.endswith(".py")):
            yield ".".join((root.name, *path.relative_to(root).with_suffix("").parts)), path


def imports(tree):
    """The names that a file imports: of modules, or of what is in one."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "expected absolute imports"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def graph_of(root):
    """Who imports whom, by the dotted names of files."""
    files = dict(files_in(root))
    graph = nx.DiGraph()
    graph.add_nodes_from(files)
    for file, path in files.items():
        for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
            module = name.rpartition(".")[0]
            choices = (name, f"{name}.__init__", module, f"{module}.__init__")
            if found := next((choice for choice in choices if choice in files), None):
                graph.add_edge(file, found)
    return graph


def upwards(graph):
    """The imports that do not lead down, from floor to floor."""
    found = []
    for edge in graph.edges:
        upper, lower = (name.split(".")[1] for name in edge)
        if upper != lower and FLOOR[upper] <= FLOOR[lower]:
            found.append(edge)
    return found


def circles(graph):
    return [sorted(files) for files in nx.strongly_connected_components(graph) if len(files) > 1]


def too_large(root):
    """Files of over 300 lines, folders of over 16 files, and a top floor of over 20 entries.

    There were 18; a command each that lists runs and that draws them over seeds came later, and
    the room for what Python programs use.
    """
    lines = {path: len(path.read_text("utf-8").splitlines()) for _, path in files_in(root)}
    shown = [path for path in root.iterdir() if path.is_dir() or path.suffix == ".py"]
    shown = [path for path in shown if path.name != "__pycache__" and not path.is_symlink()]
    rooms = [path.parent for path in lines]
    return [
        *(path for path, count in lines.items() if count > 300),
        *(folder for folder in set(rooms) if rooms.count(folder) > 16),
        *([root] if len(shown) > 21 else []),
    ]


def test_imports_run_down_the_floors():
    graph = graph_of(ROOT)
    assert len(graph.edges) > 400
    assert {name.split(".")[1] for name in graph} <= set(FLOOR)
    assert upwards(graph) == []


def test_no_circle_of_files():
    assert circles(graph_of(ROOT)) == []


def test_no_room_is_too_large():
    assert too_large(ROOT) == []


@pytest.fixture
def house(tmp_path):
    """A package of files that import nothing yet."""
    root = tmp_path / "wann"
    for name in ("core", "search", "tune"):
        (root / name).mkdir(parents=True)
        for file in ("__init__", "a", "b"):
            (root / name / f"{file}.py").write_text('"""Nothing."""\n')
    return root


@pytest.mark.parametrize(
    ("file", "line", "up", "round_"),
    [
        ("search/a", "from wann.core import b", 0, 0),
        ("search/a", "from wann.core.b import c", 0, 0),
        ("search/a", "from wann import search, core", 0, 0),
        ("search/a", "from wann.search import b", 0, 0),
        ("core/a", "from wann.search import b", 1, 0),
        ("core/a", "import wann.search.b", 1, 0),
        ("core/a", "def f():\n    from wann.search.b import c", 1, 0),
        ("core/a", "if TYPE_CHECKING:\n    from wann.search.b import c", 0, 0),
        ("core/a", "try:\n    from wann.search import c\nexcept ImportError:\n    pass", 1, 0),
        ("search/a", "from wann.tune import b", 1, 0),
        ("search/b", "from wann.search.a import c", 0, 1),
        ("search/b", "def f():\n    from wann.search import a", 0, 1),
        ("search/b", "if TYPE_CHECKING:\n    from wann.search import a", 0, 0),
    ],
)
def test_what_runs_upwards_or_in_a_circle_is_found(house, file, line, up, round_):
    (house / "search" / "a.py").write_text("from wann.search.b import c\n")
    with open(house / f"{file}.py", "a") as opened:
        opened.write(line)
    graph = graph_of(house)
    assert (len(upwards(graph)), len(circles(graph))) == (up, round_)


def test_what_is_too_large_is_found(house):
    assert too_large(house) == []
    (house / "core" / "a.py").write_text("\n" * 301)
    for i in range(14):
        (house / "tune" / f"c{i}.py").touch()
    assert sorted(too_large(house)) == [house / "core" / "a.py", house / "tune"]
    for i in range(19):
        (house / f"d{i}.py").touch()
    assert house in too_large(house)
