"""Chains of prunings: what is pruned, what the survivors hold, and what each control changes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.images.iterative import results
from wann.prune.masks.selection import kept, per_layer
from wann.prune.methods.registry import preset

BASE = replace(
    preset("lottery-ticket", "digits"), hidden="12", steps=90, sparsity="0.8", rate=0.4, arms=""
)


@pytest.fixture(scope="module")
def task():
    return envs.make("digits")


@pytest.fixture(scope="module")
def found(task):
    """The results of settings by (arm, level, regime), and the experiment."""

    def found(seed=0, **changes):
        experiment = Experiment(replace(BASE, **changes), task)
        rows = {(r.arm, r.level, r.regime): r for r in results(experiment, seed)}
        return experiment, rows

    return found


def weights(result):
    return np.concatenate([w.ravel() for w in result.outcome.mlp.weights])


def mask(result):
    return np.concatenate([m.ravel() for m in result.outcome.masks])


def test_each_level_drops_the_smallest_weights_of_each_layer(found):
    _, rows = found()
    levels = [rows["ticket", level, "C"] for level in range(len(rows))]
    assert len(levels) == 5
    for before, after in pairwise(levels):
        for w, old, new in zip(
            before.outcome.mlp.weights, before.outcome.masks, after.outcome.masks, strict=True
        ):
            assert not (new & ~old).any()
            assert abs(w[new]).min() >= abs(w[old & ~new]).max()
        assert (weights(after)[~mask(after)] == 0).all()
    assert [kept(level.outcome.masks) for level in levels[:2]] == [888, 768 - 307 + 120 - 24]


def test_without_training_survivors_hold_what_they_should(found):
    for survivors in ("initial", "trained", "fresh", "signed-constant"):
        experiment, rows = found(survivors=survivors, retrain="none", schedule="one-shot")
        (result,) = (r for r in rows.values() if r.level == 1)
        inside = mask(result)
        first = np.concatenate([w.ravel() for w in experiment.initial(0).weights])
        dense = weights(rows["ticket", 0, "C"])
        held = weights(result)[inside]
        assert result.regime == ("C" if survivors == "trained" else "A")
        assert np.array_equal(held, first[inside]) == (survivors == "initial")
        assert np.array_equal(held, dense[inside]) == (survivors == "trained")
        assert result.outcome.samples == 90 * 60
        if survivors == "signed-constant":
            assert len(np.unique(abs(held))) == 2


def test_early_survivors_are_those_of_a_short_training(found):
    experiment, rows = found(survivors="early", early_step=20, retrain="none", schedule="one-shot")
    initial = experiment.initial(0)
    everything = per_layer([abs(w) for w in initial.weights], 0)
    from wann.prune.images.experiment import Chance

    rng = experiment.rng(0, Chance.BATCHES, 0)
    (early,) = experiment.trainer.run(initial, everything, experiment.training, rng, [20])
    result = rows["ticket", 1, "A"]
    held = np.concatenate([w.ravel() for w in early.weights])[mask(result)]
    np.testing.assert_allclose(weights(result)[mask(result)], held, atol=1e-6)


def test_controls(found):
    names = "reinitialised,shuffled,inverted,random,corrupted-labels,signed-constant"
    _, rows = found(schedule="one-shot", arms=names)
    ticket = rows["ticket", 1, "C"]
    own = mask(ticket)
    for arm in names.split(","):
        result = rows[arm, 1, "C"]
        same = arm in ("reinitialised", "signed-constant")
        assert np.array_equal(mask(result), own) == same
        assert kept(result.outcome.masks) == kept(ticket.outcome.masks)
        assert [m.sum() for m in result.outcome.masks] == [m.sum() for m in ticket.outcome.masks]
    dense = abs(weights(rows["ticket", 0, "C"]))
    assert dense[mask(rows["inverted", 1, "C"])].max() < dense[own].min()
    # A mask by chance needs no training but its own; all others need the dense network's, too.
    costs = {arm: rows[arm, 1, "C"].outcome.samples for arm in names.split(",")}
    assert costs.pop("random") == 90 * 60
    assert set(costs.values()) == {2 * 90 * 60}


def test_a_mask_for_one_shared_weight(found, task):
    _, rows = found(schedule="one-shot", arms="signed-shared,unsigned-shared")
    for arm in ("signed-shared", "unsigned-shared"):
        shared = rows[arm, 1, "A"]
        values = set(np.unique(weights(shared)[mask(shared)]).tolist())
        assert values == ({-1.0, 1.0} if arm == "signed-shared" else {1.0})
        tuned = rows[arm, 1, "B"]
        assert len(np.unique(abs(weights(tuned)[mask(tuned)]))) == 1
        assert tuned.target
        assert tuned.score >= shared.score
        assert shared.spread > 0
        assert rows[f"{arm}-uniform", 1, "A"].spread > 0
        assert rows[f"{arm}-ensemble", 1, "A"].spread is None


def test_synflow_keeps_exactly_what_is_asked_for_and_nothing_dead(found):
    experiment, rows = found(
        score="synflow", scope="global", schedule="one-shot", sparsity="0.9,0.97"
    )
    assert ("ticket", 0, "C") not in rows  # nothing is trained before
    for level, count in ((1, 888 - 799), (2, 888 - 861)):
        row = experiment.row(rows["ticket", level, "C"])
        assert row.kept == count
        assert row.connections >= count - 1


def test_fine_tuning_goes_on_from_the_trained_weights(found):
    _, rows = found(survivors="trained", retrain="fine-tune", schedule="one-shot")
    dense, result = rows["ticket", 0, "C"], rows["ticket", 1, "C"]
    assert result.outcome.samples == (90 + 30) * 60
    inside = mask(result)
    moved = abs(weights(result) - weights(dense))[inside]
    assert 0 < moved.max() < 0.02


def test_whole_nodes_go(found):
    experiment, rows = found(
        scope="nodes-l1", survivors="trained", retrain="fine-tune", sparsity="0.5", hidden="12,8"
    )
    last = max(level for _, level, _ in rows)
    result = rows["ticket", last, "C"]
    for m, stay in zip(result.outcome.masks[:-1], (6, 4), strict=True):
        assert sorted(np.unique(m.sum(axis=0)).tolist())[0] == 0
        assert m.any(axis=0).sum() == stay
    assert experiment.row(result).connections == 64 * 6 + 6 * 4 + 4 * 10


def test_layers_with_a_sparsity_of_their_own(found):
    _, rows = found(sparsity="layer1=0.75", rate=0.5, arms="shuffled")
    counts = {key: [int(m.sum()) for m in r.outcome.masks] for key, r in rows.items()}
    assert counts == {
        ("ticket", 0, "C"): [768, 120],
        ("ticket", 1, "C"): [384, 120],
        ("ticket", 2, "C"): [192, 120],
        ("shuffled", 2, "C"): [192, 120],
    }


def test_n_of_m(found):
    experiment, rows = found(scope="1:4", survivors="trained", retrain="fine-tune", hidden="8")
    result = rows["ticket", 1, "C"]
    for m in result.outcome.masks:
        groups = m.reshape(-1, 4, m.shape[1]).sum(axis=1)
        assert (groups == 1).all()
    assert experiment.row(result).sparsity == 0.75


def test_masks_found_by_another_optimizer(found):
    _, rows = found(found_by="sgd", arms="native", schedule="one-shot")
    _, plain = found(schedule="one-shot")
    transferred, native = rows["ticket", 1, "C"], rows["native", 1, "C"]
    assert not np.array_equal(mask(transferred), mask(native))
    np.testing.assert_array_equal(weights(native), weights(plain["ticket", 1, "C"]))
    np.testing.assert_array_equal(weights(rows["ticket", 0, "C"]), weights(plain["ticket", 0, "C"]))
    assert transferred.outcome.samples == native.outcome.samples


def test_masks_found_on_another_task(found, task):
    from wann.envs.classification import ClassificationTask

    mirrored = ClassificationTask(
        task.train.X[:, ::-1].copy(),
        task.train.y,
        name="mirrored",
        validation=(task.validation.X[:, ::-1].copy(), task.validation.y),
        inputs=task.inputs,
    )
    settings = replace(BASE, schedule="one-shot", found_on="mirrored", arms="native")
    experiment = Experiment(settings, task, mirrored)
    rows = {(r.arm, r.level): r for r in results(experiment, 0)}
    _, plain = found(schedule="one-shot")
    assert not np.array_equal(mask(rows["ticket", 1]), mask(rows["native", 1]))
    np.testing.assert_array_equal(weights(rows["native", 1]), weights(plain["ticket", 1, "C"]))


def test_seeds_differ_and_equal_seeds_do_not(found):
    first, again, other = (found(seed=seed)[1]["ticket", 3, "C"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(weights(first), weights(again))
    assert not np.array_equal(mask(first), mask(other))


@pytest.mark.parametrize("scope", ["layer", "global", "nodes-l1"])
def test_synflow_goes_on_from_what_earlier_rounds_have_left(found, scope):
    """Its hundred rounds begin with what there is, not with all."""
    changes = {"scope": scope, "survivors": "trained", "retrain": "fine-tune", "steps": 6}
    _, rows = found(score="synflow", **changes)
    outcomes = [result.outcome for result in rows.values()]
    assert len(outcomes) == 5
    for before, after in pairwise(outcomes):
        assert 0 < kept(after.masks) < kept(before.masks)
        for old, new in zip(before.masks, after.masks, strict=True):
            assert not (new & ~old).any()
