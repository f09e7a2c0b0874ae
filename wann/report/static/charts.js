"use strict";
// Charts, drawn at the width of their place.

const LEFT = 48; // room for the numbers along y
const RIGHT = 14;

function ticks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((f) => f >= rough);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    found.push(i * step);
  return found;
}

function tickText(value) {
  const size = Math.abs(value);
  const text = size >= 10000 ? `${+(value / 1000).toFixed(1)}k` : `${+value.toFixed(6)}`;
  return minus(text);
}

// The axes of a chart. x and y are the ranges [low, high].
function axes(host, { height, x, y, name, xLabel, yLabel, xTicks = true, foot = 34 }) {
  const width = Math.max(host.clientWidth, 200);
  const [top, bottom] = [yLabel ? 22 : 8, height - (xTicks ? foot : 4)];
  const X = (value) => LEFT + ((value - x[0]) / (x[1] - x[0] || 1)) * (width - LEFT - RIGHT);
  const Y = (value) => bottom - ((value - y[0]) / (y[1] - y[0] || 1)) * (bottom - top);
  const picture = svg("svg", {
    class: "chart",
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": name,
  });
  const text = (content, attributes) => picture.append(svg("text", attributes, content));
  for (const value of ticks(...y, Math.max(Math.floor((bottom - top) / 42), 2))) {
    picture.append(
      svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: Y(value), y2: Y(value) }),
    );
    text(tickText(value), {
      x: LEFT - 7,
      y: Y(value),
      class: "tick",
      "text-anchor": "end",
      "dominant-baseline": "central",
    });
  }
  if (xTicks) {
    picture.append(
      svg("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: bottom, y2: bottom }),
    );
    for (const value of ticks(...x, Math.floor((width - LEFT) / 70))) {
      text(tickText(value), {
        x: X(value),
        y: bottom + 14,
        class: "tick",
        "text-anchor": "middle",
      });
    }
  }
  if (xLabel)
    text(xLabel, { x: width - RIGHT, y: height - 3, class: "name", "text-anchor": "end" });
  if (yLabel) text(yLabel, { x: 2, y: 11, class: "name" });
  host.replaceChildren(picture);
  return { picture, X, Y, width, height, top, bottom };
}

function path(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
}

// A line through xs and ys; values that are missing leave gaps.
function line(chart, xs, ys, className, style) {
  let [d, pen] = ["", "M"];
  xs.forEach((x, i) => {
    if (ys[i] == null) pen = "M";
    else {
      d += `${pen}${chart.X(x).toFixed(1)},${chart.Y(ys[i]).toFixed(1)}`;
      pen = "L";
    }
  });
  const element = svg("path", { class: `line ${className}`, d });
  Object.assign(element.style, style ?? {});
  chart.picture.append(element);
  return element;
}

function range(values, ...more) {
  const all = finite([...values, ...more]);
  if (!all.length) return [0, 1];
  const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  const pad = 0.04 * (high - low) || 0.5;
  return [low >= 0 && low - pad < 0 ? 0 : low - pad, high + pad];
}

// The value of a sweep's curve at a weight, between its points on straight lines.
function curveAt(sweep, weight) {
  const { weights, mean } = sweep;
  const right = weights.findIndex((other) => other >= weight - 1e-9);
  if (right <= 0) return mean[Math.max(right, right < 0 ? weights.length - 1 : 0)];
  const share = (weight - weights[right - 1]) / (weights[right] - weights[right - 1]);
  const [a, b] = [mean[right - 1], mean[right]];
  return a == null || b == null ? null : a + share * (b - a);
}

// The height nearest to the one wanted at which a line of text crosses none of the lines below it,
// null where there is none. under: for places along the text the heights of the lines, or null.
function freeHeight(wanted, under, { top, bottom }) {
  const crosses = (y) =>
    under.slice(1).some((heights, i) =>
      heights.some((height, line) => {
        const [from, to] = [height, under[i][line] ?? height];
        return height != null && Math.min(from, to) < y + 4 && Math.max(from, to) > y - 14;
      }),
    );
  const heights = [];
  for (let y = top + 12; y <= bottom - 4; y += 2) heights.push(y);
  heights.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
  return heights.find((y) => !crosses(y)) ?? null;
}

