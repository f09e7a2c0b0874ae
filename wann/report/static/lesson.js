"use strict";
// What the page teaches: a first sentence, four questions, and the ordinary network beside.

let rival = null; // the ordinary network at the same task: { network, task, stage }

const KINDS = {
  cartpole: ["whether the pole still stands", "Why does it not fall?", "keeps a pole upright"],
  swingup: ["whether the pole still comes up", "Why does it not fall?", "swings up a pole and keeps it up"],
  pictures: ["which pictures it still knows", "Why does it know them?", "tells pictures apart"],
  rows: ["which rows it still tells right", "Why does it tell them right?", "tells rows of a table apart"],
  predictions: ["how near it still comes to the truth", "Why does it come near?", "predicts numbers from rows of a table"],
  recorded: ["what it then does", "Why does it work?", "does this task"],
  unknown: ["how its signals change", "Why does it work?", "does this task"],
};

function kindOf(scene) {
  if (scene.kind === "examples") return KINDS[scene.shape ? "pictures" : "rows"];
  return KINDS[scene.kind] ?? KINDS.unknown;
}

function drawLead() {
  const [see] = kindOf(runShown().scene);
  const leads = {
    shared: `Every line of this network has the same [weight]: drag it, and see ${see}.`,
    random: `Now every line has a [random] weight of its own: throw the die, and see ${see}.`,
    tuned: `Now every line has its own [tuned] weight: drag what all are multiplied by, and see ${see}.`,
  };
  byId("lead").replaceChildren(...glossed(leads[modeNow()]));
}

// The share of a sweep's weights that keep half of its best score, in words.
function robustness({ mean }) {
  const known = finite(mean);
  const best = Math.max(...known);
  const kept = known.filter((value) => value >= best / 2).length;
  return best > 0 ? `${kept} of ${mean.length}` : null;
}

function drawQuestions(host, run) {
  const last = lastChampion(run);
  const [, why, does] = kindOf(run.scene);
  const measure = measureOf(run);
  const made = makeNetwork(last, run.inputs.length, run.outputs.length, activationNames());
  const hidden = made.nodes - 1 - made.inputs - made.outputs;
  const of = (name) => run.conditions?.find((condition) => condition.name === name);
  const [random, shared, tuned] = ["random weights", "random shared", "tuned weights"].map(of);
  const kept = last.sweep && robustness(last.sweep);
  const [low, high] = last.sweep
    ? [last.sweep.weights[0], last.sweep.weights.at(-1)].map(tickText)
    : [];
  const searched = last.search.generation;
  const answers = [
    [
      "What is this?",
      `A network of ${plural(last.sources.length, "[connection]").replace("]s", "s|connection]")} and ${plural(hidden, "hidden node")} that ${does}. A search found its wiring${searched ? `, in generation ${searched},` : ""} by trying each network with several [shared] weights: it is [weight agnostic|agnostic].`,
    ],
    [
      why,
      `Because of its wiring: which node leads where, and what each does to its sum. The weight only makes all signals stronger or weaker together. ${kept ? `Of the weights from ${low} to ${high}, ${kept} keep more than half of its best ${measure}.` : ""}`,
    ],
    [
      "What happens if the weights differ?",
      random && shared
        ? `It breaks: with a [random] weight for each connection the ${measure} is ${number(random.mean)}, with one random weight for all ${number(shared.mean)}. Press “random for each” and throw the die.`
        : "Most often it breaks: the wiring was chosen to work while all weights are equal. Press “random for each” and throw the die.",
    ],
    [
      "What is trained?",
      `${
        task instanceof Predictions
          ? "Two numbers for each output: as one weight gives it no scale of its own, a scale and an offset are fitted on the training rows. The search itself"
          : "Nothing: the search"
      } chose nodes, connections and activations, no weight. ${
        tuned
          ? `Afterwards each weight can be [tuned], which raises the ${measure} to ${number(tuned.mean)}: press “tuned”.`
          : "Afterwards each weight can be [tuned]: wann tune does it."
      }`,
    ],
  ];
  host.replaceChildren(
    ...answers.map(([question, answer]) =>
      html("div", {}, html("dt", {}, question), html("dd", {}, glossed(answer))),
    ),
  );
}

function startRival() {
  const run = runShown();
  const { ordinary } = run;
  rival = null;
  byId("rival").hidden = !ordinary || !(task instanceof Episode || task instanceof Gallery);
  if (byId("rival").hidden) return;
  const names = activationNames();
  const network = makeNetwork(ordinary, run.inputs.length, run.outputs.length, names);
  const own = task instanceof Gallery ? null : makeTask(run);
  const stage = own ? new CartStage(byId("rival-scene"), run) : null;
  if (!own) byId("rival-scene").replaceChildren();
  rival = { network, task: own, stage };
  byId("rival-title").replaceChildren(
    ...glossed(`An [ordinary] network of ${network.connections.toLocaleString("en")} connections`),
  );
}

function drawRival() {
  if (!rival) return;
  const { ordinary } = runShown();
  const mode = modeNow();
  const done = {
    shared: "all its connections with the same shared weight",
    random: "with random weights, too",
    tuned: "its trained weights, multiplied too",
  }[mode];
  byId("rival-note").textContent = done;
  const known = mode === "random" ? null : curveAt(mode === "tuned" ? ordinary.scaled : ordinary.sweep, state.weight);
  let facts = [];
  if (rival.task) {
    rival.stage.update(rival.task);
    facts = rival.stage.status(rival.task).slice(0, 2);
    if (rival.task.ending && rival.task.ending !== "full length") facts[1] = ["over", rival.task.ending];
  } else {
    const guesses = task.examples.map(({ values }) => {
      setInputs(rival.network, values);
      return argmax(forward(rival.network, state.weight));
    });
    setInputs(rival.network, task.example.values);
    const guess = argmax(forward(rival.network, state.weight));
    const right = guesses.filter((guess, i) => guess === task.examples[i].label).length;
    facts = [
      ["taken for", runShown().outputs[guess]],
      ["right here", `${right} of ${task.examples.length}`],
    ];
  }
  if (known != null) facts.push([`${measureOf(runShown())}`, number(known)]);
  byId("rival-status").replaceChildren(
    ...facts.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
  );
}

// A return belongs to one network and one choice of weights: where they change, it starts anew.
function restartEpisode() {
  beside?.restart();
  if (task instanceof Gallery || task instanceof Predictions) return;
  if (task?.steps) task.restart();
  if (rival?.task?.steps) rival.task.restart();
}
