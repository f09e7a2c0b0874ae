import dataclasses

import pytest

from tests.compare.test_measure import model
from wann.compare import summary
from wann.compare.measure import Point
from wann.compare.summary import COLUMNS, Fewest, entries, rows
from wann.compare.timing import Times
from wann.prune.run import PruneRun
from wann.storage import subject

TUNED = Point(
    "C", "tuned weights", "lottery-ticket", "ticket", 1, 0, 40, 900.0, 5.0, 100, 1000, 4.0
)


def point(**changes):
    return dataclasses.replace(TUNED, **changes)


SEEDS = [point(), point(seed=1, connections=50, score=920.0, spread=7.0, times=Times(9.0, 2.0))]


def test_means_and_deviations_over_seeds_by_hand():
    (entry,) = entries(SEEDS)
    # of two values the sample deviation is their distance by the root of two
    assert (entry.seeds, entry.connections) == (2, 45.0)
    assert entry.connections_std == pytest.approx(10.0 / 2**0.5)
    assert (entry.score, entry.spread) == (910.0, 6.0)
    assert entry.score_std == pytest.approx(20.0 / 2**0.5)
    (row,) = rows([entry])
    assert tuple(row) == COLUMNS
    assert row["seeds"] == 2
    assert row["score_sample_std_over_seeds"] == entry.score_std
    assert row["connections_sample_std_over_seeds"] == entry.connections_std
    assert row["mean_spread_within_network"] == 6.0
    assert (entry.samples, entry.multiply_adds, entry.cpu_seconds) == (100.0, 1000.0, 4.0)
    assert (entry.dense_us, entry.sparse_us) == (9.0, 2.0)  # of those that were measured


def test_one_seed_has_no_deviation_and_what_is_unknown_stays_so():
    (entry,) = entries([point(samples=None, multiply_adds=None, spread=None)])
    assert entry.score_std is None
    assert (entry.samples, entry.spread, entry.dense_us) == (None, None, None)


def test_the_order_is_regime_condition_method_arm_level():
    given = [
        point(level=2),
        point(level=1),
        point(arm="shuffled"),
        point(regime="A", condition="six shared", method="WANN", arm="searched"),
        point(regime="A", condition="random shared", method="WANN", arm="searched"),
    ]
    found = [(e.regime, e.condition, e.arm, e.level) for e in entries(given)]
    assert found == [
        ("A", "random shared", "searched", 1),
        ("A", "six shared", "searched", 1),
        ("C", "tuned weights", "ticket", 1),
        ("C", "tuned weights", "ticket", 2),
        ("C", "tuned weights", "shuffled", 1),
    ]


def dense(**changes):
    return point(arm="dense", level=0, connections=66, **changes)


def test_one_dense_network_stands_for_all_methods_that_began_with_it():
    given = [dense(), dense(method="random"), dense(seed=1, score=910.0), point()]
    found = {(e.method, e.arm): e for e in entries([*given, *given])}
    assert found["dense", "dense"].seeds == 2
    assert found["dense", "dense"].score == 905.0
    assert set(found) == {("dense", "dense"), ("lottery-ticket", "ticket")}
    assert summary.name(found["dense", "dense"]) == "dense"
    assert not found["dense", "dense"].is_control
    other = entries([*given, dense(method="fine-tuning", score=880.0)])
    names = [summary.name(entry) for entry in other if entry.arm == "dense"]
    assert names == ["dense (lottery-ticket)", "dense (random)", "dense (fine-tuning)"]


def test_a_run_named_twice_is_counted_once_and_its_times_are_kept():
    timed = point(times=Times(9.0, 2.0))
    (entry,) = entries([point(), timed, point()])
    assert (entry.seeds, entry.dense_us) == (1, 9.0)
    # Another search of the same seed is another network.
    (entry,) = entries([point(), point(score=910.0)])
    assert entry.seeds == 2


def test_signed_masks_say_over_which_weights():
    (entry,) = entries([point(regime="A", condition="random shared", arm="signed-shared")])
    assert summary.name(entry) == "lottery-ticket, signed (w > 0)"


def test_budgets_that_differ_are_told(tmp_path):
    a = pruning(tmp_path / "a", method="fine-tuning", steps=100, hidden="8")
    b = pruning(tmp_path / "b", method="synflow", steps=200, hidden="8")
    assert summary.unequal([a, a], ["fine-tuning", "x"]) == []
    (line,) = summary.unequal([a, b], ["fine-tuning", "synflow"])
    assert line.endswith(
        "differ in steps, so they are not of one budget: fine-tuning: 100; synflow: 200."
    )
    many, few = (
        PruneRun.create(
            {"method": "m", "env": "e", "seed": 0}, tmp_path / n, {"examples": [n, 5, 5]}
        )
        for n in ("50", "90")
    )
    assert "differ in examples" in summary.unequal([many, few], ["m", "n"])[0]


def test_fewest_connections_by_hand():
    given = [
        point(level=0, connections=66, score=930.0),
        point(level=1, connections=30, score=901.0),
        point(level=2, connections=10, score=899.0),
        point(level=3, connections=5, score=905.0, arm="shuffled"),  # a control does not count
        point(regime="B", condition="best shared", method="WANN", arm="searched", score=699.0),
    ]
    shared, tuned = summary.fewest(entries(given), "swingup", 700.0)
    assert shared == Fewest("WANN", "best shared", 700.0, None)
    assert (tuned.threshold, tuned.entry.connections) == (900.0, 30)
    assert summary.fewest(entries(given), "mnist", None) == []
    assert summary.fewest(entries(given), "cartpole", 475.0)[1].threshold == 475.0


def test_rows_are_those_of_the_csv():
    (found,) = summary.rows(entries(SEEDS))
    assert tuple(found) == summary.COLUMNS


def pruning(path, **settings):
    return PruneRun.create({"method": "random", "env": "swingup", "seed": 0, **settings}, path)


def test_seeds_of_equal_settings_are_one_method(tmp_path):
    a = pruning(tmp_path / "a", rate=0.2)
    b = pruning(tmp_path / "b", rate=0.2, seed=1, arms="shuffled")
    c = pruning(tmp_path / "c", rate=0.3)
    d = pruning(tmp_path / "d", method="synflow")
    assert summary.methods([a, b]) == ["random", "random"]
    assert summary.methods([a, b, c, d]) == ["random (a)", "random (a)", "random (c)", "synflow"]


def test_a_pruned_network_s_own_file_is_not_called_a_wann(tmp_path):
    for name, search in (("a", {"seed": 1}), ("b", {"method": "random", "seed": 1})):
        model(search=search).save(tmp_path / f"{name}.json")
    found = [subject.read(tmp_path / f"{name}.json") for name in "ab"]
    assert summary.methods(found) == ["WANN", "random"]
