"""The folder of a pruning run: ``runs/prune-<method>-<env>-<date>-<time>-s<seed>/``.

| file | content |
| --- | --- |
| `config.json` | ``"kind": "prune"``, ``settings`` (the used ones), numbers of examples, versions |
| `results.csv` | a row for each network that was scored, with the `COLUMNS` |
| `curves.csv` | for images: of each last training, accuracy on validation images by step |
| `networks/<arm>-s<seed>-l<level>.json` | networks, as wann-network/1 |
| `deployed/<arm>-s<seed>-l<level>.npz` | with --deploy: what is left, really smaller |
| `steps/` | what `--resume` goes on from |

Networks are written where a sparsity that was asked for is reached, up to 50,000 connections.

The columns of results.csv:

- method: the method's name, such as lottery-ticket.
- arm: ``ticket``, the method's own networks; or a control: ``reinitialised`` (the same mask, other
  initial weights), ``shuffled`` (as many weights in each layer, elsewhere), ``inverted`` (the
  lowest scores kept), ``corrupted-labels`` (the mask found with permuted labels), ``native`` (the
  mask found on the task itself, where the ticket's is transferred); ``dense-equal`` (nothing
  removed, with all the training that the ticket's weights had), ``small-dense`` (a dense network
  with as many weights and that training), ``scratch-e``, ``scratch-b`` (the mask with new weights,
  as many steps as the dense network had, or as many as cost as much, at most twice as many);
  ``bimodal-dense`` (nothing removed, initial weights drawn from those of the survivors); the name
  of a score or of what the survivors hold, instead of the method's own; or what else a method
  compares.
- seed: of everything random in the row.
- level: 0 for the dense network, then the number of the pruning.
- regime: ``A`` no trained weight, ``B`` one shared weight tuned, ``C`` weights trained.
- sparsity: the share of the weights removed, in [0, 1).
- kept: weights in the mask, the nominal count.
- connections: those of them that are effective: on a path from an input to an output; or those
  of the topology for one shared weight that stands for the network, nodes that turn signs included.
- biases: biases other than 0 on a path to an output; they are never pruned. In policies of control
  tasks they are connections like others: pruned, and counted by sparsity and kept.
- score: the accuracy on the test images, or the mean return, with the weights that the
  validation cases chose.
- validation: the same on the validation cases.
- spread: standard deviation, of the returns of episodes, or in regime A over the shared weights;
  empty where there is none.
- samples: images seen with their labels, or steps of the environment, to get this network: for
  its mask, those of the levels before it included, and for its weights.
- multiply_adds: those of all that, counted as computed: dense, with forward and backward passes.
- step: of the last training, the step whose weights were taken: the best on validation, the first
  on ties; empty where nothing was trained, and in runs made before it was kept.
- note: what there is to say of a network: that no input reaches an output, so that it is not
  trained and its score is chance; when a mask settled; a ratio of costs.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np

from wann.core import files
from wann.storage.folder import CONFIG, make_folder
from wann.storage.model import Model
from wann.storage.run import folder_name

KIND = "prune"
EXAMPLES = "examples"  # their numbers: for training, validation, test
TICKET = "ticket"  # the arm of the method's own networks
REINITIALISED, SHUFFLED = "reinitialised", "shuffled"
INVERTED, CORRUPTED_LABELS, NATIVE = "inverted", "corrupted-labels", "native"
DENSE_EQUAL, SMALL_DENSE = "dense-equal", "small-dense"
CUT_OFF = "a layer collapsed: no input reaches an output, the score is chance"
SCRATCH_E, SCRATCH_B = "scratch-e", "scratch-b"
BIMODAL_DENSE = "bimodal-dense"
FROZEN, FROZEN_OUTWARD = "frozen", "frozen-outward"


@dataclass(frozen=True)
class Row:
    """A row of results.csv; the module says what the columns mean."""

    method: str
    arm: str
    seed: int
    level: int
    regime: Literal["A", "B", "C"]
    sparsity: float
    kept: int
    connections: int
    biases: int
    score: float
    validation: float | None
    spread: float | None
    samples: int
    multiply_adds: int
    step: int | None = None
    note: str = ""


AnySettings = TypeVar("AnySettings")
COLUMNS = tuple(field.name for field in fields(Row))
CURVE = ("arm", "seed", "level", "step", "validation")
LATER = ("step", "note")  # columns that older runs lack


class PruneRun:
    """A pruning run's folder.

    Attributes:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        """A folder that `create` made, now or earlier.

        Raises:
            ValueError: If it is none.
        """
        file = path / CONFIG
        if not file.is_file():
            what = "it has no config.json" if path.is_dir() else "there is no such folder"
            raise ValueError(f"{path}: expected the folder of a pruning run, but {what}")
        value = files.read_json(file)
        if not isinstance(value, dict) or value.get("kind") != KIND:
            raise ValueError(f"{path}: expected the folder of a pruning run, got another kind")
        if not isinstance(value.get("settings"), dict):
            raise ValueError(f"{file}: expected the settings of a pruning run, but has none")
        self.path = path
        self.settings: dict[str, Any] = value["settings"]
        self.about: dict[str, Any] = {k: v for k, v in value.items() if k == EXAMPLES}
        self.deploys = False  # whether networks are written without what is gone, too
        self._curves: dict[tuple[str, int, int], np.ndarray] = {}
        self._lock = threading.Lock()

    @classmethod
    def create(
        cls,
        settings: dict[str, Any],
        path: Path | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> PruneRun:
        """Make a new folder; by default one in ``runs/``.

        Args:
            settings: All settings, as JSON takes them; method, env and seed name the folder.
            path: The folder, new or empty.
            about: What else config.json is to tell, such as the numbers of examples.

        Raises:
            ValueError: If the folder exists and is not empty.
            OSError: If it cannot be written.
        """
        name = f"prune-{settings['method']}-{folder_name(settings['env'])}-s{settings['seed']}"
        return cls(make_folder(path, name, {"kind": KIND, "settings": settings, **(about or {})}))

    def settings_as(self, kind: type[AnySettings]) -> AnySettings:
        """The settings as those of a kind of pruning.

        Raises:
            ValueError: If they are not.
        """
        try:
            return kind(**self.settings)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{self.path / CONFIG}: expected the settings of a pruning run, but {error}"
            ) from None

    def write_rows(self, rows: Iterable[Row]) -> None:
        """Replace results.csv, the tickets first, by arm, seed, level and regime."""
        ordered = sorted(rows, key=_order)
        files.write_csv(self.path / "results.csv", COLUMNS, [vars(row) for row in ordered])

    def rows(self) -> list[Row]:
        """The rows of results.csv; none where there is no such file yet.

        Raises:
            ValueError: If a column is missing, or a value is not of its kind.
        """
        file = self.path / "results.csv"
        if not file.exists():
            return []
        columns, rows = files.read_csv(file)
        if missing := [name for name in COLUMNS if name not in (*columns, *LATER)]:
            raise ValueError(f"{file}: expected a column {missing[0]!r}, but it has none")
        found = []
        for number, cells in enumerate(rows, 2):
            try:
                if len(cells) != len(columns):
                    raise ValueError(f"expected {len(columns)} cells, got {len(cells)}")
                found.append(_row(dict(zip(columns, cells, strict=True))))
            except ValueError as error:
                raise ValueError(f"{file}: line {number}: {error}") from None
        return found

    def add_curve(self, arm: str, seed: int, level: int, curve: np.ndarray) -> None:
        """Add a learning curve, (step, validation) [S, 2], to curves.csv."""
        with self._lock:
            self._curves[arm, seed, level] = curve
            rows = [
                dict(zip(CURVE, (*key, int(step), accuracy), strict=True))
                for key in sorted(self._curves, key=lambda key: (key[0] != TICKET, key))
                for step, accuracy in self._curves[key].tolist()
            ]
            files.write_csv(self.path / "curves.csv", CURVE, rows)

    def curves(self) -> dict[tuple[str, int, int], np.ndarray]:
        """The learning curves, (step, validation) [S, 2], by (arm, seed, level); see curves.csv.

        Raises:
            ValueError: If the file is damaged.
        """
        file = self.path / "curves.csv"
        if not file.exists():
            return {}
        columns, rows = files.read_csv(file)
        if tuple(columns) != CURVE:
            raise ValueError(f"{file}: expected the columns {', '.join(CURVE)}")
        found: dict[tuple[str, int, int], list[tuple[int, float]]] = {}
        for number, (arm, seed, level, step, validation) in enumerate(rows, 2):
            try:
                key = (arm, _count(seed), _count(level))
                found.setdefault(key, []).append((_count(step), _finite(validation)))
            except ValueError as error:
                raise ValueError(f"{file}: line {number}: {error}") from None
        return {key: np.array(curve) for key, curve in found.items()}

    def network(self, arm: str, seed: int, level: int) -> Path:
        """Where the network of an arm goes."""
        return self.path / "networks" / f"{arm}-s{seed}-l{level}.json"

    def arrays(self, arm: str, seed: int, level: int) -> Path:
        """Where the network of an arm goes that is no graph of nodes; see `networks.deploy`."""
        return self.network(arm, seed, level).with_suffix(".npz")

    def deployed(self, arm: str, seed: int, level: int) -> Path:
        """Where what is left of a network goes, really smaller; see `networks.deploy`."""
        return self.path / "deployed" / f"{arm}-s{seed}-l{level}.npz"

    def save_network(self, model: Model, arm: str, seed: int, level: int) -> None:
        """Write the network of an arm."""
        file = self.network(arm, seed, level)
        file.parent.mkdir(exist_ok=True)
        model.save(file)

    def step(self, name: str) -> Path:
        """The file of a step, which is there when the step is done."""
        folder = self.path / "steps"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.npz"


