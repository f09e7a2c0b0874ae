"use strict";
// What stands in words: settings, versions, and several runs side by side.

const RUN_LINES = [
  ["--blue", ""],
  ["--vermilion", "7 4"],
  ["--green", "2 3"],
  ["--purple", "10 3 2 3"],
  ["--orange", "4 2"],
  ["--grey", "12 5"],
];

function table(name, rows, header) {
  const head =
    header &&
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        header.map((cell) => html("th", { scope: "col" }, cell)),
      ),
    );
  const body = html(
    "tbody",
    {},
    rows.map((row) =>
      html(
        "tr",
        {},
        row.map((cell, i) => html(i ? "td" : "th", i ? {} : { scope: "row" }, cell)),
      ),
    ),
  );
  const place = { class: "scroll", tabindex: 0, role: "region", "aria-label": name }; // for keys
  return html("div", place, html("table", {}, head, body));
}

function aboutRun(host, run) {
  if (!run.about) {
    host.replaceChildren(
      html("p", { class: "empty" }, `A network file, ${run.folder}: it tells nothing of its search.`),
    );
    return;
  }
  const { settings, versions, command, started } = run.about;
  const list = (values) =>
    html(
      "dl",
      { class: "pairs" },
      // Of a package that was run from its sources, the version is not known: that says nothing.
      Object.entries(values ?? {})
        .filter(([, value]) => value !== "not installed")
        .map(([name, value]) =>
          html("div", {}, html("dt", {}, name.replaceAll("_", " ")), html("dd", {}, words(value))),
        ),
    );
  const block = (title, content) => html("div", { class: "block" }, html("h3", {}, title), content);
  host.replaceChildren(
    block("Command line", html("pre", { tabindex: 0 }, words(command))),
    block("Run", list({ folder: run.folder, seed: settings?.seed ?? "–", started: started.replace("T", " ") })),
    block("Settings", list(settings)),
    block("Versions", list(versions)),
  );
}

function lookOf(i) {
  const [colour, dashes] = RUN_LINES[i % RUN_LINES.length];
  return { stroke: `var(${colour})`, strokeDasharray: dashes };
}

const NO_DIFFERENCE = "None but the seed: these are seeds of one method.";

// The settings in which runs differ, where there are some besides the seed.
function differing(runs) {
  const all = runs.map((run) => run.about?.settings);
  if (!all.every(Boolean)) return [];
  const names = [...new Set(all.flatMap(Object.keys))].filter(
    (name) => name !== "seed" && new Set(all.map((settings) => settings[name])).size > 1,
  );
  const name = "Settings that differ";
  const title = html("h3", {}, name);
  if (!names.length)
    return [html("div", { class: "kept" }, title, html("p", { class: "small" }, NO_DIFFERENCE))];
  const rows = names.map((name) => [
    name.replaceAll("_", " "),
    ...all.map((settings) => settings[name] ?? "–"),
  ]);
  return [title, table(name, rows, ["setting", ...runs.map((run) => run.label)])];
}

// The mean of lines and their sample deviation at each place, for runs that are seeds of one method.
function band(lines) {
  return lines[0].map((_, i) => {
    const values = lines.map((line) => line[i]).filter((value) => value != null);
    if (values.length < 2) return null;
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const spread = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
    return [mean, Math.sqrt(spread)];
  });
}

// A band through the runs' mean, ± their deviation, [[x, [mean, deviation]]...].
function drawBand(chart, known) {
  const high = (value) => clamp(chart.Y(value), chart.top, chart.bottom);
  const edge = (sign) => known.map(([x, [mean, s]]) => [chart.X(x), high(mean + sign * s)]);
  const d = path([...edge(1), ...edge(-1).reverse()]) + "Z";
  chart.picture.append(svg("path", { class: "band", d }));
}

// The value of a column at a number of rollouts: that of the last row up to there.
function columnAt(xs, ys, x) {
  return ys[xs.findLastIndex((other) => other != null && other <= x)] ?? null;
}

// Whether runs differ in nothing but the seed.
function areSeeds(runs) {
  const told = runs.map((run) => JSON.stringify({ ...run.about?.settings, seed: null }));
  return runs.length > 2 && runs.every((run) => run.about?.settings) && new Set(told).size === 1;
}

// A table of all runs, and their curves where they share a task.
function compareRuns(host, runs, measureOf) {
  const rows = runs.map((run) => {
    const last = lastChampion(run);
    const { fitness, peak, worst, confirmed_fitness: confirmed } = run.scores;
    const seconds = run.metrics?.seconds.at(-1);
    return [
      run.label,
      run.task,
      number(fitness ?? confirmed),
      number(peak),
      number(worst),
      String(last.sources.length),
      run.about?.settings?.seed ?? "–",
      seconds == null ? "–" : duration(seconds),
    ];
  });
  const header = [
    "run",
    "task",
    "mean",
    "best weight",
    "worst weight",
    "connections",
    "seed",
    "time",
  ];
  host.replaceChildren(table("Runs", rows, header), ...differing(runs));
  for (const task of new Set(runs.map((run) => run.task))) {
    const group = runs.filter((run) => run.task === task);
    if (group.length < 2) continue;
    const entries = group.map((run, i) => ["", run.label, lookOf(i)]);
    const measure = measureOf(group[0]);
    const sweeps = group.map((run) => lastChampion(run).sweep);
    const columns = html("div", { class: "columns" });
    host.append(html("h3", {}, task), legend(entries), columns);
    if (sweeps.every(Boolean)) {
      const room = columns.appendChild(html("div", { class: "sweeps" }));
      const all = sweeps.flatMap((sweep) => sweep.mean);
      const x = [sweeps[0].weights[0], sweeps[0].weights.at(-1)];
      const chart = axes(room, {
        height: 260,
        x,
        y: range(all, 0),
        name: `${measure} of all runs`,
        xLabel: "shared weight",
        yLabel: measure,
      });
      sweeps.forEach((sweep, i) => line(chart, sweep.weights, sweep.mean, "", lookOf(i)));
      const spread = areSeeds(group) ? band(sweeps.map((sweep) => sweep.mean)) : [];
      const known = spread.map((pair, k) => [sweeps[0].weights[k], pair]).filter(([, pair]) => pair);
      if (known.length) {
        drawBand(chart, known);
        room.append(html("p", { class: "small" }, "Band: the seeds' mean, ± their sample standard deviation."));
      }
    }
    if (group.every((run) => run.metrics)) {
      const room = columns.appendChild(html("div", { class: "searches" }));
      const [xs, ys] = [
        group.map((run) => run.metrics.evaluations),
        group.map((run) => run.metrics.champion_fitness),
      ];
      const label = `champion's ${measure}`;
      const chart = axes(room, {
        height: 260,
        x: range(xs.flat(), 0),
        y: range(ys.flat()),
        name: `${label} of all runs`,
        xLabel: "rollouts",
        yLabel: label,
      });
      group.forEach((_, i) => line(chart, xs[i], ys[i], "", lookOf(i)));
      if (areSeeds(group)) {
        const most = Math.min(...xs.map((x) => finite(x).at(-1) ?? 0));
        const places = Array.from({ length: 101 }, (_, i) => (most * i) / 100);
        const lines = group.map((_, i) => places.map((x) => columnAt(xs[i], ys[i], x)));
        drawBand(chart, band(lines).map((pair, k) => [places[k], pair]).filter(([, pair]) => pair));
      }
    }
  }
}

function lastChampion(run) {
  return run.networks.filter((network) => network.kind === "champion").at(-1);
}
