"use strict";
// The task as it plays: a cart with its pole, a picture with the outputs, or recorded numbers.

const METRE = 100; // units of the drawing

class CartStage {
  constructor(host, run) {
    this.k = run.scene.constants;
    this.inputs = run.inputs;
    this.names = run.outputs.map((name) => short(name, 12));
    const { length } = DYNAMICS[run.scene.kind].pose(this.k, run.scene.starts[0]);
    const half = (this.k.X_LIMIT + 0.35) * METRE;
    const up = (length + 0.18) * METRE;
    const down = run.scene.kind === "cartpole" ? 55 : up;
    const rail = this.k.X_LIMIT * METRE;
    this.trail = [1, 2, 3, 4].map((part) => svg("polyline", { class: `trail part${part}` }));
    this.pole = svg("line", { class: "pole", y2: -length * METRE });
    this.arrow = svg("path", { class: "push" });
    this.cart = svg(
      "g",
      {},
      svg("circle", { class: "wheel", cx: -15, cy: 15, r: 6 }),
      svg("circle", { class: "wheel", cx: 15, cy: 15, r: 6 }),
      svg("rect", { class: "cart", x: -27, y: -13, width: 54, height: 26, rx: 5 }),
      this.arrow,
      this.pole,
      svg("circle", { class: "pivot", r: 4 }),
    );
    this.picture = svg(
      "svg",
      { class: "stage", viewBox: `${-half} ${-up} ${2 * half} ${up + down}`, role: "img" },
      svg("line", {
        class: "upright",
        x1: -rail,
        x2: rail,
        y1: -length * METRE,
        y2: -length * METRE,
      }),
      svg("line", { class: "rail", x1: -rail, x2: rail, y1: 22, y2: 22 }),
      svg("path", { class: "rail", d: `M${-rail},8V36M${rail},8V36M0,22v6` }),
      this.trail,
      this.cart,
    );
    this.picture.setAttribute("aria-label", "A cart on a track, with a pole");
    host.replaceChildren(this.picture);
  }

  update(task) {
    const { x, angle } = task.poses.at(-1);
    this.cart.setAttribute("transform", `translate(${(x * METRE).toFixed(2)},0)`);
    this.pole.setAttribute("transform", `rotate(${((angle * 180) / Math.PI).toFixed(2)})`);
    const force = task.action ? clamp(DYNAMICS[task.scene.kind].push(task.action), -1, 1) : 0;
    const tip = (27 + 34 * Math.abs(force)) * Math.sign(force);
    const back = tip - 7 * Math.sign(force);
    const path = `M${27 * Math.sign(force)},0H${tip}M${back},-5L${tip},0L${back},5`;
    this.arrow.setAttribute("d", Math.abs(force) < 0.03 ? "" : path);
    const past = task.poses.slice(-48);
    this.trail.forEach((line, part) => {
      const points = past.slice(12 * part, 12 * part + 13).map((pose) => {
        const [along, high] = [Math.sin(pose.angle), -Math.cos(pose.angle)].map(
          (v) => v * pose.length,
        );
        return `${((pose.x + along) * METRE).toFixed(1)},${(high * METRE).toFixed(1)}`;
      });
      line.setAttribute("points", points.join(" "));
    });
    this.picture.classList.toggle("over", task.ending != null && task.ending !== "full length");
  }

  status(task) {
    const discrete = task.rule.kind === "discrete";
    const push = !task.action
      ? "–"
      : discrete
        ? this.names[task.action[0]]
        : signed(task.action[0]);
    return [
      ["return", number(task.total)],
      ["step", `${task.steps} of ${task.scene.limit}`],
      [discrete ? "push" : this.names[0], push],
      ["episode", `${task.number + 1} of ${task.scene.starts.length}`],
    ];
  }

  // What the network sees, by the inputs' names.
  observation(task) {
    return task.seen().map((value, i) => [this.inputs[i], value, task.scene.units[i]]);
  }
}

