"use strict";
// What the user does: playing, sliders, keys; and the start of the page.

function setPlaying(playing) {
  state.playing = playing && Boolean(task);
  state.owed = 0;
  byId("play").textContent = state.playing ? "Pause" : "Play";
  byId("play").classList.toggle("on", state.playing);
}

function chooseExample(number) {
  setPlaying(false);
  task.number = number;
  task.own = null;
  look();
}

function stepOnce() {
  setPlaying(false);
  advance();
  drawTask();
}

function advance() {
  task.advance(network, state.weight);
  rival?.task?.advance(rival.network, state.weight);
  beside?.advance();
}

// The next episode or example, for both networks.
function goNext() {
  task.next();
  if (rival?.task) {
    rival.task.number = task.number;
    rival.task.restart();
  }
  beside?.restart(true);
}

let before = 0;
let rest = 0; // seconds since an episode ended

function frame(now) {
  const elapsed = Math.min((now - before) / 1000, 0.1);
  before = now;
  if (state.playing && task.ending && (rival?.task?.ending ?? true) && (beside?.over ?? true)) {
    rest += elapsed;
    if (rest > 1.2) {
      rest = 0;
      goNext();
      look();
    }
  } else if (state.playing) {
    state.owed += elapsed * task.rate * state.speed;
    const steps = Math.floor(state.owed);
    state.owed -= steps;
    for (let i = 0; i < steps; i++) advance();
    if (steps) drawTask();
  }
  requestAnimationFrame(frame);
}

// Plays through the champions, from the first to the last.
function evolve() {
  clearInterval(state.evolving);
  const its = champions(runShown());
  let at = 0;
  const pace = Math.max(250, Math.min(900, 9000 / its.length));
  showNetwork(its[at]);
  state.evolving = setInterval(() => {
    at += 1;
    if (at >= its.length) clearInterval(state.evolving);
    else showNetwork(its[at]);
  }, pace);
}

function setUpControls() {
  const [low, high] = [data.weights[0], data.weights.at(-1)];
  Object.assign(byId("weight"), { min: low, max: high, step: 0.01 });
  byId("low").textContent = tickText(low);
  byId("high").textContent = tickText(high);
  byId("weight").addEventListener("input", (event) => setWeight(Number(event.target.value)));
  for (const mode of MODES) byId(`mode-${mode}`).addEventListener("click", () => setMode(mode));
  byId("die").addEventListener("click", () => setMode("random"));
  setUpGlossary();
  byId("play").addEventListener("click", () => setPlaying(!state.playing));
  byId("step").addEventListener("click", stepOnce);
  byId("restart").addEventListener("click", () => {
    task.restart();
    rival?.task?.restart();
    beside?.restart();
    look();
  });
  byId("next").addEventListener("click", () => {
    goNext();
    look();
  });
  byId("speed").addEventListener("change", (event) => {
    state.speed = Number(event.target.value);
  });
  byId("generation").addEventListener("input", (event) => {
    clearInterval(state.evolving);
    showNetwork(champions(runShown())[event.target.value]);
  });
  byId("evolve").addEventListener("click", evolve);
  document.addEventListener("keydown", (event) => {
    const taken = event.target.closest("button, input, select, summary, a, [role=button]");
    if (taken || event.ctrlKey || event.metaKey || event.altKey || !task) return;
    if (event.key === " ") {
      event.preventDefault();
      setPlaying(!state.playing);
    } else if (event.key === ".") stepOnce();
  });
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (width === window.innerWidth) return; // a phone's address bar came or went
    width = window.innerWidth;
    redraw();
  });
  window.addEventListener("beforeprint", redraw);
  window.addEventListener("afterprint", redraw);
  requestAnimationFrame(frame);
}

function redraw() {
  if (data.runs.length > 1) compareRuns(byId("compare"), data.runs, measureOf);
  beside?.redraw();
  showNetwork(state.shown);
}

// Asks the server for news of the searches that are watched; it goes on asking when there is none.
async function poll() {
  const asked = new URLSearchParams({ after: data.live.version });
  for (const { path, metrics } of data.runs) {
    asked.append("run", path);
    asked.append("seen", finite(metrics?.generation ?? []).at(-1) ?? -1);
  }
  const answer = await fetch(`data.json?${asked}`)
    .then((reply) => reply.json())
    .catch(() => null);
  byId("live").classList.toggle("lost", !answer);
  if (answer?.runs) receive(answer);
  else if (answer) {
    data.live = answer.live;
    appendRows(answer.rows ?? {});
  }
  showLive(answer);
  setTimeout(poll, 200);
}

function showLive(answer) {
  byId("live").textContent =
    answer?.live.state ?? "The watching program does not answer. This is what it saw last.";
  for (const button of byId("runs").children) {
    button.title = data.live.states[data.runs[button.dataset.run]?.path] ?? "";
  }
  drawTitle();
}

// New rows of the metrics, by the runs' paths.
function appendRows(rows) {
  for (const run of data.runs) {
    for (const [name, column] of Object.entries(rows[run.path] ?? {})) {
      run.metrics[name].push(...column);
    }
  }
  if (rows[runShown()?.path]) drawEvolution();
}

receive(JSON.parse(byId("data").textContent));
if (data.live) {
  byId("live").hidden = false;
  poll();
}
