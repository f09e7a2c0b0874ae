"""What is asked of an environment, and whose word it is."""

import pytest

from wann.cli.asking import Asking, typed

NAME = "gym:CartPole-v1"


@pytest.mark.parametrize(
    ("asked", "words", "expected"),
    [
        (Asking(), ["--run", "x"], None),
        (Asking(wrapper="m:f"), ["--wrapper", "m:f"], None),
        (Asking(), ["--env", NAME], NAME),
        (Asking(wrapper="m:f"), ["--env", NAME, "--wrapper=m:f"], f"{NAME}?wrapper:m:f"),
        (Asking(wrapper="m:f"), ["--env", NAME], NAME),
        (Asking(wrapper="m:f"), ["--env", NAME, "--wrapper", "m:g"], NAME),
        (Asking(("a=m:f", "b=1")), [f"--env={NAME}", "--env-args", "a=m:f", "b=1"],
         f"{NAME}?a=m:f&b=1"),
        (Asking(("a=m:f",)), ["--env", NAME, "--env-args", "a=1"], NAME),
        (Asking(observe="grid:2x2"), ["--env", NAME], f"{NAME}?grid:2x2"),
    ],
)  # fmt: skip
def test_what_only_a_settings_file_asks_is_not_the_users_word(asked, words, expected):
    assert typed(asked, words) == expected
