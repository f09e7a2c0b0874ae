"use strict";
// Small helpers. Text from files only ever becomes a text node or an attribute's value.

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

function html(tag, attributes, ...children) {
  return build(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

let onPaper = false;
window.addEventListener("beforeprint", () => (onPaper = true));
window.addEventListener("afterprint", () => (onPaper = false));

function printing() {
  return onPaper;
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function finite(values) {
  return values.filter((value) => value != null && Number.isFinite(value));
}

// A number's text with a real minus sign, which zero has none of, however it was rounded.
function minus(text) {
  return /^-[0.]*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

// Text that breaks between words, or after commas and slashes, and in a word only where it must.
function words(text) {
  const parts = String(text).match(/\s+|[^\s,/]+[,/]*|[,/]+/g) ?? [];
  return parts.flatMap((part) =>
    part.trim() ? [html("span", { class: "word" }, part), html("wbr")] : [part],
  );
}

// A score in five characters or so, with a real minus sign.
function number(value) {
  if (value == null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  return minus(value.toFixed(size >= 10000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3));
}

function signed(value, digits = 2) {
  return minus(value.toFixed(digits));
}

function duration(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function short(text, most) {
  const letters = [...text];
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…";
}

function plural(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

// How strongly a value shows, in [0, 1).
function strength(value) {
  const size = Math.abs(value);
  return Number.isFinite(size) ? size / (0.5 + size) : Number.isNaN(size) ? 0 : 1;
}

// One of many elements takes part in the tab order; arrow keys lead to the others.
function rove(elements) {
  elements.forEach((element, i) => {
    element.setAttribute("tabindex", i === 0 ? 0 : -1);
    element.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (by) {
        event.preventDefault();
        event.stopPropagation();
        const next = elements[(i + by + elements.length) % elements.length];
        elements.forEach((other) => other.setAttribute("tabindex", other === next ? 0 : -1));
        next.focus();
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        element.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      }
    });
  });
}
