"use strict";
// The picture of a network whose nodes and connections light up with their values.

const PAPER = 700; // pixels, about the width of a printed page
const NAMED = 60; // with more hidden nodes they are dots

// A little graph of an activation, and where on it a sum lies. Range of x: -3 to 3.
function iconPoint(name, activation, sum) {
  const x = clamp(sum, -3, 3);
  const wide = ["linear", "inverse", "abs", "relu"].includes(name) || !(name in ACTIVATIONS);
  const most = wide ? 3 : 1;
  const low = ["step", "gaussian", "sigmoid", "abs", "relu"].includes(name) ? -0.12 * most : -most;
  const y = clamp(activation(x) || 0, -most, most);
  const share = (y - low) / (most * 1.06 - low);
  return [(x / 3) * (ICON.width / 2 - 6), (0.5 - share) * (ICON.height - 9)];
}

function iconPath(name, activation) {
  const points = [];
  for (let x = -3; x <= 3; x += 0.05) {
    points.push(iconPoint(name, activation, x).map((v) => v.toFixed(1)));
  }
  return "M" + points.join("L");
}

const strokeOf = (name) => `var(--${name in ACTIVATIONS ? name : "own"})`;

class Topology {
  // host: where to draw; facts: where to tell about a node; colours: of activations by name.
  constructor(host, facts, run, colours, formulas) {
    Object.assign(this, { host, facts, run, colours, formulas });
    this.hint = facts.textContent;
  }

  // Draws a network; record is its part of the page's data.
  show(record, network) {
    this.network = network;
    this.pinned = null;
    const hidden = network.nodes - 1 - network.inputs - network.outputs;
    this.dots = hidden > NAMED || record.layout.side != null;
    const { layout } = record;
    const room = { width: printing() ? PAPER : this.host.clientWidth, dots: this.dots };
    const makePlan = layout.side == null ? planColumns : planPixels;
    this.plan = makePlan(layout, network, this.run, room);
    this.drawn = [];
    this.each = null;
    this.lines = svg("g", { class: "lines" });
    this.marked = svg("g", { class: "marked" });
    const nodes = svg("g", { class: "nodes" });
    this.drawSignals();
    this.groups = Array.from({ length: network.nodes }, (_, node) => this.drawNode(node));
    nodes.append(...this.groups);
    const [, , width, height] = this.plan.box;
    const picture = svg(
      "svg",
      { viewBox: this.plan.box.join(" "), class: "network", role: "group" },
      this.lines,
      this.marked,
      nodes,
    );
    picture.setAttribute("aria-label", `Network of ${plural(network.connections, "connection")}`);
    picture.style.maxWidth = `${width * 1.5}px`;
    picture.style.setProperty("--zoom", this.plan.zoom);
    picture.style.aspectRatio = `${width} / ${height}`;
    this.host.replaceChildren(picture);
    rove(this.groups);
    this.tell(null);
    if (this.plan.grid) this.outline();
  }

  outline() {
    const { side, cell } = this.plan.grid;
    const size = side * cell;
    this.lines.prepend(
      svg("rect", { class: "frame", x: -size, y: -size / 2, width: size, height: size }),
    );
  }

  // All lines that leave one node carry the same signal where all have one weight: one path for
  // each source. Where each connection has its own weight, it has a path of its own, too.
  drawSignals() {
    const each = Boolean(this.network.factors);
    if (this.each === each) return;
    this.each = each;
    const lines = new Map();
    this.plan.paths.forEach((path, connection) => {
      const key = each ? connection : path[0];
      const line = lines.get(key) ?? { source: path[0], connection, own: new Set() };
      this.plan.lineOf(path).forEach((part) => line.own.add(part));
      lines.set(key, line);
    });
    const crowd = clamp(Math.sqrt(70 / this.network.connections), 0.25, 1);
    const frame = this.lines.querySelector(".frame");
    this.lines.replaceChildren(...(frame ? [frame] : []));
    this.signals = [...lines.values()].map(({ source, connection, own }) => {
      const element = svg("path", { class: "signal", d: [...own].join("") });
      this.lines.append(element);
      return { source, connection, element, crowd };
    });
    this.used = new Set(this.plan.paths.map((path) => path[0]));
  }

  kindOf(node) {
    const { network } = this;
    if (node === 0) return "bias";
    if (node <= network.inputs) return "input";
    return node < network.firstOutput ? "hidden" : "output";
  }

  nameOf(node) {
    const { network, run } = this;
    const kind = this.kindOf(node);
    if (kind === "bias") return "bias";
    if (kind === "input") return run.inputs[node - 1];
    if (kind === "output") return run.outputs[node - network.firstOutput];
    return `${network.kinds[node]} ${network.ids[node]}`;
  }

