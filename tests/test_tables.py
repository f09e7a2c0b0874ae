"""A table from its file to a search, the commands after it, and exports that take raw columns."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from tests.tables import write_mixed
from wann import sweep
from wann.export import __main__ as export
from wann.prune.options import prepare
from wann.search import __main__ as search
from wann.storage import subject

pd = pytest.importorskip("pandas")
SMALL = ["--generations=2", "--population=8", "--quiet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("table")


@pytest.fixture(scope="module")
def table(folder):
    return write_mixed(folder)


@pytest.fixture(scope="module")
def run(folder, table):
    """A run on the mixed table."""
    path = folder / "classes"
    search.main(["--env", f"csv:{table}", "--label", "grade", "--run", str(path), *SMALL])
    return path


@pytest.fixture(scope="module")
def numbers(folder):
    """A run on a table of numbers to tell."""
    path = folder / "numbers"
    search.main(["--env", "sklearn:diabetes", "--run", str(path), *SMALL])
    return path


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_run_is_known_by_its_folder_alone(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sweep.main([str(run), "--weights=-1,1", "--out", str(tmp_path), "--quiet"])
    rows = rows_of(tmp_path / "sweep.csv")
    assert [row["weight"] for row in rows] == ["-1", "1"]
    champion = json.loads((run / "champion.json").read_text(encoding="utf-8"))
    assert champion["inputs"][:2] == ["größe", "town=Basel"]
    assert champion["scores"]["on"] == "24 test rows"


def test_a_search_goes_on_and_refuses_a_table_that_changed(run, table, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    search.main(["--resume", str(copy), "--generations=3", "--quiet"])
    assert len(rows_of(copy / "metrics.csv")) == 3
    before = table.read_bytes()
    try:
        table.write_bytes(before + b"1,Bern,3,,1,True,low\n")
        for main, args in ((search.main, ["--resume", str(copy)]), (sweep.main, [str(run)])):
            with pytest.raises(SystemExit) as end:
                main(args)
            assert end.value.code == 2
            assert "has changed since the search" in capsys.readouterr().err
    finally:
        table.write_bytes(before)


def test_scores_of_regression_are_r_squared(numbers, tmp_path):
    found = subject.read(numbers)
    assert found.unit == "R²"
    weights = [-2.0, 1.0]
    sweep.main([str(numbers), "--weights=-2,1", "--out", str(tmp_path), "--quiet"])
    X, y = found.task.test
    for weight, row in zip(weights, rows_of(tmp_path / "sweep.csv"), strict=True):
        errors = ((found.model(X, weight) - y) ** 2).sum()
        expected = 1 - errors / ((y - y.mean()) ** 2).sum()
        assert float(row["mean"]) == pytest.approx(expected, abs=1e-5)
    with pytest.raises(ValueError, match="expected one of the shared weights"):
        found.model(X, 0.3)


def exported(run, folder, *flags):
    export.main([str(run), "--weight=1", "--out", str(folder), "--quiet", *flags])


def expected_of(run, frame):
    """What a run's champion says of the rows of a frame, by its own columns."""
    from wann.envs.tables import encoding

    model = subject.read(run).model
    X = encoding.encode(encoding.from_json(model.table["columns"]), frame, "")
    found = model(X, 1.0)
    return X, found if found.ndim > 1 else np.array(model.outputs)[found]


@pytest.fixture(scope="module")
def frames(table):
    from wann.envs.tables.name import parse
    from wann.envs.tables.reading import read

    return pd.read_csv(table), read(parse("sklearn:diabetes"), table).frame


