import dataclasses

import numpy as np
import pytest

from tests.genomes import genome
from wann import envs
from wann.compare import measure
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.pool import Pool
from wann.prune.run import PruneRun, Row
from wann.storage import subject as subjects
from wann.storage.model import Model

CARTPOLE = dataclasses.replace(envs.make("cartpole"), episode_limit=50)
# θ and θ̇ to a hidden node, which pushes right; x and the bias besides.
CONNECTIONS = [(3, 7), (4, 7), (7, 6), (1, 5), (0, 5)]


@pytest.fixture(scope="module")
def pool():
    with Pool(ControlEvaluator(CARTPOLE), 1) as found:
        yield found


def model(connections=CONNECTIONS, **more):
    task = CARTPOLE
    found = genome(4, 2, [(7, "tanh")], connections)
    return Model(found, task.name, task.inputs, task.outputs, task.action, **more)


def row(**changes):
    base = Row(
        method="lottery-ticket",
        arm="ticket",
        seed=3,
        level=0,
        regime="C",
        sparsity=0.0,
        kept=9,
        connections=4,
        biases=1,
        score=40.0,
        validation=41.0,
        spread=2.0,
        samples=100,
        multiply_adds=500,
    )
    return dataclasses.replace(base, **changes)


def by_condition(found):
    return {(p.regime, p.condition, p.arm): p for p in found}


def test_a_champion_its_permutations_and_its_tuned_twin(tmp_path, pool):
    balancing = [(3, 6), (4, 6), (1, 5), (2, 5)]  # right if θ + θ̇ > x + ẋ
    model(balancing, search={"seed": 7}).save(tmp_path / "champion.json")
    subject = subjects.read(tmp_path / "champion.json")
    found = list(measure.of_wann(pool, subject, "WANN", 10, 0))
    assert {(p.regime, p.arm) for p in found} == {
        (regime, arm) for regime in "AB" for arm in ("searched", "edges permuted")
    }
    for point in found:
        assert (point.method, point.seed, point.connections, point.level) == ("WANN", 7, 4, 0)
        assert (point.samples, point.multiply_adds) == (None, None)
        assert (point.times is not None) == (point.arm == "searched")
    own = by_condition(found)["B", "best shared", "searched"].score
    assert own > by_condition(found)["B", "best shared", "edges permuted"].score
    model(balancing, weights=np.ones(4)).save(tmp_path / "champion-tuned.json")
    more = list(measure.of_wann(pool, subject, "WANN", 10, 0))
    tuned = more[-1]
    assert (tuned.regime, tuned.condition, len(more)) == ("C", "tuned weights", len(found) + 1)
    assert tuned.score == pytest.approx(own, rel=0.1)
    assert tuned.spread is not None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("C", "tuned weights", "dense")),
        ({"level": 1}, ("C", "tuned weights", "ticket")),
        ({"arm": "layer-1-fresh"}, ("C", "tuned weights", "layer-1-fresh")),
        ({"regime": "A", "arm": "signed-shared"}, ("A", "six shared", "signed-shared")),
        ({"regime": "A", "arm": "signed-shared-uniform"}, ("A", "random shared", "signed-shared")),
        (
            {"regime": "A", "arm": "signed-shared-ensemble"},
            ("A", "ensemble, mean softmax", "signed-shared"),
        ),
        ({"regime": "B", "arm": "signed-shared"}, ("B", "best shared", "signed-shared")),
        ({"regime": "A"}, ("A", "untrained, its own weights", "ticket")),
    ],
)
def test_rows_of_a_pruning(changes, expected):
    point = measure.of_row(row(**changes), {"ticket", "signed-shared", "signed-shared-uniform"})
    assert (point.regime, point.condition, point.arm) == expected
    assert (point.connections, point.samples, point.multiply_adds) == (5, 100, 500)


def pruned(path, rows, **more):
    run = PruneRun.create({"method": "lottery-ticket", "env": "cartpole", "seed": 3}, path)
    run.write_rows(rows)
    for r in rows:
        run.save_network(model(weights=np.array([1.0, 1, 1, -1, 2]), **more), r.arm, 3, r.level)
    return run


def test_masks_with_a_shared_weight_cost_what_finding_them_did(tmp_path, pool):
    rows = [row(), row(level=1, samples=200), row(level=1, arm="shuffled"), row(level=2)]
    run = pruned(tmp_path / "run", rows, search={"initial_signs": "+++-0"})
    found = list(measure.of_pruning(pool, run, "mine", CARTPOLE, 10, 0))
    assert {p.method for p in found} == {"mine"}
    assert [p.level for p in found if p.regime == "C"] == [0, 1, 2, 1]
    timed = [p for p in found if p.times]
    assert [(p.arm, p.level) for p in timed] == [("dense", 0), ("ticket", 1), ("ticket", 2)]
    masks = [p for p in found if p.regime != "C"]
    # Two levels, two signs, three conditions; the bias began at 0 and is not there.
    assert len(masks) == 12
    assert {p.connections for p in masks} == {4}
    assert {(p.level, p.samples) for p in masks} == {(1, 100), (2, 200)}
    best = {p.arm: p.score for p in masks if p.regime == "B" and p.level == 1}
    assert set(best) == {"signed-shared", "unsigned-shared"}


def test_untrained_masks_meet_a_shared_weight_too(tmp_path, pool):
    run = pruned(tmp_path / "run", [row(level=1, regime="A")], search={"initial_signs": "+++-0"})
    found = list(measure.of_pruning(pool, run, "mine", CARTPOLE, 10, 0))
    places = {(p.condition, p.arm) for p in found if p.regime == "A"}
    assert ("untrained, its own weights", "ticket") in places
    assert {("random shared", arm) for arm in ("signed-shared", "unsigned-shared")} <= places


def test_masks_that_the_run_has_scored_are_not_scored_again(tmp_path, pool):
    rows = [row(level=1), row(level=1, arm="signed-shared", regime="B")]
    run = pruned(tmp_path / "run", rows)
    found = list(measure.of_pruning(pool, run, "mine", CARTPOLE, 10, 0))
    assert [(p.regime, p.arm) for p in found] == [("C", "ticket"), ("B", "signed-shared")]
