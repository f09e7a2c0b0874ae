"use strict";
// The champions of several runs side by side, under one shared weight.

const MOST_BESIDE = 6;
let beside = null;

// One of them: its network, and its task at play.
class Cell {
  constructor(run) {
    this.key = Cell.keyOf(run);
    this.room = html("div", { class: "topology" });
    this.place = html("div");
    this.facts = html("dl", { class: "status" });
    this.title = html("h4");
    this.element = html("div", { class: "cell" }, this.title, this.room, this.place, this.facts);
    this.take(run);
    const record = lastChampion(run);
    const names = activationNames();
    this.network = makeNetwork(record, run.inputs.length, run.outputs.length, names);
    this.network.record = record;
    this.task = makeTask(run);
    if (this.task instanceof Predictions) this.task.readout = record.readout ?? null;
    const { colours, formulas } = activationLooks();
    this.topology = new Topology(this.room, html("p"), run, colours, formulas);
  }

  static keyOf(run) {
    const { sources, activations, offsets } = lastChampion(run);
    return JSON.stringify([run.label, run.scene.kind, sources, activations, offsets]);
  }

  // News of the same network: its name, and what took long to compute.
  take(run) {
    this.run = run;
    const connections = plural(lastChampion(run).sources.length, "connection");
    this.title.replaceChildren(run.label, html("small", {}, ` ${connections}`));
    if (this.task instanceof Recording) this.task.scene = run.scene;
  }

  // Draws it in its place, whose width is known only there.
  draw() {
    this.topology.show(this.network.record, this.network);
    if (this.task instanceof Episode) this.stage = new CartStage(this.place, this.run);
    else if (this.task instanceof Recording) this.stage = new RecordingStage(this.place, this.run);
  }

  update(weight) {
    const { task, network, run } = this;
    if (task) task.look(network, weight);
    else forward(network, weight);
    this.topology.update(task?.weight ?? weight, task?.guess ?? null);
    this.stage?.update(task);
    const { sweep } = lastChampion(run);
    const facts = sweep ? [[measureOf(run), number(curveAt(sweep, weight))]] : [];
    if (task instanceof Gallery) {
      const right = task.guesses.filter((guess, i) => guess === task.examples[i].label).length;
      facts.push(["right here", `${right} of ${task.examples.length}`]);
    } else if (task instanceof Predictions) facts.push(["R² here", number(task.score())]);
    else if (this.stage) facts.push(...this.stage.status(task).slice(0, 2));
    this.facts.replaceChildren(
      ...facts.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
    );
  }
}

class Beside {
  constructor(host) {
    this.slider = html("input", {
      type: "range",
      "aria-label": "Shared weight of all of these networks",
      min: data.weights[0],
      max: data.weights.at(-1),
      step: 0.01,
      oninput: () => this.choose(Number(this.slider.value)),
    });
    this.told = html("output");
    this.note = html("p", { class: "small" });
    this.grid = html("div", { class: "cells" });
    host.replaceChildren(
      html("h3", {}, "The champions under one weight"),
      html("div", { class: "one-weight" }, this.slider, this.told),
      this.grid,
      this.note,
    );
    this.cells = [];
    this.visible = false;
    new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      if (this.visible) this.update();
    }).observe(host);
  }

  choose(weight) {
    if (modeNow() === "shared") setWeight(weight);
    else setMode("shared", weight);
  }

  // The runs as they are now; a network that is the same plays on.
  take(runs) {
    const known = new Map(this.cells.map((cell) => [cell.key, cell]));
    const shown = runs.filter(lastChampion).slice(0, MOST_BESIDE);
    this.cells = shown.map((run) => {
      const cell = known.get(Cell.keyOf(run)) ?? new Cell(run);
      cell.take(run);
      return cell;
    });
    this.grid.replaceChildren(...this.cells.map(({ element }) => element));
    const left = runs.length - shown.length;
    this.note.textContent = left > 0 ? `${plural(left, "more run")} not shown here.` : "";
    this.redraw();
  }

  redraw() {
    for (const cell of this.cells) cell.draw();
    this.update();
  }

  update() {
    this.slider.value = state.weight;
    this.told.textContent = signed(state.weight);
    if (!this.visible && !printing()) return;
    for (const cell of this.cells) cell.update(state.weight);
  }

  playing() {
    return this.visible ? this.cells.filter(({ task }) => task && "ending" in task) : [];
  }

  advance() {
    for (const { task, network } of this.playing()) {
      if (!task.ending) task.advance(network, state.weight);
    }
  }

  get over() {
    return this.playing().every(({ task }) => task.ending || !(task instanceof Episode));
  }

  // Every episode anew, or the next one.
  restart(next = false) {
    for (const { task } of this.cells) {
      if (next) task?.next();
      else if (task instanceof Episode || task instanceof Recording) task.restart();
    }
  }
}

function startBeside() {
  if (data.runs.length < 2) return;
  beside ??= new Beside(byId("beside"));
  beside.take(data.runs);
}
