"""What a model finds out about itself: small values that draw and show themselves."""

from __future__ import annotations

import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wann.core.text import number
from wann.evaluation import sweep
from wann.evaluation.conditions import Condition
from wann.tune.shared_weight import SharedTuning

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from wann.api.model import Model


class _Drawn:
    """What draws itself on axes, and so shows itself in notebooks."""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw it.

        Args:
            ax: Where to; by default the axes of a new figure of `matplotlib.pyplot`.

        Returns:
            The axes.
        """
        return self._draw(_new_axes() if ax is None else ax)

    def _draw(self, axes: Axes) -> Axes:
        raise NotImplementedError

    def _repr_png_(self) -> bytes:
        from matplotlib.figure import Figure

        from wann.plotting import style

        figure = Figure(figsize=(5.0, 3.0), layout="constrained")
        self._draw(figure.subplots())
        picture = io.BytesIO()
        style.save(figure, picture, "png")
        return picture.getvalue()


def _new_axes() -> Axes:
    from matplotlib import pyplot  # only now: Matplotlib takes a while

    return pyplot.subplots(figsize=(5.0, 3.0), layout="constrained")[1]


@dataclass(frozen=True, eq=False)
class History(_Drawn):
    """How a search went: a value for each generation in each column.

    Attributes:
        columns: float64[generations], by the names in `storage.metrics.METRICS`.
    """

    columns: Mapping[str, np.ndarray]

    def __getitem__(self, column: str) -> np.ndarray:
        """A column, float64[generations]."""
        return self.columns[column]

    def __len__(self) -> int:
        """The number of generations."""
        return len(self.columns["generation"])

    def __repr__(self) -> str:
        """The generations and the columns."""
        return f"<History of {len(self)} generations: {', '.join(self.columns)}>"

    def to_pandas(self) -> pandas.DataFrame:
        """The columns as a data frame of pandas.

        Raises:
            ImportError: If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError(f"to_pandas needs pandas: pip install pandas ({error})") from None
        return pandas.DataFrame(dict(self.columns))

    def _draw(self, axes: Axes) -> Axes:
        from wann.plotting import curves

        return curves.history(self.columns, axes)


@dataclass(frozen=True, eq=False)
class Sweep(_Drawn, sweep.Sweep):
    """The scores of a network over shared weights, that draws itself.

    Attributes:
        searched: float64[V], the weights of its search.
        unit: What the scores are, "return" or "accuracy".
    """

    searched: np.ndarray
    unit: str

    def __repr__(self) -> str:
        """The best, the mean and the worst."""
        mean = self.mean
        return (
            f"<Sweep over {len(mean)} shared weights: best {number(mean[self.best])} at "
            f"{self.weights[self.best]:g}, mean {number(float(mean.mean()))}, worst "
            f"{number(mean[self.worst])} at {self.weights[self.worst]:g}>"
        )

    def _draw(self, axes: Axes) -> Axes:
        from wann.plotting import curves

        curve = self.weights, self.mean, self.std
        return curves.sweep(*curve, self.searched, self.solved_at, self.unit, axes).axes[0]


@dataclass(frozen=True, eq=False)
class Protocol(_Drawn):
    """The scores under the paper's conditions; see `evaluation.protocol`.

    Attributes:
        conditions: The conditions, in the paper's order.
        task: The name of the task.
        unit: What the scores are, "return" or "accuracy".
    """

    conditions: Sequence[Condition]
    task: str
    unit: str

    def __getitem__(self, name: str) -> Condition:
        """The condition of a name, such as "random shared"."""
        return {condition.name: condition for condition in self.conditions}[name]

    def rows(self) -> list[dict[str, Any]]:
        """A row for each condition; see `evaluation.conditions.COLUMNS`."""
        return [condition.row(self.task) for condition in self.conditions]

    def __repr__(self) -> str:
        """The mean of each condition."""
        means = (f"{each.name} {number(each.mean)}" for each in self.conditions)
        return f"<Protocol: {', '.join(means)}>"

    def _repr_html_(self) -> str:
        rows = self.rows()
        head = "".join(f"<th>{html.escape(name)}</th>" for name in rows[0])
        body = "".join(
            f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row.values())}</tr>"
            for row in rows
        )
        return f"<table><tr>{head}</tr>{body}</table>"

    def _draw(self, axes: Axes) -> Axes:
        from wann.plotting import curves

        names = [condition.name for condition in self.conditions]
        means = [condition.mean for condition in self.conditions]
        spreads = [condition.over_weights or 0.0 for condition in self.conditions]
        return curves.conditions(names, means, spreads, self.unit, axes)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return html.escape(number(value) if isinstance(value, float) else str(value))


@dataclass(frozen=True, eq=False)
class Tuning(_Drawn):
    """Weights that were found for a network.

    Attributes:
        model: The network with them, and its scores on fresh cases.
        shared: How the best shared weight was found.
        curve: A row for each step of tuning individual weights; see `tune.base.CURVE`.
        unit: What the scores are, "return" or "accuracy".
    """

    model: Model
    shared: SharedTuning
    curve: Sequence[dict[str, Any]]
    unit: str

    def __repr__(self) -> str:
        """The weight, or how many, and the mean on fresh cases."""
        weights = self.model.weights
        what = f"{len(weights)} weights" if isinstance(weights, np.ndarray) else f"{weights:.4g}"
        return f"<Tuning: {what}, mean {number(self.model.scores['mean'])} on fresh cases>"

    def _draw(self, axes: Axes) -> Axes:
        from wann.plotting import curves

        shared = self.shared
        if self.curve:
            return curves.weight_tuning(self.curve, shared.confirmed, self.unit, axes).axes[0]
        chosen = shared.weight, shared.confirmed
        drawn = shared.tried, shared.means, shared.rounds
        return curves.shared_tuning(*drawn, chosen, self.unit, axes).axes[0]
