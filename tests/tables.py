"""Tables for tests: a mixed one with missing and categorical columns, made by a script."""

from __future__ import annotations

import numpy as np

HEADER = "größe,town,age,note,always,member,grade"
TOWNS = ("Bern", "Basel", "Biel")


def mixed(rows=120, seed=0):
    """A CSV with numbers, categories, missing values, a column of texts, one of one value."""
    rng = np.random.default_rng(seed)
    lines = [HEADER]
    for i in range(rows):
        size, age, town = rng.normal(170, 10), rng.integers(18, 80), int(rng.integers(3))
        grade = "high" if size > 172 or (town == 0 and age > 50) else "low"
        cells = [
            f"{size:.3f}",
            TOWNS[town],
            str(age),
            f"row {i}",
            "1",
            str(rng.random() < 0.5),
            grade,
        ]
        if rng.random() < 0.1:
            cells[rng.integers(3)] = ""
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def write_mixed(folder, **options):
    path = folder / "mixed.csv"
    path.write_text(mixed(**options), encoding="utf-8")
    return path
