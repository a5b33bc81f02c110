// The page that makes a private address for the calendar. The address is shown once and kept nowhere.

import { post } from "./delivery.js";

const language = document.documentElement.dataset.language;
const [make, close, copy] = ["make", "close", "copy"].map((id) => document.getElementById(id));
const [made, exists, address, said] = ["made", "exists", "address", "said"].map((id) => document.getElementById(id));

async function ask(path) {
  said.textContent = "";
  try {
    const response = await post(path, {}, language);
    const answer = await response.json();
    if (response.ok) return answer;
    said.textContent = answer.message ?? said.dataset.failed;
  } catch {
    said.textContent = said.dataset.failed;
  }
  return null;
}

make.addEventListener("click", async () => {
  const answer = await ask("/calendar/address");
  if (!answer) return;
  address.value = new URL(answer.path, location.origin).href;
  made.hidden = false;
  close.hidden = false;
  exists.hidden = true;
  address.focus();
  address.select();
});

close.addEventListener("click", async () => {
  if (!(await ask("/calendar/close"))) return;
  address.value = "";
  made.hidden = true;
  exists.hidden = true;
  close.hidden = true;
  said.textContent = said.dataset.closed;
  make.focus();
});

copy.addEventListener("click", async () => {
  address.select();
  // Over plain http there is no clipboard to write to; then the address stays selected.
  try {
    await navigator.clipboard.writeText(address.value);
    said.textContent = said.dataset.copied;
  } catch {
    address.focus();
  }
});
