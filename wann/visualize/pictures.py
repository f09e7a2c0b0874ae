"""The pictures that can be made of a run or a network file: `wann.visualize` writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from typing import IO, Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from wann import envs
from wann.cli.figures import SCREEN, Figures, run_of
from wann.core.arrays import evenly, take_score, take_scores, take_whole
from wann.core.config import SearchConfig
from wann.core.rng import Stream, generator
from wann.envs.gym import GymTask
from wann.envs.tables.regression import RegressionTask
from wann.envs.task import ControlTask
from wann.evaluation.evaluator import evaluator_for, limit
from wann.evaluation.recording import first_case, record
from wann.plotting import image_topology, style
from wann.storage.load import load
from wann.storage.model import Model
from wann.storage.run import Run
from wann.storage.saved import Saved, check_sizes
from wann.storage.subject import task_of, unit_of
from wann.visualize import (
    episode_gif,
    episode_traces,
    films,
    importance,
    lineage,
    predictions,
    search_history,
)

MOST_WEIGHTS = 9  # panels in behaviour.gif
MOST_TRACES = 3  # columns in behaviour.png


class Picture(NamedTuple):
    """A file to write: its name, what it shows, and what writes it."""

    name: str
    shows: str
    write: Callable[[IO[bytes]], object]


class Album:
    """The pictures that can be made of something, and why others cannot.

    Everything is read when the album is made; nothing is drawn before it is written.

    Attributes:
        pictures: What can be drawn.
        notes: A line for each picture that cannot.
    """

    def __init__(
        self,
        saved: Saved,
        *,
        against: str = "generation",
        weights: np.ndarray | None = None,
        seed: int = 0,
        env: str | None = None,
        figures: Figures = SCREEN,
        forms: Sequence[str] = ("png",),
        video: bool = False,
    ) -> None:
        """Read what else there is of a run, which gives all pictures, or of a network file.

        Args:
            saved: The network.
            against: The column of the metrics along the x axis of evolution.png.
            weights: The shared weights in behaviour.gif, [W]; by default those of the search, or
                the model's own.
            seed: Which episode behaviour.gif shows.
            env: The task of a matrix, which does not name it.
            figures: How figures look, and whether a line says what they are of.
            forms: The formats of figures, some of `style.FORMATS`.
            video: Whether there is a film of the search, too.

        Raises:
            OSError: If it cannot be read.
            ValueError: If it is not valid; the message says what is wrong.
        """
        self.model = saved.model
        self.config = saved.read_config()
        self._forms = forms
        self._figures, self._told = (
            figures,
            [*run_of(saved, self.config), *_tried(saved, self.config)],
        )
        self.pictures: list[Picture] = []
        self.notes: list[str] = [saved.note] if saved.note else []
        self._add_topology()
        if run := saved.named_run:
            self._add_evolution(run, against)
            self._add_pareto(run)
            self._add_lineage(run)
        if self.model.table is not None:
            self._add_importance(seed)
        self._add_behaviour(weights, seed, env)
        if video:
            self._add_video(saved.named_run, seed, env)

    def _add(
        self, name: str, shows: str, draw: Callable[[], Figure], forms: Sequence[str] = ()
    ) -> None:
        """A figure, in each of the formats; its name is that without a suffix."""

        @cache
        def finished() -> tuple[Figure, float | None]:
            figure = draw()
            return figure, self._figures.finish(figure, *self._told)

        for form in forms or self._forms:
            write = partial(_write_figure, finished, form)
            self.pictures.append(Picture(f"{name}.{form}", shows, write))

    def _add_topology(self) -> None:
        network = self.model.network
        if undrawn := lineage.undrawn([self.model]):
            self.notes.append(f"no topology.png, no topology.svg: {undrawn}")
            return
        shows = f"{network.complexity} connections, {len(network.ids)} nodes"
        # SVG comes always, to scale and edit.
        self._add("topology", shows, self.model.topology, [*dict.fromkeys([*self._forms, "svg"])])

    def _add_evolution(self, run: Run, against: str) -> None:
        metrics, target = run.metrics(), self.config.target
        generations = len(metrics["generation"])
        if generations == 0:
            self.notes.append("no evolution.png: no generation is written down yet")
            return
        draw = partial(search_history.evolution, metrics, against, target)
        self._add("evolution", f"fitness and connections of {generations} generations", draw)

    def _add_pareto(self, run: Run) -> None:
        arrays = run.load_checkpoint() or {}
        if "last_fitness" not in arrays:
            self.notes.append("no pareto.png: the checkpoint holds no population's fitness (yet)")
            return
        try:
            fitness = take_scores(arrays, "last_fitness", None)
            complexity = take_whole(arrays, "last_complexity", len(fitness))
            confirmed = take_score(arrays, "champion_fitness")
        except ValueError as error:
            raise ValueError(f"{run.path}: the checkpoint does not fit: {error}") from None
        same_scale = not search_history.two_scales(run.metrics())
        champion = confirmed if same_scale else None
        size = self.model.network.complexity
        draw = partial(search_history.population, fitness, complexity, size, champion)
        self._add("pareto", f"the last population, {len(fitness)} genomes", draw)

    def _add_lineage(self, run: Run) -> None:
        paths = sorted((run.path / "champions").glob("*.json"))
        if not paths:
            self.notes.append("no lineage.png, no lineage.gif: the run keeps no earlier champions")
            return

        def chosen(most: int) -> list[Model]:
            return [load(paths[i]) for i in evenly(len(paths), most)]

        few, many = chosen(lineage.STRIP), chosen(lineage.ANIMATION)
        if undrawn := lineage.undrawn([*few, *many]):
            self.notes.append(f"no lineage.png, no lineage.gif: {undrawn}")
            return
        champions = "champion" if len(paths) == 1 else "champions"
        shows = f"{len(few)} of {len(paths)} {champions}"
        self._add("lineage", shows, partial(lineage.strip, few))
        write = partial(films.write_gif, partial(lineage.animation, many), 900, 3000)
        self.pictures.append(Picture("lineage.gif", f"{len(many)} {champions}", write))

    def _add_importance(self, seed: int) -> None:
        try:
            task = task_of(self.model)
        except (OSError, ValueError) as error:
            self.notes.append(f"no importance.png: {style.name(str(error))}")
            return

        def draw() -> Figure:
            found = importance.measure(self.model, evaluator_for(task, self.config), seed)
            return importance.figure(found, unit_of(task))

        self._add("importance", "what each column is worth", draw)
        if isinstance(task, RegressionTask):
            draw_predictions = partial(predictions.figure, self.model, task)
            self._add("predictions", "predicted against true", draw_predictions)

    def _add_behaviour(self, shared: np.ndarray | None, seed: int, env: str | None) -> None:
        model = self.model
        task, reason = _playable(model, env)
        if task is None:
            self.notes.append(f"no behaviour.gif: {reason}")
            return
        weights: list[Any] = list(self.config.weight_values)
        if shared is not None:
            weights = list(shared)
        elif isinstance(model.weights, np.ndarray):
            weights = [model.weights]
        elif model.weights is not None:
            weights.append(model.weights)
        if isinstance(task, GymTask):
            task = limit(task, self.config)
            self._add_traces(task, weights, seed)
            if undrawn := episode_gif.undrawn(task):
                self.notes.append(f"no behaviour.gif: {undrawn}")
                return
        most = MOST_TRACES if isinstance(task, GymTask) else MOST_WEIGHTS
        weights = [weights[i] for i in evenly(len(weights), most)]
        start = first_case(task, generator(seed, Stream.REPORT))

        @cache
        def animate() -> list[Any]:
            episodes = [record(task, model.network, weight, start) for weight in weights]
            return episode_gif.frames(task, episodes, start)

        write = partial(films.write_gif, animate, 60, 2000)
        shows = f"an episode under {len(weights)} weights" if len(weights) > 1 else "an episode"
        self.pictures.append(Picture("behaviour.gif", shows, write))
        if isinstance(task, GymTask) and find_spec("imageio_ffmpeg"):
            film = partial(films.write_mp4, animate)
            self.pictures.append(Picture("behaviour.mp4", "the same, as a film", film))

    def _add_video(self, run: Run | None, seed: int, env: str | None) -> None:
        """The champions of a search one after the other, each beside what it does."""
        paths = sorted((run.path / "champions").glob("*.json")) if run else []
        task, reason = _playable(self.model, env)
        if not paths or task is None:
            self.notes.append(f"no evolution.mp4: {reason or 'the run keeps no earlier champions'}")
            return
        models = [load(paths[i]) for i in evenly(len(paths), films.CHAMPIONS)]
        limited = limit(task, self.config)
        start = first_case(limited, generator(seed, Stream.REPORT))
        draw = partial(films.of_search, models, limited, start)
        coded = find_spec("imageio_ffmpeg") is not None
        gif = partial(films.write_gif, draw, 66, 2000)
        write = partial(films.write_mp4, draw) if coded else gif
        name = f"evolution.{'mp4' if coded else 'gif'}"
        self.pictures.append(Picture(name, f"{len(models)} champions at their task", write))

    def _add_traces(self, task: GymTask, weights: list[Any], seed: int) -> None:
        """An episode of an environment that is stepped, under a few of the weights."""
        some = [weights[i] for i in evenly(len(weights), MOST_TRACES)]
        start = first_case(task, generator(seed, Stream.REPORT))

        def draw() -> Figure:
            network = self.model.network
            found = [record(task, network, weight, start) for weight in some]
            return episode_traces.figure(task, found)

        shows = f"observations and actions of an episode under {len(some)} weights"
        self._add("behaviour", shows, draw)


def _tried(saved: Saved, config: SearchConfig) -> list[str]:
    """What the fitness of a search is a mean of."""
    if saved.run is None:
        return []
    weights = len(config.drawn_weights(0))
    shared = f"{weights} shared weight{'s' * (weights != 1)}"
    return [f"a genome: {shared}, {config.rollouts} rollout{'s' * (config.rollouts != 1)} each"]


def _write_figure(
    finished: Callable[[], tuple[Figure, float | None]], form: str, file: IO[bytes]
) -> None:
    figure, dpi = finished()
    style.save(figure, file, form, dpi)


def _playable(model: Model, env: str | None) -> tuple[ControlTask | GymTask | None, str]:
    """The model's task if its behaviour can be drawn, else why not."""
    if image_topology.side_of(model.inputs):  # ask before the task is made, which reads its images
        return None, "its inputs are pixels, and only what control tasks do is drawn"
    if model.table is not None:
        return None, "it tells rows of a table, and only what control tasks do is drawn"
    if not envs.is_known(model.task):
        return None, f"the task {style.name(model.task)} is not known here"
    try:
        task = envs.made_for(model.task, env)
    except ValueError as error:
        return None, style.name(str(error))
    if not isinstance(task, GymTask) and (not isinstance(task, ControlTask) or task.draw is None):
        return None, f"the task {model.task} draws no pictures"
    try:
        check_sizes(model, task, f"as {model.task} has")
    except ValueError as error:
        return None, str(error)
    if isinstance(task, GymTask):
        task = replace(task, normalization=model.normalization)
    return task, ""
