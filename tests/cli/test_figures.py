"""What figures say they are of."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import wann
from wann.cli.figures import LONGEST, Figures, run_of, runs_of, title
from wann.core.config import preset
from wann.plotting import curves
from wann.storage.saved import Saved

CONFIG = preset("cartpole", seed=7)


@pytest.fixture(scope="module")
def saved():
    return Saved(Path("runs/champions/cartpole"), wann.load("champion:cartpole"))


def test_a_title_is_one_line_of_what_is_known():
    assert title(["swingup", "", "seed 1", "swingup"]) == "swingup · seed 1"
    assert len(title(["x" * 1000, "seed\n1"])) < LONGEST + 20
    assert "\n" not in title(["seed\n1"])


def test_a_run_and_several(saved):
    assert run_of(saved, CONFIG) == ["cartpole", "", "seed 7"]
    named = replace(saved, name="mine")
    assert run_of(named, CONFIG) == ["cartpole", "mine", "seed 7"]
    alone = replace(saved, path=Path("runs/champions/cartpole/champion.json"))
    assert runs_of([(alone, CONFIG)]) == run_of(alone, CONFIG)
    assert runs_of([(named, CONFIG), (saved, replace(CONFIG, seed=3))]) == [
        "cartpole",
        "2 networks",
        "seeds 3, 7",
    ]


@pytest.mark.parametrize("name", ["摆杆平衡", "عمود متوازن", "полюс", "ขั้ว"])
def test_names_in_other_scripts_are_drawn(name, tmp_path, recwarn):
    weights = np.array([-1.0, 1.0])
    figures = [
        curves.sweeps([(text, weights, weights, None)], None, "return") for text in ("pole", name)
    ]
    for i, figure in enumerate(figures):
        Figures(style="print").write(figure, tmp_path / f"{i}.png", ("pole", name)[i], "seed 1")
    assert list(recwarn) == []
    with Image.open(tmp_path / "0.png") as one, Image.open(tmp_path / "1.png") as other:
        assert abs(one.width - other.width) < 20
        assert one.tobytes() != other.tobytes()


def test_bare_figures_say_nothing_above(tmp_path):
    weights = np.array([-1.0, 1.0])
    heights = {}
    for bare in (False, True):
        figure = curves.sweeps([("a", weights, weights, None)], None, "return")
        Figures(bare=bare).write(figure, tmp_path / f"{bare}.png", "cartpole", "seed 1")
        with Image.open(tmp_path / f"{bare}.png") as picture:
            heights[bare] = picture.height
    assert heights[False] > heights[True] + 10
