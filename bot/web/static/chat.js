// The page of the chat: what was said so far, the box to type in, and the line to the server.

import { Cards } from "./cards.js";
import { awaitReturn, greetReturned } from "./comeback.js";
import { Delivery } from "./delivery.js";
import { drawFields } from "./fields.js";
import { openInvitation } from "./invitation.js";
import { Line } from "./line.js";
import { drawChoices, drawSaid, drawScreen, el, fill } from "./screen.js";
import { Trouble } from "./trouble.js";
import { drawUpload, tooLarge } from "./upload.js";

const ALL_WORDS = JSON.parse(document.getElementById("words").textContent);
const DRAFT = "zhuoyue.draft";
// What is shown as said while it is on its way.
const SHOWN = new Set(["typed", "pressed", "file"]);

const log = document.getElementById("log");
const waiting = document.getElementById("waiting");
const trouble = new Trouble(document.getElementById("trouble"));
const lineState = document.getElementById("line");
const composer = document.getElementById("composer");
const entry = document.getElementById("entry");
const hint = document.getElementById("hint");

const page = {
  language: document.documentElement.dataset.language,
  lastId: 0,
  awaited: 0,
  current: null,
  replayed: false,
  locked: false,
  // The choice that was pressed while it had the focus.
  pressed: null,
  get words() {
    return ALL_WORDS[this.language];
  },
  waiting({ content, shown }) {
    if (SHOWN.has(content.kind)) waiting.append(drawSaid(shown, this.words));
    lock(true);
    if (content.kind !== "answered") toBottom();
  },
  // What an earlier load of the page had not finished goes before what was said in this one.
  waitingAnew(items) {
    waiting.replaceChildren();
    for (const item of items) page.waiting(item);
  },
  delivered(ids) {
    this.awaited = Math.max(this.awaited, ...ids);
    trouble.clear();
    settle();
  },
  troubled(message, again) {
    trouble.tell(message, this.words.again, again);
  },
  refused(item, message) {
    const triedAgain = trouble.hasFocus;
    giveBack(item);
    trouble.tell(message);
    // Who tried again goes on from where they were.
    if (triedAgain) (pressedButton() ?? entry).focus({ preventScroll: true });
    page.pressed = null;
    trouble.leftWith = false;
  },
  ended(item) {
    giveBack(item);
    line.connect();
  },
};

const delivery = new Delivery(page);

// ---- words of the page itself

function speak(language) {
  if (!(language in ALL_WORDS)) return;
  page.language = language;
  document.documentElement.lang = page.words.lang;
  document.title = page.words.title;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = page.words[node.dataset.word];
  for (const node of document.querySelectorAll("[data-label-word]")) {
    node.setAttribute("aria-label", page.words[node.dataset.labelWord]);
  }
  const other = document.getElementById("language");
  other.lang = page.words.other_lang;
  other.dataset.argument = page.words.other_language;
}

// ---- what the person does

function sendText(text) {
  const trimmed = text.trim();
  return trimmed !== "" && delivery.send({ kind: "typed", text: trimmed }, trimmed, "entry");
}

function sendFiles(files, wanted) {
  for (const file of files) {
    const problem = tooLarge(file, wanted, page.words);
    if (problem) trouble.tell(problem);
    else delivery.send({ kind: "file", name: file.name }, `\u{1F4CE} ${file.name}`, "file", file);
  }
}

function press(choice, button) {
  const screen = page.current;
  if (!screen || page.locked) return;
  const { conversation, revision } = screen;
  const content = { kind: "pressed", conversation, revision, choice: choice.key };
  if (!delivery.send(content, choice.label, "button")) return;
  button.classList.add("is-pressed");
  page.pressed = document.activeElement === button ? choice.key : null;
}

// A card is answered where it stands; the question at hand stays what it is.
const cards = new Cards(log, document.getElementById("news"), (card, choice) => {
  if (page.locked) return false;
  return delivery.send({ kind: "answered", card: card.card, choice: choice.key }, choice.label, "card");
});

function giveBack({ source, content }) {
  waiting.firstElementChild?.remove();
  lock(false);
  for (const button of log.querySelectorAll(".is-pressed:enabled")) button.classList.remove("is-pressed");
  if (source === "entry" && !entry.value) {
    entry.value = content.text;
    fitEntry();
    entry.focus();
  }
}

// The choice of the question at hand that was pressed last.
const pressedButton = () =>
  page.pressed === null ? null : log.querySelector(`.is-current [data-choice="${CSS.escape(page.pressed)}"]`);

function fitEntry() {
  entry.style.height = "auto";
  entry.style.height = `${Math.min(entry.scrollHeight + 2, 160)}px`;
  sessionStorage.setItem(DRAFT, entry.value);
}

// ---- what the person sees

