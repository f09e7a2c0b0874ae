"use strict";
// What a small network says in formulas, and which columns of a table matter to it.

function drawReading(run) {
  const { formula, importance } = run;
  byId("formula-card").hidden = !formula;
  byId("importance-card").hidden = !importance;
  byId("reading").hidden = !formula && !importance;
  if (formula) drawFormula(byId("formula"), formula);
  if (importance) drawImportance(byId("importance"), importance);
}

function drawFormula(host, { text, latex, meaning }) {
  const more = (title, lines) =>
    html(
      "details",
      {},
      html("summary", {}, title),
      html("pre", { tabindex: 0, "aria-label": title }, lines),
    );
  host.replaceChildren(
    html("pre", { class: "formula", tabindex: 0, "aria-label": "Formula" }, text.join("\n")),
    meaning.length ? more("What the names stand for", meaning.join("\n")) : "",
    more("LaTeX", latex),
  );
}

// A bar for each column, the worth of the first the longest.
function drawImportance(host, { unit, score, shuffles, columns, loss, deviation, left }) {
  const most = Math.max(...loss, 1e-12);
  const rows = columns.map((name, i) => {
    const bar = html("i");
    bar.style.width = `${Math.max((100 * loss[i]) / most, 0).toFixed(1)}%`;
    return html(
      "tr",
      {},
      html("th", { scope: "row" }, short(name, 40)),
      html("td", { class: "room", "aria-hidden": "true" }, html("span", { class: "bar" }, bar)),
      html("td", {}, `${number(loss[i])} ± ${number(deviation[i])}`),
    );
  });
  host.replaceChildren(
    html(
      "table",
      { class: "importance" },
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          html("th", { scope: "col" }, "column"),
          html("td", { "aria-hidden": "true" }),
          html("th", { scope: "col" }, `${unit} lost`),
        ),
      ),
      html("tbody", {}, rows),
    ),
    html(
      "p",
      { class: "small" },
      `Of ${unit} ${number(score)} on the validation rows, the mean over shared weights: what is lost when a column is shuffled among the rows, mean ± deviation of ${shuffles} shuffles.${left ? ` ${plural(left, "column")} more matter less.` : ""}`,
    ),
  );
}
