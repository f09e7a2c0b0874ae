"use strict";
// The forward pass: that of wann/kernels.py, in the same order of additions.

const ACTIVATIONS = {
  linear: (x) => x,
  step: (x) => (x > 0 ? 1 : 0),
  sin: (x) => Math.sin(Math.PI * x),
  gaussian: (x) => Math.exp(-0.5 * x * x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  inverse: (x) => -x,
  abs: Math.abs,
  relu: (x) => (x <= 0 ? 0 : x), // this way round NaN stays NaN
  cos: (x) => Math.cos(Math.PI * x),
};

// Operations of activations of one's own, which come as trees: "x", a number, or a list of the
// operation and its parts.
const OPERATIONS = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  max: Math.max,
  min: Math.min,
  greater: (a, b) => a > b,
  at_least: (a, b) => a >= b,
  where: (condition, a, b) => (condition ? a : b),
  neg: (a) => -a,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  sqrt: Math.sqrt,
};

// The function of x that a tree stands for.
function ownActivation(tree) {
  if (tree === "x") return (x) => x;
  if (!Array.isArray(tree)) return () => tree;
  const [name, ...parts] = tree;
  const [operation, [a, b, c]] = [OPERATIONS[name], parts.map(ownActivation)];
  if (!b) return (x) => operation(a(x));
  return c ? (x) => operation(a(x), b(x), c(x)) : (x) => operation(a(x), b(x));
}

// A network of N nodes from its arrays; names are those of all activations but the network's own,
// in order.
function makeNetwork(record, inputs, outputs, names) {
  const nodes = record.activations.length;
  const own = record.own ?? [];
  const all = [...names, ...own.map(({ name }) => name)];
  const kinds = record.activations.map((index) => all[index]);
  const ownFunctions = Object.fromEntries(own.map(({ name, tree }) => [name, ownActivation(tree)]));
  const values = new Float64Array(nodes);
  values[0] = 1;
  return {
    inputs,
    outputs,
    nodes,
    kinds,
    functions: kinds.map((name) => ACTIVATIONS[name] ?? ownFunctions[name]),
    formulas: Object.fromEntries(own.map(({ name, formula }) => [name, formula])), // its own
    offsets: record.offsets,
    sources: record.sources,
    ids: record.ids,
    firstOutput: nodes - outputs,
    connections: record.sources.length,
    factors: null, // of each connection, on top of the weight of all; null stands for ones
    values, // of each node
    sums: new Float64Array(nodes), // what each node's activation is applied to
  };
}

function setInputs(network, inputs) {
  for (let i = 0; i < network.inputs; i++) network.values[1 + i] = inputs[i];
}

// Computes all nodes in place from the inputs in network.values.
function forward(network, weight) {
  const { offsets, sources, values, sums, functions, factors } = network;
  for (let node = 1 + network.inputs; node < network.nodes; node++) {
    let total = 0;
    for (let i = offsets[node]; i < offsets[node + 1]; i++) {
      total += factors ? factors[i] * values[sources[i]] : values[sources[i]];
    }
    sums[node] = weight * total;
    values[node] = functions[node](sums[node]);
  }
  return values.subarray(network.firstOutput);
}

function sourcesOf(network, node) {
  return network.sources.slice(network.offsets[node], network.offsets[node + 1]);
}

// The source and target of each connection.
function connectionsOf(network) {
  const found = [];
  for (let node = 1 + network.inputs; node < network.nodes; node++) {
    for (const source of sourcesOf(network, node)) found.push([source, node]);
  }
  return found;
}

function targetsOf(network, node) {
  const own = connectionsOf(network).filter(([source]) => source === node);
  return own.map(([, target]) => target);
}

// The index of the largest value, the first on ties.
function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

function softmax(values) {
  const most = Math.max(...values);
  const parts = Array.from(values, (value) => Math.exp(value - most));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}