// A locked button keeps the focus; it only does nothing until the answer is there.
function lock(locked) {
  page.locked = locked;
  for (const button of document.querySelectorAll("header button, .is-current .choice, .card .choice")) {
    if (locked) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

function retire() {
  for (const old of log.querySelectorAll(".screen.is-current")) {
    old.classList.remove("is-current");
    for (const form of old.querySelectorAll("form.fields")) form.remove();
    for (const button of old.querySelectorAll("button.choice")) {
      button.disabled = true;
    }
    for (const ways of old.querySelectorAll(".choices.is-quiet")) ways.remove();
  }
}

function show(screen) {
  if (screen.language !== page.language) speak(screen.language);
  if (isSelection(page.current, screen)) return reselect(screen);
  const follows = followsTheAnswer();
  page.pressed = null;
  trouble.leftWith = false;
  retire();
  const node = drawScreen(screen, page.words);
  node.classList.add("is-current");
  const fields =
    drawFields(screen.expects, page.words, sendText) ?? drawUpload(screen.expects, page.words, sendFiles);
  if (fields) node.append(fields);
  node.append(...drawChoices(screen, page.words, press));
  // Buttons are their own example.
  const example = screen.expects?.kind === "choice" ? "" : screen.expects?.example;
  hint.textContent = example ? fill(page.words.example, { example }) : "";
  log.append(node);
  page.current = screen;
  if (follows) node.focus({ preventScroll: true });
}

// The focus goes on with the conversation from anywhere in the question at hand, and after a press or "again" also from where nothing
// has it and from "again". Whoever went on to write, or to a card, while the answer was on its way stays there.
function followsTheAnswer() {
  const focused = document.activeElement ?? document.body;
  if (focused.closest(".is-current")) return true;
  return (focused === document.body || trouble.hasFocus) && (page.pressed !== null || trouble.leftWith);
}

// Switching one of many answers on or off is the same screen a revision later: it changes in its place.
function isSelection(before, after) {
  return (
    before?.expects?.kind === "choices" &&
    after.expects?.kind === "choices" &&
    before.conversation === after.conversation &&
    before.state === after.state &&
    after.revision === before.revision + 1 &&
    after.choices.some((choice, at) => choice.selected !== before.choices[at]?.selected)
  );
}

function reselect(screen) {
  const node = log.querySelector(".screen.is-current");
  const choices = () => [...node.querySelectorAll("[data-choice]")];
  const held = node.contains(document.activeElement) ? document.activeElement.dataset.choice : page.pressed;
  const key = followsTheAnswer() ? held : null;
  const place = choices().findIndex((button) => button.dataset.choice === key);
  // Cards may stand between the question and what was said.
  log.querySelector(".screen.is-current ~ .said")?.remove();
  for (const group of node.querySelectorAll(".choices")) group.remove();
  const groups = drawChoices(screen, page.words, press);
  // The switches speak for themselves when they are pressed; the log need not read all of them again.
  for (const group of groups) group.setAttribute("aria-live", "off");
  node.append(...groups);
  page.current = screen;
  page.pressed = null;
  trouble.leftWith = false;
  if (place < 0) return;
  // Where a choice gave way to another ("none of these" to "done"), that one stands in its place.
  const after = choices();
  const same = after.find((button) => button.dataset.choice === key);
  (same ?? after[place] ?? node).focus({ preventScroll: true });
}

function settle() {
  if (delivery.busy || page.lastId < page.awaited) return;
  waiting.replaceChildren();
  lock(false);
}

function receive(message) {
  if (message.message === "said") {
    waiting.firstElementChild?.remove();
    log.append(drawSaid(message.text, page.words));
  } else if (message.message === "screen") {
    show(message.screen);
    lock(false);
  } else if (message.message === "card") {
    const news = cards.show(message, page.words);
    settle();
    if (page.replayed && news) cards.announce();
    return;
  }
  settle();
  if (page.replayed) toNewest();
}

const toBottom = () => window.scrollTo({ top: document.documentElement.scrollHeight });

// A long result is read from its top: the newest screen starts under the header, or all of it is in sight.
function toNewest() {
  const newest = log.lastElementChild;
  const room = window.innerHeight - composer.offsetHeight - document.querySelector("header").offsetHeight;
  if (newest && newest.offsetHeight > room) newest.scrollIntoView({ block: "start" });
  else toBottom();
}

// ---- the line to the server

let lineTimer = 0;

const line = new Line({
  get language() {
    return page.language;
  },
  receive(id, message) {
    page.lastId = id;
    receive(message);
  },
  erased() {
    log.replaceChildren();
    page.current = null;
  },
  // A short gap is nobody's concern.
  up(up) {
    if (up) {
      clearTimeout(lineTimer);
      lineTimer = 0;
      lineState.textContent = "";
    } else if (!lineTimer) {
      lineTimer = setTimeout(() => (lineState.textContent = page.words.reconnecting), 1500);
    }
  },
  failing(message) {
    if (!delivery.busy) trouble.tell(message ?? page.words.failing);
  },
  opened({ fresh, language }) {
    if (!delivery.busy) trouble.clear();
    if (fresh && page.lastId) {
      log.replaceChildren(el("p", { class: "notice is-info" }, page.words.ended));
      page.lastId = 0;
      page.current = null;
    }
    if (!page.lastId) speak(language);
    log.setAttribute("aria-busy", "true");
    return page.lastId;
  },
  replayed() {
    log.removeAttribute("aria-busy");
    if (page.replayed) return;
    page.replayed = true;
    greetReturned(log, page.words);
    toNewest();
    // A telephone would open its keyboard over the question.
    if (page.current?.expects && matchMedia("(hover: hover) and (pointer: fine)").matches) {
      entry.focus({ preventScroll: true });
    }
    delivery.resume();
    openInvitation(delivery);
  },
});

// ---- start

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  if (sendText(entry.value)) {
    entry.value = "";
    fitEntry();
  }
  entry.focus();
});

entry.addEventListener("input", fitEntry);
entry.addEventListener("keydown", (event) => {
  // Enter inside an input method chooses a word; it does not send.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  composer.requestSubmit();
});

for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => {
    if (page.locked) return;
    const { command, argument } = button.dataset;
    delivery.send({ kind: "command", name: command, argument: argument ?? "" }, button.textContent, "button");
  });
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) line.connect();
});

entry.value = sessionStorage.getItem(DRAFT) ?? "";
fitEntry();
awaitReturn(page, delivery);
line.connect();
