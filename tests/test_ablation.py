"""The ablation: its rows, its controls, and a page that says what its CSV files say."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.ablation import measure, results, rewiring, rows, searching, tables
from wann import envs
from wann.core.invariance import any_weight
from wann.core.symmetry import symmetric
from wann.storage import bundled
from wann.storage.load import load

ROWS = [(env, row) for env in rows.TASKS for row in rows.ROWS[env]]
CHAMPION = load(Path(bundled.resolve("champion:mnist"))).network


@pytest.mark.parametrize(("env", "row"), ROWS, ids=lambda value: getattr(value, "name", value))
def test_each_row_changes_what_it_says(env, row):
    plain = replace(row, settings={}).config(env, 3)
    config = row.config(env, 3)
    changed = {name for name in vars(config) if getattr(config, name) != getattr(plain, name)}
    assert changed <= set(row.settings) | {"population", "batch", "tournament", *_MOVED}
    assert bool(changed) == bool(row.settings)


# What the preset wann moves along with its switches.
_MOVED = (
    "activations",
    "add_connection",
    "add_node",
    "change_activation",
    "complexity_probability",
    "disable_connection",
    "fresh_weights",
    "more_mutations",
    "objectives",
    "restart",
    "shared_weights",
    "symmetric",
)


def test_a_search_ends_with_its_cpu_seconds_and_is_measured_on_one_ruler(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "EPISODES", 1)
    monkeypatch.setattr(measure, "CHOOSING_EPISODES", 2)
    row = rows.Row("small", "wann", {"population": 8, "rollouts": 1, "confirm_rollouts": 1})
    results.ensure(tmp_path, "swingup", row, 0, 0.3)
    (file,) = tmp_path.glob("swingup/small-s0.json")
    run = json.loads(file.read_text())
    (end,) = run["runs"]
    assert 0.2 < end["cpu_seconds"] < 2
    assert end["evaluations"] >= 8 * 6 * end["generations"]
    sizes = [line["connections"] for line in run["fronts"]]
    assert sizes == sorted(sizes)
    assert all(line["connections"] <= line["budget"] for line in run["fronts"])
    worths = [line["chosen_by"] for line in run["fronts"]]
    assert worths == sorted(worths)
    before = file.read_bytes()
    results.ensure(tmp_path, "swingup", row, 0, 0.3)  # it is done
    assert file.read_bytes() == before


def test_random_networks_are_of_the_kind_that_is_searched():
    rng = np.random.default_rng(0)
    networks = [searching.signs(20, 10, rng) for _ in range(5)]
    assert all(any_weight(genome) for genome in networks)
    config = rows.Row("").config("swingup", 0)
    task = envs.make("swingup")
    grown = [searching.grown(len(task.inputs), 1, config, rng) for _ in range(5)]
    assert all(symmetric(genome) for genome in grown)
    assert len({len(genome.connections) for genome in grown}) > 1


@pytest.mark.parametrize("name", rewiring.controls(images=True))
def test_controls_keep_degrees_and_change_the_wiring(name):
    found = rewiring.controls(images=True)[name](CHAMPION, np.random.default_rng(0))
    assert (found.sources < targets_of(found)).all()  # each node comes after its sources
    assert degrees(found) == degrees(CHAMPION)
    np.testing.assert_array_equal(np.sort(found.activations), np.sort(CHAMPION.activations))
    assert edges(found) != edges(CHAMPION) or kinds(found) != kinds(CHAMPION)
    assert len(edges(found)) == CHAMPION.complexity  # each is there once


def test_edges_permuted_within_layers_leave_the_layers():
    found = rewiring.within_layers(CHAMPION, np.random.default_rng(0))
    layers = [
        dict(zip(network.ids.tolist(), rewiring.depths(network).tolist(), strict=True))
        for network in (found, CHAMPION)
    ]
    assert layers[0] == layers[1]
    assert len(edges(found) & edges(CHAMPION)) < 0.5 * len(edges(found))


def test_nodes_in_the_order_of_their_layers_are_the_same_network():
    found = rewiring._layer_by_layer(CHAMPION)
    assert edges(found) == edges(CHAMPION)
    assert kinds(found) == kinds(CHAMPION)
    x = np.random.default_rng(0).random((3, 256))
    np.testing.assert_allclose(found.forward(x, 1.0), CHAMPION.forward(x, 1.0))


def targets_of(network):
    return np.repeat(np.arange(len(network.ids)), np.diff(network.offsets))


def edges(network):
    ends = network.ids[network.sources], network.ids[targets_of(network)]
    return set(zip(*(end.tolist() for end in ends), strict=True))


def kinds(network):
    return dict(zip(network.ids.tolist(), network.activations.tolist(), strict=True))


def degrees(network):
    count = len(network.ids)
    found = [np.bincount(end, minlength=count) for end in (network.sources, targets_of(network))]
    return dict(zip(network.ids.tolist(), zip(*found, strict=True), strict=True))


def test_the_smallest_network_is_chosen_by_the_cases_that_choose():
    columns = ("task", "row", "seed", "connections", "chosen_by", "score")
    fronts = [
        dict(zip(columns, ("swingup", *cells), strict=True))
        for cells in (
            ("wann", "0", "9", "514.9", "530"),  # its score does not choose it
            ("wann", "0", "18", "515", "500"),
            ("wann", "0", "40", "600", "610"),
            ("wann", "1", "20", "514", "514"),
            ("paper", "0", "30", "100", "900"),
        )
    ]
    lines = tables.sizes(fronts).splitlines()
    assert lines[2:] == ["| swing-up | wann | 1 of 2 | 18.0 | 500.0 |"]


def test_on_the_way_stands_the_last_point_before():
    columns = ("seed", "seconds", "chosen_by")
    points = [("0", "1", "5"), ("0", "9", "6"), ("0", "11", "7"), ("1", "2", "8"), ("1", "9", "3")]
    curves = [dict(zip(columns, point, strict=True)) for point in points]
    found = tables._before(curves, "seconds", 10)
    assert [point["chosen_by"] for point in found] == ["6", "3"]
    assert tables._before(curves, "seconds", 1) == []  # a seed has none yet


def test_the_page_says_what_the_csv_files_say():
    page = tables.PAGE.read_text(encoding="utf-8")
    for part, table in tables.tables(results.FOLDER).items():
        found = re.search(f"<!-- {part} -->\n(.*?)<!-- end of {part} -->", page, flags=re.S)
        assert found is not None
        assert found[1] == f"\n{table}\n"
