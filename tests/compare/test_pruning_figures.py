import io

import numpy as np
import pytest

from tests.compare.test_measure import row
from tests.compare.test_summary import point
from wann.compare import pruning_figures
from wann.compare.summary import with_one_dense
from wann.plotting import style
from wann.prune.run import PruneRun


def drawn(figure):
    style.save(figure, io.BytesIO(), "png")  # lays it out
    return figure


def legend_of(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def run_with_curves(path, curves):
    run = PruneRun.create({"method": "m", "env": "mnist", "seed": 0}, path)
    for (arm, seed, level), curve in curves.items():
        run.add_curve(arm, seed, level, np.array(curve, float))
    return run


def test_the_curves_are_those_of_the_dense_network_and_where_most_is_pruned(tmp_path):
    curves = {
        ("ticket", seed, level): [(100, 0.5 + level / 10 + seed / 100), (200, 0.9)]
        for level in (0, 1, 2)
        for seed in (0, 1)
    }
    run = run_with_curves(tmp_path / "a", {**curves, ("shuffled", 0, 2): [(100, 0.1)]})
    found = pruning_figures.curves_of([(run, "lottery-ticket")] * 2)  # named twice, counted once
    assert {key: len(its) for key, its in found.items()} == {
        ("lottery-ticket", "ticket"): 2,
        ("lottery-ticket", "dense"): 2,
        ("lottery-ticket", "shuffled"): 1,
    }
    np.testing.assert_allclose(found["lottery-ticket", "ticket"][1], [(100, 0.71), (200, 0.9)])
    figure = drawn(pruning_figures.steps(found, "accuracy"))
    assert set(legend_of(figure)) == {
        "lottery-ticket (n = 2)",
        "lottery-ticket, dense (n = 2)",
        "lottery-ticket, shuffled (n = 1)",
    }
    (axes,) = figure.axes
    (ticket,) = (line for line in axes.lines if line.get_label() == "lottery-ticket (n = 2)")
    np.testing.assert_allclose(ticket.get_ydata(), [0.705, 0.9])


def test_a_run_without_curves_has_none_and_a_damaged_file_is_told(tmp_path):
    run = run_with_curves(tmp_path / "a", {})
    assert run.curves() == {}
    run.add_curve("ticket", 0, 1, np.array([[100, 0.5]]))
    file = tmp_path / "a" / "curves.csv"
    file.write_text(file.read_text().replace("0.5", "half"))
    with pytest.raises(ValueError, match=r"curves.csv: line 2: .*half"):
        run.curves()
    file.write_text("arm,seed\n")
    with pytest.raises(ValueError, match="expected the columns arm, seed, level, step, valid"):
        run.curves()


def test_a_collapse_is_seen():
    points = [
        *(
            point(
                method="synflow",
                arm=arm,
                seed=seed,
                level=level,
                share=share,
                score=score,
                connections=left,
            )
            for arm, last in (("ticket", (0.001, 0.9, 90)), ("magnitude", (0.001, 0.1, 0)))
            for seed in (0, 1)
            for level, (share, score, left) in enumerate([(0.01, 0.95, 900), last], 1)
        ),
        point(arm="dense", level=0, share=1.0, score=0.98),
    ]
    figure = drawn(pruning_figures.kept(points, "accuracy"))
    (axes,) = figure.axes
    (cross,) = (line for line in axes.lines if line.get_marker() == "X")
    assert (cross.get_xdata(), cross.get_ydata()) == ((0.001,), (0.1,))
    assert set(legend_of(figure)) == {
        "dense (n = 1)",
        "collapsed: no input reaches an output",
        "synflow (n = 2)",
        "synflow, magnitude (n = 2)",
    }
    assert axes.containers[1].lines[0].get_ydata().tolist() == [0.1, 0.95]


def test_dense_networks_of_different_budgets_are_lines_of_their_own():
    points = [
        point(method=method, arm=arm, seed=seed, level=level, share=1 - level / 2, score=score)
        for method, score in (("long", 0.9), ("short", 0.5))
        for seed in (0, 1)
        for arm, level in (("dense", 0), ("ticket", 1))
    ]
    figure = drawn(pruning_figures.kept(with_one_dense(points), "accuracy"))
    assert {name for name in legend_of(figure) if "dense" in name} == {
        "dense (long) (n = 2)",
        "dense (short) (n = 2)",
    }
    (axes,) = figure.axes
    lines = {line.get_label(): line.get_ydata()[0] for line in axes.lines}
    assert lines["dense (long) (n = 2)"] == pytest.approx(0.9)
    assert lines["dense (short) (n = 2)"] == pytest.approx(0.5)


def test_the_sensitivity_of_each_layer_over_its_own_sparsity(tmp_path):
    settings = {"method": "sensitivity", "env": "mnist", "seed": 0, "sparsity": "0.5,0.9"}
    run = PruneRun.create(settings, tmp_path / "a")
    run.write_rows(
        row(arm=f"layer-{layer}" if level else "ticket", seed=seed, level=level, score=score)
        for seed in (0, 1)
        for layer, level, score in [(1, 0, 0.98), (1, 1, 0.9), (1, 2, 0.6), (2, 1, 0.95)]
    )
    found = pruning_figures.sensitivities([(run, "sensitivity")] * 2)  # counted once
    assert found == {1: {0.5: [0.9, 0.9], 0.9: [0.6, 0.6]}, 2: {0.5: [0.95, 0.95]}}
    figure = drawn(pruning_figures.sensitivity(found))
    (axes,) = figure.axes
    line = axes.containers[0].lines[0]
    assert line.get_xdata().tolist() == [0.5, pytest.approx(0.1)]
    assert line.get_ydata().tolist() == [0.9, 0.6]