// Scores over the slider. sweep: of the network shown; other: of the last champion, pale; rival: of
// the ordinary network; level: a mean and spread that hang on no place of the slider; all: sweeps
// that the scale has room for; value: finds the score of a place where there is no sweep.
function sweepChart(host, options) {
  const { sweep, other, rival, level, all, searched, value, run, height, measure } = options;
  const { along, compact, onpick } = options;
  const spread = (s, sign) =>
    s.mean.map((m, i) => (m == null ? null : m + sign * (s.std?.[i] ?? 0)));
  const solved = run.scene.solved_at;
  const shown = [sweep, other, rival, ...all].filter(Boolean);
  const values = shown.flatMap((s) => [...s.mean, ...spread(s, 1), ...spread(s, -1)]);
  const most =
    run.scene.limit && finite(values).every((v) => v <= run.scene.limit * 1.2) ? solved : null;
  const y = range(values, 0, most);
  const x = [data.weights[0], data.weights.at(-1)];
  const name = `${measure} over ${along}`;
  const chart = axes(host, { height, x, y, name, yLabel: compact ? "" : name, xTicks: false });
  const { picture, X, Y } = chart;
  const band = (weights, above, below) => {
    const edge = (values) => weights.map((w, i) => [X(w), Y(values[i] ?? 0)]);
    const d = path([...edge(above), ...edge(below).reverse()]) + "Z";
    picture.append(svg("path", { class: "band", d }));
  };
  if (sweep?.std) band(sweep.weights, spread(sweep, 1), spread(sweep, -1));
  if (level) {
    const ends = [level.mean - level.spread, level.mean + level.spread].map((v) => clamp(v, ...y));
    band(x, [ends[1], ends[1]], [ends[0], ends[0]]);
    line(chart, x, [level.mean, level.mean], "main");
  }
  if (solved != null && solved <= y[1]) {
    picture.append(
      svg("line", { class: "solved", x1: X(x[0]), x2: X(x[1]), y1: Y(solved), y2: Y(solved) }),
    );
    if (!compact)
      picture.append(
        svg("text", { class: "name", x: X(x[0]) + 4, y: Y(solved) + 13 }, `solved at ${tickText(solved)}`),
      );
  }
  if (other) line(chart, other.weights, other.mean, "ghost");
  if (rival) line(chart, rival.weights, rival.mean, "rival-line");
  if (sweep) line(chart, sweep.weights, sweep.mean, "main");
  for (const weight of searched.filter((w) => w >= x[0] && w <= x[1])) {
    picture.append(svg("path", { class: "searched", d: `M${X(weight)},${chart.bottom}v-6` }));
  }
  const marker = svg(
    "g",
    { class: "marker" },
    svg("line", { y1: chart.top, y2: chart.bottom }),
    svg("circle", { r: 5 }),
    svg("text", { class: "value" }),
  );
  picture.append(marker);
  const pick = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = picture.getBoundingClientRect();
    const share =
      (((event.clientX - box.left) / box.width) * chart.width - LEFT) /
      (chart.width - LEFT - RIGHT);
    onpick(clamp(x[0] + share * (x[1] - x[0]), ...x));
  };
  picture.addEventListener("pointerdown", pick);
  picture.addEventListener("pointermove", pick);
  const under = (place) => {
    const weight = x[0] + ((place - LEFT) / (chart.width - LEFT - RIGHT)) * (x[1] - x[0]);
    const found = [sweep, other, rival].map((s) => s && curveAt(s, clamp(weight, ...x)));
    return [...found, solved, level?.mean].map((v) => (v == null ? null : Y(v)));
  };
  return (weight) => {
    const found = value ? value(weight) : sweep ? curveAt(sweep, weight) : undefined;
    const [px, py] = [X(weight), found == null ? chart.bottom : Y(clamp(found, ...y))];
    marker.children[0].setAttribute("x1", px);
    marker.children[0].setAttribute("x2", px);
    marker.children[1].setAttribute("transform", `translate(${px},${py})`);
    const text = marker.children[2];
    text.textContent =
      found === undefined ? "…" : found == null ? "not finite" : number(found);
    const wide = text.getComputedTextLength() || 50;
    // Right of the dot or left of it, as near to it as there is room.
    const spots = [10, 20, 30, 40, 50, 60, 70, 80]
      .flatMap((away) => [[1, away], [-1, away]])
      .filter(([side, away]) => {
        const end = px + side * (away + wide);
        return LEFT < end && end < chart.width;
      });
    const height = ([side, away]) => {
      const places = [];
      for (let along = -2; along <= wide + 2; along += 3) places.push(px + side * (away + along));
      return freeHeight(py - 8, places.map(under), chart);
    };
    const [side, away] = spots.find((spot) => height(spot) != null) ?? spots[0];
    text.setAttribute("x", px + side * away);
    text.setAttribute("y", height([side, away]) ?? clamp(py - 8, chart.top + 12, chart.bottom - 8));
    text.setAttribute("text-anchor", side < 0 ? "end" : "start");
  };
}

