import pytest

from wann import envs
from wann.envs.suggest import did_you_mean


def test_the_nearest_name():
    assert did_you_mean("swinup", ["cartpole", "swingup"]) == "; did you mean swingup?"
    assert did_you_mean("xyz", ["cartpole", "swingup"]) == ""


def test_envs_are_listed_in_one_order_whatever_was_misspelt():
    order = ", ".join(envs.names())
    for name in ("mnits", "swinup", "xyz"):
        with pytest.raises(ValueError, match=f"unknown env '{name}': expected one of {order}"):
            envs.make(name)
    with pytest.raises(ValueError, match=r"gym:ID; did you mean mnist\?"):
        envs.make("mnits")
