import shutil

import numpy as np
import pytest
from PIL import Image

from tests.genomes import genome
from wann.core.config import preset
from wann.envs.tables.task import make
from wann.evaluation.evaluator import evaluator_for
from wann.storage.model import Model
from wann.visualize import __main__ as visualize
from wann.visualize import importance


@pytest.fixture
def table(tmp_path):
    """Two classes that the column `told` says, one that says nothing, and a town."""
    path = tmp_path / "rows.csv"
    rows = ["told,noise,town,label"]
    rng = np.random.default_rng(0)
    for i in range(120):
        rows.append(f"{i % 2},{rng.normal():.3f},{('Bern', 'Basel', 'Chur')[i % 3]},{i % 2}")
    path.write_text("\n".join(rows))
    return make(f"csv:{path}?label=label&task=classification")


@pytest.fixture
def model(table):
    """`told` says yes, and no by an inverse; a town that goes to both says nothing."""
    genes = genome(
        len(table.inputs),
        2,
        [(len(table.inputs) + 3, "inverse")],
        [(1, 8), (8, 6), (1, 7), (3, 6), (3, 7)],
    )
    return Model(genes, table.name, table.inputs, table.outputs, table.action, table=table.table)


def test_a_column_is_worth_what_is_lost_without_it(table, model):
    assert table.inputs == ("told", "noise", "town=Basel", "town=Bern", "town=Chur")
    found = importance.measure(model, evaluator_for(table, preset(table.name)))
    assert found.columns == ("told", "noise", "town")
    # w x against -w² x: right but for the weight -1, where they tie, and -0.5.
    assert found.score == 0.75
    assert found.loss[1] == 0
    assert found.loss[2] == 0


def test_a_shuffled_column_is_right_by_chance(table, model, monkeypatch):
    monkeypatch.setattr(importance, "WEIGHTS", np.array([0.5, 1.0]))
    found = importance.measure(model, evaluator_for(table, preset(table.name)))
    assert found.score == 1
    assert found.loss[0] == pytest.approx(0.5, abs=0.15)  # half of a shuffled column is right
    assert found.loss[1:].tolist() == [0, 0]
    assert found.deviation[0] > 0


def test_visualize_draws_it_or_says_why_not(table, model, tmp_path, capsys):
    model.save(tmp_path / "net.json")
    visualize.main([str(tmp_path / "net.json"), "--out", str(tmp_path / "drawn")])
    with Image.open(next((tmp_path / "drawn").glob("*importance.png"))) as drawn:
        assert drawn.width > 500
    shutil.move(tmp_path / "rows.csv", tmp_path / "gone.csv")
    capsys.readouterr()
    visualize.main([str(tmp_path / "net.json"), "--out", str(tmp_path / "again")])
    assert "no importance.png" in capsys.readouterr().out.replace("\n", " ")