def test_a_python_module_takes_raw_columns(run, numbers, frames, tmp_path):
    for path, frame in zip((run, numbers), frames, strict=True):
        exported(path, tmp_path, "--to=python", f"--name={path.name}")
        spec = importlib.util.spec_from_file_location(path.name, tmp_path / f"{path.name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        X, expected = expected_of(path, frame)
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        np.testing.assert_allclose([module.encode(row) for row in rows], X, rtol=1e-5, atol=1e-6)
        found = [module.predict(row) for row in rows]
        if path == run:
            assert found == expected.tolist()
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_a_c_header_takes_raw_columns(run, numbers, frames, tmp_path):
    for path, frame in zip((run, numbers), frames, strict=True):
        exported(path, tmp_path, "--to=c", "--name=t")
        _, expected = expected_of(path, frame)
        columns = subject.read(path).model.table["columns"]
        lines = []
        for _, row in frame.iterrows():
            cells = []
            for i, column in enumerate(columns):
                value = row[column["name"]]
                if column["kind"] == "number":
                    cells.append("NAN" if pd.isna(value) else repr(float(value)))
                else:
                    cells.append(f't_category({i}, "{"" if pd.isna(value) else value}")')
            lines.append(f"    {{ double row[] = {{{', '.join(cells)}}}; tell(row); }}")
        if path == run:
            tell = 'printf("%s\\n", t_output_names[t_act_row(row)]);'
        else:
            tell = 'float a[T_OUTPUTS]; t_act_row(row, a); printf("%.9g\\n", (double)a[0]);'
        tell = f"static void tell(const double *row) {{ {tell} }}"
        source = ['#include "t.h"', "#include <stdio.h>", tell, "int main(void) {", *lines]
        (tmp_path / "main.c").write_text("\n".join([*source, "return 0; }"]), encoding="utf-8")
        strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
        command = ["gcc", *strict, "main.c", "-o", "main", "-lm"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=100)
        done = subprocess.run(["./main"], cwd=tmp_path, check=True, capture_output=True, text=True)
        found = done.stdout.split()
        if path == run:
            assert found == expected.tolist()
        else:
            np.testing.assert_allclose(np.array(found, float), expected[:, 0], rtol=1e-4)
        (tmp_path / "t.h").unlink()


def test_a_graph_of_onnx_takes_raw_columns(run, numbers, frames, tmp_path):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    for path, frame in zip((run, numbers), frames, strict=True):
        exported(path, tmp_path, "--to=onnx", f"--name={path.name}")
        session = runtime.InferenceSession(tmp_path / f"{path.name}.onnx")
        feeds = {}
        for column in subject.read(path).model.table["columns"]:
            values = frame[column["name"]]
            if column["kind"] == "number":
                values = values.to_numpy(np.float64)
            else:
                values = values.fillna("").astype(str).to_numpy(object)
            feeds[f"column/{column['name']}"] = values[:, None]
        _, found = session.run(["outputs", "action"], feeds)
        _, expected = expected_of(path, frame)
        if path == run:
            assert np.array(subject.read(path).model.outputs)[found].tolist() == expected.tolist()
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_regression_is_exported_with_a_weight_that_was_fitted(numbers, tmp_path, capsys):
    for flags in ([], ["--weight=0.3"]):
        with pytest.raises(SystemExit):
            export.main([str(numbers), "--to=c", "--out", str(tmp_path), *flags])
        assert re.search("--weight: expected one of the shared weights", capsys.readouterr().err)


@pytest.mark.parametrize("label", ["?label=grade", " --label grade"])
def test_a_pruning_knows_a_table_by_the_name_of_a_search(run, table, tmp_path, monkeypatch, label):
    pytest.importorskip("jax")
    monkeypatch.chdir(table.parent)
    args = f"--env csv:{table.name}{label} --method fine-tuning --run {tmp_path / 'pruned'}"
    *_, pruned, _ = prepare(args.split())
    assert pruned.settings["env"] == subject.read(run).task.name


def test_options_of_a_table_without_one_are_refused(capsys):
    with pytest.raises(SystemExit) as end:
        search.main(["--env=digits", "--label=x"])
    assert end.value.code == 2
    assert "--label" in capsys.readouterr().err
