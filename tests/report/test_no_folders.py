"""What goes to other people tells the names of files, not where they lie on this machine."""

import json
import shutil

import pytest

from tests.reports import WEIGHTS, data_of, page_of, search
from tests.tables import write_mixed
from wann.curves import __main__ as curves
from wann.export import __main__ as export
from wann.report.collect import Collector
from wann.visualize import __main__ as visualize

SECRET = "eves-own-folder"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table, and a run on it whose command line names both by their whole paths."""
    place = tmp_path_factory.mktemp("place") / SECRET
    place.mkdir()
    table = write_mixed(place)
    run = search(place / "run", f"csv:{table}?label=grade", generations=3)
    config = json.loads((run / "config.json").read_text())
    config["command"] = ["/opt/bin/wann", "search", "--env", f"csv:{table}", "--run", str(run)]
    (run / "config.json").write_text(json.dumps(config))
    return place


def test_pages(folder):
    collector = Collector(WEIGHTS, 2, 1)
    page = page_of([folder / "run"], collector)
    assert SECRET not in page
    [run] = data_of(page)["runs"]
    assert (run["task"], run["folder"]) == ("mixed.csv: grade", "run")
    assert run["about"]["command"] == "wann search --env csv:mixed.csv --run run"
    assert run["about"]["settings"]["env"] == "csv:mixed.csv?label=grade"
    other = shutil.copytree(folder / "run", folder / "other" / "run")
    runs = [folder / "run", other, other]
    page = page_of(runs, collector)
    names = [f"{SECRET}/run", "other/run (1)", "other/run (2)"]
    assert [run["label"] for run in data_of(page)["runs"]] == names  # the shortest that differ
    away = (folder / "mixed.csv").rename(folder / "away.csv")
    page = page_of([other], Collector(WEIGHTS, 2, 1))
    away.rename(folder / "mixed.csv")
    assert SECRET not in page
    assert "mixed.csv" in data_of(page)["runs"][0]["note"]


def test_figures(folder):
    out = folder.parent / "figures"
    visualize.main([str(folder / "run"), "--out", str(out), "--format", "svg", "--quiet"])
    curves.main([str(folder / "run"), "--out", str(out), "--quiet"])
    texts = [file.read_text(encoding="utf-8") for file in out.glob("*.svg")]
    assert len(texts) == 5
    assert all("mixed.csv: grade · run · seed 0" in text for text in texts)
    assert not [file for file in out.iterdir() if SECRET.encode() in file.read_bytes()]


@pytest.mark.parametrize("form", ["c", "python", "onnx", "graphml", "formula", "latex"])
def test_exports(folder, form):
    out = folder.parent / form
    export.main([str(folder / "run"), "--to", form, "--out", str(out), "--quiet"])
    assert not [file for file in out.iterdir() if SECRET.encode() in file.read_bytes()]