  drawNode(node) {
    const [x, y] = this.plan.places[node];
    const kind = this.kindOf(node);
    const unused = kind !== "output" && !this.used.has(node);
    const pixel = kind === "input" && this.plan.grid;
    const group = svg("g", {
      class: `node ${kind}${unused ? " unused" : ""}`,
      transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`,
      role: "button",
      "aria-label": this.describe(node),
      "data-node": node,
      onpointerenter: () => this.tell(this.pinned ?? node),
      onpointerleave: () => this.tell(this.pinned),
      onfocus: () => this.tell(node),
      onblur: () => this.tell(this.pinned),
      onclick: () => {
        this.pinned = this.pinned === node ? null : node;
        this.tell(this.pinned ?? node);
      },
    });
    const parts = { node, group };
    if (pixel) {
      const cell = this.plan.grid.cell;
      parts.glow = svg("rect", {
        class: "glow",
        x: -cell / 2,
        y: -cell / 2,
        width: cell,
        height: cell,
      });
      group.append(parts.glow);
    } else if (kind === "hidden" && !this.dots) {
      this.drawIcon(group, parts, node);
    } else {
      const shape =
        kind === "bias"
          ? { width: 13, height: 13, x: -6.5, y: -6.5 }
          : { r: kind === "hidden" ? 4.5 : 7 };
      const tag = kind === "bias" ? "rect" : "circle";
      parts.glow = svg(tag, { class: "glow", ...shape });
      const rim = svg(tag, { class: "rim", ...shape });
      if (kind === "hidden") rim.style.stroke = strokeOf(this.network.kinds[node]);
      group.append(svg(tag, { class: "ground", ...shape }), parts.glow, rim);
      if (kind !== "hidden") group.append(this.label(node, kind));
    }
    this.drawn.push(parts);
    return group;
  }

  drawIcon(group, parts, node) {
    const [name, activation] = [this.network.kinds[node], this.network.functions[node]];
    const { width, height } = ICON;
    const box = { x: -width / 2, y: -height / 2, width, height, rx: 8 };
    parts.glow = svg("rect", { class: "glow", ...box });
    parts.dot = svg("circle", { class: "dot", r: 3 });
    Object.assign(parts, { name, activation });
    const rim = svg("rect", { class: "rim", ...box });
    rim.style.stroke = strokeOf(name);
    const curve = svg("path", { class: "curve", d: iconPath(name, activation) });
    const text = svg("text", { class: "kind", y: height / 2 + 9.5 * this.plan.zoom }, name);
    group.append(svg("rect", { class: "ground", ...box }), parts.glow, curve, rim, parts.dot, text);
  }

  label(node, kind) {
    const text = svg("text", { class: "label" }, short(this.nameOf(node), 14));
    if (this.plan.upright) {
      const output = kind === "output";
      text.setAttribute("transform", output ? "translate(0,22)" : "translate(4,-13) rotate(-40)");
      text.setAttribute("text-anchor", output ? "middle" : "start");
    } else {
      const output = kind === "output";
      text.setAttribute("x", output ? 13 : -13);
      text.setAttribute("text-anchor", output ? "start" : "end");
      text.setAttribute("dominant-baseline", "central");
    }
    return text;
  }

  describe(node) {
    const kind = this.kindOf(node);
    const names = (nodes) => {
      const some = nodes.slice(0, 8).map((other) => this.nameOf(other));
      return (
        some.join(", ") +
        (nodes.length > some.length ? ` and ${nodes.length - some.length} more` : "")
      );
    };
    const [sources, targets] = [sourcesOf(this.network, node), targetsOf(this.network, node)];
    const parts = [
      kind === "hidden"
        ? this.network.kinds[node]
        : `${kind} ${kind === "bias" ? "" : this.nameOf(node)}`.trim(),
    ];
    if (kind === "hidden") {
      const name = this.network.kinds[node];
      const formula = this.formulas[name] ?? this.network.formulas[name];
      parts[0] += ` ${this.network.ids[node]}, ${formula}`;
    }
    if (kind === "output") parts[0] += ", linear";
    if (kind === "hidden" || kind === "output")
      parts.push(sources.length ? `from ${names(sources)}` : "from nothing");
    if (kind !== "output") parts.push(targets.length ? `to ${names(targets)}` : "not used");
    return parts.join("; ");
  }

  // Marks a node and its connections and tells about it; null for none.
  tell(node) {
    this.told = node;
    this.marked.replaceChildren();
    this.host.classList.toggle("focus", node != null);
    this.groups.forEach((group, i) => group.classList.toggle("told", i === node));
    if (node == null) {
      this.facts.textContent = this.hint;
      return;
    }
    for (const path of this.plan.paths) {
      const incoming = path.at(-1) === node;
      if (!incoming && path[0] !== node) continue;
      this.marked.append(
        svg("path", { class: incoming ? "in" : "out", d: this.plan.lineOf(path).join("") }),
      );
    }
    this.value = html("b");
    this.facts.replaceChildren(this.value, " " + this.describe(node));
    this.tellValue();
  }

  tellValue() {
    if (this.told == null) return;
    const { sums, values } = this.network;
    const hidden = this.kindOf(this.told) === "hidden";
    const from = hidden ? `${signed(sums[this.told])} → ` : "";
    this.value.textContent = `${from}${signed(values[this.told])}`;
  }

  // Shows the network's values under a weight, and which output is chosen, if they compete.
  update(weight, chosen) {
    const { values, sums, factors } = this.network;
    this.drawSignals();
    for (const { source, connection, element, crowd } of this.signals) {
      const signal = weight * (factors ? factors[connection] : 1) * values[source];
      const size = strength(signal);
      element.style.strokeWidth = ((0.8 + 3.4 * size) * (0.3 + 0.7 * crowd)).toFixed(2);
      element.style.strokeOpacity = ((0.32 + 0.68 * size) * crowd).toFixed(2);
      element.classList.toggle("negative", signal < 0);
    }
    for (const { node, glow, dot, name, activation } of this.drawn) {
      glow.style.fillOpacity = (0.92 * strength(values[node])).toFixed(2);
      glow.classList.toggle("negative", values[node] < 0);
      if (!dot || !Number.isFinite(sums[node])) continue;
      const [x, y] = iconPoint(name, activation, sums[node]);
      dot.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)})`);
    }
    this.groups
      .slice(this.network.firstOutput)
      .forEach((group, i) => group.classList.toggle("chosen", i === chosen));
    this.tellValue();
  }
}
