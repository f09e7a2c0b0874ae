import io
from dataclasses import replace

import matplotlib
import numpy as np
import pytest

import wann
from tests import genomes
from tests.genomes import model_of
from tests.searches import SMALL
from wann import sweep
from wann.api.load import model_of as able
from wann.core import files

matplotlib.use("Agg")
from matplotlib import pyplot
from PIL import Image


@pytest.fixture(scope="module")
def model():
    return wann.evolve("cartpole", SMALL, progress=False)


@pytest.fixture
def axes():
    yield pyplot.subplots()[1]
    pyplot.close("all")


def shown(result):
    """What a notebook shows of a result: a picture that is not empty."""
    picture = Image.open(io.BytesIO(result._repr_png_()))
    assert picture.width > 300
    assert len(picture.getcolors(10**6)) > 10


def test_a_model_says_what_it_is_in_one_line(model):
    text = repr(model)
    assert text.startswith("<Model for cartpole: 4 inputs, 2 outputs, ")
    assert f"{model.network.complexity} connections" in text
    assert f"fitness {model.scores['fitness']:.1f}>" in text
    assert "\n" not in text


def test_a_sweep_is_that_of_the_command(model, axes, tmp_path):
    model.save(tmp_path / "m.json")
    sweep.main([str(tmp_path / "m.json"), "--weights=-1:1:3", "--episodes=5", "--quiet"])
    _, rows = files.read_csv(tmp_path / "m-sweep.csv")
    swept = model.sweep([-1, 0, 1], episodes=5)
    assert swept.mean.tolist() == [float(row[1]) for row in rows]
    assert repr(swept).startswith("<Sweep over 3 shared weights: best ")
    assert swept.plot(axes) is axes
    assert axes.lines[0].get_ydata().tolist() == swept.mean.tolist()
    assert len(swept.plot().get_figure().axes) == 1
    shown(swept)


def test_the_protocol(model, axes):
    found = model.protocol(episodes=4)
    assert [each.name for each in found.conditions] == [
        "random weights",
        "random shared",
        "best shared",
    ]
    assert found["random shared"].scores.shape == (100, 4)
    assert [row["condition"] for row in found.rows()] == [each.name for each in found.conditions]
    assert found._repr_html_().count("<tr>") == 4
    assert [bar.get_width() for bar in found.plot(axes).patches] == [
        each.mean for each in found.conditions
    ]
    shown(found)


def test_tuning_one_weight_and_all(model, axes):
    found = model.tune(weights="-2:2:5", episodes=20, progress=False)
    assert found.model.weights == found.shared.weight
    assert found.model.genome == model.genome
    assert found.model.scores["tuning"]["what"] == "shared"
    assert repr(found).startswith("<Tuning: ")
    assert found.plot(axes) is axes
    shown(found)
    whole = model.tune("weights", weights="-2:2:5", episodes=20, steps=2, progress=False)
    assert len(whole.model.weights) == model.network.enabled
    assert [row["iteration"] for row in whole.curve] == [1, 2]
    assert whole.model([0.0, 0.1, 0.0, 0.1]) in (0, 1)
    shown(whole)


def test_simplifying_takes_what_is_not_needed():
    whole = wann.evolve("cartpole", seed=1, simplify=False, progress=False)
    small = whole.simplify(seed=1)
    assert small.network.complexity <= whole.network.complexity
    assert small.scores["fitness"] >= 0.98 * whole.scores["fitness"]
    assert small.simplify(seed=1).network.complexity <= small.network.complexity


def test_drawing_exporting_and_reporting(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "connections" in model.plot().axes[0].get_title(loc="left")
    (header,) = model.export("c", "controller", weight=0.7)
    assert "controller_act" in header.read_text()
    assert [path.name for path in model.export("python")] == ["cartpole.py"]
    with pytest.raises(ValueError, match=r"controller.h: exists already; force=True replaces it$"):
        model.export("c", "controller")
    with pytest.raises(ValueError, match=r"^to: expected onnx, c, .* got 'pdf'"):
        model.export("pdf")
    with pytest.raises(ValueError, match=r"^double: goes with onnx and c only"):
        model.export("json", double=True)
    page = model.report(weights="-1:1:3", episodes=2)
    assert page.read_text().count("champion") > 3
    with pytest.raises(ValueError, match=r"report.html: exists already; force=True"):
        model.report()
    assert model.report(weights="-1:1:3", episodes=2, force=True) == page


def test_history_of_searches_in_memory_and_in_folders(model, tmp_path, axes):
    kept = wann.evolve("cartpole", SMALL, tmp_path / "run", progress=False)
    loaded = wann.load(tmp_path / "run")
    for name in ("generation", "fitness_best", "champion_fitness", "connections_median"):
        assert kept.history[name].tolist() == model.history[name].tolist()
        assert loaded.history[name].tolist() == model.history[name].tolist()
    assert repr(loaded.history).startswith("<History of 6 generations: generation, ")
    assert loaded.history.plot(axes) is axes
    shown(loaded.history)
    page = loaded.report(tmp_path / "page.html", weights="-1:1:3", episodes=2)
    assert "champion_fitness" in page.read_text()


def test_history_as_a_data_frame(model):
    pandas = pytest.importorskip("pandas")
    frame = model.history.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["peak"].tolist() == model.history["peak"].tolist()


def test_a_file_alone_has_no_history_but_the_preset_of_its_task(tmp_path):
    able(wann.load("champion:cartpole")).save(tmp_path / "alone.json")
    alone = wann.load(tmp_path / "alone.json")
    with pytest.raises(ValueError, match=r"has no history: expected the champion of a run"):
        _ = alone.history
    assert alone.config == wann.preset("cartpole")


def test_bad_arguments(model):
    with pytest.raises(ValueError, match=r"^weights: expected a list of finite numbers"):
        model.sweep([1, np.inf])
    with pytest.raises(ValueError, match=r"^episodes: expected"):
        model.sweep(episodes=0)
    with pytest.raises(ValueError, match=r"^what: expected 'shared' or 'weights', got 'all'"):
        model.tune("all")
    with pytest.raises(ValueError, match=r"^workers: expected 1 to"):
        model.protocol(workers=0)
    with pytest.raises(ValueError, match=r"steps from 1 on, got 300.0 and 0"):
        model.tune("weights", steps=0)


def test_a_task_that_is_unknown_or_of_another_size_is_told():
    genome = genomes.genome(1, 1, connections=[(1, 2)])
    with pytest.raises(ValueError, match=r"unknown env 'mine'"):
        able(replace(model_of(genome), task="mine")).sweep()
    other = able(model_of(genome), given_task=wann.load("champion:cartpole")._task())
    with pytest.raises(ValueError, match=r"expected 4 inputs, as cartpole has, got 1"):
        other.sweep()
