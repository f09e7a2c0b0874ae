"""The settings of a pruning run: every value is checked."""

import pytest

from wann.prune.images.settings import TASKS, ImageSettings
from wann.prune.settings import expect


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": 0}, "--seeds: expected at least 1, got 0"),
        ({"seeds": 2**63 - 1}, "--seeds: expected at most 1000, got 9223372036854775807"),
        ({"seed": 2**63 - 1, "seeds": 2}, "the last seed: expected at most 9223372036854775807"),
        ({"early_step": 0}, "--early-step: expected at least 1, got 0"),
        ({"seed": -1}, "--seed: expected 0 or more, got -1"),
        ({"rate": 0.0}, "--rate: expected a share between 0 and 1, got 0.0"),
        ({"learning_rate": 0.0}, "--learning-rate: expected above 0, got 0.0"),
        ({"learning_rate": float("nan")}, "--learning-rate: expected above 0, got nan"),
        ({"l2": -1.0}, "--l2: expected 0 or more, got -1.0"),
        ({"hidden": "30,"}, "--hidden: expected sizes such as 300,100, got '30,'"),
        ({"sparsity": "nan"}, r"--sparsity: .* in \[0, 1\), got nan"),
        ({"scope": "4:4"}, "--scope: unknown '4:4': expected one of"),
        ({"survivors": "inital"}, "--survivors: unknown 'inital': expected one of initial"),
        ({"found_by": "rmsprop"}, "--found-by: unknown 'rmsprop'"),
        ({"controls": "last"}, "--controls: unknown 'last'"),
        ({"survivors": "signed-shared"}, "is not trained: expected --retrain none, got full"),
        ({"survivors": "initial", "retrain": "none"}, "expected --retrain full or fine-tune, got"),
        ({"arms": "shuffled,reset"}, "--arms: unknown 'reset'"),
    ],
)
def test_bad_values_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        ImageSettings(**changes)


def test_each_layer_may_have_a_sparsity_of_its_own():
    settings = ImageSettings(sparsity="layer1=0.9,layer3=0.5")
    assert settings.layer_sparsities() == (0.9, 0.0, 0.5)
    assert ImageSettings(sparsity="0.9").layer_sparsities() is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sparsity": "layer4=0.5"}, "--sparsity: unknown 'layer4': expected one of layer"),
        ({"sparsity": "layer1=1"}, r"shares in \[0, 1\) such as layer1=0.9, got 'layer1=1'"),
        ({"sparsity": "layer1=x"}, "such as layer1=0.9, got 'layer1=x'"),
        ({"sparsity": "layer1=.5,layer1=.6"}, "expected each layer once"),
        ({"sparsity": "layer1=.5,0.6"}, "--sparsity: unknown '0.6'"),
        ({"sparsity": "layer1=.5", "scope": "global"}, "expected --scope layer, or hidden layers"),
        ({"sparsity": "layer3=.5", "scope": "nodes-l1"}, "hidden layers alone"),
        ({"scope": "coefficients"}, "--scope coefficients: expected --method early-bird"),
    ],
)
def test_what_no_layer_can_be_pruned_to(changes, message):
    with pytest.raises(ValueError, match=message):
        ImageSettings(**changes)


def test_texts_are_read():
    settings = ImageSettings(
        hidden="30,20", sparsity="0.5,0.9", scope="2:4", arms="random,shuffled,"
    )
    assert settings.hidden_sizes() == (30, 20)
    assert settings.sparsities() == [0.5, 0.9]
    assert settings.n_of_m() == (2, 4)
    assert settings.arm_names() == ["random", "shuffled"]
    assert ImageSettings(scope="global").n_of_m() is None


def test_the_sparsity_for_mnist_leaves_as_many_weights_as_the_papers_network():
    weights = 256 * 100 + 100 * 50 + 50 * 10
    (sparsity,) = ImageSettings(**TASKS["mnist"]).sparsities()
    assert weights - round(sparsity * weights) == 1849


def test_the_nearest_name_comes_first():
    with pytest.raises(ValueError, match="unknown 'gloabl': expected one of global, "):
        expect("--scope", "gloabl", ["layer", "nodes", "global"])
