// Takes what the person says to the server, exactly once: a message keeps its key until it is acknowledged,
// through lost connections, a restarted server and a reloaded page. The server knows a key it has seen.

import { forgetFile, forgetLeftovers, keepFile, keptFile } from "./kept_files.js";
import { fill } from "./screen.js";
import { postFile } from "./upload.js";

const KEPT = "zhuoyue.pending";
const LONGEST_PAUSE = 15000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const backoff = (attempt) => Math.min(LONGEST_PAUSE, 500 * 2 ** attempt) * (0.9 + Math.random() / 5);

// crypto.randomUUID exists only on secure origins; this page also works over plain http on a local network.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function post(path, body, language) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Zhuoyue-Language": language },
    body: JSON.stringify(body),
    credentials: "same-origin",
    redirect: "error",
  });
}

export class Delivery {
  /**
   * `page` is told what happens: `waiting(item)` for each thing to say, `waitingAnew(items)` for all of them in their order,
   * `delivered(ids)`, `troubled(message, again)` while it will be tried again, `refused(item, message)` when it will not,
   * `ended(item)` when the session is over.
   */
  constructor(page) {
    this.page = page;
    this.queue = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    // What an earlier load of this page had not finished.
    this.left = this.busy;
    this.troubled = false;
    this.delivering = false;
    this.givenUp = false;
    this.wake = () => {};
    window.addEventListener("online", () => this.wake());
  }

  get busy() {
    return this.queue.length > 0;
  }

  /** Sends one content after those before it; false while one of those cannot get through. */
  send(content, shown, source, file = null) {
    if (this.troubled) return false;
    const item = { key: newKey(), content, shown, source, file };
    if (file) keepFile(item.key, file);
    this.queue.push(item);
    this.keep();
    this.page.waiting(item);
    if (this.queue.length === 1) this.deliver();
    return true;
  }

  /** Takes up what an earlier load of this page had not finished. */
  async resume() {
    if (this.left) this.page.waitingAnew(this.queue);
    this.left = false;
    await this.deliver();
    // Last, for what was still to be sent may be as old as what nobody came back for.
    forgetLeftovers();
  }

  /** Nothing more of this chat is to be sent or kept: the page is about to be in another. */
  giveUp() {
    this.givenUp = true;
    this.queue = [];
    this.wake();
  }

  /** Takes one thing after the other to the server until nothing waits; never two at once. */
  async deliver() {
    if (this.delivering) return;
    this.delivering = true;
    try {
      for (let attempt = 0; this.busy; ) {
        const outcome = await this.attempt(this.queue[0]);
        if (this.givenUp) return;
        this.troubled = outcome.pause !== undefined;
        if (this.troubled) {
          this.page.troubled(outcome.message, () => this.wake());
          await this.rest(Math.max(outcome.pause, backoff(attempt)));
          attempt += 1;
          continue;
        }
        attempt = 0;
        const item = this.queue.shift();
        if (item.content.kind === "file") forgetFile(item.key);
        this.keep();
        outcome.report(item);
      }
    } finally {
      this.delivering = false;
    }
  }

  /** One attempt: a report to the page when it is over, or how long to pause at least before the next. */
  async attempt({ key, content, file: chosen }) {
    const file = chosen ?? (content.kind === "file" ? await keptFile(key) : null);
    if (content.kind === "file" && !file) {
      const message = fill(this.page.words.file_lost, { name: content.name });
      return { report: (item) => this.page.refused(item, message) };
    }
    let response = null;
    try {
      response = file
        ? await postFile(key, file, this.page.language)
        : await post("/chat", { key, content }, this.page.language);
    } catch {
      return { pause: 0, message: this.page.words.offline };
    }
    const answer = await response.json().catch(() => ({}));
    if (response.status === 202) return { report: () => this.page.delivered(answer.ids) };
    if (response.status === 401) return { report: (item) => this.page.ended(item) };
    if (response.status === 429 || response.status >= 500) {
      const seconds = Number(response.headers.get("Retry-After") ?? 2);
      return { pause: seconds * 1000, message: answer.message ?? this.page.words.failing };
    }
    return { report: (item) => this.page.refused(item, answer.message ?? this.page.words.refused) };
  }

  keep() {
    if (this.givenUp) return;
    // Files lie elsewhere, under the same key.
    const words = this.queue.map(({ file: _file, ...item }) => item);
    if (words.length) sessionStorage.setItem(KEPT, JSON.stringify(words));
    else sessionStorage.removeItem(KEPT);
  }

  rest(milliseconds) {
    return Promise.race([pause(milliseconds), new Promise((resolve) => (this.wake = resolve))]);
  }
}
