"""Tables as tasks: read, parted, encoded, recorded; and odd ones, a line each."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tables import TOWNS, mixed, write_mixed
from wann import envs
from wann.envs.tables.regression import RegressionTask

pytest.importorskip("pandas")


def make(path, label="y", **options):
    return envs.make(f"csv:{path}?label={label}", **options)


def written(folder, text, name="t.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_a_mixed_table_becomes_named_inputs(tmp_path, capsys):
    task = make(write_mixed(tmp_path), "grade")
    assert task.inputs == ("größe", *(f"town={t}" for t in sorted(TOWNS)), "age", "member")
    assert task.outputs == ("high", "low")
    assert "'note' holds 77 different texts, more than 50: left out" in capsys.readouterr().err
    parts = (task.train, task.validation, task.test)
    assert [len(part.y) for part in parts] == [77, 19, 24]
    shares = [part.y.mean() for part in parts]
    assert max(shares) - min(shares) < 0.03  # stratified
    numbers = task.train.X[:, [0, 4, 5]]
    np.testing.assert_allclose(numbers.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(numbers.std(axis=0), 1, atol=1e-5)
    towns = task.train.X[:, 1:4]
    assert set(towns.sum(axis=1)) == {0, 1}  # a missing town is none


def test_the_record_makes_the_same_task_again(tmp_path, capsys):
    path = write_mixed(tmp_path)
    first = make(path, "grade")
    capsys.readouterr()
    again = make(path, "grade", record=first.table)
    np.testing.assert_array_equal(first.test.X, again.test.X)
    assert capsys.readouterr().err == ""
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    path.rename(moved / path.name)
    found = make(path, "grade", record=first.table, data=moved)
    np.testing.assert_array_equal(first.train.X, found.train.X)
    with pytest.raises(FileNotFoundError):
        make(path, "grade", record=first.table)
    write_mixed(tmp_path, rows=121)
    with pytest.raises(ValueError, match="has changed since the search"):
        make(path, "grade", record=first.table)


def test_a_test_file_is_the_test_part(tmp_path):
    path = write_mixed(tmp_path)
    test = written(tmp_path, mixed(30, seed=1), "test.csv")
    task = envs.make(f"csv:{path}?label=grade&test={test}")
    assert [len(part.y) for part in (task.train, task.validation, task.test)] == [96, 24, 30]
    written(tmp_path, mixed(1, seed=1), "test.csv")
    assert len(envs.make(f"csv:{path}?label=grade&test={test}").test.y) == 1
    written(tmp_path, mixed(0), "test.csv")
    with pytest.raises(ValueError, match="expected at least 1 row with a label, got 0"):
        envs.make(f"csv:{path}?label=grade&test={test}")


def test_the_file_that_is_at_fault_is_named(tmp_path):
    path = write_mixed(tmp_path)
    test = written(tmp_path, mixed(30, seed=1), "test.csv")
    name = f"csv:{path}?label=grade&test={test}"
    record = envs.make(name).table
    written(tmp_path, mixed(30, seed=2), "test.csv")
    with pytest.raises(ValueError, match=r"test\.csv: has changed since the search"):
        envs.make(name, record=record)
    written(tmp_path, mixed(30, seed=1).replace("größe", "length"), "test.csv")
    with pytest.raises(ValueError, match=r"test\.csv: expected a column 'größe', but there"):
        envs.make(name)
    written(tmp_path, mixed(30, seed=1), "test.csv")
    write_mixed(tmp_path, rows=121)
    with pytest.raises(ValueError, match=r"mixed\.csv: has changed since the search"):
        envs.make(name, record=record)


@pytest.mark.parametrize(
    ("name", "inputs", "outputs", "kind"),
    [
        ("iris", 4, 3, "ClassificationTask"),
        ("wine", 13, 3, "ClassificationTask"),
        ("breast_cancer", 30, 2, "ClassificationTask"),
        ("diabetes", 10, 1, "RegressionTask"),
        ("linnerud", 3, 3, "RegressionTask"),
    ],
)
def test_sets_of_scikit_learn(name, inputs, outputs, kind):
    task = envs.make(f"sklearn:{name}")
    assert (len(task.inputs), len(task.outputs), type(task).__name__) == (inputs, outputs, kind)


def test_other_formats(tmp_path):
    import pandas as pd

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.arange(40) % 2
    np.savez(tmp_path / "t.npz", X=X, y=y)
    assert make(tmp_path / "t.npz", "target").inputs == ("x0", "x1", "x2")
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(y=y)
    frame.to_csv(tmp_path / "t.tsv", sep="\t", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    tasks = [make(tmp_path / f"t.{ending}") for ending in ("tsv", "parquet")]
    np.testing.assert_allclose(tasks[0].train.X, tasks[1].train.X, rtol=1e-6)
    assert tasks[0].inputs == ("a", "b", "c")


def test_several_numbers_are_told_together(tmp_path):
    rng = np.random.default_rng(0)
    rows = [",".join(f"{v:.4f}" for v in row) for row in rng.normal(size=(30, 4))]
    task = make(written(tmp_path, "\n".join(["a,b,c,d", *rows])), "c,d")
    assert isinstance(task, RegressionTask)
    assert (task.inputs, task.outputs) == (("a", "b"), ("c", "d"))


ROWS = "\n".join(f"{i},{i % 3},{'ab'[i % 2]}" for i in range(40))
OK = f"x,z,y\n{ROWS}\n"


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("\ufeff" + OK, ("x", "z")),  # a byte order mark
        (OK.replace("\n", "\r\n"), ("x", "z")),
        (OK.replace(",", ";"), ("x", "z")),
        ("x;z;y\n" + "\n".join(f"{i},5;{i % 3},25;{'ab'[i % 2]}" for i in range(40)), ("x", "z")),
        (OK.replace("x,", '"x\nor, so",', 1), ("x or, so", "z")),  # a quoted newline
        (OK.replace("x,", "größe (µm)?&=%,", 1), ("größe (µm)?&=%", "z")),
        (OK.replace("\n7,1,", "\n,,"), ("x", "z")),  # missing values
        (OK.replace("\n7,1,b", "\n7,1,"), ("x", "z")),  # a missing label
    ],
)
def test_odd_tables_that_are_read(tmp_path, text, inputs):
    task = make(written(tmp_path, text))
    assert task.inputs == inputs
    assert np.ptp(task.train.X, axis=0).min() > 1  # as numbers, not texts


WIDE = [",".join(map(str, range(k, k + 10_000))) + f",{'ab'[k % 2]}" for k in range(9)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a header and rows, but the file is empty"),
        ("x,y\n", "expected at least 4 rows with a label, got 0"),
        ("y\n" + "a\nb\n" * 9, "expected a column beside the label, got none"),
        (OK.replace("y", "Y", 1), "expected --label to be a column, got 'y'"),
        (OK.replace(",z", ",x", 1), "different names, got 'x' twice"),
        (OK.replace("\n7,1", "\ninf,1"), "'x': expected finite numbers, got inf in row 8"),
        (OK.replace("\n7,1", "\ninf,1").replace("3,0,b", "3,0,"), "got inf in row 8"),
        ("x,y\n" + "1,a\n" * 9, "two classes or more, got 'a' in all rows"),
        ("x,y\n" + "1,a\n1,b\n" * 9, "expected a column with different values, got none"),
        ("x,y\n" + "\n".join(f"{i},n{i}" for i in range(40)), "--task regression tells numbers"),
        ("x,y\n" + "1,2\n" * 3 + "1,2,3,4,5\n" * 9, "t.csv: "),
        (
            "\n".join([",".join(f"c{i}" for i in range(10_000)) + ",y", *WIDE]),
            "expected at most 4,096 inputs, got 10,000: choose columns first",
        ),
    ],
)
def test_odd_tables_that_are_refused_in_a_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=r"^[^\n]+$") as error:
        make(written(tmp_path, text))
    assert message in str(error.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected text in UTF-8"):
        make(written(tmp_path, "größe,y\n1,a\n", encoding="latin-1"))


def test_dates_are_left_out(tmp_path, capsys):
    rows = "\n".join(f"2024-01-{i % 28 + 1:02d},{i},{'ab'[i % 2]}" for i in range(40))
    assert make(written(tmp_path, f"day,x,y\n{rows}\n")).inputs == ("x",)
    assert "column 'day' holds dates, which are no numbers: left out" in capsys.readouterr().err


def test_a_continuous_label_is_refused_for_classes(tmp_path):
    rows = "\n".join(f"{i},{i / 7}" for i in range(40))
    path = written(tmp_path, f"x,y\n{rows}\n")
    with pytest.raises(ValueError, match="40 different values in 40 rows; --task regression"):
        envs.make(f"csv:{path}?label=y&task=classification")
    assert isinstance(make(path), RegressionTask)


def test_a_class_of_one_row_is_trained_on_and_told(tmp_path, capsys):
    path = written(tmp_path, OK + "50,1,c\n")
    task = make(path)
    assert task.outputs == ("a", "b", "c")
    assert [(part.y == 2).sum() for part in (task.train, task.validation, task.test)] == [1, 0, 0]
    err = capsys.readouterr().err
    assert "the validation rows have none of class c" in err
    assert "the test rows have none of class c" in err


def test_an_unknown_set_or_option_is_refused():
    with pytest.raises(ValueError, match="expected one of iris"):
        envs.make("sklearn:titanic")
    with pytest.raises(ValueError, match="expected label, task or test"):
        envs.make("csv:t.csv?lable=y")
