import dataclasses

import numpy as np
import pytest

from wann import envs
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.pool import Pool
from wann.prune.policies.experiment import PolicyExperiment
from wann.prune.policies.iterative import GONE, dead_first, rows
from wann.prune.policies.settings import PolicySettings
from wann.prune.run import PruneRun
from wann.prune.steps import DamagedStep
from wann.storage.load import load

# A short task, so that a thousand episodes take no time.
TASK = dataclasses.replace(envs.make("cartpole"), episode_limit=20)
SMALL = {"env": "cartpole", "hidden": "3", "rate": 0.5, "least": 6, "budget": 1.0}


@pytest.fixture(scope="module")
def pool():
    with Pool(ControlEvaluator(TASK), 1) as found:
        yield found


def prune(path, pool, **settings):
    run = (
        PruneRun(path)
        if path.exists()
        else PruneRun.create({**SMALL, "method": "m", "seed": 3}, path)
    )
    chosen = PolicySettings(**{**SMALL, **settings})
    return list(rows(PolicyExperiment(chosen, TASK, run, pool), 3))


def step(path, name):
    return dict(np.load(path / "steps" / f"{name}.npz", allow_pickle=False))


def test_the_dense_policy_is_trained_on_as_often(tmp_path, pool):
    rows = prune(tmp_path / "run", pool, method="fine-tuning", arms="dense-equal")
    equal = {row.level: row for row in rows if row.arm == "dense-equal"}
    ticket = {row.level: row for row in rows if row.arm == "ticket"}
    assert set(equal) == set(ticket) - {0}
    for level, row in equal.items():
        assert (row.kept, row.samples) == (23, ticket[level].samples)
    starts = [step(tmp_path / "run", f"dense-equal-s3-l{level}")["first"] for level in equal]
    for first in starts:
        np.testing.assert_array_equal(first, starts[0])


def test_levels_arms_and_counts(tmp_path, pool):
    path = tmp_path / "run"
    rows = prune(path, pool, arms="reinitialised,shuffled,inverted")
    assert [(row.arm, row.level) for row in rows[:4]] == [
        ("ticket", 0),
        ("ticket", 1),
        ("reinitialised", 1),
        ("shuffled", 1),
    ]
    dense = rows[0]
    assert (dense.kept, dense.connections, dense.biases, dense.sparsity) == (23, 18, 5, 0.0)
    for row in rows:
        model = load(path / "networks" / f"{row.arm}-s3-l{row.level}.json")
        assert model.network.complexity == row.connections + row.biases <= row.kept
        assert model.scores["mean"] == row.score
        assert 0 < row.score <= 20
        assert row.multiply_adds <= row.samples * 23
    ticket, other = (step(path, f"{arm}-s3-l1") for arm in ("ticket", "reinitialised"))
    assert ticket["mask"].tolist() == other["mask"].tolist()
    assert not np.any(ticket["first"] == other["first"])
    shuffled = step(path, "shuffled-s3-l1")
    assert shuffled["mask"].tolist() != ticket["mask"].tolist()
    assert shuffled["mask"][:15].sum() == ticket["mask"][:15].sum()  # the first layer's


def test_the_ticket_keeps_the_largest_weights_and_the_inverse_the_smallest(tmp_path, pool):
    prune(tmp_path / "run", pool, arms="inverted")
    before = np.abs(step(tmp_path / "run", "ticket-s3-l0")["weights"])
    highest = step(tmp_path / "run", "ticket-s3-l1")["mask"]
    lowest = step(tmp_path / "run", "inverted-s3-l1")["mask"]
    assert before[highest].min() > before[~highest].max()
    assert before[lowest].max() < before[~lowest].min()


def test_a_level_starts_at_the_first_weights_or_the_trained_ones(tmp_path, pool, monkeypatch):
    origins = {}
    for method in ("lottery-ticket", "fine-tuning"):
        seen = origins[method] = []
        train = PolicyExperiment.train

        def spy(self, network, origin, seed, seen=seen, train=train):
            seen.append(origin.copy())
            return train(self, network, origin, seed)

        with monkeypatch.context() as patch:
            patch.setattr(PolicyExperiment, "train", spy)
            prune(tmp_path / method, pool, method=method)
        dense = step(tmp_path / method, "ticket-s3-l0")
        mask = step(tmp_path / method, "ticket-s3-l1")["weights"] != 0
        which = "first" if method == "lottery-ticket" else "weights"
        assert seen[1].tolist() == dense[which][mask].tolist()


def test_magnitude_is_not_trained_again(tmp_path, pool):
    rows = prune(tmp_path / "run", pool, method="magnitude")
    dense, last = (step(tmp_path / "run", f"ticket-s3-l{n}") for n in (0, 2))
    live = last["weights"] != 0
    assert last["weights"][live].tolist() == dense["weights"][live].tolist()
    assert rows[0].samples == rows[-1].samples
    assert rows[-1].validation is None


def test_costs_add_up_along_a_chain_only_where_it_is_needed(tmp_path, pool):
    ticket = prune(tmp_path / "ticket", pool)
    random = prune(tmp_path / "random", pool, method="random")
    assert ticket[2].samples > ticket[1].samples > ticket[0].samples
    assert ticket[1].samples > 1.5 * ticket[0].samples
    assert random[1].samples < 1.5 * random[0].samples  # its mask needed no training


def test_resumed_it_is_as_if_never_interrupted(tmp_path, pool):
    whole = prune(tmp_path / "whole", pool)
    prune(tmp_path / "resumed", pool)
    for name in ("ticket-s3-l1", "ticket-s3-l2"):
        (tmp_path / "resumed" / "steps" / f"{name}.npz").unlink()
    kept = (tmp_path / "resumed" / "steps" / "ticket-s3-l0.npz").stat().st_mtime_ns
    assert prune(tmp_path / "resumed", pool) == whole
    assert (tmp_path / "resumed" / "steps" / "ticket-s3-l0.npz").stat().st_mtime_ns == kept
    for level in range(3):
        file = f"networks/ticket-s3-l{level}.json"
        assert (tmp_path / "whole" / file).read_text() == (tmp_path / "resumed" / file).read_text()


def test_a_damaged_step_is_named(tmp_path, pool):
    prune(tmp_path / "run", pool)
    file = tmp_path / "run" / "steps" / "ticket-s3-l1.npz"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(DamagedStep, match=r"ticket-s3-l1\.npz: expected a step of a pruning run"):
        prune(tmp_path / "run", pool)


def test_a_tick_can_stop_a_training(tmp_path, pool):
    def tick():
        raise KeyboardInterrupt

    run = PruneRun.create({"method": "m", "env": "cartpole", "seed": 3}, tmp_path / "run")
    experiment = PolicyExperiment(PolicySettings(**SMALL), TASK, run, pool, tick)
    with pytest.raises(KeyboardInterrupt):
        next(rows(experiment, 0))
    assert not list((tmp_path / "run").glob("steps/*"))


def test_what_is_dead_goes_first_whatever_is_kept():
    live = np.array([True, True, True, False])
    scores = dead_first(np.array([3.0, 1.0, 0.5, np.nan]), live)
    assert scores.tolist() == [3.0, 1.0, 0.5, GONE]
    inverted = dead_first(np.array([3.0, 1.0, 0.5, 9.0]), live, inverted=True)
    assert np.argsort(-inverted, kind="stable").tolist() == [2, 1, 0, 3]
