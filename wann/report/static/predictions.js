"use strict";
// Regression: rows whose targets are predicted, drawn against what is true.

// Rows of a table with their targets. Outputs have no scale of their own: Python fitted one, and an
// offset, on the training rows for some weights; where it did not, the page does on these rows.
class Predictions {
  constructor(scene) {
    this.scene = scene;
    this.rate = 1;
    this.ending = null;
    this.number = 0;
    this.own = null; // the user's row, and what is predicted for it
    this.readout = null; // scale and offset by weight, of the network and weights that are shown
  }

  // The inputs of the row that is shown.
  get values() {
    return this.own?.values ?? this.scene.rows[this.number];
  }

  // What is predicted for it, in the targets' units.
  get told() {
    return this.own?.predicted ?? this.predicted[this.number];
  }

  // The row that is shown, with one input set by the user.
  set(input, value) {
    const values = [...this.values];
    values[input] = value;
    this.own = { values };
  }

  restart() {
    this.number = 0;
    this.own = null;
  }

  next() {
    this.own = null;
    this.number = (this.number + 1) % this.scene.rows.length;
  }

  // The place nearest to the slider's for which there is a scale.
  at(weight) {
    return this.readout ? argmax(this.readout.weights.map((other) => -Math.abs(other - weight))) : null;
  }

  look(network, weight) {
    const { rows, truth } = this.scene;
    const place = this.at(weight);
    this.weight = place == null ? weight : this.readout.weights[place];
    const found = rows.map((row) => {
      setInputs(network, row);
      return Array.from(forward(network, this.weight));
    });
    const lines =
      place == null
        ? truth[0].map((_, o) => leastSquares(found.map((row) => row[o]), truth.map((row) => row[o])))
        : truth[0].map((_, o) => [this.readout.scale[place][o], this.readout.offset[place][o]]);
    // With the scale 0, a constant is predicted, whatever the output is.
    const scaled = (row) => row.map((v, o) => (lines[o][0] ? lines[o][0] * v : 0) + lines[o][1]);
    this.predicted = found.map(scaled);
    setInputs(network, this.values);
    const outputs = Array.from(forward(network, this.weight));
    if (this.own) this.own.predicted = scaled(outputs);
  }

  advance(network, weight) {
    this.next();
    this.look(network, weight);
  }

  // R², the mean over the targets, of the rows that are shown.
  score() {
    const { truth } = this.scene;
    const each = truth[0].map((_, o) => {
      const mean = truth.reduce((sum, row) => sum + row[o], 0) / truth.length;
      const errors = truth.reduce((sum, row, i) => sum + (row[o] - this.predicted[i][o]) ** 2, 0);
      const total = truth.reduce((sum, row) => sum + (row[o] - mean) ** 2, 0);
      return total > 0 ? 1 - errors / total : 0;
    });
    return each.reduce((sum, value) => sum + value, 0) / each.length;
  }
}

// The scale and the offset that bring x nearest to y.
function leastSquares(x, y) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const square = mean(x.map((value) => (value - mx) ** 2));
  const scale = mean(x.map((value, i) => (value - mx) * (y[i] - my))) / square;
  return Number.isFinite(scale) ? [scale, my - scale * mx] : [0, my];
}

class PredictionStage {
  constructor(host, run, task, choose) {
    this.run = run;
    this.host = host;
    this.choose = choose;
    this.panels = run.outputs.map(() => html("div", { class: "panel" }));
    this.told = html("p", { class: "told-row", role: "status" });
    const examples = task.scene.rows.map((values) => ({ values }));
    this.sliders = new Sliders(run.inputs, examples, (input, value) => {
      setPlaying(false);
      task.set(input, value);
      look();
    });
    host.replaceChildren(
      html("div", { class: "panels" }, this.panels),
      this.told,
      this.sliders.element,
    );
  }

  // The axes of each target, which stay while the weight is dragged.
  draw(task) {
    this.width = this.host.clientWidth;
    const { truth } = task.scene;
    this.charts = this.panels.map((panel, o) => {
      const x = range(truth.map((row) => row[o]));
      const name = short(this.run.outputs[o], 30);
      const label = `${name}: predicted against true, a point for each of ${truth.length} rows`;
      const height = clamp(0.8 * panel.clientWidth, 180, 300);
      const chart = axes(panel, { height, x, y: x, name: label, xLabel: `${name}, true`, yLabel: "predicted" });
      line(chart, x, x, "ghost");
      const dots = truth.map((row, i) => {
        const dot = svg("circle", { class: "prediction", cx: chart.X(row[o]).toFixed(1), r: 3.5, onclick: () => this.choose(i) });
        return chart.picture.appendChild(dot);
      });
      return { ...chart, dots, range: x };
    });
  }

  update(task) {
    if (this.width !== this.host.clientWidth) this.draw(task);
    this.charts.forEach(({ dots, Y, range: [low, high], picture }, o) => {
      dots.forEach((dot, i) => {
        const value = task.predicted[i][o];
        const outside = !(value >= low && value <= high);
        dot.setAttribute("cy", Y(clamp(Number.isNaN(value) ? low : value, low, high)).toFixed(1));
        dot.setAttribute("class", `prediction${outside ? " outside" : ""}${i === task.number && !task.own ? " shown" : ""}`);
      });
      picture.append(dots[task.number]);
    });
    this.sliders.show(task.values);
    const told = task.told.map((value, o) => `${this.run.outputs[o]} ${this.text(value)}`);
    const whose = task.own ? "Your own row" : `Row ${task.number + 1}`;
    this.told.replaceChildren(
      `${whose}: predicted ${told.join(", ")}. `,
      html("span", { class: "screen" }, "Set its inputs:"),
    );
  }

  text(value) {
    return Number.isFinite(value) ? tickText(Number(value.toPrecision(4))) : "not finite";
  }

  status(task) {
    const { truth, count, part } = task.scene;
    const several = this.run.outputs.length > 1;
    const of = (values) => values.map((value) => this.text(value)).join(several ? ", " : "");
    const fitted = task.readout ? `with weight ${signed(task.weight)}` : "scale fitted to these rows";
    return [
      [`${part} row`, `${task.number + 1} of ${truth.length}${count > truth.length ? ` shown` : ""}`],
      ["true", task.own ? "your own" : of(truth[task.number])],
      ["predicted", of(task.told)],
      [`R² of these, ${fitted}`, number(task.score())],
    ];
  }
}
