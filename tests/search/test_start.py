import dataclasses

import numpy as np
import pytest

import wann
from tests import genomes
from tests.searches import FLAGS, SMALL, everything, population, ran
from wann import envs
from wann.core import files
from wann.core.network import express
from wann.core.symmetry import symmetric
from wann.prune import __main__ as prune
from wann.search.__main__ import main
from wann.search.loop import search
from wann.search.start import beginning
from wann.search.state import SearchState
from wann.storage.model import Model
from wann.storage.run import Run

CARTPOLE = envs.make("cartpole")


def model(genome, **fields):
    task = CARTPOLE
    return Model(genome, "cartpole", task.inputs, task.outputs, task.action, **fields)


@pytest.fixture(scope="module")
def champion(tmp_path_factory):
    """A network file, with individual weights that a search has no use for."""
    path = tmp_path_factory.mktemp("champion") / "champion.json"
    genome = genomes.grown(3, 60, 4, 2)
    weights = np.ones(int(genome.connections["enabled"].sum()))
    model(genome, weights=weights).save(path)
    return path


def test_the_first_generation_is_the_network_and_its_mutants(champion):
    start = wann.load(champion)
    first = SearchState(CARTPOLE, SMALL, None, start).evolution.ask()
    assert len(first) == SMALL.population
    x = np.random.default_rng(0).normal(size=(20, 4))
    expected = start.network.forward(x, 0.7)
    np.testing.assert_array_equal(express(first[0]).forward(x, 0.7), expected)
    assert all(genome != first[0] for genome in first[1:])
    # One mutation away: at most two connections more than it has, one fewer enabled.
    grown = [len(genome.connections) - len(first[0].connections) for genome in first[1:]]
    assert set(grown) <= {0, 1, 2, 3}
    again = SearchState(CARTPOLE, SMALL, None, start).evolution.ask()
    assert first == again


def test_its_ids_are_small_and_new_genes_get_others():
    genome = genomes.grown(3, 60, 4, 2)
    hidden, connections = genome.hidden.copy(), genome.connections.copy()
    far = 2**31 - 2 - len(hidden)
    for end in ("source", "target"):
        inner = connections[end] >= genome.first_hidden
        places = np.searchsorted(hidden["id"], connections[end][inner])
        connections[end][inner] = far + places
    hidden["id"] = far + np.arange(len(hidden))
    start = model(dataclasses.replace(genome, hidden=hidden, connections=connections))
    found = beginning(start, CARTPOLE, SMALL)
    assert found.hidden["id"].tolist() == list(range(7, 7 + len(found.hidden)))
    first = SearchState(CARTPOLE, SMALL, None, start).evolution.ask()
    known = {(s, t): innovation for s, t, innovation, _ in found.connections.tolist()}
    for genome in first:
        for source, target, innovation, _ in genome.connections.tolist():
            if (source, target) in known:
                assert known[source, target] == innovation
            else:
                assert innovation > max(known.values())


def test_a_search_from_a_network(champion, tmp_path):
    run = ran(tmp_path / "run", "--from", str(champion))
    assert files.read_json(run.path / "config.json")["from"] == str(champion)
    assert wann.load(run.path / "start.json").genome == wann.load(champion).genome
    with_ = wann.evolve("cartpole", SMALL, start=wann.load(champion), workers=1)
    assert with_.genome == wann.load(run.path).genome
    assert population(run) != population(ran(tmp_path / "plain"))


def test_what_was_killed_before_its_first_checkpoint_begins_there_again(champion, tmp_path):
    start = wann.load(champion)
    through = Run.create(SMALL, tmp_path / "through", {"from": "a"}, start)
    search(SearchState(CARTPOLE, SMALL, through), workers=1)
    broken = Run.create(SMALL, tmp_path / "broken", {"from": "a"}, start)
    search(SearchState(CARTPOLE, SMALL, broken), workers=1, interrupted=lambda: True)
    for name in ("checkpoint.npz", "checkpoint-before.npz"):
        (broken.path / name).unlink(missing_ok=True)
    main(["--resume", str(broken.path), "--quiet"])
    assert everything(broken) == everything(through)


def test_the_task_is_the_networks_unless_another_is_named(champion, tmp_path, refused):
    main(["--from", str(champion), *FLAGS, "--generations=1", "--run", str(tmp_path / "a")])
    assert Run(tmp_path / "a").config().env == "cartpole"
    message = refused(main, ["--from", champion, "--env=swingup", "--run", tmp_path / "b"])
    assert "expected 5 inputs, as swingup has, got 4" in message
    assert not (tmp_path / "b").exists()


def test_networks_that_a_search_is_not_among(champion, tmp_path, refused):
    start = wann.load(champion)
    assert not symmetric(start.genome)
    with pytest.raises(ValueError, match="expected a symmetric network; --no-symmetric takes any"):
        beginning(start, CARTPOLE, dataclasses.replace(SMALL, symmetric=True))
    with pytest.raises(ValueError, match="expected a layered network; --no-layered takes any"):
        beginning(start, CARTPOLE, dataclasses.replace(SMALL, layered=True))
    empty = dataclasses.replace(start.genome, connections=start.genome.connections[:0])
    with pytest.raises(ValueError, match="expected a network with connections"):
        beginning(model(empty), CARTPOLE, SMALL)
    run = ran(tmp_path / "run", "--generations=1", "--from", str(champion))
    (run.path / "start.json").unlink()
    message = refused(main, ["--resume", run.path])
    assert "start.json: expected the network that it begins with, " in message
    assert "--from: expected none together with --resume" in refused(
        main, ["--resume", run.path, "--from", champion]
    )


def test_a_guided_search_goes_on_from_a_champion_of_one(tmp_path):
    config = wann.preset(
        "digits", generations=3, population=8, batch=100, confirm_rollouts=1, restart=0
    )
    first = wann.evolve("digits", config, workers=1)
    state = SearchState(envs.make("digits"), config, None, first)
    x = np.random.default_rng(0).normal(size=(5, 64))
    begun = express(state.evolution.ask()[0])
    np.testing.assert_allclose(begun.forward(x, 1.0), first.network.forward(x, 1.0))
    anew, later = [], []
    search(SearchState(envs.make("digits"), config, None), workers=1, report=anew.append)
    search(state, workers=1, report=later.append)
    # Its mutants are in the first generation; what begins anew has not come as far by the last.
    assert later[0]["fitness_best"] > anew[-1]["fitness_best"] > anew[0]["fitness_best"]


def test_a_search_goes_on_from_where_the_training_of_a_ternary_network_ends(tmp_path, refused):
    pruning = tmp_path / "pruning"
    options = ["--method", "ternary", "--env", "digits", "--hidden", "12", "--steps", "200"]
    prune.main([*options, "--sparsity", "0.8", "--run", str(pruning), "--quiet"])
    (file,) = (pruning / "networks").glob("*.json")
    flags = ["--population", "4", "--generations", "2", "--workers", "1", "--quiet"]
    main(["--env", "digits", "--from", str(pruning), *flags, "--run", str(tmp_path / "run")])
    start, trained = Run(tmp_path / "run").start(), wann.load(file)
    assert start.genome == trained.genome
    assert Run(tmp_path / "run").metrics()["connections_best"][0] > 0.9 * len(
        trained.genome.connections
    )
    (pruning / "networks" / "ticket-s1-l1.json").write_bytes(file.read_bytes())
    assert refused(main, ["--env", "digits", "--from", pruning]).startswith(
        f"--from: expected one network, but {pruning} holds 2: name one, such as {file}"
    )
