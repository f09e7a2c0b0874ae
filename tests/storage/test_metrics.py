import os

import numpy as np
import pytest

from wann.storage import metrics
from wann.storage.metrics import COSTS, COUNTS, METRICS, OLDER


@pytest.fixture
def file(tmp_path):
    return tmp_path / "metrics.csv"


def row(generation, **others):
    return {**dict.fromkeys(METRICS, 0.5), "generation": generation, **others}


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "9" * 400])
def test_counts_that_are_none(file, name, value):
    metrics.append(file, row(0) | {name: value})
    with pytest.raises(ValueError, match=rf"metrics\.csv: expected {name} from 0 on, got "):
        metrics.read(file)


@pytest.mark.parametrize("name", COSTS)
def test_costs_may_be_unknown_and_nothing_worse(file, name):
    metrics.append(file, row(0) | {name: "nan"})
    assert np.isnan(metrics.read(file)[name]).all()
    metrics.append(file, row(1) | {name: "-1"})
    with pytest.raises(ValueError, match=rf"metrics\.csv: expected {name} from 0 on, got -1"):
        metrics.read(file)


def test_a_file_of_an_older_version_keeps_its_columns(file):
    file.write_text(",".join(OLDER) + "\n" + ",".join("0" for _ in OLDER) + "\n")
    metrics.append(file, row(1))
    metrics.append(file, row(2))
    metrics.trim(file, 2)
    assert file.read_text().splitlines()[0] == ",".join(OLDER)
    found = metrics.read(file)
    assert found["generation"].tolist() == [0, 1]
    assert found["peak"].tolist() == [0, 0.5]
    assert all(np.isnan(found[name]).all() for name in COSTS)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e308"])
def test_a_fitness_may_be_whatever_rewards_make_it(file, value):
    metrics.append(file, row(0, fitness_best=value, peak=value))
    np.testing.assert_array_equal(metrics.read(file)["peak"], [float(value)])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_keeps_nobody_waiting(file):
    os.mkfifo(file)
    for use in (
        lambda: metrics.append(file, row(0)),
        lambda: metrics.sync(file),
        lambda: metrics.read(file),
        lambda: metrics.trim(file, 3),
    ):
        with pytest.raises((OSError, ValueError), match="expected a file"):
            use()


def test_lines_break_where_generations_are_missing(file):
    for generation in (2, 3, 7):
        metrics.append(file, row(generation))
    found = metrics.with_gaps(metrics.read(file))
    np.testing.assert_array_equal(found["generation"], [np.nan, 2, 3, np.nan, 7])
    np.testing.assert_array_equal(found["peak"], [np.nan, 0.5, 0.5, np.nan, 0.5])
    assert metrics.gaps(found).tolist() == [0, 3]
    assert metrics.missing(found) == metrics.missing(metrics.read(file)) == 5


def test_lines_without_gaps(file):
    assert metrics.with_gaps(metrics.read(file))["peak"].size == 0
    assert metrics.missing(metrics.read(file)) == 0
    for generation in (0, 1):
        metrics.append(file, row(generation))
    assert metrics.with_gaps(metrics.read(file))["generation"].tolist() == [0.0, 1.0]


def test_a_thinned_file_has_gaps_only_where_more_is_missing():
    generations = np.concatenate([np.arange(0.0, 200, 4), np.arange(240.0, 300, 4)])
    columns = {"generation": generations}
    found = metrics.with_gaps(columns)["generation"]
    assert np.flatnonzero(np.isnan(found)).tolist() == [50]
    assert metrics.missing(columns) == metrics.missing({"generation": found}) == 43
