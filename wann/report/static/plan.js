"use strict";
// Where the nodes and lines of a network stand in its picture. A plan has: places, [x, y] of each
// node; paths, the points that each connection runs through; lineOf(path), its parts as SVG;
// upright, whether it runs from top to bottom; box, the room it takes; zoom, of its words; and
// grid, where inputs are pixels.

const SHAPE = 1.6; // width to height of the picture, as far as the network allows
const ICON = { width: 42, height: 28 };

// Columns from left to right, or from top to bottom where the screen is narrow.
function planColumns({ layers, y, owners }, network, run, { width, dots }) {
  const upright = width < 560 && network.inputs <= 12;
  const gap = dots ? 13 : upright ? 50 : 46;
  const half = dots ? 5 : (upright ? ICON.height : ICON.width) / 2;
  const last = Math.max(...layers);
  const halfOf = (layer) => (layer === 0 || layer === last ? 7 : half);
  const paths = pathsThrough(layers, owners, network);
  const along = [0];
  for (let layer = 1; layer <= last; layer++) {
    const rise = steepest(paths, layers, y, layer) * gap; // steep lines need more room
    const room = dots ? clamp(0.35 * rise, 12, 60) : clamp(0.3 * rise, 18, 80);
    along.push(along[layer - 1] + halfOf(layer - 1) + room + halfOf(layer));
  }
  const [wide, tall] = [along[last] + 200, (Math.max(...y) - Math.min(...y)) * gap + 60];
  const stretch = upright ? 1 : clamp(wide / tall / SHAPE, 1, 2.2);
  const widen = upright ? 1 : clamp((0.75 * SHAPE * tall) / wide, 1, 2.5);
  const turn = ([a, b]) => (upright ? [b, a] : [a, b]);
  const place = (point) => [along[layers[point]] * widen, -y[point] * gap * stretch];
  // Level across a column and bent between two, so that it touches no node.
  const lineFrom = (a, b) => {
    const [from, to] = [place(a), place(b)];
    const start = [from[0] + halfOf(layers[a]), from[1]];
    const end = [to[0] - halfOf(layers[b]), to[1]];
    return bent([from, start, end, to], turn);
  };
  const places = layers.map((_, point) => turn(place(point)));
  const lineOf = (path) => path.slice(1).map((point, i) => lineFrom(path[i], point));
  return { places, upright, paths, lineOf, ...roomFor(places, upright, run, width, dots) };
}

// The points of each connection: its nodes and the waypoints of its source between them.
function pathsThrough(layers, owners, network) {
  const first = network.nodes; // the waypoints come after the nodes
  const waypoints = new Map();
  owners.forEach((owner, i) => waypoints.set(`${owner},${layers[first + i]}`, first + i));
  return connectionsOf(network).map(([source, target]) => {
    const path = [source];
    for (let layer = layers[source] + 1; layer < layers[target]; layer++) {
      path.push(waypoints.get(`${source},${layer}`));
    }
    return [...path, target];
  });
}

// How far the steepest line into a layer rises or falls.
function steepest(paths, layers, y, layer) {
  let most = 0;
  for (const path of paths) {
    const i = layer - layers[path[0]];
    if (i > 0 && i < path.length) most = Math.max(most, Math.abs(y[path[i]] - y[path[i - 1]]));
  }
  return most;
}

// A grid of pixels on the left, and the hidden nodes where Python put them.
function planPixels({ side, x, y }, network, run, { width, dots }) {
  const scale = 1.6;
  const cell = (150 * scale) / side;
  const edge = Math.max(...x.slice(0, 1 + side * side));
  const places = x.map((_, node) => {
    return [(x[node] - edge) * scale, -y[node] * (node > network.inputs ? 2 : scale)];
  });
  for (let i = 0; i < side * side; i++) {
    const [column, row] = [i % side, Math.floor(i / side)];
    places[1 + i] = [(column + 0.5 - side) * cell, (row + 0.5 - side / 2) * cell];
  }
  const lineOf = ([a, b]) => [bent([places[a], places[a], places[b], places[b]], (point) => point)];
  const paths = connectionsOf(network);
  const grid = { side, cell };
  const room = roomFor(places, false, run, width, dots);
  return { places, upright: false, paths, lineOf, grid, ...room };
}

// Straight from the first point to the second, bent to the third, straight to the fourth.
function bent([from, start, end, to], turn) {
  const middle = (start[0] + end[0]) / 2;
  const points = [from, start, [middle, start[1]], [middle, end[1]], end, to];
  const [a, b, c, d, e, f] = points.map((p) => turn(p).map((v) => v.toFixed(1)));
  return `M${a}L${b}C${c} ${d} ${e}L${f}`;
}

// The room the picture needs, its names included.
function roomFor(places, upright, run, width, dots) {
  const [xs, ys] = [places.map((p) => p[0]), places.map((p) => p[1])];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  // Where the picture is shrunk to fit, its words are not, or not as much.
  const zoom = upright ? 1 : clamp((right - left + 180) / Math.max(width, 300), 1, 1.5);
  const letters = (names) => Math.min(Math.max(...names.map((n) => n.length)), 14) * 7.2 * zoom;
  const before = run.inputs.length > NAMED ? 40 : letters(["bias", ...run.inputs]) + 18;
  const after = letters(run.outputs) + 22;
  const pad = dots ? 14 : 26;
  const margins = upright ? [30, 0.7 * before + 22, 40, 34] : [before, pad, after, pad];
  const top = Math.min(...ys) - margins[1];
  const size = [right - left + margins[0] + margins[2], Math.max(...ys) + margins[3] - top];
  return { zoom, box: [left - margins[0], top, ...size].map(Math.round) };
}
