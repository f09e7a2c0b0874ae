"use strict";
// What a network is tried on. Every kind has: look(network, weight), which computes the network
// where the task stands; advance(network, weight), one step of the task; restart(), next().

// The dynamics of envs/cartpole.py and envs/swingup.py, k being their constants.
const DYNAMICS = {
  cartpole: {
    observe(state) {
      return state.map(Math.fround);
    },
    step(k, state, action) {
      const [x, xDot, theta, thetaDot] = state;
      const force = action[0] === 1 ? k.FORCE : -k.FORCE;
      const cos = Math.cos(theta);
      const sin = Math.sin(theta);
      const temp = (force + k.POLE_MASS_LENGTH * (thetaDot * thetaDot) * sin) / k.TOTAL_MASS;
      const thetaAcc =
        (k.GRAVITY * sin - cos * temp) /
        (k.HALF_LENGTH * (4 / 3 - (k.POLE_MASS * (cos * cos)) / k.TOTAL_MASS));
      const xAcc = temp - (k.POLE_MASS_LENGTH * thetaAcc * cos) / k.TOTAL_MASS;
      state[0] = x + k.TIME_STEP * xDot;
      state[1] = xDot + k.TIME_STEP * xAcc;
      state[2] = theta + k.TIME_STEP * thetaDot;
      state[3] = thetaDot + k.TIME_STEP * thetaAcc;
      const fallen = Math.abs(state[2]) > k.THETA_LIMIT;
      return { reward: 1, terminated: Math.abs(state[0]) > k.X_LIMIT || fallen };
    },
    // Clockwise from upright, as it is drawn.
    pose: (k, state) => ({ x: state[0], angle: state[2], length: 2 * k.HALF_LENGTH }),
    push: (action) => (action[0] === 1 ? 1 : -1),
    ending: (k, state) =>
      Math.abs(state[0]) > k.X_LIMIT ? "the cart left the track" : "the pole fell",
  },
  swingup: {
    observe(state) {
      return state.slice(0, 5);
    },
    step(k, state, action) {
      const [x, xDot, cos, sin, thetaDot, theta] = state;
      const force = k.FORCE * clamp(action[0], -1, 1) - k.FRICTION * xDot;
      const spin = k.POLE_MASS * k.POLE_LENGTH * thetaDot * thetaDot * sin;
      const inertia = 4 * k.TOTAL_MASS - 3 * k.POLE_MASS * cos * cos;
      const xAcc = (-2 * spin + 3 * k.POLE_MASS * k.GRAVITY * sin * cos + 4 * force) / inertia;
      const thetaAcc =
        (-3 * spin * cos + 6 * k.TOTAL_MASS * k.GRAVITY * sin + 6 * force * cos) /
        (k.POLE_LENGTH * inertia);
      state[0] = x + k.TIME_STEP * xDot;
      state[1] = xDot + k.TIME_STEP * xAcc;
      state[5] = theta + k.TIME_STEP * thetaDot;
      state[2] = Math.cos(state[5]);
      state[3] = Math.sin(state[5]);
      state[4] = thetaDot + k.TIME_STEP * thetaAcc;
      const reward = 0.5 * (state[2] + 1) * Math.cos((Math.PI * state[0]) / (2 * k.X_LIMIT));
      return { reward, terminated: Math.abs(state[0]) > k.X_LIMIT };
    },
    pose: (k, state) => ({ x: state[0], angle: -state[5], length: k.POLE_LENGTH }),
    push: (action) => action[0],
    ending: () => "the cart left the track",
  },
};

// The action [O] for outputs, or null if one is not finite: that ends an episode.
function chooseAction(outputs, rule) {
  if (!outputs.every(Number.isFinite)) return null;
  if (rule.kind === "discrete") return [argmax(outputs)];
  const bound = (bounds, i) => (Array.isArray(bounds) ? bounds[i] : bounds);
  return Array.from(outputs, (value, i) => clamp(value, bound(rule.low, i), bound(rule.high, i)));
}

class Episode {
  constructor(scene, rule) {
    this.scene = scene;
    this.rule = rule;
    this.dynamics = DYNAMICS[scene.kind];
    this.rate = 1 / scene.constants.TIME_STEP; // steps a second
    this.number = 0;
    this.restart();
  }

  restart() {
    this.state = [...this.scene.starts[this.number]];
    this.steps = 0;
    this.total = 0;
    this.action = null;
    this.ending = null; // why it is over
    this.poses = [this.pose()];
    this.weights = [];
  }

  next() {
    this.number = (this.number + 1) % this.scene.starts.length;
    this.restart();
  }