function legend(entries) {
  return html(
    "p",
    { class: "legend" },
    entries.map(([className, label, style]) => {
      const sample = svg("path", { class: `line ${className}`, d: "M1,5H25" });
      Object.assign(sample.style, style ?? {});
      return html(
        "span",
        {},
        svg("svg", { viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" }, sample),
        label,
      );
    }),
  );
}

// Columns of the metrics over the generations, one chart above the other.
function evolutionChart(host, { metrics, parts, marks, chosen, onpick }) {
  const x = range(metrics.generation);
  host.replaceChildren();
  parts.forEach(({ label, lines, height }, part) => {
    const last = part === parts.length - 1;
    const room = html("div", { class: "part" });
    host.append(room);
    const y = range(
      lines.flatMap(([column]) => metrics[column]),
      label === "connections" ? 0 : null,
    );
    const chart = axes(room, {
      height,
      x,
      y,
      name: `${label} over the generations`,
      yLabel: label,
      xTicks: last,
      xLabel: last ? "generation" : "",
    });
    for (const [column, className] of lines)
      line(chart, metrics.generation, metrics[column], className);
    if (chosen != null)
      chart.picture.append(
        svg("line", {
          class: "cursor",
          x1: chart.X(chosen),
          x2: chart.X(chosen),
          y1: chart.top,
          y2: chart.bottom,
        }),
      );
    const judged = lines.some(([column]) => column === "champion_fitness");
    for (const [generation, value] of (judged ? marks : []).filter(
      ([, v]) => v != null && v >= y[0] && v <= y[1],
    )) {
      const shown = generation === chosen ? " shown" : "";
      chart.picture.append(
        svg("circle", {
          class: `champion${shown}`,
          cx: chart.X(generation),
          cy: chart.Y(value),
          r: shown ? 5.5 : 3,
        }),
      );
    }
    chart.picture.addEventListener("click", (event) => {
      const box = chart.picture.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width) * chart.width;
      onpick(x[0] + ((at - LEFT) / (chart.width - LEFT - RIGHT)) * (x[1] - x[0]));
    });
    if (lines.length > 1)
      room.append(legend(lines.map(([, className, label]) => [className, label])));
  });
}

function populationChart(host, { population, shown, height, onpick }) {
  const { fitness, connections, counts, fronts, networks } = population;
  // The worst fifth may lie far away: what is not near the fronts is left out, and counted.
  const near = [...fitness].sort((a, b) => a - b).slice(Math.floor(fitness.length / 5));
  const y = range([...near, ...fitness.filter((_, i) => networks[i] != null)]);
  const inside = fitness.map((value) => value >= y[0]);
  const x = range(connections.filter((_, i) => inside[i]));
  const chart = axes(host, {
    height,
    x,
    y,
    name: `${population.measure} against connections`,
    xLabel: "connections",
    yLabel: population.measure,
  });
  chart.picture.setAttribute("role", "group");
  const size = (i, base) => base * Math.min(Math.sqrt(counts[i]), 2.5);
  fitness.forEach((value, i) => {
    if (!inside[i] || fronts[i] === 0 || networks[i] != null) return;
    chart.picture.append(
      svg("circle", {
        class: "genome",
        cx: chart.X(connections[i]),
        cy: chart.Y(value),
        r: size(i, 2.2),
      }),
    );
  });
  const front = fitness
    .map((_, i) => i)
    .filter((i) => fronts[i] === 0)
    .sort((a, b) => connections[a] - connections[b]);
  const steps = front.flatMap((i, k) => {
    const point = [chart.X(connections[i]), chart.Y(fitness[i])];
    return k ? [[point[0], chart.Y(fitness[front[k - 1]])], point] : [point];
  });
  chart.picture.append(svg("path", { class: "line front", d: path(steps) }));
  const buttons = [];
  const chosen = fitness.map((_, i) => i).filter((i) => networks[i] != null || fronts[i] === 0);
  for (const i of chosen.sort((a, b) => fronts[b] - fronts[a] || connections[a] - connections[b])) {
    const place = {
      transform: `translate(${chart.X(connections[i]).toFixed(1)},${chart.Y(fitness[i]).toFixed(1)})`,
    };
    if (networks[i] == null) {
      chart.picture.append(svg("circle", { class: "genome best", r: 3, ...place }));
      continue;
    }
    const label = `${plural(connections[i], "connection")}, ${population.measure} ${number(fitness[i])}`;
    const button = svg("g", {
      class: `point${fronts[i] ? " behind" : ""}${networks[i] === shown ? " shown" : ""}`,
      role: "button",
      "aria-label": label,
      "data-network": networks[i],
      onclick: () => onpick(networks[i]),
      ...place,
    });
    button.append(
      svg("title", {}, label),
      svg("circle", { class: "reach", r: 12 }),
      svg("circle", { r: fronts[i] ? 4 : 5.5 }),
    );
    buttons.push(button);
  }
  chart.picture.append(...buttons);
  rove(buttons);
  return counts.filter((_, i) => !inside[i]).reduce((sum, count) => sum + count, 0); // not drawn
}
