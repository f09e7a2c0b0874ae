"use strict";
// Which weights the connections have: one for all, a random one each, or tuned ones. On all three
// lies the slider: the shared weight itself, or what all weights are multiplied by.

const MODES = ["shared", "random", "tuned"];
const LARGEST = 2; // random weights are drawn from [-2, 2], as in the paper
const CONDITIONS = {
  "random weights": ["random for each", "random"],
  "random shared": ["random shared", "shared"],
  "best shared": ["best shared", "shared"],
  "tuned shared": ["tuned shared", "shared"],
  "tuned weights": ["tuned for each", "tuned"],
};
const weighting = { mode: "shared", places: { shared: 1, random: 1, tuned: 1 }, throws: 0 };
let drawn = new WeakMap(); // the random weights of each network since the die was thrown

// Tuned weights are those of the last champion, and of no other network.
function modeNow() {
  const tuned = runShown().tuned && state.follow && recordShown().kind === "champion";
  return weighting.mode === "tuned" && !tuned ? "shared" : weighting.mode;
}

// The factors of a network's connections [E]; tuned: its own.
function factorsOf(network, tuned) {
  if (modeNow() === "shared") return null;
  if (modeNow() === "tuned") return tuned ? Float64Array.from(tuned) : null;
  if (task instanceof Recording) return task.drawn(weighting.throws);
  if (!drawn.has(network)) {
    const fresh = Float64Array.from(network.sources, () => LARGEST * (2 * Math.random() - 1));
    drawn.set(network, fresh);
  }
  return drawn.get(network);
}

function applyWeights() {
  network.factors = factorsOf(network, runShown().tuned?.weights);
  if (rival) rival.network.factors = factorsOf(rival.network, runShown().ordinary.weights);
  if (task instanceof Recording) task.mode = modeNow();
  if (task instanceof Predictions) {
    const fitted = { shared: network.record.readout, tuned: runShown().tuned?.readout };
    task.readout = fitted[modeNow()] ?? null;
  }
}

function throwDie() {
  drawn = new WeakMap();
  weighting.throws += 1;
}

function setMode(mode, place) {
  weighting.places[weighting.mode] = state.weight;
  if (mode === "random" && (weighting.mode === "random" || !weighting.throws)) throwDie();
  weighting.mode = mode;
  state.weight = place ?? weighting.places[mode];
  restartEpisode();
  showNetwork(state.shown);
}

function drawSwitch() {
  const run = runShown();
  const mode = modeNow();
  for (const name of MODES) {
    byId(`mode-${name}`).setAttribute("aria-pressed", String(name === mode));
  }
  const fixed = task instanceof Recording;
  byId("mode-random").disabled = fixed && !task.scene.random?.length;
  byId("mode-tuned").disabled = !run.tuned || !state.follow || (fixed && !task.scene.tuned);
  byId("mode-tuned").title = run.tuned
    ? "Its own weight for each connection, from champion-tuned.json"
    : "This run has no tuned weights; wann tune RUN seeks them";
  byId("die").hidden = mode !== "random";
  byId("weight").disabled = fixed && mode !== "shared";
  byId("weight-name").replaceChildren(
    ...glossed(mode === "shared" ? "[shared weight|shared]" : `[${mode}] weights, all ×`),
  );
  byId("weight").setAttribute(
    "aria-label",
    mode === "shared" ? "Shared weight of all connections" : "What all weights are multiplied by",
  );
}

// What the page itself finds for the weights as they are: the mean over its episodes or examples.
function tryHere(network, weight) {
  if (task instanceof Recording) return task.returnNow();
  if (task instanceof Gallery) {
    const right = task.examples.filter((example) => {
      setInputs(network, example.values);
      return argmax(forward(network, weight)) === example.label;
    }).length;
    look();
    return right / task.examples.length;
  }
  if (task instanceof Predictions) return task.score();
  if (!(task instanceof Episode)) return null;
  const episode = new Episode(task.scene, task.rule);
  let total = 0;
  for (let i = 0; i < task.scene.starts.length; i++) {
    while (!episode.ending) episode.advance(network, weight);
    total += episode.total;
    episode.next();
  }
  task.look(network, state.weight);
  return total / task.scene.starts.length;
}

// The same, a moment after the user has stopped dragging.
const tried = { key: "", value: null, timer: 0 };
function triedHere(weight) {
  const key = [state.run, state.shown, weighting.throws, weight].join();
  if (tried.key === key) return tried.value;
  clearTimeout(tried.timer);
  tried.timer = setTimeout(() => {
    const value = tryHere(network, weight);
    Object.assign(tried, { key, value });
    if (modeNow() === "random" && weight === state.weight) markSweep(weight);
  }, 150);
  return undefined; // not known yet
}

function chooseCondition({ name, weight }) {
  const [, mode] = CONDITIONS[name];
  if (name === "random shared") weight = LARGEST * (2 * Math.random() - 1);
  setMode(mode, mode === "shared" ? Math.round(weight * 100) / 100 : 1);
}

// The four conditions of the paper as marks on one scale.
function drawConditions(host, run) {
  const rows = (run.conditions ?? []).filter(({ name, mean }) => CONDITIONS[name] && mean != null);
  byId("conditions-card").hidden = !rows.length;
  if (!rows.length) return;
  const ends = rows.flatMap(({ mean, spread, paper }) => [
    mean + (spread ?? 0),
    mean - (spread ?? 0),
    paper ?? mean,
  ]);
  const [low, high] = range(ends, 0);
  const share = (value) => `${((100 * (value - low)) / (high - low)).toFixed(2)}%`;
  const mark = (className, left, width) => {
    const element = html("i", { class: className });
    element.style.left = left;
    if (width) element.style.width = width;
    return element;
  };
  host.replaceChildren(
    ...rows.map((row) => {
      const { name, mean, spread, choices, paper } = row;
      const [from, to] = [clamp(mean - spread, low, high), clamp(mean + spread, low, high)];
      const told = spread == null ? number(mean) : `${number(mean)} ± ${number(spread)}`;
      return html(
        "div",
        { class: "condition" },
        html(
          "button",
          { type: "button", "data-condition": name, onclick: () => chooseCondition(row) },
          CONDITIONS[name][0],
        ),
        html(
          "span",
          { class: "scale", "aria-hidden": "true" },
          spread ? mark("spread", share(from), `${((100 * (to - from)) / (high - low)).toFixed(2)}%`) : null,
          paper == null ? null : mark("paper", share(paper)),
          mark("mean", share(mean)),
        ),
        html(
          "span",
          { class: "told" },
          html("b", {}, told),
          html("small", {}, [
            choices > 1 ? `${choices} draws` : "",
            paper == null ? "" : `${choices > 1 ? ", " : ""}paper ${number(paper)}`,
          ].join("")),
        ),
      );
    }),
  );
}
