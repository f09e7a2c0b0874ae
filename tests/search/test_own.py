import dataclasses

import numpy as np
import pytest

import wann
from wann.core.kernels.activations import STEP
from wann.core.network import express
from wann.search import own
from wann.search.__main__ import main
from wann.search.variation import mutation, published
from wann.search.variation.innovation import Innovations

SMALL = {
    "population": 12,
    "confirm_rollouts": 2,
    "report_episodes": 2,
    "workers": 1,
    "progress": False,
    "target": np.inf,
}


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(own, "_mutations", {})
    monkeypatch.setattr(own, "_objectives", {})


def drop_input(genome, rng, innovations):
    """Disable all connections of one input."""
    source = 1 + rng.integers(genome.inputs)
    connections = genome.connections.copy()
    connections["enabled"] &= connections["source"] != source
    return dataclasses.replace(genome, connections=connections)


def depth(networks, rewards):
    """Few hidden nodes."""
    return np.array([-len(net.activations) for net in networks])


def test_a_mutation_of_ones_own_makes_children_at_its_rate():
    wann.register_mutation("drop_input", drop_input)
    config = wann.preset("cartpole", population=200, mutations="drop_input=3", add_node=1.0)
    assert config.mutation_rates["drop_input"] == 3.0
    genome = wann.Evolution(4, 2, dataclasses.replace(config, connect_probability=1.0)).ask()[0]
    rng = np.random.default_rng(0)
    rates = {"add_node": 1.0, "drop_input": 3.0}
    for mutate in (mutation.mutate, published.mutate):
        children = [
            mutate(genome, rng, Innovations(4, 2), config.activation_indices, rates)
            for _ in range(400)
        ]
        dropped = [child for child in children if len(child.hidden) == 0]
        assert 270 < len(dropped) < 330
        assert all((~child.connections["enabled"]).sum() == 2 for child in dropped)


def test_a_search_with_a_mutation_of_ones_own_is_the_seeds_alone(tmp_path):
    wann.register_mutation("drop_input", drop_input)
    settings = {**SMALL, "mutations": {"drop_input": 2.5}, "seed": 3}
    once = wann.evolve("cartpole", generations=6, **settings)
    wann.evolve("cartpole", generations=2, run=tmp_path / "run", **settings)
    resumed = wann.evolve("cartpole", generations=6, run=tmp_path / "run", **settings)
    assert once.config.mutations == "drop_input=2.5"
    assert once.genome == resumed.genome
    assert once.scores == resumed.scores


def test_a_mutation_of_ones_own_keeps_to_the_rules_of_the_search():
    """A child that is not symmetric is none, where the search is among symmetric networks."""

    def stepped(genome, rng, innovations):
        hidden = genome.hidden.copy()
        hidden["activation"] = STEP  # of an odd number: neither odd nor even
        return dataclasses.replace(genome, hidden=hidden)

    wann.register_mutation("stepped", stepped)
    config = wann.preset("swingup", connect_probability=1.0)
    genome = wann.Evolution(5, 1, config).ask()[0]
    given = (genome, np.random.default_rng(0), Innovations(5, 1), config.activation_indices)
    assert mutation.mutate(*given, {"stepped": 1.0}, keep_symmetric=True) == genome
    child = mutation.mutate(*given, {"stepped": 1.0})
    assert child.hidden["activation"].tolist() == [STEP, STEP]


def test_what_a_mutation_must_return():
    rng, innovations = np.random.default_rng(0), Innovations(4, 2)
    genome = wann.Evolution(4, 2, wann.SearchConfig()).ask()[0]
    wann.register_mutation("nothing", lambda *_: None)
    assert own.mutated("nothing", genome, rng, innovations) is None
    wann.register_mutation("number", lambda *_: 3)
    with pytest.raises(TypeError, match="mutation number: expected a Genome or None, got int"):
        own.mutated("number", genome, rng, innovations)

    def twice(genome, rng, innovations):
        return dataclasses.replace(genome, connections=np.repeat(genome.connections, 2))

    wann.register_mutation("twice", twice)
    with pytest.raises(ValueError, match="mutation twice: made a genome that breaks a rule: conn"):
        own.mutated("twice", genome, rng, innovations)


def test_an_objective_of_ones_own_ranks():
    wann.register_objective("depth", depth)
    config = wann.preset(
        "cartpole", population=4, elites=0.75, complexity_probability=0, objectives="own:depth"
    )
    evolution = wann.Evolution(4, 2, config)
    genomes = evolution.ask()
    networks = [express(genome) for genome in genomes]
    rewards = np.ones((4, 1, 1))
    few = np.array([1.0, 4.0, 2.0, 3.0])
    evolution.tell(rewards, [network.complexity for network in networks], other=few)
    assert [genome == genomes[i] for genome, i in zip(evolution.ask(), (1, 3, 2), strict=False)]
    assert evolution.ask()[0] == genomes[1]


def test_three_objectives_at_once():
    seen = []

    def worst(networks, rewards):
        """What the worst weight earns."""
        seen.append(rewards.shape)
        return rewards.mean(axis=2).min(axis=1)

    wann.register_objective("worst", worst)
    settings = {**SMALL, "generations": 4, "seed": 5, "complexity_probability": 0.0}
    names = ["connections", "own:worst"]
    found = [wann.evolve("cartpole", objectives=names, **settings) for _ in range(2)]
    assert set(seen) == {(12, 6, 3)}
    assert found[0].config.objectives == "connections,own:worst"
    assert found[0].genome == found[1].genome
    other = wann.evolve("cartpole", objectives="own:worst", **settings)
    assert other.history["connections_median"][-1] != found[0].history["connections_median"][-1]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros(3), "objective mine: expected 2 numbers, one for each network, got .*3"),
        (np.array([1.0, np.nan]), "objective mine: expected finite numbers"),
    ],
)
def test_what_an_objective_must_return(value, message):
    wann.register_objective("mine", lambda networks, rewards: value)
    with pytest.raises(ValueError, match=message):
        own.objective("mine", [None, None], np.zeros((2, 1, 1)))
    nan = np.array([0.0, np.nan]).reshape(2, 1, 1)  # such a network ranks last anyway
    if len(value) == 2:
        assert own.objective("mine", [None, None], nan)[0] == 1.0


def test_unknown_names_are_told_before_a_folder_is_made(tmp_path, refused):
    wann.register_objective("worst", depth)
    with pytest.raises(ValueError, match=r"unknown objective 'wurst': .* did you mean worst"):
        wann.evolve("cartpole", objectives="own:wurst", run=tmp_path / "run", **SMALL)
    message = refused(main, ["--mutations", "drop=1", "--run", tmp_path / "run"])
    assert message.startswith("unknown mutation 'drop': expected one that wann.register_mutation")
    assert not (tmp_path / "run").exists()
    with pytest.raises(ValueError, match="expected a name for a mutation of your own, got 'add_n"):
        wann.register_mutation("add_node", drop_input)
    with pytest.raises(ValueError, match="expected a name for an objective of your own, got 'a b'"):
        wann.register_objective("a b", depth)
