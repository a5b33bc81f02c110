// Coming back to an earlier chat with its return code.

import { post } from "./delivery.js";
import { forgetFiles } from "./kept_files.js";
import { el } from "./screen.js";

const RETURNED = "zhuoyue.returned";

const place = document.getElementById("return");
const form = document.getElementById("return-form");
const code = document.getElementById("return-code");
const problem = document.getElementById("return-problem");

// The other tabs of this browser have the same cookie, so they are in the other chat as well.
const tabs = new BroadcastChannel("zhuoyue.returned");

// What was being written belongs to the chat that is left.
async function moveOver(delivery) {
  delivery.giveUp();
  sessionStorage.clear();
  await forgetFiles();
  sessionStorage.setItem(RETURNED, "yes");
  location.reload();
}

async function come(page, delivery) {
  let response = null;
  try {
    response = await post("/return", { code: code.value }, page.language);
  } catch {
    return page.words.return_offline;
  }
  if (response.ok) {
    tabs.postMessage("moved");
    moveOver(delivery);
    return "";
  }
  const answer = await response.json().catch(() => ({}));
  return answer.message ?? page.words.refused;
}

/** Takes the code when it is entered; `page` knows the words and the language, `delivery` what is on its way. */
export function awaitReturn(page, delivery) {
  tabs.addEventListener("message", () => moveOver(delivery));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true" || !code.value.trim()) return;
    form.setAttribute("aria-busy", "true");
    problem.textContent = "";
    problem.textContent = await come(page, delivery);
    code.setAttribute("aria-invalid", String(problem.textContent !== ""));
    form.removeAttribute("aria-busy");
    if (problem.textContent) code.focus();
  });
  place.addEventListener("toggle", () => {
    if (!place.open) return;
    code.focus();
    place.scrollIntoView({ block: "nearest" });
  });
}

/** Says once, above the screen at hand, that this is the earlier chat. */
export function greetReturned(log, words) {
  if (!sessionStorage.getItem(RETURNED)) return;
  sessionStorage.removeItem(RETURNED);
  const greeting = el("p", { class: "notice is-success" }, words.returned);
  const current = log.querySelector(".screen.is-current");
  if (current) current.before(greeting);
  else log.append(greeting);
}
