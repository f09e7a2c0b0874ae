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


def executed(name, folder, smaller=()):
    """The cells of code of a notebook, run from top to bottom, with some texts replaced before."""
    notebook = nbformat.read(ROOT / "examples" / name, as_version=4)
    assert len(notebook.cells) == 10
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(line.startswith("!") for cell in code for line in cell.source.splitlines())
    for old, new in smaller:
        (cell,) = (cell for cell in code if old in cell.source)
        cell.source = cell.source.replace(old, new)
    resources = {"metadata": {"path": str(folder)}}
    waits = {"timeout": 600, "iopub_timeout": 100}  # a busy machine loses what comes after that
    NotebookClient(notebook, kernel_name="python3", resources=resources, **waits).execute()
    return code


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own parts
def test_the_notebook_runs_from_top_to_bottom(tmp_path):
    code = executed("dragged_weight.ipynb", tmp_path)
    assert code[1].outputs  # the progress of the search
    assert "image/svg+xml" in code[2].outputs[0].data
    assert (tmp_path / "cartpole.html").exists()


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own parts
def test_the_notebook_of_a_lottery_ticket(tmp_path):
    pytest.importorskip("jax")
    smaller = [("STEPS = 1000", "STEPS = 30"), ('"50"', '"8"'), ('"0.86"', '"0.2"')]
    code = executed("lottery_ticket.ipynb", tmp_path, smaller)
    assert "image/svg+xml" in code[3].outputs[0].data  # the ticket
    assert "image/png" in code[4].outputs[0].data  # the sweeps
    rows = [line.split() for line in code[5].outputs[0].text.splitlines()]
    found = {row[0]: [float(word) for word in row if word[0] == "0"] for row in rows}
    assert found["champion"][0] > 0.9 > 0.3 > found["ticket"][0] > 0
