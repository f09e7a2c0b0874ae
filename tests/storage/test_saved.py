import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wann.core.config import preset
from wann.storage import saved, subject
from wann.storage.saved import Saved, check_sizes, common_folder, read

RUNS = Path(__file__).parents[1] / "older_runs"


def test_a_run_by_its_folder_and_by_its_champion():
    run = RUNS / "swingup"
    for path in (run, run / "champion.json"):
        found = read(path)
        assert (found.folder, found.stem, found.label) == (run, "champion", "swingup")
        assert found.run.path == run
        assert (found.named_run is found.run) == (path == run)
        assert found.read_config().population == 12
        assert found.file("sweep.csv") == run / "sweep.csv"
        assert found.tuned_file(Path("out")) == Path("out/champion-tuned.json")
        assert found.note is None


def test_other_files_belong_to_no_run_and_their_results_carry_their_name():
    found = read(RUNS / "swingup" / "champions" / "000002.json")
    assert (found.stem, found.label, found.run) == ("000002", "000002", None)
    assert found.read_config() == preset("swingup")
    assert found.file("sweep.csv").name == "000002-sweep.csv"
    assert not found.running


def test_a_search_that_is_not_over():
    found = read(RUNS / "swingup")
    scores = {k: v for k, v in found.model.scores.items() if k != "fitness"}
    early = Saved(found.path, replace(found.model, scores=scores))
    assert early.running
    assert early.note.endswith(f"champion so far, of generation {found.model.search['generation']}")


def test_tuned_weights_are_those_of_the_file_beside(tmp_path):
    run = shutil.copytree(RUNS / "tuned", tmp_path / "run")
    found = read(run)
    beside = read(run / "champion-tuned.json")
    assert beside.tuned() is beside.model
    np.testing.assert_array_equal(found.tuned().weights, beside.model.weights)
    shutil.copy(RUNS / "cartpole-champion.json", run / "champion-tuned.json")
    with pytest.raises(ValueError, match=r"champion-tuned.json: is tuned for another network"):
        found.tuned()
    (run / "champion-tuned.json").unlink()
    assert found.tuned() is None


def test_a_task_fits_or_is_told():
    cartpole, swingup = read(RUNS / "cartpole").model, read(RUNS / "swingup").model
    check_sizes(swingup, swingup, "as itself")
    with pytest.raises(ValueError, match=r"^expected 5 inputs, as swingup has, got 4$"):
        check_sizes(cartpole, swingup, "as swingup has")
    found = subject.read(RUNS / "swingup", max_steps=7)
    assert found.config == replace(saved.read(RUNS / "swingup").read_config(), max_steps=7)
    assert (found.task.name, found.unit) == ("swingup", "return")


def test_the_folder_that_holds_all(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    file = tmp_path / "a" / "net.json"
    file.touch()
    assert common_folder([tmp_path / "a"]) == common_folder([file]) == tmp_path / "a"
    assert common_folder([tmp_path / "a" / "b", file]) == tmp_path / "a"
