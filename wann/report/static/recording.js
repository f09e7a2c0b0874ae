"use strict";
// An episode that Python played: its pictures, where the task draws any, and what the network saw.

const MOST_STRIPS = 12;
const STRIP = 38; // pixels, the height of one

class RecordingStage {
  constructor(host, run) {
    this.run = run;
    this.film = html("canvas", { class: "film", role: "img" });
    this.strips = html("div", { class: "strips" });
    const more = run.inputs.length - MOST_STRIPS;
    this.legend = html(
      "p",
      { class: "small" },
      `Each strip is one of the network's inputs over the episode, from its lowest to its highest value, with zero as a thin line; the upright line and the number are now.${
        more > 0 ? ` ${plural(more, "more input")} not shown.` : ""
      }`,
    );
    host.replaceChildren(this.film, this.strips, this.legend);
    this.sheets = new Map();
  }

  // The pictures of an episode, decoded once; they show when they are there.
  sheetOf(film) {
    if (!this.sheets.has(film)) {
      const image = new Image();
      image.onload = () => this.drawn && this.picture(this.drawn);
      image.src = `data:image/webp;base64,${film.picture}`;
      this.sheets.set(film, image);
    }
    return this.sheets.get(film);
  }

  // The last picture that was taken at or before this step.
  picture(task) {
    const { film } = task.recorded;
    this.film.hidden = !film;
    if (!film) return;
    const [width, height] = film.size;
    const at = Math.max(film.times.findLastIndex((time) => time <= task.steps), 0);
    const [column, row] = [at % film.columns, Math.floor(at / film.columns)];
    if (this.film.width !== width || this.film.height !== height)
      Object.assign(this.film, { width, height });
    const image = this.sheetOf(film);
    const label = `The task after ${plural(film.times[at], "step")}`;
    this.film.setAttribute("aria-label", label);
    if (!image.complete) return;
    const place = [column * width, row * height, width, height];
    this.film.getContext("2d").drawImage(image, ...place, 0, 0, width, height);
  }

  // A strip for each input over the whole episode.
  draw(task) {
    const { observations } = task.recorded;
    const names = this.run.inputs.slice(0, MOST_STRIPS);
    const width = Math.max(this.strips.clientWidth, 240);
    const room = width - 118; // the rest is for numbers
    this.values = [];
    const strips = names.map((name, i) => {
      const values = observations.map((row) => row[i]);
      const known = finite(values);
      const [low, most] = [Math.min(...known, 0), Math.max(...known, 0)];
      const top = i * STRIP;
      const y = (value) => top + 34 - (17 * (value - low)) / (most - low || 1);
      const points = values.flatMap((value, t) =>
        value == null
          ? []
          : [`${((room * t) / Math.max(values.length - 1, 1)).toFixed(1)},${y(value).toFixed(1)}`],
      );
      const unit = this.run.scene.units[i];
      const value = svg("text", { class: "now", x: width, y: top + 16, "text-anchor": "end" });
      this.values.push(value);
      return svg(
        "g",
        {},
        svg("line", { class: "zero", x2: room, y1: y(0), y2: y(0) }),
        svg("polyline", { class: "strip", points: points.join(" ") }),
        svg("text", { y: top + 11, class: "label" }, short(name, 28) + (unit ? `, ${unit}` : "")),
        value,
        svg(
          "text",
          { class: "tick", x: width, y: top + 32, "text-anchor": "end" },
          `${number(low)} to ${number(most)}`,
        ),
      );
    });
    const high = STRIP * names.length;
    this.cursor = svg("line", { class: "cursor", y2: high });
    const picture = svg(
      "svg",
      { class: "stripchart", viewBox: `0 0 ${width} ${high}`, role: "img" },
      strips,
      this.cursor,
    );
    picture.setAttribute("aria-label", "The inputs over a recorded episode");
    this.strips.replaceChildren(picture);
    Object.assign(this, { width, room, shown: task.recorded });
  }

  update(task) {
    this.drawn = task;
    const width = Math.max(this.strips.clientWidth, 240);
    if (this.shown !== task.recorded || this.width !== width) this.draw(task);
    const step = Math.max(Math.min(task.steps, task.length - 1), 0);
    const x = (this.room * step) / Math.max(task.length - 1, 1);
    this.cursor.setAttribute("transform", `translate(${x.toFixed(1)},0)`);
    const seen = task.recorded.observations[step] ?? [];
    this.values.forEach((text, i) => (text.textContent = number(seen[i])));
    this.picture(task);
  }

  status(task) {
    return [
      ["return", number(task.total)],
      ["step", `${task.steps} of ${task.length}`],
      task.mode === "shared"
        ? ["recorded with weight", signed(task.weight)]
        : ["recorded with", `${task.mode} weights`],
    ];
  }
}
