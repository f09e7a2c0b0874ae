"use strict";
// The page: what is shown, and what the user does with it.

let data = null;
let task = null;
let stage = null;
let topology = null;
let network = null;
let markSweep = () => {};
const state = {
  run: 0,
  shown: 0,
  follow: true,
  weight: 1,
  playing: false,
  speed: 1,
  owed: 0,
  evolving: null,
};

const runShown = () => data.runs[state.run];
const recordShown = () => runShown().networks[state.shown];
const isGallery = () => task instanceof Gallery;
const activationNames = () => data.activations.map(({ name }) => name);
const onExamples = (run) => ["examples", "predictions"].includes(run.scene.kind);
function activationLooks() {
  const by = (key) => Object.fromEntries(data.activations.map((a) => [a.name, a[key]]));
  return { colours: by("colour"), formulas: by("formula") };
}
const measureOf = (run) =>
  run.action.kind === "regression" ? "R²" : onExamples(run) ? "accuracy" : "mean return";

function champions(run) {
  return run.networks.map((_, i) => i).filter((i) => run.networks[i].kind === "champion");
}

// Takes in new data: at the start, and whenever a search that is watched has moved on.
function receive(fresh) {
  const label = data?.runs[state.run]?.label;
  const seen = label === undefined ? null : recordShown();
  data = fresh;
  byId("waiting").hidden = data.runs.length > 0;
  byId("page").hidden = !data.runs.length;
  if (!data.runs.length) return;
  state.run = Math.max(
    data.runs.findIndex((run) => run.label === label),
    0,
  );
  if (label === undefined) {
    state.weight =
      runShown().start ??
      data.weights.reduce((a, b) => (Math.abs(b - 1) < Math.abs(a - 1) ? b : a));
    setUpControls();
    startRun();
    setPlaying(!window.matchMedia("(prefers-reduced-motion: reduce)").matches);
  } else {
    // Whoever looks at an earlier champion goes on looking at it.
    const { networks, scene } = runShown();
    const same = networks.findIndex(
      ({ kind, search }) =>
        kind === "champion" && seen.kind === kind && search.generation === seen.search.generation,
    );
    if (!state.follow && same >= 0) state.shown = same;
    else state.follow = true;
    // What takes long to compute comes after the champion: recordings, the ordinary network.
    if (makeTask(runShown())?.constructor !== task?.constructor) startRun();
    else {
      if (task instanceof Recording) task.scene = scene;
      if (Boolean(runShown().ordinary) !== Boolean(rival)) startRival();
      refreshRun();
    }
  }
}

function startRun() {
  task = makeTask(runShown());
  stage = makeStage(byId("scene"), runShown(), task, chooseExample);
  state.follow = true;
  startRival();
  byId("play").disabled =
    byId("step").disabled =
    byId("restart").disabled =
    byId("next").disabled =
      !task;
  byId("restart").hidden = onExamples(runShown());
  const example = runShown().scene.shape ? "A picture" : "An example";
  byId("task-title").textContent = isGallery()
    ? `${example}, yours or one of these, and the ${plural(runShown().outputs.length, "output")}`
    : task instanceof Predictions
      ? `Predicted against true, ${plural(runShown().scene.rows.length, "row")}`
      : "This network at its task";
  refreshRun();
}

// The run's data has changed, or another run is shown; the task plays on.
function refreshRun() {
  const run = runShown();
  const its = champions(run);
  if (state.follow || !run.networks[state.shown]) state.shown = its.at(-1);
  const { colours, formulas } = activationLooks();
  byId("facts").textContent =
    "Hover over a node, tap it, or reach it with Tab and the arrow keys: its activation and connections stand here.";
  topology = new Topology(byId("topology"), byId("facts"), run, colours, formulas);
  drawHead();
  drawEvolve();
  drawQuestions(byId("questions"), run);
  drawConditions(byId("conditions"), run);
  byId("paper-note").hidden = !run.conditions?.some(({ paper }) => paper != null);
  drawReading(run);
  aboutRun(byId("about"), run);
  byId("comparison").hidden = data.runs.length < 2;
  if (data.runs.length > 1) compareRuns(byId("compare"), data.runs, measureOf);
  startBeside();
  showNetwork(state.shown);
}

function showNetwork(index) {
  const run = runShown();
  const its = champions(run);
  state.shown = index;
  state.follow = index === its.at(-1);
  const record = recordShown();
  if (network?.record !== record) {
    if (network) restartEpisode();
    network = makeNetwork(record, run.inputs.length, run.outputs.length, activationNames());
    network.record = record;
  }
  applyWeights();
  drawLead();
  drawSwitch();
  topology.show(record, network);
  byId("generation").value = its.indexOf(index) >= 0 ? its.indexOf(index) : its.length - 1;
  describeNetwork(record);
  drawSweep();
  drawSearch();
  look();
}

