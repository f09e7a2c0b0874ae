import numpy as np
import pytest

from wann.search import pareto
from wann.storage.metrics import METRICS
from wann.visualize import search_history


def metrics(rows=6, **columns):
    """Columns of the metrics with made-up numbers, all different."""
    table = {name: 10.0 * i + np.arange(rows) for i, name in enumerate(METRICS)}
    table["generation"] = np.arange(rows, dtype=float)
    return table | {name: np.asarray(column, float) for name, column in columns.items()}


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def test_evolution_draws_the_numbers_of_the_csv():
    table = metrics()
    fitness, connections = search_history.evolution(table).axes
    for axes, columns in (
        (fitness, ("peak", "fitness_best", "fitness_median", "champion_fitness")),
        (connections, ("connections_best", "connections_median")),
    ):
        assert len(axes.lines) == len(columns)
        for column in columns:
            line = lines(axes)[search_history.LINES[column][0]]
            np.testing.assert_array_equal(line.get_xdata(), table["generation"])
            np.testing.assert_array_equal(line.get_ydata(), table[column])
    assert fitness.get_ylabel() == "fitness"
    assert connections.get_ylabel() == "connections"
    assert connections.get_xlabel() == "generation"


def test_evolution_against_evaluations_with_a_target():
    table = metrics()
    figure = search_history.evolution(table, "evaluations", target=33.0)
    fitness, connections = figure.axes
    np.testing.assert_array_equal(lines(fitness)["best"].get_xdata(), table["evaluations"])
    assert lines(fitness)["target"].get_ydata() == [33.0, 33.0]
    assert connections.get_xlabel() == "evaluations (rollouts)"
    assert "target" not in lines(search_history.evolution(table, target=np.inf).axes[0])


def test_lines_are_told_apart_without_colour():
    for axes in search_history.evolution(metrics(), target=1.0).axes:
        looks = {(line.get_linewidth(), str(line._dash_pattern)) for line in axes.lines}
        assert len(looks) == len(axes.lines)


def test_values_that_are_not_finite_leave_gaps():
    table = metrics(fitness_best=[1, -np.inf, 3, np.nan, 5, 6])
    drawn = lines(search_history.evolution(table).axes[0])["best"].get_ydata()
    np.testing.assert_array_equal(drawn, [1, np.nan, 3, np.nan, 5, 6])


def test_generations_that_are_missing_leave_gaps_and_are_told():
    table = {name: np.delete(column, [2, 3]) for name, column in metrics().items()}
    fitness = search_history.evolution(table).axes[0]
    drawn = lines(fitness)["best"].get_ydata()
    np.testing.assert_array_equal(np.isnan(drawn), [False, False, True, False, False])
    assert fitness.get_title(loc="left") == "missing: 2 generations"
    assert search_history.evolution(metrics()).axes[0].get_title(loc="left") == ""


def test_a_single_generation_is_a_dot():
    axes = search_history.evolution(metrics(rows=1)).axes[0]
    assert {line.get_marker() for line in axes.lines} == {"o"}


def test_likelihood_and_accuracy_have_panels_of_their_own():
    likelihoods = -np.arange(6.0, 0.0, -1.0)
    columns = dict.fromkeys(search_history.SELECTION, likelihoods)
    table = metrics(**columns, champion_fitness=np.linspace(0.1, 0.9, 6))
    assert search_history.two_scales(table)
    panels = search_history.evolution(table).axes
    assert [axes.get_ylabel() for axes in panels] == ["log-likelihood", "accuracy", "connections"]
    assert list(lines(panels[1])) == ["champion, confirmed"]


@pytest.mark.parametrize(
    ("best", "champion"),
    [([1, 2], [1, 2]), ([-5, -2], [-6, -3]), ([-5, 3], [0, 2]), ([-5, -2], [-np.inf, -np.inf])],
)
def test_returns_have_one_scale(best, champion):
    assert not search_history.two_scales(metrics(2, fitness_best=best, champion_fitness=champion))


def test_two_scales_without_any_finite_number():
    nothing = [np.nan, np.nan]
    assert not search_history.two_scales(
        metrics(2, fitness_best=nothing, champion_fitness=[0.1, 0.2])
    )


def points(axes, label):
    found = [c for c in axes.collections if c.get_label() == label]
    return {tuple(at) for at in found[0].get_offsets().tolist()} if found else set()


def test_population_draws_its_fronts_and_the_champion():
    fitness = np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0])
    complexity = np.array([1, 2, 3, 2, 3, 4])
    axes = search_history.population(fitness, complexity, 5, 3.5).axes[0]
    assert points(axes, "front 1") == {(1, 1), (2, 2), (3, 3)}
    assert points(axes, "front 2") == {(2, 1), (3, 2), (4, 3)}
    assert points(axes, "front 3") == set()
    star = lines(axes)["champion, confirmed"]
    assert (star.get_xdata().item(), star.get_ydata().item()) == (5, 3.5)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert sorted(labels) == ["champion, confirmed", "front 1", "front 2"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("connections", "fitness")


def test_all_points_are_drawn_in_the_front_they_belong_to():
    rng = np.random.default_rng(0)
    fitness, complexity = rng.normal(size=200), rng.integers(3, 30, 200)
    axes = search_history.population(fitness, complexity).axes[0]
    fronts = pareto.nondominated_sort(np.column_stack((fitness, -complexity)))
    for front in range(search_history.FRONTS):
        expected = set(zip(complexity[fronts == front], fitness[fronts == front], strict=True))
        assert points(axes, f"front {front + 1}") == expected
    assert len(points(axes, "fronts behind")) == (fronts >= search_history.FRONTS).sum()


def test_equal_genomes_are_one_larger_dot():
    axes = search_history.population(
        np.array([1.0, 1.0, 1.0, 1.0, 2.0]), np.array([2, 2, 2, 2, 3])
    ).axes[0]
    (front,) = axes.collections
    assert front.get_sizes().tolist() == [28.0, 14.0]


def test_what_is_not_shown_is_counted():
    fitness = np.concatenate((np.full(19, 5.0), [-1e6, np.nan, np.inf]))
    complexity = np.concatenate((np.full(19, 3), [9, 9, 9]))
    axes = search_history.population(fitness, complexity).axes[0]
    assert axes.get_title(loc="left") == "not shown: 2 not finite"
    complexity[19] = 30
    rest = 5.0 - np.arange(6)
    axes = search_history.population(
        np.concatenate((np.repeat(rest, 10), [-1e6])), np.concatenate((np.full(60, 3), [30]))
    ).axes[0]
    assert axes.get_title(loc="left") == "not shown: 1 below"
    assert axes.get_ylim()[0] > -2


def test_on_another_scale_only_the_champions_size_is_marked():
    axes = search_history.population(np.array([-1.0, -2.0]), np.array([7, 3]), 9, None).axes[0]
    assert lines(axes)["champion"].get_xdata() == [9, 9]


def test_a_population_without_finite_fitness():
    axes = search_history.population(np.full(3, np.nan), np.array([1, 2, 3]), 3, None).axes[0]
    assert axes.get_title(loc="left") == "not shown: 3 not finite"
