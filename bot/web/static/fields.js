// Small forms beside the text box. They only compose the text a person could have typed.

import { el, fill } from "./screen.js";

let count = 0;

function field(label, attributes = {}) {
  count += 1;
  const input = el("input", { id: `field-${count}`, type: "text", autocomplete: "off", ...attributes });
  return [el("div", { class: "field" }, el("label", { for: input.id }, label), input), input];
}

const FORMS = {
  year_table(expects, words) {
    const rows = expects.years.map((year) => field(fill(words.year_field, { year })));
    return {
      legend: words.years_legend,
      rows,
      compose: (values) =>
        values.map((value, at) => (value ? `${expects.years[at]}: ${value}` : "")).filter(Boolean).join("; "),
    };
  },
  date(_expects, words) {
    const numeric = (max) => ({ inputmode: "numeric", maxlength: max });
    const rows = [
      field(words.year, numeric(4)),
      field(words.month, numeric(2)),
      field(words.day, numeric(2)),
    ];
    const two = (text) => text.padStart(2, "0");
    return {
      legend: words.date_legend,
      narrow: true,
      rows,
      compose: ([year, month, day]) => {
        if (!year) return "";
        if (!month) return year;
        return day ? `${year}-${two(month)}-${two(day)}` : `${year}-${two(month)}`;
      },
    };
  },
};

/** The form for what a screen expects, or null where the text box alone is best. */
export function drawFields(expects, words, send) {
  const make = expects && FORMS[expects.kind];
  const form = make && make(expects, words);
  if (!form || !form.rows.length) return null;
  const node = el(
    "form",
    { class: "fields", novalidate: true },
    el(
      "fieldset",
      {},
      el("legend", {}, form.legend),
      el("div", { class: form.narrow ? "grid is-narrow" : "grid" }, ...form.rows.map(([row]) => row)),
      el("button", { type: "submit", class: "choice is-answer" }, words.use_fields),
    ),
  );
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.compose(form.rows.map(([, input]) => input.value.trim()));
    if (text) send(text);
    else form.rows[0][1].focus();
  });
  return node;
}
