from pathlib import Path

import pytest

from wann.cli.groups import Group, labels, named
from wann.core import files

BASE = {"env": "swingup", "preset": "wann", "seed": 0, "symmetric": True, "population": 96}


def labelled(*changes):
    settings = [{**BASE, **change} for change in changes]
    return labels(settings, [Path(f"runs/r{i}") for i in range(len(settings))])


def test_seeds_of_one_kind_share_a_label():
    assert labelled({}, {"seed": 1}, {"seed": 2, "generations": 9}) == ["wann"] * 3


def test_what_differs_is_the_label():
    assert labelled({}, {"symmetric": False}, {"seed": 4}) == [
        "symmetric",
        "no symmetric",
        "symmetric",
    ]
    assert labelled({"population": 8}, {"symmetric": False}) == [
        "symmetric, population 8",
        "no symmetric, population 96",
    ]


def test_a_preset_stands_for_what_goes_with_it():
    paper = {"preset": "paper", "symmetric": False, "population": 192}
    assert labelled({}, paper) == ["wann", "paper"]
    assert labelled({}, paper, {**paper, "population": 8}) == [
        "wann",
        "paper, population 192",
        "paper, population 8",
    ]


def test_too_many_to_tell():
    one = {"a": 1, "b": 1, "c": 1, "d": 1}
    assert labelled(one, {**one, "a": 2, "b": 2, "c": 2, "d": 2}) == [
        "a 1, b 1, c 1, …",
        "a 2, b 2, c 2, …",
    ]
    other = labelled(one, {**one, "d": 2}, {**one, "a": 2, "b": 2, "c": 2, "d": 2})
    assert other[:2] == ["a 1, b 1, c 1, … (r0)", "a 1, b 1, c 1, … (r1)"]


def test_labels_that_a_user_gives(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("paper-s1", "paper-s0", "several/s0", "several/s1"):
        Path("runs", name).mkdir(parents=True)
        files.write_json(Path("runs", name, "config.json"), {"settings": {}})
    files.write_json(Path("runs/several/config.json"), {"kind": "seeds"})
    Path("own.json").touch()
    Path("runs/several/seeds.csv").touch()
    found = named(["paper=runs/paper-*", "a=own.json", "ours=runs/several", "a=runs/paper-s0"])
    assert named(["ours=runs/several/s*"]) == [found[2]]
    assert found == [
        Group("paper", (Path("runs/paper-s0"), Path("runs/paper-s1"))),
        Group("a", (Path("own.json"), Path("runs/paper-s0"))),
        Group("ours", (Path("runs/several/s0"), Path("runs/several/s1"))),
    ]


@pytest.mark.parametrize("text", ["paper", "=x", "x="])
def test_bad_labels(text):
    with pytest.raises(ValueError, match="--label: expected NAME=RUN"):
        named([text])