class GalleryStage {
  constructor(host, run, task, choose) {
    this.names = run.outputs;
    this.canvas = html("canvas", { class: "digit", role: "img" });
    this.inputs = run.inputs;
    this.shape = run.scene.shape;
    if (this.shape) this.startPad(task);
    else {
      this.sliders = new Sliders(run.inputs, task.examples, (input, value) => {
        setPlaying(false);
        task.set(input, value);
        look();
      });
    }
    this.bars = run.outputs.map((name) => {
      const bar = html("i");
      const share = html("span", { class: "share" });
      const row = html(
        "div",
        { class: "chance" },
        html("span", { class: "class", title: name }, short(name, 12)),
        html("span", { class: "bar" }, bar),
        share,
      );
      return { row, bar, share };
    });
    this.thumbs = task.examples.map((example, i) => {
      const picture = this.shape ? html("canvas") : html("span", {}, `${i + 1}`);
      if (this.shape) this.paint(picture, example);
      return html("button", { type: "button", class: "thumb", onclick: () => choose(i) }, picture);
    });
    rove(this.thumbs);
    host.replaceChildren(
      html(
        "div",
        { class: "gallery" },
        this.shape
          ? html("div", { class: "drawing" }, this.canvas, this.pad.canvas, this.tools)
          : this.sliders.element,
        html(
          "div",
          { class: "chances" },
          this.bars.map((b) => b.row),
        ),
      ),
      html(
        "div",
        { class: "thumbs", role: "group", "aria-label": `Examples from the ${run.scene.part} set` },
        this.thumbs,
      ),
    );
  }

  startPad(task) {
    const share = extent(task.examples, this.shape);
    this.pad = new Pad((strokes) => {
      if (!strokes.length) return;
      setPlaying(false);
      task.draw(pixelsOf(strokes, this.shape, share));
      look();
    });
    this.pad.canvas.hidden = true;
    const show = (drawing) => {
      this.pad.canvas.hidden = !drawing;
      this.canvas.hidden = drawing;
      this.clear.hidden = !drawing;
      this.start.setAttribute("aria-pressed", String(drawing));
    };
    this.start = html(
      "button",
      {
        type: "button",
        class: "small-button",
        "aria-pressed": "false",
        onclick: () => {
          const drawing = this.pad.canvas.hidden;
          setPlaying(false);
          this.pad.clear();
          if (drawing) task.draw(new Uint8Array(this.shape[0] * this.shape[1]));
          else task.own = null;
          show(drawing);
          look();
        },
      },
      "Draw",
    );
    this.clear = html(
      "button",
      {
        type: "button",
        class: "small-button",
        onclick: () => {
          this.pad.clear();
          task.draw(new Uint8Array(this.shape[0] * this.shape[1]));
          look();
        },
      },
      "Clear",
    );
    this.clear.hidden = true;
    this.leave = () => show(false);
    this.tools = html("div", { class: "tools" }, this.start, this.clear);
  }

  paint(canvas, example) {
    const [rows, columns] = this.shape;
    Object.assign(canvas, { width: columns, height: rows });
    const context = canvas.getContext("2d");
    const image = context.createImageData(columns, rows);
    example.bytes.forEach((byte, i) =>
      image.data.set([255 - byte, 255 - byte, 255 - byte, 255], 4 * i),
    );
    context.putImageData(image, 0, 0);
  }

  update(task) {
    const { example } = task;
    if (this.shape && !task.own && this.canvas.hidden) this.leave();
    if (this.shape) this.paint(this.canvas, example);
    else this.sliders.show(example.values);
    const truth = this.names[example.label] ?? "your own";
    this.canvas.setAttribute("aria-label", `${truth}, taken for ${this.names[task.guess]}`);
    this.bars.forEach(({ row, bar, share }, i) => {
      bar.style.width = `${(100 * task.chances[i]).toFixed(1)}%`;
      share.textContent = `${Math.round(100 * task.chances[i])} %`;
      row.classList.toggle("guess", i === task.guess);
      row.classList.toggle("truth", i === example.label);
    });
    this.thumbs.forEach((thumb, i) => {
      const right = task.guesses[i] === task.examples[i].label;
      thumb.classList.toggle("right", right);
      thumb.classList.toggle("wrong", !right);
      thumb.classList.toggle("shown", !task.own && i === task.number);
      const said = `${this.names[task.examples[i].label]}, taken for ${this.names[task.guesses[i]]}`;
      thumb.setAttribute("aria-label", this.shape ? said : `${i + 1}: ${said}`);
    });
  }

  status(task) {
    const right = task.guesses.filter((guess, i) => guess === task.examples[i].label).length;
    return [
      ["it is", this.names[task.example.label] ?? "your own"],
      ["taken for", this.names[task.guess]],
      ["right here", `${right} of ${task.examples.length}`],
    ];
  }
}

function makeStage(host, run, task, choose) {
  if (task instanceof Episode) return new CartStage(host, run);
  if (task instanceof Gallery) return new GalleryStage(host, run, task, choose);
  if (task instanceof Recording) return new RecordingStage(host, run);
  if (task instanceof Predictions) return new PredictionStage(host, run, task, choose);
  host.replaceChildren(
    html(
      "p",
      { class: "empty" },
      run.note ? `Nothing to play: ${run.note}.` : "Nothing to play for this kind of task.",
    ),
  );
  return null;
}