function describeNetwork(record) {
  const { generation } = record.search;
  const fitness = record.scores.fitness ?? record.scores.confirmed_fitness;
  const hidden = network.nodes - 1 - network.inputs - network.outputs;
  const size = `${plural(network.connections, "connection")}, ${plural(hidden, "hidden node")}`;
  const what =
    record.kind === "front"
      ? "From the Pareto front"
      : generation == null
        ? "The network"
        : `Champion of generation ${generation}`;
  byId("network-title").textContent = what;
  const measure = record.kind === "front" ? runShown().population.measure : measureOf(runShown());
  byId("network-size").textContent =
    size + (fitness == null ? "" : ` · ${measure} ${number(fitness)}`);
  byId("generation-value").textContent = record.kind === "front" ? "–" : (generation ?? "–");
}

function drawHead() {
  const run = runShown();
  const { scores } = run;
  const last = lastChampion(run);
  drawTitle();
  byId("title").textContent = run.task;
  const fitness = scores.fitness ?? scores.confirmed_fitness;
  const { peak, worst } = scores;
  // Where only the order of the outputs counts, all weights may do the same: one number says so.
  const invariant =
    peak != null && worst != null && [peak, worst].every((v) => number(v) === number(fitness));
  const several = run.shared_weights.length > 1;
  const weights = plural(run.shared_weights.length, "shared weight");
  const facts = [
    invariant
      ? [
          number(fitness),
          several
            ? `[${measureOf(run).replace("mean ", "")}], [invariant]: the same with each of ${weights}`
            : `[${measureOf(run).replace("mean ", "")}] with the [shared weight|shared] of its search`,
          scores.on && `, ${scores.on}`,
        ]
      : [
          number(fitness),
          `${measureOf(run).replace("return", "[return]").replace("accuracy", "[accuracy]")} over ${weights}`,
          scores.on && `, ${scores.on}`,
        ],
    [peak == null || invariant ? null : number(peak), "with the [best weight|peak]"],
    [worst == null || invariant ? null : number(worst), "with the worst weight"],
    [String(last.sources.length), "[connections|connection]"],
    [last.search.generation ?? null, "[generation] found"],
  ].filter(([value]) => value != null);
  byId("summary").replaceChildren(
    ...facts.map(([value, label, more]) =>
      html(
        "div",
        {},
        html("dd", {}, String(value)),
        html("dt", {}, glossed(label), more && html("span", { class: "more" }, more)),
      ),
    ),
  );
  const buttons = data.runs.map((other, i) =>
    html(
      "button",
      {
        type: "button",
        "data-run": i,
        "aria-pressed": String(i === state.run),
        onclick: () => {
          state.run = i;
          startRun();
        },
      },
      other.label,
    ),
  );
  byId("runs").hidden = data.runs.length < 2;
  byId("runs").replaceChildren(...buttons);
  byId("note").hidden = !run.note;
  byId("note").textContent = run.note ?? "";
  byId("made").textContent =
    `Made by wann ${data.version}, ${data.made.replace("T", " ")}, from ${run.folder}`;
}

// The tab's title, which says of a search that is followed how far it is.
function drawTitle() {
  const run = runShown();
  if (!run) return;
  const generation = finite(run.metrics?.generation ?? []).at(-1);
  const { fitness, confirmed_fitness: confirmed } = run.scores;
  const news =
    data.live && generation != null
      ? `generation ${generation}, ${number(fitness ?? confirmed)} · `
      : "";
  document.title = `${news}${run.task} · ${run.label} · wann`;
}

function drawSweep() {
  const run = runShown();
  const mode = modeNow();
  const { sweep } = recordShown();
  const last = lastChampion(run).sweep;
  const compact = !printing() && window.matchMedia("(max-width: 900px)").matches;
  const random = run.conditions?.find(({ name }) => name === "random weights");
  const drawn = { shared: sweep, random: null, tuned: run.tuned?.scaled }[mode];
  byId("sweep").hidden = !sweep;
  const notes = {
    shared: `${sweep?.cases}${sweep?.std ? ", band: ± one standard deviation" : ""}; marks: the search's weights`,
    random: `The dot is this throw, tried here.${random ? ` The band is the mean of ${random.choices} throws, ± one standard deviation.` : ""}`,
    tuned: `${drawn?.cases}; 1 is as tuned`,
  };
  const withRival = run.ordinary && rival && mode !== "random";
  byId("sweep-note").textContent = sweep
    ? notes[mode] + (withRival ? "; long dashes: the ordinary network" : "")
    : "";
  markSweep = sweep
    ? sweepChart(byId("sweep"), {
        sweep: drawn,
        other: mode === "shared" && sweep !== last ? last : null,
        rival: withRival ? (mode === "tuned" ? run.ordinary.scaled : run.ordinary.sweep) : null,
        all: [sweep, last, run.tuned?.scaled],
        level: mode === "random" ? random : null,
        searched: mode === "shared" ? run.shared_weights : [],
        value: mode === "random" ? triedHere : null,
        run,
        height: compact ? 92 : 170,
        measure: measureOf(run),
        along: mode === "shared" ? "the shared weight" : "the factor of all weights",
        compact,
        onpick: (weight) => byId("weight").disabled || setWeight(weight),
      })
    : () => {};
}

