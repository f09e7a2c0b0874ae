import json
import shutil
import webbrowser
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import wann
from tests.genomes import genome
from wann import envs
from wann.core import files
from wann.core.config import preset
from wann.core.network import express
from wann.evaluation.pool import Pool
from wann.search.loop import search
from wann.search.state import SearchState
from wann.storage.model import Model
from wann.storage.run import Run
from wann.storage.saved import Saved
from wann.visualize import __main__ as visualize
from wann.visualize import episode_gif, films, pictures

ALL = {
    "topology.png",
    "topology.svg",
    "evolution.png",
    "pareto.png",
    "lineage.png",
    "lineage.gif",
    "behaviour.gif",
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of three generations; look at a copy, `run`."""
    config = preset("cartpole", population=12, generations=3, rollouts=1, confirm_rollouts=2)
    run = Run.create(config, tmp_path_factory.mktemp("runs") / "run")
    wann.evolve("cartpole", config, run, workers=1, progress=False)
    return run.path


@pytest.fixture(autouse=True)
def few_frames(monkeypatch):
    monkeypatch.setattr(episode_gif, "FRAMES", 4)


@pytest.fixture
def run(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "run")


def written(folder):
    suffixes = (".png", ".svg", ".gif")
    return {path.name for path in folder.iterdir() if path.suffix in suffixes}


def test_a_run_gives_all_pictures(run, capsys):
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    visualize.main([str(run)])
    out = capsys.readouterr().out
    assert written(run) == ALL
    for name in ALL:
        assert name in out
    for name, content in before.items():
        assert (run / name).read_bytes() == content
    champions = len(list((run / "champions").iterdir()))
    with Image.open(run / "lineage.gif") as gif:
        assert getattr(gif, "n_frames", 1) == champions
    with Image.open(run / "behaviour.gif") as gif:
        assert gif.n_frames > 1
        first = gif.convert("RGB").tobytes()
        gif.seek(gif.n_frames - 1)
        assert gif.convert("RGB").tobytes() != first
    root = ElementTree.parse(run / "topology.svg").getroot()
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"x", "x_dot", "theta", "theta_dot", "bias", "left", "right"} <= texts


def texts_of(file):
    root = ElementTree.parse(file).getroot()
    return " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))


def test_figures_say_what_they_are_of_in_every_format(run, tmp_path):
    visualize.main([str(run), "--format", "pdf,svg", "--out", str(tmp_path / "out"), "--quiet"])
    names = {path.name for path in (tmp_path / "out").iterdir()}
    for name in ("topology", "evolution", "pareto", "lineage"):
        assert {f"{name}.pdf", f"{name}.svg"} <= names
        told = texts_of(tmp_path / "out" / f"{name}.svg")
        assert "cartpole · run · seed 0" in told
        assert "6 shared weights" in told
        assert (tmp_path / "out" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    assert not any(name.endswith(".png") for name in names)
    bare = tmp_path / "bare"
    visualize.main([str(run), "--format", "svg", "--bare", "--out", str(bare), "--quiet"])
    assert "seed 0" not in texts_of(bare / "evolution.svg")


def test_a_film_of_the_search(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)  # no ffmpeg: a GIF
    monkeypatch.setattr(films, "SCENE", 3)
    out = tmp_path / "out"
    visualize.main([str(run), "--video", "--out", str(out), "--format", "svg"])
    champions = len(list((run / "champions").iterdir()))
    with Image.open(out / "evolution.gif") as film:
        assert film.size[0] == films.WIDTH + episode_gif.WIDTH
        assert 1 < film.n_frames <= 3 * champions
    assert (out / "evolution.gif").stat().st_size < 5e6


def test_an_unknown_format_is_one_line(run, refused):
    assert "--format: expected some of png, svg, pdf" in refused(
        visualize.main, [str(run), "--format", "gif"]
    )


def test_nothing_is_overwritten_without_force(run, capsys, refused):
    (run / "pareto.png").write_text("mine")
    line = refused(visualize.main, [run])
    assert line.startswith(f"{run / 'pareto.png'}: exists already; --force replaces it")
    assert written(run) == {"pareto.png"}
    visualize.main([str(run), "--force", "--quiet"])
    assert capsys.readouterr().out == ""
    assert written(run) == ALL
    assert (run / "pareto.png").read_bytes().startswith(b"\x89PNG")


def test_out_names_another_folder(run, tmp_path):
    visualize.main([str(run), "--out", str(tmp_path / "new" / "pictures"), "--quiet"])
    assert written(tmp_path / "new" / "pictures") == ALL
    assert written(run) == set()


def test_pictures_are_the_same_each_time(run, tmp_path):
    for name in "ab":
        visualize.main([str(run), "--out", str(tmp_path / name), "--quiet"])
    for name in ALL:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_open_shows_every_picture(run, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    visualize.main([str(run), "--open", "--quiet"])
    assert {url.rsplit("/", 1)[1] for url in opened} == ALL
    assert all(url.startswith("file://") for url in opened)


def test_a_lone_file_gives_topology_and_behaviour(run, tmp_path):
    shutil.copy(run / "champion.json", tmp_path / "champion.json")
    shutil.copy(run / "champion.json", tmp_path / "tuned.json")
    for name in ("champion.json", "tuned.json"):
        visualize.main([str(tmp_path / name), "--quiet", "--weights", "1"])
    names = {"topology.png", "topology.svg", "behaviour.gif"}
    assert written(tmp_path) == names | {f"tuned-{name}" for name in names}


def test_a_run_without_a_champion_yet(run, refused):
    (run / "champion.json").unlink()
    expected = f"{run}: expected a run with a champion.json, but it has none (yet)"
    assert refused(visualize.main, [run]) == expected


def test_a_file_of_a_newer_format(run, refused):
    value = json.loads((run / "champion.json").read_text())
    files.write_json(run / "champion.json", value | {"format": "wann-network/3"})
    assert "'wann-network/3': update wann to read it" in refused(visualize.main, [run])


def test_what_is_not_there(tmp_path, refused):
    assert str(tmp_path / "none") in refused(visualize.main, [tmp_path / "none"])


def test_bad_options_end_in_one_line(run, refused):
    assert "expected LOW:HIGH:COUNT" in refused(visualize.main, [run, "--weights", "many"])
    assert "--against" in refused(visualize.main, [run, "--against", "time"])


def test_a_run_that_is_still_going(run, capsys):
    """The last row is half written, the champion not scored, the checkpoint not there yet."""
    with open(run / "metrics.csv", "a") as file:
        file.write("3,1200,0.")
    champions = sorted((run / "champions").iterdir())
    value = json.loads((run / "champion.json").read_text())
    del value["scores"]["fitness"]
    files.write_json(run / "champion.json", value)
    for checkpoint in run.glob("checkpoint*.npz"):
        checkpoint.unlink()
    visualize.main([str(run)])
    out = capsys.readouterr().out
    assert "this search is still going, or was cut off" in out
    assert "no pareto.png: the checkpoint holds no population's fitness (yet)" in out
    assert "of 3 generations" in out
    assert len(champions) == 1
    assert "1 of 1 champion " in out
    assert written(run) == ALL - {"pareto.png"}


def test_a_run_with_nothing_but_a_champion(run, capsys):
    for file in (run / "metrics.csv", *run.glob("checkpoint*.npz")):
        file.unlink()
    shutil.rmtree(run / "champions")
    visualize.main([str(run)])
    assert "no evolution.png: no generation is written down yet" in capsys.readouterr().out
    assert written(run) == {"topology.png", "topology.svg", "behaviour.gif"}


def model(inputs, outputs, task):
    of = genome(len(inputs), len(outputs), [], [(1, 1 + len(inputs))])
    return Model(of, task, tuple(inputs), tuple(outputs), {"kind": "discrete"})


@pytest.mark.parametrize(
    ("champion", "reason"),
    [
        (model("ab", "c", "walker"), "the task walker is not known here"),
        (model("ab", "c", "cartpole"), "expected 4 inputs, as cartpole has, got 2"),
        (model([f"p{i}" for i in range(64)], "abc", "digits"), "its inputs are pixels"),
    ],
)
def test_behaviour_that_cannot_be_drawn_is_left_out(champion, reason, tmp_path, capsys):
    champion.save(tmp_path / "champion.json")
    visualize.main([str(tmp_path / "champion.json")])
    assert f"no behaviour.gif: {reason}" in capsys.readouterr().out
    assert written(tmp_path) == {"topology.png", "topology.svg"}


def test_metrics_are_the_numbers_in_the_file(run):
    metrics = Run(run).metrics()
    rows = (run / "metrics.csv").read_text().splitlines()
    for i, name in enumerate(rows[0].split(",")):
        np.testing.assert_array_equal(metrics[name], [float(r.split(",")[i]) for r in rows[1:]])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("seconds", "hours", "expected a column 'seconds'"), ("\n0,", "\nzero,", "expected a number")],
)
def test_damaged_metrics(run, refused, old, new, message):
    file = run / "metrics.csv"
    file.write_text(file.read_text().replace(old, new))
    assert message in refused(visualize.main, [run])


def test_the_checkpoint_holds_the_fitness_of_the_last_generation(tmp_path):
    """And takes it along when the search is resumed."""
    config = preset("cartpole", population=12, generations=3, rollouts=1, confirm_rollouts=2)
    run = Run.create(config, tmp_path / "run")
    state = SearchState(envs.make("cartpole"), config, run)
    networks = [express(one) for one in state.evolution.ask()]
    with Pool(state.evaluator, 1) as pool:
        rewards = pool.rewards(networks, config.weight_values, state.cases())
    search(state, workers=1, interrupted=lambda: True)
    first = run.load_checkpoint()
    np.testing.assert_array_equal(first["last_fitness"], rewards.mean(axis=(1, 2)))
    np.testing.assert_array_equal(first["last_complexity"], [n.complexity for n in networks])
    run.save_checkpoint(SearchState(envs.make("cartpole"), config, run).to_arrays())
    np.testing.assert_array_equal(run.load_checkpoint()["last_fitness"], first["last_fitness"])


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ("cartpole", "a genome: 6 shared weights, 3 rollouts each"),
        ("envpool:CarRacing-v3", "a genome: 3 shared weights, 1 rollout each"),  # fresh ones
    ],
)
def test_a_figure_says_how_many_weights_a_genome_met(env, said, tmp_path):
    run = Run.create(preset(env), tmp_path / "run")
    assert pictures._tried(Saved(run.path, wann.load("champion:cartpole")), preset(env)) == [said]
