import pytest

from wann import envs
from wann.envs.stepped.asked import Asked, joined, parted

COSTLY = "tests.own_tasks:Costly-v0"


def test_names_are_read_as_they_are_written():
    whole = Asked(("continuous=True", "gravity=-5"), "a.b:c", "-1:2.5", "grid:2x2:green-red>0.2")
    text = "continuous=True&gravity=-5&wrapper:a.b:c&bounds:-1:2.5&grid:2x2:green-red>0.2"
    assert whole.text == text
    assert parted(f"X-v0?{text}") == ("X-v0", whole)
    assert parted("X-v0") == ("X-v0", Asked())
    assert whole.values == {"continuous": True, "gravity": -5}
    assert whole.limits == (-1.0, 2.5)


def test_values_are_typed():
    texts = ("a=1", "b=1.5", "c=None", "d=[1, 2]", "e=word", "f='1'", "g=a=b", "h=")
    assert Asked(texts).values == {
        "a": 1, "b": 1.5, "c": None, "d": [1, 2], "e": "word", "f": "1", "g": "a=b", "h": "",
    }  # fmt: skip


def test_more_is_added_to_a_name():
    name = joined("X-v0?a=1&b=2", ["b=3", "c=4"], wrapper="m:f")
    assert name == "X-v0?a=1&b=3&c=4&wrapper:m:f"
    assert joined(name, bounds="0:1") == "X-v0?a=1&b=3&c=4&wrapper:m:f&bounds:0:1"
    assert joined("X-v0") == "X-v0"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"arguments": ["gravity"]}, "--env-args: expected NAME=VALUE.*got 'gravity'"),
        ({"arguments": ["1=2"]}, "--env-args: expected NAME=VALUE"),
        ({"arguments": ["a=1&b=2"]}, "without &"),
        ({"wrapper": "module"}, "--wrapper: expected MODULE:FUNCTION, got 'module'"),
        ({"wrapper": "a:b:c"}, "--wrapper: expected MODULE:FUNCTION"),
        ({"bounds": "1"}, "--action-bounds: expected LOW:HIGH, two numbers, got '1'"),
        ({"bounds": "2:1"}, "--action-bounds"),
        ({"bounds": "0:inf"}, "--action-bounds"),
    ],
)
def test_what_cannot_be_asked(arguments, message):
    with pytest.raises(ValueError, match=message):
        joined("X-v0", **arguments)


def test_arguments_and_wrappers_reach_the_environment():
    plain, asked = (
        envs.make(f"gym:{COSTLY}"),
        envs.make(f"gym:{COSTLY}?cost=2.5&wrapper:tests.own_tasks:doubled"),
    )
    assert asked != plain
    rewards = []
    for task in (plain, asked):
        env = task.environment()
        env.reset(seed=0)
        rewards.append(env.step([0.0])[1])
    assert rewards == [-1.0, -5.0]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("price=2", "does not take --env-args: .*price"),
        ("wrapper:tests.own_tasks:tripled", "--wrapper: .* no attribute 'tripled'"),
        ("wrapper:tests.no_such:f", "--wrapper: .*No module named"),
        ("wrapper:tests.own_tasks:nothing", "to return an environment, got None"),
        ("what?", "--observe: expected"),
    ],
)
def test_what_an_environment_does_not_take(asked, message):
    with pytest.raises(ValueError, match=message):
        envs.make(f"gym:{COSTLY}?{asked}")


def test_an_argument_of_a_value_that_the_constructor_refuses():
    with pytest.raises(ValueError, match="does not take --env-args: ValueError: size must be"):
        envs.make("gym:tests.own_tasks:Picky-v0?size=0")


@pytest.mark.parametrize(
    "asked", ["wrapper:from_a_file:f", "module=from_a_file:X", "a=1&wrapper:from_a_file:f"]
)
def test_a_file_puts_no_module_around_an_environment(asked):
    name = f"gym:CartPole-v1?{asked}"
    with pytest.raises(ValueError, match="would import a module: if you trust it, say --env 'gym:"):
        envs.made_for(name)
