"""Whatever a file holds: it is read, or there is one clear line. Never anything else."""

import shutil
from contextlib import suppress
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wann
from tests import mutants
from tests.genomes import grown
from wann import __main__, envs, evolve, runs, sweep
from wann.core import files
from wann.core.config import preset
from wann.envs.images.idx import encode_idx, parse_idx
from wann.evaluation.evaluator import evaluator_for
from wann.evaluation.pool import Pool
from wann.export import __main__ as export
from wann.prune.run import COLUMNS, PruneRun
from wann.report import __main__ as report
from wann.search import __main__ as search
from wann.search import loop
from wann.search.state import SearchState
from wann.storage.model import Model
from wann.storage.network_file import from_json, to_json
from wann.storage.run import Run, config_of
from wann.storage.subject import read
from wann.tune import __main__ as tune
from wann.tune.checkpoint import Checkpoint
from wann.tune.cma_es import WeightEvolution
from wann.visualize import __main__ as visualize

CONFIG = preset("cartpole", population=6, generations=4, confirm_rollouts=2, rollouts=1)
TASK = envs.make("cartpole")
MUTANTS = 150  # of each file


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A folder with every format there is."""
    folder = tmp_path_factory.mktemp("original")
    run = Run.create(CONFIG, folder / "run")
    model = evolve("cartpole", CONFIG, run, workers=1)
    export.main([str(run.path), "--to=matrix", "--weight=0.5", "--out", str(folder), "--quiet"])
    (folder / "images").write_bytes(encode_idx(np.zeros((2, 3, 3), np.uint8)))
    with Pool(evaluator_for(TASK, CONFIG), 1) as pool:
        tuner = WeightEvolution(pool, model.network, 0.5, 0)
        tuner.step()
    Checkpoint(0, 0.5, 1.0, 0.5, tuner.to_arrays()).save(folder / "tuning.npz", model.genome)
    PruneRun.create({"method": "m", "env": "digits", "seed": 0}, folder / "pruned")
    row = "lottery-ticket,ticket,0,1,C,0.2,9,8,1,0.9,0.8,,100,1000,50,\n"
    (folder / "pruned" / "results.csv").write_text(",".join(COLUMNS) + "\n" + row)
    return folder


def load_network(folder):
    model = read(folder / "run" / "champion.json").model
    model.forward(np.zeros(4), 0.5 if model.weights is None else None)


def load_settings(folder):
    Run(folder / "run").config()


def load_metrics(folder):
    run = Run(folder / "run")
    run.metrics()
    run.trim_metrics(2)
    assert len(run.metrics()["generation"]) <= 2


def load_checkpoint(folder):
    """And go on with the search for a generation."""
    run = Run(folder / "run")
    state = SearchState(TASK, run.config(), run)
    loop.search(state, workers=1, interrupted=lambda: True)


def load_tuning(folder):
    """And go on with it."""
    model = wann.load(folder / "run")
    begun = Checkpoint.load(folder / "tuning.npz", model.genome)
    with Pool(evaluator_for(TASK, CONFIG), 1) as pool:
        tuner = WeightEvolution(pool, model.network, begun.start, begun.seed)
        tuner.restore(begun.state)
        tuner.step()


def load_matrix(folder):
    wann.load(folder / "champion.out", TASK).forward(np.zeros(4), 1.0)


def load_weights(folder):
    wann.load(folder / "champion.out", TASK, folder / "champion-weights.txt").forward(np.zeros(4))


def load_images(folder):
    parse_idx((folder / "images").read_bytes(), folder / "images", 3)


def load_results(folder):
    PruneRun(folder / "pruned").rows()


FORMATS = {
    "champion.json": ("run/champion.json", load_network, mutants.changed_json),
    "config.json": ("run/config.json", load_settings, mutants.changed_json),
    "metrics.csv": ("run/metrics.csv", load_metrics, mutants.damaged),
    "checkpoint.npz": ("run/checkpoint.npz", load_checkpoint, mutants.changed_arrays),
    "tune-checkpoint.npz": ("tuning.npz", load_tuning, mutants.changed_arrays),
    "matrix": ("champion.out", load_matrix, mutants.damaged),
    "weights": ("champion-weights.txt", load_weights, mutants.damaged),
    "idx": ("images", load_images, mutants.damaged),
    "results.csv": ("pruned/results.csv", load_results, mutants.damaged),
}


def mutant(form, content, seed):
    """One of the variants of a file; every third is damaged, the others are of its form."""
    rng = np.random.default_rng(seed)
    return (mutants.damaged if seed % 3 == 0 else FORMATS[form][2])(content, rng)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")  # weights of 1e308
@pytest.mark.parametrize("form", FORMATS)
def test_a_mutant_is_read_or_told_in_a_line(original, tmp_path, form):
    name, load, _ = FORMATS[form]
    folder = shutil.copytree(original, tmp_path / "copy")
    content = (folder / name).read_bytes()
    load(folder)
    told = []
    for seed in range(MUTANTS // (3 if form == "tune-checkpoint.npz" else 1)):
        (folder / "run" / "checkpoint-before.npz").unlink(missing_ok=True)
        (folder / name).write_bytes(mutant(form, content, seed))
        try:
            load(folder)
        except (ValueError, OSError) as error:  # anything else is a defect
            told.append(str(error))
    assert len(told) > MUTANTS / 10  # else nothing much is damaged
    assert all(told)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
NETWORK = to_json(
    Model(grown(1, 20, 4, 2), "t", ("a", "b", "c", "d"), ("e", "f"), {"kind": "discrete"})
)


@given(st.dictionaries(st.sampled_from(sorted(NETWORK)), VALUES, max_size=3))
def test_networks_with_any_values(values):
    with suppress(ValueError):
        Model(**vars(from_json({**NETWORK, **values}))).forward(np.zeros(4), 1.0)


@given(st.dictionaries(st.sampled_from(sorted(asdict(CONFIG))), VALUES, max_size=3))
def test_settings_with_any_values(values):
    with suppress(ValueError):
        config_of({**asdict(CONFIG), **values})


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"PK\3\4", b"\0\0\10\3", b"\x1f\x8b\10\0", b"{"])
)
def test_any_bytes(tmp_path_factory, content, begin):
    file = tmp_path_factory.getbasetemp() / "bytes"
    file.write_bytes(begin + content)
    for load in (
        lambda file: wann.load(file, TASK),
        files.read_arrays,
        files.read_json,
        files.read_csv,
        lambda file: parse_idx(file.read_bytes(), file, 3),
    ):
        with suppress(ValueError):
            load(file)


QUICK = ["--quiet", "--workers=1", "--weights=-1:1:2", "--episodes=1"]
COMMANDS = {
    "search": lambda run: search.main(
        ["--resume", run, "--quiet", "--workers=1", "--generations=5"]
    ),
    "runs": lambda run: runs.main([run]),
    "sweep": lambda run: sweep.main([run, *QUICK]),
    "report": lambda run: report.main([run, *QUICK]),
    "visualize": lambda run: visualize.main([run, "--quiet", "--weights=1"]),
    "tune": lambda run: tune.main([run, *QUICK]),
    "export": lambda run: export.main([run, "--to=c", "--quiet"]),
}
TRIES = {
    "search": 24,
    "export": 24,
    "runs": 60,
    "sweep": 12,
    "report": 12,
    "tune": 4,
    "visualize": 2,
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numbers near the limits of floats
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_end_in_a_line_or_well(original, tmp_path, command, capsys):
    forms = ("champion.json", "config.json", "metrics.csv", "checkpoint.npz")
    for seed in range(TRIES[command]):
        folder = shutil.copytree(original / "run", tmp_path / str(seed))
        (folder / "checkpoint-before.npz").unlink(missing_ok=True)
        form = forms[seed % 4]
        (folder / form).write_bytes(mutant(form, (folder / form).read_bytes(), 1000 + seed))
        capsys.readouterr()
        try:
            COMMANDS[command](str(folder))
        except SystemExit as end:
            assert end.code == 2, seed  # noqa: PT017  many mutants still load
            err = capsys.readouterr().err
            assert err.startswith("wann: "), seed
            assert err.count("\n") == 1, seed


WORDS = ["", "missing", "folder", "binary", "/dev/null", "a" * 300, "\x1b[31m", "-1", "new\nline"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("command", sorted(__main__.COMMANDS))
def test_what_is_no_run_is_told_in_a_line(command, word, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    args = ["--resume", word] if command in ("search", "prune") else [word]
    monkeypatch.setattr("sys.argv", ["wann", command, *args, *["--to=c"] * (command == "export")])
    with pytest.raises(SystemExit) as end:
        __main__.main()
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("wann: ")
    assert err.count("\n") == 1
    assert "\x1b" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["binary", "folder"]


HUGE = {
    "search": ("population", "rollouts", "batch", "tournament", "confirm-rollouts", "seed"),
    "sweep": ("episodes", "seed"),
    "tune": ("episodes", "seed"),
    "report": ("episodes",),
    "watch": ("episodes", "port"),
}


@pytest.mark.parametrize("flag", [f"{c} --{flag}" for c, flags in HUGE.items() for flag in flags])
def test_huge_numbers_fill_no_memory(flag, original, monkeypatch, capsys):
    command, flag = flag.split()
    run = [] if command == "search" else [str(original / "run")]
    monkeypatch.setattr("sys.argv", ["wann", command, *run, f"{flag}=1000000000000000000000"])
    with pytest.raises(SystemExit) as end:
        __main__.main()
    assert end.value.code == 2
    assert f"wann: {flag}: expected" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["sweep", "tune", "report", "visualize", "watch"])
def test_huge_ranges_fill_no_memory(command, original, monkeypatch, capsys):
    args = [str(original / "run"), "--weights=-2:2:1000000000000"]
    monkeypatch.setattr("sys.argv", ["wann", command, *args])
    with pytest.raises(SystemExit) as end:
        __main__.main()
    assert end.value.code == 2
    assert "weights: expected LOW:HIGH:COUNT or numbers with commas" in capsys.readouterr().err
