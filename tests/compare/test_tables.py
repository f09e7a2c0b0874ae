from tests.compare.test_summary import SEEDS, point
from wann.compare import summary
from wann.compare.paired import Difference
from wann.compare.summary import entries
from wann.compare.tables import fewest_cells, markdown


def test_cells_of_the_fewest_connections():
    given = [
        point(level=1, connections=30, score=901.0),
        point(regime="B", condition="best shared", method="WANN", arm="searched", score=699.0),
    ]
    shared, tuned = summary.fewest(entries(given), "swingup", 700.0)
    assert fewest_cells(shared) == ["WANN", "best shared", "700", "none does", ""]
    assert fewest_cells(tuned) == ["lottery-ticket", "tuned weights", "900", "30", "901.0"]


def test_markdown_keeps_regimes_apart_and_marks_the_paper():
    given = [*SEEDS, point(regime="B", condition="best shared", arm="signed-shared")]
    text = markdown(entries(given), "swingup", "return", 1, [])
    first, second = text.split("## C: all weights trained")
    assert "## B: one tuned shared weight" in first
    assert "| lottery-ticket, signed | 1 | 1 | 40 | 900.0 |" in first
    assert "| the paper's WANN |  |  | 52 | 723.0 | 16.0 |" in first
    assert (
        "| lottery-ticket | 1 | 2 | 45 ± 7 | 910.0 ± 14.1 | 6.000 | 1.0e+02 | 1.0e+03 | 4 |"
        in second
    )
    assert "± the sample standard deviation over seeds (with n - 1" in text
    assert "one observation" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in tables} == {12}
    assert "the paper" not in markdown(entries(SEEDS), "cartpole", "return", 1, [])


def test_differences_and_notes_stand_in_the_document():
    item = Difference(
        "C", "tuned weights", "fine-tuning", 3, "dense-equal", 5, 0.0012, -0.001, 0.0034
    )
    one = Difference("C", "tuned weights", "random", 1, "dense", 1, -0.25, None, None)
    text = markdown(entries(SEEDS), "mnist", "accuracy", 1, [], [item, one], ["These differ."])
    assert "**These differ.**" in text
    line = "| fine-tuning | 3 | tuned weights | dense-equal | 5 | +0.12% | -0.10% to +0.34% |"
    assert line in text
    assert "| random | 1 | tuned weights | dense | 1 | -25.00% |  |" in text
    assert "weights above 0 alone" in text


def test_accuracies_are_per_cent_with_two_digits():
    given = [point(score=0.9745, spread=None), point(seed=1, score=0.9755, spread=None)]
    text = markdown(entries(given), "mnist", "accuracy", 1000, [])
    assert "| lottery-ticket | 1 | 2 | 40 ± 0 | 97.50% ± 0.07% |  |" in text
    assert "| the paper's WANN |  |  | 1,849 | 94.20% |" in text
    assert "one call with 1,000 images" in text
