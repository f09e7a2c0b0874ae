"""Every method runs; presets fit the task; what makes no sense is refused."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from wann import envs
from wann.prune.images.experiment import Experiment
from wann.prune.images.rewinding import SURVIVORS
from wann.prune.images.settings import CONTROLS, ImageSettings
from wann.prune.methods.registry import METHODS, of_images, of_policies, preset
from wann.prune.methods.tickets import PARTNERS
from wann.prune.methods.usage import unused_of_images
from wann.prune.scores.registry import OF_IMAGES

IMAGE_METHODS = [
    name for name, how in METHODS.items() if how.images is not None and name != "transfer-task"
]
ARMS = list(dict.fromkeys([*CONTROLS, *SURVIVORS, *OF_IMAGES]))


@pytest.fixture(scope="module")
def task():
    return envs.make("digits")


@pytest.fixture(scope="module")
def spent():
    """Seconds of the processor, by method."""
    return {}


def refusal(settings, arm):
    """What a method says to an arm that it does not take; nothing to one that it takes."""
    try:
        return unused_of_images(replace(settings, arms=arm)).get("arms", "")
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("method", IMAGE_METHODS)
def test_every_method_runs_with_every_arm_that_it_takes(method, task, spent):
    start = time.process_time()
    # Few steps, in equal batches: what takes time is to compile, and they share that.
    settings = replace(preset(method, "digits"), hidden="6", steps=2, rate=0.7, early_step=1)
    settings = replace(settings, batch=60)
    refusals = {arm: refusal(settings, arm) for arm in ARMS}
    assert all("\n" not in said for said in refusals.values())
    arms = [arm for arm, said in refusals.items() if not said]
    assert set(settings.arm_names()) <= set(arms)
    settings = replace(settings, arms=",".join(arms))
    experiment = Experiment(settings, task)
    rows = [experiment.row(result) for result in of_images(method).runner(experiment, 0)]
    assert rows[-1].method == method
    assert {row.arm for row in rows} >= {"ticket", *arms}
    assert len({(row.arm, row.level, row.regime) for row in rows}) == len(rows)
    dense, levels = 64 * 6 + 6 * 10, "schedule" in of_images(method).uses
    for row in rows:
        assert 0 <= row.score <= 1
        # A topology for one shared weight has further connections, in and out of nodes that turn
        # signs: two for each hidden node, and two for each output.
        more = 2 * (6 + 10) if method == "ternary" else 0
        assert 0 <= row.connections <= row.kept + more
        assert row.kept <= dense
        whole = row.level == 0 or row.arm in ("dense-equal", "bimodal-dense", "frozen")
        assert (row.kept == dense) == whole or not levels
        assert row.samples > 0 or row.regime != "C" or not row.connections  # nothing to train
        assert row.multiply_adds >= 3 * row.samples  # at least a connection's worth an image
    spent[method] = time.process_time() - start


@pytest.mark.parametrize("method", IMAGE_METHODS)
def test_what_is_recorded_of_a_method_can_be_read_again(method):
    settings = preset(method, "digits")
    used = {k: v for k, v in vars(settings).items() if k not in unused_of_images(settings)}
    again = ImageSettings(**used)
    assert {name: getattr(again, name) for name in used} == used
    assert unused_of_images(again).keys() == unused_of_images(settings).keys()


def test_all_of_them_together_take_less_than_a_minute(spent):
    assert sum(spent.values()) < 60, spent  # of one core; of those that this process has run


def test_without_a_level_there_is_nothing_for_arms_to_be_beside():
    unused = unused_of_images(replace(preset("dense", "digits"), arms="shuffled"))
    assert unused["arms"] == unused["score"] == "with --sparsity 0 nothing is pruned"
    assert not {"steps", "sparsity", "network", "winners"} & set(unused)
    assert "arms" not in unused_of_images(preset("lottery-ticket", "digits"))


def test_the_pairs_of_tasks_are_pairs():
    assert all(PARTNERS[partner] == env for env, partner in PARTNERS.items())
    assert set(PARTNERS) <= set(envs.names())
    assert preset("transfer-task", "mnist-28").found_on == "fashion-mnist-28"


def test_the_settings_of_the_method_go_before_those_of_the_task():
    assert preset("lottery-ticket", "mnist-28").sparsity == "0.964"
    assert preset("untrained-supermask", "mnist-28").sparsity == "0.74"
    assert preset("lottery-ticket", "mnist-28").hidden == "300,100"


def test_unknown_methods_and_those_that_do_not_fit():
    with pytest.raises(ValueError, match="unknown method 'sinflow': expected one of synflow, "):
        preset("sinflow", "digits")
    with pytest.raises(ValueError, match=r"needs a task with a partner .* mnist, .* got 'digits'"):
        preset("transfer-task", "digits")


def test_a_method_of_the_other_kind_says_where_it_belongs():
    with pytest.raises(ValueError, match=r"prunes image classifiers: .*; got 'signal-to-noise', "):
        of_images("signal-to-noise")


@pytest.mark.parametrize("name", ["synflow", "optimal-brain-damage", "lotery-ticket"])
def test_methods_that_need_gradients_are_refused_for_policies(name):
    with pytest.raises(ValueError, match=f"without gradients: .*; got '{name}'"):
        of_policies(name)


def test_every_method_says_what_it_does_and_to_what():
    for name, method in METHODS.items():
        assert method.name == name
        assert method.line
        assert len(method.line) < 90
        assert method.images is not None or of_policies(name) is method.policies
        assert method.paper in ("", "control") or method.paper[-4:].isdecimal()


def test_a_network_has_its_own_hidden_layers():
    assert preset("nodes", "mnist-28", "lenet5").hidden == "20,50,500"
    assert preset("nodes", "mnist-28", "mlp").hidden == preset("nodes", "mnist-28").hidden
    assert preset("k-winners", "digits").winners == 0.3
    with pytest.raises(
        ValueError, match=r"expected no shared weight, with --winners 0\.3, got sign"
    ):
        replace(preset("untrained-supermask", "digits"), winners=0.3)
    with pytest.raises(ValueError, match="channels of two convolutions and nodes of a layer"):
        replace(preset("dense", "digits"), network="lenet5")


def test_every_method_stands_with_its_paper_and_its_published_figure():
    page = Path(__file__).parents[3] / "docs" / "results" / "pruning.md"
    table = page.read_text(encoding="utf-8").split("## Every method", 1)[1].split("\n### ")[0]
    rows = [
        re.split(r" *\| *", line)[1:-1] for line in table.splitlines() if line.startswith("| `")
    ]
    cells = {name: row[1:] for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    assert set(METHODS) <= set(cells)
    for name, method in METHODS.items():
        paper, published, here = cells[name]
        assert method.paper.split(" ")[0] in paper or paper.startswith("the same")
        assert here
        assert published or method.paper == "control"
