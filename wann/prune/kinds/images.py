"""Dense image classifiers, trained by gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wann import envs
from wann.core.checks import require
from wann.envs.classification import ClassificationTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import Task
from wann.prune.images import saving
from wann.prune.images.experiment import Experiment
from wann.prune.images.settings import COEFFICIENTS, NODES, ImageOptions, ImageSettings
from wann.prune.kinds.base import Kind, RowsOf
from wann.prune.methods import registry
from wann.prune.methods.low_rank import METHOD
from wann.prune.methods.usage import foreign_to, unused_of_images
from wann.prune.run import EXAMPLES, PruneRun, Row

# The task, and the one to find the masks on.
ImageTasks = tuple[ClassificationTask | RegressionTask, ClassificationTask | None]


class Images(Kind):
    """See `Kind`."""

    name = "images"
    options = ImageOptions
    settings = ImageSettings
    title = "Accuracy on the test images"

    def suits(self, task: Task) -> bool:
        """Whether a task is one of images."""
        return isinstance(task, ClassificationTask)

    def preset(self, method: str, env: str, network: str | None = None) -> ImageSettings:
        """The default settings of a method on a task."""
        return registry.preset(method, env, network)

    def foreign(self, method: str) -> dict[str, str]:
        """The options that a method never uses, each with the reason."""
        return foreign_to(method)

    def unused(self, settings: ImageSettings) -> dict[str, str]:
        """The options that change nothing with these settings, each with the reason."""
        return unused_of_images(settings)

    def tasks(self, settings: ImageSettings, data: Path | None) -> ImageTasks:
        """The task, and the one to find the masks on, if there is one."""
        require("train", "pruning", "jax", "optax")
        more = {} if data is None else {"data": data}
        task = envs.made_for(settings.env, **more)
        if not isinstance(task, ClassificationTask):
            raise ValueError(
                f"--env: expected images, or a compiled control task such as swingup, "
                f"got {task.name}"
            )
        if not settings.found_on:
            return task, None
        source = envs.made_for(settings.found_on, **more)
        inputs, outputs = len(task.inputs), len(task.outputs)
        if not isinstance(source, ClassificationTask) or (inputs, outputs) != (
            len(source.inputs),
            len(source.outputs),
        ):
            raise ValueError(
                f"--found-on: expected a task with {inputs} inputs and {outputs} classes, as "
                f"{task.name} has, got {source.name}"
            )
        return task, source

    def shrinks(self, settings: ImageSettings) -> bool:
        """Whether nodes go, or n of m weights, or layers become thin."""
        structured = settings.scope in (*NODES, COEFFICIENTS) or settings.n_of_m() is not None
        return settings.method == METHOD.name or (
            structured and "scope" in registry.of_images(settings.method).uses
        )

    def about(self, tasks: ImageTasks) -> dict[str, Any]:
        """The numbers of examples: a run on others is another experiment."""
        task, _ = tasks
        return {EXAMPLES: [len(part.y) for part in (task.train, task.validation, task.report)]}

    def rows_of(
        self,
        settings: ImageSettings,
        tasks: ImageTasks,
        run: PruneRun,
        tick: Callable[..., object],
    ) -> RowsOf:
        """What prunes with a seed."""
        experiment = Experiment(settings, *tasks, run, tick)
        runner = registry.of_images(settings.method).runner

        def rows(seed: int) -> Iterator[Row]:
            for result in runner(experiment, seed):
                if result.target:
                    saving.save_network(experiment, result)
                    saving.save_deployed(experiment, result)
                experiment.keep_curve(result)
                yield experiment.row(result)

        return rows

    def score(self, value: float) -> str:
        """An accuracy as text."""
        return f"{value:.2%}"
