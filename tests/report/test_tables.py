"""What the page says of tables: formulas, what columns matter, predicted against true."""

import numpy as np
import pytest

import wann
from tests.reports import WEIGHTS, data_of, page_of, search
from wann import envs
from wann.core.config import preset
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.regression.readout import batch, outputs, r_squared, readout
from wann.export import formula
from wann.report import tables
from wann.report.collect import Collector
from wann.visualize import importance

SMALL = {"generations": 2, "connect_probability": 0.3}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    names = ("diabetes", "linnerud", "iris")
    return {name: search(folder / name, f"sklearn:{name}", **SMALL) for name in names}


@pytest.fixture(scope="module")
def pages(runs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, run in runs.items():
        page = page_of([run], Collector(WEIGHTS, episodes=3, workers=1))
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in runs}


def run_in(page):
    return data_of(page.read_text(encoding="utf-8"))["runs"][0]


def test_a_formula_is_that_of_the_export_and_only_where_it_can_be_read(runs, pages):
    model = wann.load(runs["diabetes"])
    found = run_in(pages["diabetes"])["formula"]
    assert found["text"] == formula.equations(model, formula.TEXT)
    assert found["latex"] == formula.latex(model)
    dense = wann.load("champion:digits")
    assert dense.network.complexity > tables.MOST_CONNECTIONS
    assert tables.formula(dense) is None


def test_columns_stand_by_their_worth(runs, pages):
    model = wann.load(runs["diabetes"])
    found = run_in(pages["diabetes"])["importance"]
    task = envs.make("sklearn:diabetes")
    expected = importance.measure(model, evaluator_for(task, preset(task.name)))
    worth = dict(zip(expected.columns, expected.loss, strict=True))
    assert found["unit"] == "R²"
    assert found["loss"] == sorted(found["loss"], reverse=True)
    for name, loss in zip(found["columns"], found["loss"], strict=True):
        assert loss == pytest.approx(worth[name], rel=1e-5, abs=1e-9)
    assert found["loss"][0] > 0
    assert run_in(pages["iris"])["importance"]["unit"] == "accuracy"


@pytest.mark.parametrize("name", ["diabetes", "linnerud"])
def test_the_page_predicts_as_python_does(runs, pages, browser, name):
    model, task = wann.load(runs[name]), envs.make(f"sklearn:{name}")
    browser.open(pages[name])
    for weight in (1.0, -1.5):
        browser.slide("#weight", str(weight))
        found = browser.run("return [task.predicted, task.score()]")
        case = batch(task.report)
        raw = outputs(model.network, np.array([weight]), case)
        predicted = readout(model.network, task, np.array([weight]))(raw)
        np.testing.assert_allclose(found[0], predicted[0].T, rtol=2e-3)
        assert found[1] == pytest.approx(r_squared(predicted, case.targets)[0], abs=2e-3)
    dots = browser.run(
        "const panels = [...document.querySelectorAll('#scene svg')];"
        "return panels.map((panel) => panel.querySelectorAll('circle').length);"
    )
    assert dots == [len(task.report.y)] * len(task.outputs)
    assert browser.complaints() == []


def test_a_row_of_ones_own_is_predicted_in_the_units_of_the_target(runs, pages, browser):
    model, task = wann.load(runs["diabetes"]), envs.make("sklearn:diabetes")
    browser.open(pages["diabetes"])
    assert browser.run("return document.querySelectorAll('.features input').length") == 10
    browser.run("const s = document.querySelector('.features input'); s.value = s.max;")
    browser.run(
        "const s = document.querySelector('.features input');"
        "s.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    own, told = browser.run("return [task.own.values, task.own.predicted]")
    weight = np.array([browser.run("return task.weight")])
    case = batch(task.report)._replace(images=np.array(own, np.float32)[:, None])
    predicted = readout(model.network, task, weight)(outputs(model.network, weight, case))
    np.testing.assert_allclose(told, predicted[0, :, 0], rtol=2e-3)
    assert "Your own row: predicted" in browser.text(".told-row")
    assert "your own" in browser.text("#status")
    browser.click("#next")
    assert browser.run("return task.own") is None


def test_rows_are_walked_through_and_random_weights_have_a_fitted_scale(pages, browser):
    browser.open(pages["diabetes"])
    before = browser.text("#status")
    browser.click("#next")
    assert browser.run("return task.number") == 1
    assert browser.text("#status") != before
    browser.click("#mode-random")
    assert "scale fitted to these rows" in browser.text("#status")
    # By least squares no scale and offset are better: R² is the squared correlation.
    found, truth = browser.run("return [task.predicted.map((r) => r[0]), runShown().scene.truth]")
    slope = np.polyfit(found, np.ravel(truth), 1)
    np.testing.assert_allclose(slope, [1, 0], atol=1e-6 * np.ptp(truth))
    assert browser.complaints() == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_cards_of_a_table(pages, browser, width, dark):
    for name in ("diabetes", "iris"):
        browser.open(pages[name], width=width, dark=dark)
        run = run_in(pages[name])
        assert browser.run("return document.documentElement.scrollWidth") == width
        rows = browser.run(
            "const cells = [...document.querySelectorAll('#importance tbody th')];"
            "return cells.map((cell) => cell.textContent);"
        )
        assert rows == run["importance"]["columns"]
        assert browser.text("#formula pre") == "\n".join(run["formula"]["text"])
        assert browser.run("return byId('formula').querySelectorAll('details').length") == 2
    assert browser.complaints() == []
