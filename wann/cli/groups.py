"""Runs that are shown as one: those of equal settings, or those under a label."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wann.storage.names import resolve
from wann.storage.saved import Saved
from wann.storage.seeds import expanded

# Settings in which runs may differ and still be seeds of one method: they say when it stops.
FREE = ("seed", "seeds", "generations", "target", "patience", "arms", "controls")
MOST = 3  # settings that a label names


@dataclass(frozen=True)
class Group:
    """Runs under one label.

    Attributes:
        label: Their name.
        paths: Their folders, or network files.
    """

    label: str
    paths: tuple[Path, ...]


def named(labels: Sequence[str]) -> list[Group]:
    """The runs under labels such as ``paper=runs/paper-s*``.

    Args:
        labels: A name and a path or pattern each; a name may stand several times.

    Raises:
        ValueError: If one is not of this form, or nothing is found.
    """
    found: dict[str, list[Path]] = {}
    for text in labels:
        name, equals, pattern = text.partition("=")
        if not name or not equals or not pattern:
            raise ValueError(f"--label: expected NAME=RUN, such as paper=runs/paper-*, got {text}")
        pattern = resolve(pattern)
        paths = [pattern] if Path(pattern).exists() else sorted(glob.glob(pattern))
        # Tables may lie beside the runs, as in the folder of several seeds.
        paths = [path for path in paths if Path(path).is_dir()] or paths
        if not paths:
            raise ValueError(f"--label {text}: expected runs, but there is nothing")
        found.setdefault(name, []).extend(run for path in paths for run in expanded(Path(path)))
    return [Group(name, tuple(dict.fromkeys(paths))) for name, paths in found.items()]


def arranged(paths: Sequence[Path], labels: Sequence[str]) -> list[tuple[str | None, Path]]:
    """The runs that a command line names, each with its label: None for those that have none.

    Args:
        paths: Runs and network files; the folder of several seeds stands for all its runs.
        labels: See `named`.

    Raises:
        ValueError: If a label is bad.
    """
    alone = [run for path in paths for run in expanded(path)]
    labelled = [(group.label, path) for group in named(labels) for path in group.paths]
    return [*((None, run) for run in alone), *labelled]


def names_of(found: Sequence[Saved]) -> list[str]:
    """A name for each network, its path where the short ones are not different."""
    labels = [subject.label for subject in found]
    own = [subject.label for subject in found if subject.name is None]
    alike = len(set(own)) < len(own)
    return [
        str(subject.path) if alike and subject.name is None else label
        for subject, label in zip(found, labels, strict=True)
    ]


def labels(settings: Sequence[Mapping[str, Any]], paths: Sequence[Path]) -> list[str]:
    """A label for each run by the settings that differ; runs of equal settings share it.

    Args:
        settings: Those of each run.
        paths: The folder of each, for where the settings that differ are too many to tell.
    """
    own = [{k: v for k, v in each.items() if k not in FREE} for each in settings]
    kinds = [each for i, each in enumerate(own) if each not in own[:i]]
    texts = [_label(kind, kinds) for kind in kinds]
    firsts = [paths[own.index(kind)].name for kind in kinds]
    names = [
        f"{text} ({first})" if texts.count(text) > 1 else text
        for text, first in zip(texts, firsts, strict=True)
    ]
    return [names[kinds.index(each)] for each in own]


def _label(kind: Mapping[str, Any], kinds: Sequence[Mapping[str, Any]]) -> str:
    """What tells a kind of settings from the others; the preset stands for what goes with it."""
    preset = kind.get("preset")
    parts = []
    rivals = kinds
    if any(other.get("preset") != preset for other in kinds):
        parts = [str(preset)]
        rivals = [other for other in kinds if other.get("preset") == preset]
    differing = [k for k in kind if any(other.get(k) != kind[k] for other in rivals)]
    texts = [_setting(name, kind[name]) for name in differing]
    parts += texts[:MOST] + ["…"] * (len(texts) > MOST)
    return ", ".join(parts) or str(preset or kind.get("env"))


def _setting(name: str, value: Any) -> str:
    """A setting as one says it."""
    name = name.replace("_", " ")
    if isinstance(value, bool):
        return name if value else f"no {name}"
    return f"{name} {value}"
