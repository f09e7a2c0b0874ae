import pytest

from wann.core import json_values as values
from wann.envs.stepped.normalization import Normalization

PART = {"kind": "discrete", "outputs": 2}


@pytest.mark.parametrize(
    "action",
    [
        {"kind": "discrete"},
        {"kind": "discrete", "first": -3},
        {"kind": "binary"},
        {"kind": "continuous", "low": -1.0, "high": [1.0, 2.0, 3.0]},
        {"kind": "parts", "parts": [{**PART, "first": 1}, {"kind": "binary", "outputs": 1}]},
    ],
)
def test_actions_are_read(action):
    assert values.action(action, 3) == action


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"kind": "random"}, "expected kind discrete, continuous, binary or parts, got 'random'"),
        ({"kind": "discrete", "first": 0.5}, "a whole number as first, got 0.5"),
        ({"kind": "discrete", "first": True}, "a whole number as first, got True"),
        ({"kind": "parts"}, "expected 'parts', but it is missing"),
        ({"kind": "parts", "parts": [PART]}, "parts for all 3 outputs, got 2"),
        ({"kind": "parts", "parts": [PART, PART]}, "part 1: expected 1 to 1 outputs, got 2"),
        ({"kind": "parts", "parts": [{"kind": "parts", "outputs": 3}]}, "part 0: expected kind"),
        ({"kind": "parts", "parts": [3]}, "part 0: expected an object, got int"),
    ],
)
def test_what_is_no_action(action, message):
    with pytest.raises(ValueError, match=message):
        values.action(action, 3)


def test_normalizations_are_read():
    value = {"mean": [0, 1], "deviation": [2, 0.5], "limit": 10}
    assert values.normalization(value, 2) == Normalization((0.0, 1.0), (2.0, 0.5))
    assert values.normalization(None, 2) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": [0]}, "mean: expected 2 numbers, one for each input, got 1"),
        ({"mean": None}, "expected 'mean' to be list"),
        ({"deviation": [1, 0]}, "deviations above 0, got 0.0"),
        ({"deviation": [1, float("inf")]}, "expected a finite number"),
        ({"limit": 5}, "a limit of 10, got 5"),
        ({"limit": None}, "limit: expected a number, got None"),
    ],
)
def test_what_is_no_normalization(change, message):
    value = {"mean": [0, 1], "deviation": [2, 0.5], "limit": 10, **change}
    with pytest.raises(ValueError, match=message):
        values.normalization(value, 2)
