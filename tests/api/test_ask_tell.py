"""Searches of one's own, by ask and tell: the example of the documentation."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_xor_by_ask_and_tell_in_at_most_twelve_lines():
    text = (DOCS / "how-to" / "python.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    (code,) = [block for block in blocks if ".ask()" in block]
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 12
    names = {}
    exec(code, names)
    network, X, y = names["best"], names["X"], names["y"]
    for weight in names["weights"]:
        assert ((network.forward(X, weight)[:, 0] > 0) == y).all()
