import json
from dataclasses import replace

import numpy as np
import pytest

import wann
from wann.core.expressions.own import Own
from wann.core.kernels.activations import OWN
from wann.search.__main__ import main
from wann.search.start import beginning
from wann.storage.load import load

SOFTSIGN = Own("softsign", "x/(1+abs(x))")
MINE = ["tanh", "softsign=x/(1+abs(x))"]
SMALL = {
    "population": 16,
    "generations": 6,
    "add_node": 4.0,
    "complexity_probability": 0.0,
    "confirm_rollouts": 1,
    "report_episodes": 1,
    "target": np.inf,
    "workers": 1,
    "progress": False,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A short search whose champion has a node of softsign."""
    folder = tmp_path_factory.mktemp("runs") / "own"
    wann.evolve("swingup", seed=1, run=folder, activations=MINE, max_steps=60, **SMALL)
    return folder


def softsigns(model):
    return np.flatnonzero(model.network.activations == OWN)


def test_a_search_finds_networks_with_it(run):
    model = load(run)
    assert len(softsigns(model))
    assert model.genome.own == (SOFTSIGN,)
    written = json.loads((run / "champion.json").read_text())
    assert written["activations"] == {"softsign": "x/(1+abs(x))"}
    settings = json.loads((run / "config.json").read_text())["settings"]
    assert settings["activations"] == ",".join(MINE)


def test_its_file_gives_the_same_outputs(run):
    model = load(run)
    x = np.random.default_rng(0).normal(0, 2, (9, 5))
    values = {0: np.ones(9), **{1 + i: x[:, i] for i in range(5)}}
    network = model.network
    formulas = {0: lambda v: v, 4: np.tanh, 6: np.negative, OWN: lambda v: v / (1 + np.abs(v))}
    for node in range(6, len(network.ids)):
        sources = network.sources[network.offsets[node] : network.offsets[node + 1]]
        total = sum((values[s] for s in sources.tolist()), np.zeros(9))
        values[node] = formulas[int(network.activations[node])](0.7 * total)
    np.testing.assert_allclose(
        model.forward(x, 0.7)[:, 0], values[len(network.ids) - 1], rtol=1e-13
    )


def test_a_search_goes_on_bit_for_bit(run, tmp_path):
    settings = {**SMALL, "generations": 3}
    wann.evolve("swingup", seed=1, run=tmp_path / "a", activations=MINE, max_steps=60, **settings)
    main(["--resume", str(tmp_path / "a"), "--generations", "6", "--quiet"])
    assert load(tmp_path / "a").genome == load(run).genome


def test_a_search_begins_with_it_only_where_it_has_it(run):
    model, task = load(run), wann.envs.make("swingup")
    config = wann.preset("swingup", activations="linear,other=x,softsign=x/(1+abs(x))")
    begun = beginning(model, task, config)
    assert set(begun.hidden["activation"].tolist()) <= {0, 4, 6, OWN + 1}
    assert begun.own == config.own_activations
    with pytest.raises(ValueError, match="expected softsign=x/\\(1\\+abs\\(x\\)\\) among"):
        beginning(model, task, replace(config, activations="linear,softsign=x"))


def test_pictures_and_pages_have_its_name_and_formula(run):
    model = load(run)
    axes = model.topology().axes[0]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "softsign: x/(1+abs(x))" in labels
    assert "softsign" in [text.get_text() for text in axes.texts]
    from wann.report.networks import arrays

    (own,) = arrays(model)["own"]
    tree = ["div", "x", ["add", 1.0, ["abs", "x"]]]
    assert own == {"name": "softsign", "formula": "x/(1+abs(x))", "tree": tree}


def test_exports_have_it(run, tmp_path):
    from wann.export import formula
    from wann.export.formats import graph
    from wann.storage import matrix

    model = load(run)
    assert "softsign(x) = x/(1+abs(x))" in formula.text(model)
    tex = formula.latex(model)
    assert r"\operatorname{softsign}\left(x\right) &= \frac{x}{1 + \left|x\right|}" in tex
    assert graph(model).graph["activation softsign"] == "x/(1+abs(x))"
    with pytest.raises(ValueError, match="expected a network of those, got one with softsign"):
        matrix.write(model)