  pose() {
    return this.dynamics.pose(this.scene.constants, this.state);
  }

  seen() {
    return this.dynamics.observe(this.state);
  }

  look(network, weight) {
    setInputs(network, this.seen());
    return chooseAction(forward(network, weight), this.rule);
  }

  advance(network, weight) {
    if (this.ending) return;
    this.action = this.look(network, weight);
    if (!this.action) {
      this.ending = "an output is not finite";
      return;
    }
    const k = this.scene.constants;
    const { reward, terminated } = this.dynamics.step(k, this.state, this.action);
    this.steps += 1;
    this.total += reward;
    this.poses.push(this.pose());
    this.weights.push(weight);
    if (terminated && this.steps < this.scene.limit)
      this.ending = this.dynamics.ending(k, this.state);
    else if (terminated || this.steps >= this.scene.limit) this.ending = "full length";
  }
}

// Episodes that Python played, one under each of some weights.
class Recording {
  constructor(scene) {
    this.scene = scene;
    this.rate = 50;
    this.weight = null;
    this.mode = "shared"; // which of its recordings; see weights.js
    this.throws = 0;
    this.restart();
  }

  restart() {
    this.steps = 0;
    this.ending = null;
  }

  next() {
    this.restart();
  }

  // The random weights of a throw of the die, which choose a recording: there are some only.
  drawn(throws) {
    this.throws = throws;
    return Float64Array.from(this.scene.random[throws % this.scene.random.length].weights);
  }

  // The return of the whole episode.
  returnNow() {
    return this.at(1).rewards.reduce((sum, reward) => sum + reward, 0);
  }

  // The episode under the weight nearest to one.
  at(weight) {
    const { weights, episodes, random, tuned } = this.scene;
    if (this.mode !== "shared") {
      this.weight = 1;
      return this.mode === "tuned" ? tuned : random[this.throws % random.length];
    }
    const distances = weights.map((other) => -Math.abs(other - weight));
    const nearest = argmax(distances);
    this.weight = weights[nearest];
    return episodes[nearest];
  }

  look(network, weight) {
    this.recorded = this.at(weight);
    const { observations, rewards } = this.recorded;
    this.length = observations.length;
    const step = Math.min(this.steps, this.length - 1);
    this.total = rewards.slice(0, this.steps).reduce((sum, reward) => sum + reward, 0);
    if (step >= 0) setInputs(network, observations[step]);
    forward(network, this.weight);
  }

  advance(network, weight) {
    this.steps = Math.min(this.steps + 1, this.at(weight).rewards.length);
    this.look(network, weight);
    if (this.steps >= this.length) this.ending = "the recording is over";
  }
}

// Examples to sort into classes, most of them pictures.
class Gallery {
  constructor(scene, inputs) {
    const bytes = Uint8Array.from(atob(scene.pixels), (letter) => letter.charCodeAt(0));
    this.scene = scene;
    this.rate = 1;
    this.ending = null;
    this.number = 0;
    this.own = null; // what the user drew or set, as { label: null, bytes, values }
    this.examples = scene.labels.map((label, i) => ({
      label,
      bytes: bytes.subarray(i * inputs, (i + 1) * inputs),
      values: Array.from(
        bytes.subarray(i * inputs, (i + 1) * inputs),
        (b) => scene.low + b * scene.scale,
      ),
    }));
  }

  get example() {
    return this.own ?? this.examples[this.number];
  }

  // The user's picture, uint8[I] in the examples' bytes.
  draw(bytes) {
    const values = Array.from(bytes, (b) => this.scene.low + b * this.scene.scale);
    this.own = { label: null, bytes, values };
  }

  // The row that is shown, with one input set by the user.
  set(input, value) {
    const values = [...this.example.values];
    values[input] = value;
    this.own = { label: null, values };
  }

  restart() {
    this.number = 0;
    this.own = null;
  }

  next() {
    this.own = null;
    this.number = (this.number + 1) % this.examples.length;
  }

  look(network, weight) {
    this.guesses = this.examples.map((example) => {
      setInputs(network, example.values);
      return argmax(forward(network, weight));
    });
    setInputs(network, this.example.values);
    this.chances = softmax(forward(network, weight));
    this.guess = argmax(this.chances);
  }

  advance(network, weight) {
    this.next();
    this.look(network, weight);
  }
}

function makeTask(run) {
  const { scene } = run;
  if (scene.kind in DYNAMICS) return new Episode(scene, run.action);
  if (scene.kind === "recorded") return new Recording(scene);
  if (scene.kind === "examples") return new Gallery(scene, run.inputs.length);
  if (scene.kind === "predictions") return new Predictions(scene);
  return null;
}
