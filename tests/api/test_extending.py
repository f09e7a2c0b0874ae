"""Parts of one's own are short: the examples of the documentation, which also run in a test."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "extending.md"


def test_each_part_of_ones_own_takes_at_most_fifteen_lines():
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    for part in ("register_mutation(", "register_objective(", "activations=", "callbacks=["):
        found = [block for block in blocks if part in block]
        assert found
        for block in found:
            assert len([line for line in block.splitlines() if line.strip()]) <= 15
