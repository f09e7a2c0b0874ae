import dataclasses
import math

import numpy as np
import pytest

from wann import envs
from wann.core.checks import parse_weights
from wann.core.config import SearchConfig, preset
from wann.storage.run import config_of


def test_the_defaults():
    config = SearchConfig()
    assert config.weight_values.tolist() == [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]
    assert config.mutation_rates == {
        "change_activation": 0.5,
        "add_node": 0.25,
        "add_connection": 0.2,
        "enable_connection": 0.05,
        "disable_connection": 0.0,
    }
    assert config.crossover == 0.0
    assert config.activation_indices.tolist() == list(range(10))
    assert (config.elites, config.cull) == (0.2, 0.2)


def test_unknown_settings():
    with pytest.raises(TypeError, match="populatoin"):
        preset("cartpole", populatoin=3)
    with pytest.raises(ValueError, match="unknown settings a, b: was it made by a newer"):
        config_of({"population": 10, "b": 1, "a": 2})


@pytest.mark.parametrize("name", envs.names()[:5])
def test_config_of_undoes_asdict(name):
    assert config_of(dataclasses.asdict(preset(name))) == preset(name)


def test_older_guided_runs_are_layered():
    older = dataclasses.asdict(preset("mnist"))
    del older["layered"]
    assert config_of(older) == preset("mnist")
    del older["guided"]
    assert not config_of(older).layered


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("objectives", "pek", "--objectives: expected one or two of peak, accuracy, .*, got 'pek'"),
        ("objectives", "peak,pek", "--objectives: expected one or two of peak, .*, got 'peak,pek'"),
        ("objectives", "peak,none", "--objectives: expected one or two of .*, got 'peak,none'"),
        ("objectives", "peak,connections,accuracy", "--objectives: expected one or two of"),
        ("mutations", "mine", "--mutations: expected NAME=RATE with commas, got 'mine'"),
        ("mutations", "mine=much", "--mutations: expected NAME=RATE with commas, got 'mine=much'"),
        ("mutations", "mine=-1", "--mutations: expected a rate of 0 or more, got 'mine=-1'"),
        ("tournaments", 0, "--tournaments: expected at least 1, got 0"),
        ("generations", 0, "--generations: expected at least 1, got 0"),
        ("population", 1, "--population: expected at least 2, got 1"),
        ("population", 64.5, "--population: expected int, got 64.5"),
        ("population", "64", "--population: expected int, got '64'"),
        ("population", True, "--population: expected int, got True"),
        ("env", 3, "--env: expected str, got 3"),
        ("rollouts", 0, "--rollouts: expected at least 1, got 0"),
        ("batch", -1, "--batch: expected at least 1, got -1"),
        ("confirm_rollouts", 0, "--confirm-rollouts: expected at least 1, got 0"),
        ("seed", -1, "--seed: expected 0 or more, got -1"),
        ("target", math.nan, "--target: expected a number, got nan"),
        ("target", None, "--target: expected float, got None"),
        ("tournament", 0, "--tournament: expected at least 1, got 0"),
        ("connect_probability", 1.1, "--connect-probability: expected a number from 0 to 1"),
        ("complexity_probability", -0.1, "--complexity-probability: expected a number from 0 to"),
        ("crossover", math.nan, "--crossover: expected a number from 0 to 1, got nan"),
        ("elites", 1.0, "--elites: expected a share from 0 to below 1, got 1.0"),
        ("cull", -0.2, "--cull: expected a share from 0 to below 1, got -0.2"),
        ("add_node", -1.0, "--add-node: expected a rate of 0 or more, got -1.0"),
        ("add_node", math.inf, "--add-node: expected a rate of 0 or more, got inf"),
        ("shared_weights", "1,a", "weights: expected LOW:HIGH:COUNT or numbers with commas"),
        ("activations", "tanh,tan", "unknown activation 'tan': expected one of linear, step"),
        ("activations", "", "unknown activation ''"),
    ],
)
def test_bad_values(setting, value, message):
    with pytest.raises(ValueError, match=message):
        SearchConfig(**{setting: value})


def test_whole_numbers_are_floats_too():
    assert SearchConfig(target=475, elites=0).target == 475


def test_all_rates_zero():
    rates = dict.fromkeys(SearchConfig().mutation_rates, 0.0)
    with pytest.raises(ValueError, match="mutation rates: expected at least one above 0"):
        SearchConfig(**rates)


def test_weights():
    np.testing.assert_array_equal(parse_weights("-2:2:5"), [-2.0, -1.0, 0.0, 1.0, 2.0])
    np.testing.assert_array_equal(parse_weights("0.5"), [0.5])
    np.testing.assert_array_equal(parse_weights("1, -1e-1,3"), [1.0, -0.1, 3.0])
    np.testing.assert_array_equal(parse_weights("3:4:1"), [3.0])


@pytest.mark.parametrize(
    "text", ["", "1,", "1:2", "1:2:0", "1:2:-3", "1:2:2.5", "1:2:3:4", "nan", "1,inf", "a:b:3"]
)
def test_bad_weights(text):
    with pytest.raises(ValueError, match=f"weights: expected LOW:HIGH:COUNT .* got '{text}'"):
        parse_weights(text)


def test_fixed_weights_are_the_same_in_each_generation():
    config = SearchConfig()
    np.testing.assert_array_equal(config.drawn_weights(0), config.weight_values)
    np.testing.assert_array_equal(config.drawn_weights(7), config.weight_values)


def test_fresh_weights_are_drawn_anew_one_from_each_part():
    config = SearchConfig(shared_weights="-2:2:4", fresh_weights=True)
    drawn = np.array([config.drawn_weights(generation) for generation in range(200)])
    low, high = drawn.min(axis=0), drawn.max(axis=0)
    np.testing.assert_allclose(low, [-2, -1, 0, 1], atol=0.05)
    np.testing.assert_allclose(high, [-1, 0, 1, 2], atol=0.05)
    assert (low >= [-2, -1, 0, 1]).all()
    assert (high <= [-1, 0, 1, 2]).all()
    np.testing.assert_array_equal(config.drawn_weights(3), drawn[3])


def test_champions_of_fresh_weights_are_confirmed_with_the_middles_of_smaller_parts():
    config = SearchConfig(shared_weights="0:2:2", fresh_weights=True)
    np.testing.assert_allclose(config.weight_values, np.arange(8) / 4 + 1 / 8)


@pytest.mark.parametrize("weights", ["-2,-1,1,2", "-2:2:1"])
def test_fresh_weights_need_a_range(weights):
    with pytest.raises(ValueError, match="expected --shared-weights LOW:HIGH:COUNT"):
        SearchConfig(shared_weights=weights, fresh_weights=True)
