"""The examples run, at small size, and come to what they say."""

from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from examples import cartpole, export, iris, own_environment, paper, xor
from wann.storage.load import load

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")


def test_cartpole(tmp_path):
    assert cartpole.main(generations=3).task == "cartpole"
    assert (tmp_path / "cartpole.html").stat().st_size > 50_000
    assert (tmp_path / "cartpole-sweep.png").exists()


def test_own_environment():
    model = own_environment.main(generations=2, population=16, workers=1)
    assert len(model.inputs) == 2


def test_xor():
    network = xor.main()
    for weight in xor.WEIGHTS:
        assert ((network.forward(xor.X, weight)[:, 0] > 0) == xor.Y).all()


def test_iris():
    found = iris.main(generations=3)
    assert found["any shared weight"] > 0.5
    assert found["logistic regression"] > 0.9


def test_export(tmp_path):
    expected = load("champion:cartpole").forward(np.array([0.0, 0.1, 0.02, -0.1]), 0.7)
    np.testing.assert_allclose(export.main(), expected, rtol=1e-6)
    assert (tmp_path / "cartpole.h").exists()


def test_paper():
    found = paper.main(episodes=5)
    assert found["random weights"].mean < found["random shared"].mean


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own parts
def test_the_notebook_runs_from_top_to_bottom(tmp_path):
    notebook = nbformat.read(ROOT / "examples" / "dragged_weight.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(notebook.cells) == 10
    assert not any(line.startswith("!") for cell in code for line in cell.source.splitlines())
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    assert code[1].outputs  # the progress of the search
    assert "image/svg+xml" in code[2].outputs[0].data
    assert (tmp_path / "cartpole.html").exists()
