"use strict";

const at = (id) => document.getElementById(id);
const state = { person: null, version: -1, toast: 0 };

async function ask(path, body) {
  const options = body ? { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function act(action, more = {}) {
  const answer = await ask("/phone/act", { action, person: state.person, ...more });
  if (!answer.done) toast(answer.why);
  return answer.done ? answer : null;
}

function show(id, text) { at(id).textContent = text; }

function toast(text) {
  show("toast", text);
  clearTimeout(state.toast);
  state.toast = setTimeout(() => show("toast", ""), 4000);
}

function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  if (text !== undefined) made.textContent = text;
  return made;
}

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", text_link: "a", url: "a",
};

/* Offsets of entities are UTF-16 units, as those of texts are here. */
function formatted(text, entities, from, to) {
  const whole = document.createDocumentFragment();
  let place = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const end = entity.offset + entity.length;
    if (entity.offset < place || end > to) continue;
    whole.append(text.slice(place, entity.offset));
    const inner = entities.slice(index + 1).filter((other) => other.offset + other.length <= end);
    const tag = element(TAGS[entity.type] || "span");
    if (tag instanceof HTMLAnchorElement) {
      tag.href = entity.url || text.slice(entity.offset, end);
      tag.rel = "noreferrer";
      tag.target = "_blank";
    }
    tag.append(formatted(text, inner, entity.offset, end));
    whole.append(tag);
    place = end;
  }
  whole.append(text.slice(place, to));
  return whole;
}

function bubble(message) {
  const content = message.content;
  const text = content.text || content.caption || "";
  const box = element("div", undefined, { className: "bubble" });
  if (content.document) box.append(`［文件］${content.document.file_name}\n`);
  if (content.photo) box.append("［照片］\n");
  if (content.sticker) box.append(content.sticker.emoji);
  if (content.contact) box.append(`号码 ${content.contact.phone_number}`);
  box.append(formatted(text, content.entities || content.caption_entities || [], 0, text.length));
  if (message.edited) box.append(element("small", " ✎"));
  return box;
}

function rowsOf(rows, press) {
  return rows.map((row) => {
    const line = element("div", undefined, { className: "row" });
    for (const button of row) {
      const made = element("button", button.text, { type: "button" });
      made.addEventListener("click", () => press(button, made));
      line.append(made);
    }
    return line;
  });
}

function drawMessages(messages) {
  const list = at("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.replaceChildren(...messages.map((message) => {
    const item = element("li", undefined, { className: message.from_bot ? "bot" : "" });
    item.append(bubble(message), ...rowsOf(message.rows, (button, made) => {
      if (button.url) { window.open(button.url, "_blank", "noreferrer"); return; }
      made.setAttribute("aria-busy", "true");
      act("press", { message: message.id, data: button.data });
    }));
    return item;
  }));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function draw(screen) {
  state.version = screen.version;
  state.person = screen.person;
  at("people").replaceChildren(...screen.people.map((person) => {
    const option = element("option", person.name, { value: person.id });
    option.selected = person.id === screen.person;
    return option;
  }));
  show("bot-name", screen.bot);
  show("block", screen.blocked ? "解除" : "屏蔽");
  show("typing", screen.typing ? "正在输入…" : "");
  if (screen.toast) toast(screen.toast);
  drawMessages(screen.messages);
  const keys = ((screen.keyboard || {}).keyboard || []).map((row) => row.map((key) => (typeof key === "string" ? { text: key } : key)));
  at("keyboard").replaceChildren(...rowsOf(keys, (key) => act(key.request_contact ? "contact" : "type", { text: key.text })));
  at("menu").replaceChildren(...Object.entries(screen.menu).map(([command, words]) => {
    const made = element("button", `/${command} – ${words}`, { type: "button" });
    made.addEventListener("click", () => { at("menu").hidden = true; act("type", { text: `/${command}` }); });
    return made;
  }));
  at("requests").replaceChildren(...screen.requests.map((request) =>
    element("li", `${request.time} ${request.method} ${request.answer}`, { className: request.ok ? "" : "bad" })));
}

async function watch() {
  for (;;) {
    try {
      const person = state.person;
      const screen = await ask(`/phone/screen?person=${person || ""}&version=${state.version}`);
      if (person === null || person === state.person) draw(screen);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

at("writing").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (text) act("type", { text });
  at("text").value = "";
});
at("contact").addEventListener("click", () => act("contact"));
at("block").addEventListener("click", () => act("block"));
at("open-menu").addEventListener("click", () => { at("menu").hidden = !at("menu").hidden; });
at("new-person").addEventListener("click", async () => {
  const made = await act("person");
  if (made) { state.person = made.person; state.version = -1; }
});
at("people").addEventListener("change", () => { state.person = Number(at("people").value); state.version = -1; act("look"); });
at("fault").addEventListener("change", async () => { await act("fault", { fault: at("fault").value }); at("fault").value = ""; });
at("file").addEventListener("change", () => {
  const file = at("file").files[0];
  if (!file) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => act("file", { name: file.name, type: file.type, content: String(reader.result).split(",")[1] || "" }));
  reader.readAsDataURL(file);
  at("file").value = "";
});

ask("/phone/faults").then((faults) => at("fault").append(...faults.map((fault) => element("option", fault.words, { value: fault.name }))));
watch();
