"use strict";
// An example of the user's own: a picture drawn with finger, mouse or arrow keys, or a row set by
// sliders.

const PAD = 240; // units of the pad's own coordinates

// The part of the height of a picture that its drawing takes, as in the examples.
function extent(examples, [rows, columns]) {
  const heights = examples.map(({ bytes }) => {
    const inked = [...Array(rows).keys()].filter((row) =>
      bytes.subarray(row * columns, (row + 1) * columns).some((byte) => byte > 64),
    );
    return inked.length ? inked.at(-1) - inked[0] + 1 : rows;
  });
  return heights.reduce((a, b) => a + b, 0) / heights.length / rows;
}

// Strokes as the bytes of a picture [rows * columns], as large and in the middle as the examples.
function pixelsOf(strokes, [rows, columns], share) {
  const bytes = new Uint8Array(rows * columns);
  const points = strokes.flat();
  if (!points.length) return bytes;
  const fine = 8; // dots of a pixel, along each side
  const canvas = html("canvas", { width: columns * fine, height: rows * fine });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const pen = columns <= 10 ? 0.13 : 0.085; // of the height
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, right, top, bottom] = [
    Math.min(...xs),
    Math.max(...xs),
    Math.min(...ys),
    Math.max(...ys),
  ];
  const size = Math.max(right - left, bottom - top, PAD * 0.25);
  const scale = (rows * fine * Math.max(share - pen, 0.2)) / size;
  context.translate((columns * fine) / 2, (rows * fine) / 2);
  context.scale(scale, scale);
  context.translate(-(left + right) / 2, -(top + bottom) / 2);
  Object.assign(context, { lineWidth: (rows * fine * pen) / scale, lineCap: "round" });
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.lineTo(...stroke.at(-1));
    context.stroke();
  }
  const ink = context.getImageData(0, 0, columns * fine, rows * fine).data;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let total = 0;
      for (let dot = 0; dot < fine * fine; dot++) {
        const [x, y] = [column * fine + (dot % fine), row * fine + Math.floor(dot / fine)];
        total += ink[4 * (y * columns * fine + x) + 3];
      }
      bytes[row * columns + column] = Math.round(total / (fine * fine));
    }
  }
  return bytes;
}

class Pad {
  // changed(strokes) is called whenever the drawing has.
  constructor(changed) {
    this.changed = changed;
    this.canvas = html("canvas", {
      class: "pad",
      width: PAD,
      height: PAD,
      tabindex: 0,
      role: "application",
      "aria-label": "Draw here: with finger or mouse; or move with the arrow keys, space puts the pen down and up",
    });
    this.canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.canvas.focus({ preventScroll: true });
      this.canvas.setPointerCapture?.(event.pointerId);
      this.down = true;
      this.strokes.push([this.place(event)]);
      this.draw();
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!this.down || !event.buttons) return;
      this.strokes.at(-1).push(this.place(event));
      this.draw();
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(name, () => (this.down = false));
    }
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.clear();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * PAD,
      ((event.clientY - box.top) / box.height) * PAD,
    ];
  }

  key(event) {
    const step = { ArrowLeft: [-12, 0], ArrowRight: [12, 0], ArrowUp: [0, -12], ArrowDown: [0, 12] }[
      event.key
    ];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.pen = this.pen.map((value, i) => clamp(value + step[i], 12, PAD - 12));
    else {
      this.drawing = !this.drawing;
      if (this.drawing) this.strokes.push([[...this.pen]]);
    }
    if (step && this.drawing) this.strokes.at(-1).push([...this.pen]);
    this.draw(true);
  }

  clear() {
    this.strokes = [];
    this.pen = [PAD / 2, PAD / 2];
    this.down = this.drawing = false;
    this.draw();
  }

  draw(keys = false) {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, PAD, PAD);
    Object.assign(context, { lineWidth: 18, lineCap: "round", lineJoin: "round" });
    context.strokeStyle = "#111111"; // on white, as the examples
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(...stroke[0]);
      stroke.forEach((point) => context.lineTo(...point));
      context.stroke();
    }
    if (keys) {
      context.beginPath();
      context.arc(...this.pen, 7, 0, 2 * Math.PI);
      context.fillStyle = this.drawing ? "#d55e00" : "#0072b2";
      context.fill();
    }
    this.changed(this.strokes);
  }
}

// A slider for each input of a row, over what the examples hold.
class Sliders {
  constructor(names, examples, changed) {
    this.rows = names.slice(0, MOST_SLIDERS).map((name, i) => {
      const values = examples.map((example) => example.values[i]);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const whole = values.every(Number.isInteger);
      const slider = html("input", {
        type: "range",
        min: low,
        max: high > low ? high : low + 1,
        step: whole ? 1 : (high - low) / 200 || 1,
        "aria-label": name,
        oninput: () => changed(i, Number(slider.value)),
      });
      const told = html("output");
      return { slider, told, row: html("label", {}, html("span", { title: name }, short(name, 22)), slider, told) };
    });
    this.element = html(
      "div",
      { class: "features" },
      this.rows.map(({ row }) => row),
    );
  }

  show(values) {
    this.rows.forEach(({ slider, told }, i) => {
      slider.value = values[i];
      told.textContent = number(values[i]);
    });
  }
}

const MOST_SLIDERS = 24;