def _order(row: Row) -> tuple[bool, str, int, int, str]:
    return row.arm != TICKET, row.arm, row.seed, row.level, row.regime


def _row(cells: dict[str, str]) -> Row:
    """A row from its cells as text.

    Raises:
        ValueError: If a cell is not of its column's kind.
    """
    regime = cells["regime"]
    if regime not in ("A", "B", "C"):
        raise ValueError(f"expected regime A, B or C, got {regime!r}")
    whole = ("seed", "level", "kept", "connections", "biases", "samples", "multiply_adds")
    return Row(
        method=cells["method"],
        arm=cells["arm"],
        regime=regime,  # type: ignore[arg-type]
        sparsity=_finite(cells["sparsity"]),
        score=_finite(cells["score"]),
        validation=_finite(cells["validation"]) if cells["validation"] else None,
        spread=_finite(cells["spread"]) if cells["spread"] else None,
        step=_count(cells["step"]) if cells.get("step") else None,
        note=cells.get("note", ""),
        **{name: _count(cells[name]) for name in whole},
    )


def _finite(cell: str) -> float:
    number = float(cell)
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, got {cell:.40}")
    return number


def _count(cell: str) -> int:
    number = int(cell) if len(cell) < 20 else -1
    if not 0 <= number < 2**63:
        raise ValueError(f"expected a whole number from 0 to 2**63 - 1, got {cell:.40}")
    return number
