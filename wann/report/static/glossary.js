"use strict";
// What the page's words mean: shown where the pointer is over one, where it has the focus, or on
// a tap.

const GLOSSARY = {
  weight: "The number that a connection multiplies what runs through it by.",
  shared: "One number that every connection of the network has as its weight.",
  agnostic: "Works with many weights, as long as all connections share the same one.",
  connection: "A line from one node to another. Only those on a way to an output are counted.",
  generation: "One round of the search: all networks are tried, the better ones have children.",
  fitness:
    "What the search goes by: the mean score over its shared weights and the episodes or examples of a generation.",
  peak: "The mean score with the single best shared weight.",
  confirmed:
    "Scored once more on episodes or examples that had no part in choosing it, so that luck does not count.",
  champion: "The best network so far whose score was confirmed.",
  front:
    "The networks that none beats both in fitness and in having fewer connections: the Pareto front.",
  solved: "The mean score from which the task counts as solved.",
  return: "The sum of all rewards of an episode.",
  accuracy: "The share of the examples that are told right.",
  likelihood:
    "How probable the network finds the right classes, as the mean logarithm: 0 is certain, more negative is worse.",
  invariant: "The score is the same whatever the shared weight: only the order of outputs counts.",
  tuned: "A weight of its own for each connection, sought after the search, on the finished wiring.",
  ordinary:
    "Nodes in full layers, their weights trained, then pruned to about the size of this network.",
  random: "Each connection has its own weight, drawn evenly between −2 and 2.",
  rollouts: "Episodes, or sets of examples, that networks were tried on, each with one weight.",
  correlation: "How well the targets follow the outputs on a straight line: 1 is fully, 0 not at all.",
};

// A word that explains itself.
function term(key, label = key) {
  const explain = (event) => showTip(event.currentTarget, GLOSSARY[key]);
  return html(
    "span",
    {
      class: "term",
      tabindex: 0,
      "data-term": key,
      role: "button",
      "aria-label": `${label}: what it means`,
      onpointerenter: explain,
      onpointerleave: hideTip,
      onfocus: explain,
      onblur: hideTip,
      onclick: explain,
    },
    label,
  );
}

// Text of the page's own whose words in brackets, [fitness] or [best fitness|fitness], are terms.
function glossed(text) {
  return text.split(/(\[[^\]]+\])/).map((part) => {
    if (!part.startsWith("[")) return part;
    const [label, key] = part.slice(1, -1).split("|");
    return term(key ?? label, label);
  });
}

let explained = null; // the word whose meaning is shown

function showTip(element, text) {
  explained = element;
  byId("tip").textContent = text;
  byId("tip").hidden = false;
  element.setAttribute("aria-describedby", "tip");
  placeTip();
}

function placeTip() {
  if (!explained) return;
  const tip = byId("tip");
  const [place, box] = [explained.getBoundingClientRect(), tip.getBoundingClientRect()];
  const room = document.documentElement.clientWidth;
  const above = place.top - box.height - 8;
  tip.style.left = `${clamp(place.left, 8, Math.max(room - box.width - 8, 8))}px`;
  tip.style.top = `${above > 4 ? above : place.bottom + 8}px`;
}

function hideTip() {
  explained?.removeAttribute("aria-describedby");
  explained = null;
  byId("tip").hidden = true;
}

function setUpGlossary() {
  for (const element of document.querySelectorAll("[data-gloss]")) {
    element.replaceChildren(...glossed(element.textContent));
    element.removeAttribute("data-gloss");
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
  window.addEventListener("scroll", placeTip, { passive: true });
}
