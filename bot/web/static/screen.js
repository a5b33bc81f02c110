// Draws what the product shows. Text is only ever set as text, never as markup.

/** A DOM element with attributes (`true` sets an empty one, `false` and `null` leave it out) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Fills `{name}` places of a text of the page. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

const hidden = (text) => el("span", { class: "unseen" }, text);

const spans = (runs) => runs.map((run) => (run.strong ? el("strong", {}, run.text) : run.text));

const icon = (mark, words) => [
  el("span", { class: "icon", "aria-hidden": "true" }, words.signs[mark]),
  hidden(`${words.marks[mark]}: `),
];

function item(line, words) {
  const text = el("div", { class: "text" }, ...spans(line.spans));
  if (line.clause) text.append(" ", el("span", { class: "clause" }, line.clause));
  if (line.detail.length) text.append(el("p", { class: "detail" }, ...spans(line.detail)));
  return el("li", { class: `item is-${line.mark}` }, ...icon(line.mark, words), text);
}

// On a narrow screen the style sheet turns rows into cards; the roles keep it a table for a screen reader.
function table(block) {
  const head = block.header.map((text) => el("th", { scope: "col", role: "columnheader" }, text));
  const rows = block.rows.map((row) =>
    el(
      "tr",
      { role: "row" },
      ...row.map((text, column) =>
        el(column ? "td" : "th", {
          role: column ? "cell" : "rowheader",
          scope: column ? null : "row",
          "data-label": block.header[column],
        }, text),
      ),
    ),
  );
  return el(
    "table",
    { role: "table" },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...head)),
    el("tbody", { role: "rowgroup" }, ...rows),
  );
}

function link(block) {
  const here = block.path.startsWith("/") && !block.path.startsWith("//");
  if (!here) return el("p", {}, block.label);
  const file = /\.[a-z]+$/.test(block.path);
  const kind = file ? { download: true } : { target: "_blank", rel: "noopener" };
  return el("p", {}, el("a", { href: block.path, ...kind }, block.label));
}

function drawBlock(block, words) {
  switch (block.block) {
    case "paragraph":
      return el("p", {}, ...spans(block.spans));
    case "heading":
      return el("h3", {}, block.text);
    case "items":
      return el("ul", { class: "items" }, ...block.items.map((line) => item(line, words)));
    case "table":
      return table(block);
    case "notice":
      return el(
        "div",
        { class: `notice is-${block.tone}` },
        ...icon(block.tone, words),
        el("div", { class: "text" }, ...spans(block.spans)),
      );
    case "echo":
      return el("p", { class: "echo" }, ...spans(block.spans));
    case "details":
      return el(
        "details",
        {},
        el("summary", {}, block.summary),
        ...block.blocks.map((inner) => drawBlock(inner, words)),
      );
    case "link":
      return link(block);
    default:
      return el("p", {}, block.text ?? "");
  }
}

function progress(value, words) {
  const text = value.about
    ? fill(words.step_of, { step: value.step, about: value.about })
    : fill(words.step, { step: value.step });
  const line = el("p", { class: "progress" }, text);
  if (value.about) {
    line.prepend(el("progress", { value: value.step, max: Math.max(value.about, value.step), "aria-label": text }));
  }
  return line;
}

function choiceButton(choice, many, press) {
  const button = el("button", { type: "button", class: `choice is-${choice.role}`, "data-choice": choice.key });
  if (many && choice.role === "answer" && !choice.key.startsWith("@")) {
    button.setAttribute("aria-pressed", String(choice.selected));
    button.append(el("span", { class: "tick", "aria-hidden": "true" }));
  } else if (choice.selected) {
    button.setAttribute("aria-current", "true");
  }
  button.append(choice.label);
  button.addEventListener("click", () => press(choice, button));
  return button;
}

/** The buttons of a screen in two groups: answers, then quieter the other ways to go on. */
export function drawChoices(screen, words, press) {
  const many = screen.expects?.kind === "choices";
  const groups = [
    ["choices", screen.title || words.choices, screen.choices.filter((choice) => choice.role === "answer")],
    ["choices is-quiet", words.ways, screen.choices.filter((choice) => choice.role !== "answer")],
  ];
  return groups
    .filter(([, , choices]) => choices.length)
    .map(([name, label, choices]) =>
      el(
        "div",
        { class: name, role: "group", "aria-label": label },
        ...choices.map((choice) => choiceButton(choice, many, press)),
      ),
    );
}

/** The element of a card with its buttons, which stay good whatever the conversation does. */
export function drawCard(card, words, press) {
  const body = el("article", {
    class: "screen card",
    tabindex: "-1",
    lang: card.language.replace("_", "-"),
    "data-card": card.card,
  });
  if (card.title) body.append(el("h2", {}, card.title));
  for (const block of card.blocks) body.append(drawBlock(block, words));
  body.prepend(hidden(`${words.assistant}: `));
  body.append(...drawChoices({ title: card.title, choices: card.choices }, words, press));
  return body;
}

function isAboutTheLastAnswer(screen, block) {
  if (block?.block === "notice") return screen.progress !== null || block.tone === "error";
  return block?.block === "echo";
}

/** The element of one screen, without its buttons. */
export function drawScreen(screen, words) {
  const title = el("h2", {}, screen.title);
  const body = el("article", {
    class: screen.progress ? "screen is-question" : "screen",
    tabindex: "-1",
    lang: screen.language.replace("_", "-"),
    "data-state": screen.state,
  });
  // What became of the last answer comes before the next question.
  const rest = [...screen.blocks];
  while (isAboutTheLastAnswer(screen, rest[0])) body.append(drawBlock(rest.shift(), words));
  if (screen.progress) body.append(progress(screen.progress, words));
  if (screen.title) body.append(title);
  for (const block of rest) body.append(drawBlock(block, words));
  body.prepend(hidden(`${words.assistant}: `));
  return body;
}

/** What the person typed or pressed. */
export function drawSaid(text, words) {
  return el("p", { class: "said" }, hidden(`${words.you}: `), text);
}
