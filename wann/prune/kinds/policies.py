"""Dense policies of control tasks, trained by CMA-ES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from wann import envs
from wann.envs.task import ControlTask, Task
from wann.evaluation.control import ControlEvaluator
from wann.evaluation.pool import Pool
from wann.prune.kinds.base import Kind, RowsOf
from wann.prune.policies import settings as policies
from wann.prune.policies.experiment import PolicyExperiment
from wann.prune.policies.iterative import rows
from wann.prune.policies.settings import PolicyOptions, PolicySettings
from wann.prune.run import PruneRun, Row


class Policies(Kind):
    """See `Kind`."""

    name = "policies"
    options = PolicyOptions
    settings = PolicySettings
    title = "Mean return"

    def suits(self, task: Task) -> bool:
        """Whether a task is a compiled one of control."""
        return isinstance(task, ControlTask)

    def preset(self, method: str, env: str, network: str | None = None) -> PolicySettings:
        """The default settings of a method on a task."""
        return policies.preset(method, env)

    def unused(self, settings: PolicySettings) -> dict[str, str]:
        """None: all methods use all options of policies."""
        return {}

    def tasks(self, settings: PolicySettings, data: Path | None) -> tuple[ControlTask]:
        """The task."""
        task = envs.made_for(settings.env, **({} if data is None else {"data": data}))
        if not isinstance(task, ControlTask):
            raise ValueError(f"--env: expected a control task, got {task.name}")
        return (task,)

    def rows_of(
        self,
        settings: PolicySettings,
        tasks: tuple[ControlTask],
        run: PruneRun,
        tick: Callable[..., object],
    ) -> RowsOf:
        """What prunes with a seed."""
        (task,) = tasks
        evaluator = ControlEvaluator(task)

        def rows_of_seed(seed: int) -> Iterator[Row]:
            with Pool(evaluator, 1) as pool:
                yield from rows(PolicyExperiment(settings, task, run, pool, tick), seed)

        return rows_of_seed

    def score(self, value: float) -> str:
        """A mean return as text."""
        return f"{value:.1f}"