function drawSearch() {
  const run = runShown();
  byId("pareto").hidden = !run.population?.fitness.length;
  drawEvolution();
  byId("search").hidden = byId("evolution").hidden && byId("pareto").hidden;
  const kept = [champions(run).length > 1, run.population].filter(Boolean).length;
  byId("unrecorded").hidden = run.running || Boolean(data.live) || kept > 0;
  if (!byId("pareto").hidden) {
    const { population } = run;
    const below = populationChart(byId("pareto-chart"), {
      population,
      shown: state.shown,
      height: 320,
      onpick: showNetwork,
    });
    const left = [
      below && `${below} lie below the picture`,
      population.lost && `${population.lost} are not finite`,
    ].filter(Boolean);
    byId("pareto-note").textContent =
      `The population of generation ${population.generation}: ${plural(population.size, "genome")}${left.length ? ` (${left.join(", ")})` : ""}. Filled points are the front: the best for their size.`;
  }
}

function drawEvolution() {
  const run = runShown();
  const its = champions(run);
  byId("evolution").hidden = !run.metrics?.generation.length;
  if (byId("evolution").hidden) return;
  const chosen = recordShown().kind === "champion" ? recordShown().search.generation : null;
  const fitness = [
    ["fitness_best", "best", "best of the generation"],
    ["fitness_median", "median", "median"],
  ];
  const champion = ["champion_fitness", "confirmed", "champion, confirmed"];
  const split = onExamples(run); // champions are judged by another measure
  const parts = split
    ? [
        { label: `champion's ${measureOf(run)}`, lines: [champion], height: 130 },
        { label: run.measure, lines: fitness, height: 130 },
      ]
    : [{ label: measureOf(run), lines: [...fitness, champion], height: 210 }];
  parts.push({ label: "connections", lines: [["connections_best", "best", ""]], height: 110 });
  const marks = its
    .map((i) => [
      run.networks[i].search.generation,
      run.networks[i].scores.confirmed_fitness ?? null,
    ])
    .filter(([g]) => g != null);
  const onpick = (generation) => {
    const distances = its.map(
      (i) => -Math.abs((run.networks[i].search.generation ?? 0) - generation),
    );
    showNetwork(its[argmax(distances)]);
  };
  evolutionChart(byId("evolution-chart"), { metrics: run.metrics, parts, marks, chosen, onpick });
}

// Computes the network where the task stands, and shows everything that hangs on the weight.
function look() {
  if (task) task.look(network, state.weight);
  else forward(network, state.weight);
  byId("weight").value = state.weight;
  byId("weight").setAttribute("aria-valuetext", signed(state.weight));
  byId("weight-value").textContent = signed(state.weight);
  markSweep(state.weight);
  drawTask();
}

function drawTask() {
  topology.update(task?.weight ?? state.weight, chosenOutput());
  if (modeNow() === "shared") beside?.update();
  if (!stage) return;
  stage.update(task);
  drawRival();
  const over = task.ending && task.ending !== "full length";
  const other = task instanceof Recording && !state.follow;
  byId("status").replaceChildren(
    ...stage
      .status(task)
      .map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
  );
  drawObservation(byId("observation"), stage.observation?.(task) ?? []);
  byId("ending").textContent = other
    ? "Played by the last champion, not by this network"
    : task.ending
      ? over
        ? `Over: ${task.ending}`
        : "It lasted to the end"
      : "";
}

// What the network sees now: names, values and units.
function drawObservation(host, entries) {
  host.hidden = !entries.length;
  host.replaceChildren(
    ...entries.map(([name, value, unit]) =>
      html("div", {}, html("dt", {}, name), html("dd", {}, signed(value), unit && ` ${unit}`)),
    ),
  );
}

// The index of the output that was chosen, where outputs compete.
function chosenOutput() {
  if (isGallery()) return task.guess;
  return task?.action && runShown().action.kind === "discrete" ? task.action[0] : null;
}

function setWeight(weight) {
  const rounded = Math.round(weight * 100) / 100;
  if (rounded !== state.weight) restartEpisode();
  state.weight = rounded;
  look();
}

function drawEvolve() {
  const its = champions(runShown());
  Object.assign(byId("generation"), { max: its.length - 1, value: its.length - 1 });
  byId("generation").disabled = its.length < 2;
  byId("evolve").disabled = its.length < 2;
  byId("scrubber").hidden = its.length < 2;
}
