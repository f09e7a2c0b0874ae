"""The JSON Schema of network files: all that is written fits it, and what it refuses is refused."""

import copy
import functools
import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import genomes
from tests.genomes import model_of
from wann.core.kernels import activations
from wann.envs.stepped.normalization import Normalization
from wann.storage.network_file import from_json, to_json

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "reference" / "network.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
COMMITTED = [
    *sorted((ROOT / "runs" / "champions").glob("*/champion*.json")),
    *sorted((ROOT / "tests" / "older_runs").glob("*-champion*.json")),
]
COLUMNS = [
    {"name": "age", "kind": "number", "fill": 3.0, "mean": 2.0, "scale": 0.5},
    {"name": "town", "kind": "category", "categories": ["Bern"]},
]
PARTS = [{"kind": "binary", "outputs": 1}, {"kind": "discrete", "outputs": 1}]
READOUT = {"weights": [-1, 1], "scale": [[1, 2], [3, 4]], "offset": [[0, 0], [1, 1]]}
ACTIONS = (
    {"kind": "discrete"},
    {"kind": "discrete", "first": -5},
    {"kind": "continuous", "low": [-1, -2.5], "high": 3},
    {"kind": "parts", "parts": PARTS},
    {"kind": "regression"},
    {"kind": "regression", **READOUT},
)


def fresh(seed=0, mutations=30, **settings):
    """The values of a file of a grown network of two inputs and two outputs."""
    genome = genomes.grown(seed, mutations, 2, 2)
    return json.loads(json.dumps(to_json(model_of(genome, **settings))))


@functools.cache
def examples():
    """Files of each kind, each fit to be read."""
    return list(_examples())


def _examples():
    enabled = int(genomes.grown(0, 30, 2, 2).connections["enabled"].sum())
    scaled = Normalization((0.0, 1.0), (1.0, 0.5))
    yield from ({**fresh(), "action": action} for action in ACTIONS)
    yield fresh(weights=0.5, scores={"fitness": np.inf}, search={"seed": 1})
    yield fresh(weights=np.ones(enabled), normalization=scaled)
    nodes = [{**n, "activation": "mine"} if n["kind"] == "hidden" else n for n in fresh()["nodes"]]
    yield {**fresh(), "nodes": nodes, "activations": {"mine": "x/(1+abs(x))"}}
    yield {**fresh(), "inputs": ["age", "town=Bern"], "table": {"columns": COLUMNS}}


def fits(value):
    return VALIDATOR.is_valid(value)


def is_read(value):
    try:
        from_json(value)
    except ValueError:
        return False
    return True


def test_the_schema_is_one():
    VALIDATOR.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["activation"]["enum"] == list(activations.NAMES)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_committed_networks_fit(path):
    VALIDATOR.validate(json.loads(path.read_text("utf-8")))


def test_there_are_committed_networks():
    assert len(COMMITTED) >= 11


def test_fresh_networks_fit():
    for seed in range(20):
        VALIDATOR.validate(fresh(seed, mutations=5 * seed))


def test_each_kind_of_file_fits_and_is_read():
    assert len(examples()) == len(ACTIONS) + 4
    for value in examples():
        VALIDATOR.validate(value)
        from_json(value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "wann-network/3"),
        (("format",), "wann-network/2"),
        (("task",), 3),
        (("inputs",), []),
        (("inputs", 0), None),
        (("action",), {"kind": "largest"}),
        (("action",), {"kind": "continuous", "low": 0}),
        (("nodes", 0, "id"), -1),
        (("nodes", 0, "kind"), "biased"),
        (("nodes", -1, "activation"), "tanh"),
        (("nodes", 3, "activation"), "softplus"),
        (("connections", 0, "enabled"), 1),
        (("connections", 0, "source"), 2**31),
        (("connections", 0), [1, 2]),
        (("weights",), {"shared": "1"}),
        (("weights",), {"shared": 1, "individual": []}),
        (("scores",), None),
        (("search",), []),
        (("normalization",), {"mean": [0, 0], "deviation": [1, 1], "limit": 10}),
    ],
)
def test_what_is_malformed_is_refused_by_both(path, value):
    file = fresh()
    place = file
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not fits(file)
    assert not is_read(file)


@pytest.mark.parametrize("name", SCHEMA["required"])
def test_what_is_missing_is_refused_by_both(name):
    file = fresh()
    del file[name]
    assert not fits(file)
    assert not is_read(file)


def places(value, path=()):
    """The paths to everything in a value."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**31) | st.floats(-2, 2) | st.sampled_from("01a"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=3,
)


@given(st.data(), JSON)
def test_what_the_schema_refuses_is_not_read(data, value):
    file = copy.deepcopy(data.draw(st.sampled_from(examples())))
    path = data.draw(st.sampled_from(sorted(list(places(file))[1:], key=str)))
    place = file
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    if not fits(file):
        assert not is_read(file), path
