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

// A network of N nodes from its arrays; names are those of all activations, in order.
function makeNetwork(record, inputs, outputs, names) {
  const nodes = record.activations.length;
  const kinds = record.activations.map((index) => names[index]);
  const values = new Float64Array(nodes);
  values[0] = 1;
  return {
    inputs,
    outputs,
    nodes,
    kinds,
    functions: kinds.map((name) => ACTIVATIONS[name]),
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
