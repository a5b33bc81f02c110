// Takes what the person says to the server, exactly once: a message keeps its key until it is acknowledged,
// through lost connections, a restarted server and a reloaded page. The server knows a key it has seen.

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
   * `page` is told what happens: `waiting(pending)`, `delivered(ids)`, `troubled(message, again)` while it will be
   * tried again, `refused(pending, message)` when it will not, `ended(pending)` when the session is over.
   */
  constructor(page) {
    this.page = page;
    this.pending = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    this.wake = () => {};
    window.addEventListener("online", () => this.wake());
  }

  get busy() {
    return this.pending !== null;
  }

  /** Sends one content; false when the one before is still on its way. */
  send(content, shown, source) {
    if (this.busy) return false;
    this.pending = { key: newKey(), content, shown, source };
    sessionStorage.setItem(KEPT, JSON.stringify(this.pending));
    this.deliver();
    return true;
  }

  /** Takes up what an earlier load of this page had not finished. */
  resume() {
    if (this.busy) this.deliver();
  }

  async deliver() {
    const { key, content } = this.pending;
    this.page.waiting(this.pending);
    for (let attempt = 0; this.busy; attempt += 1) {
      let response = null;
      try {
        response = await post("/chat", { key, content }, this.page.language);
      } catch {
        this.page.troubled(this.page.words.offline, () => this.wake());
        await this.rest(backoff(attempt));
        continue;
      }
      const answer = await response.json().catch(() => ({}));
      if (response.status === 202) return this.finish(() => this.page.delivered(answer.ids));
      if (response.status === 401) return this.finish((pending) => this.page.ended(pending));
      if (response.status === 429 || response.status >= 500) {
        const seconds = Number(response.headers.get("Retry-After") ?? 0);
        this.page.troubled(answer.message ?? this.page.words.failing, () => this.wake());
        await this.rest(Math.max(seconds * 1000, backoff(attempt + 2)));
        continue;
      }
      return this.finish((pending) => this.page.refused(pending, answer.message ?? this.page.words.refused));
    }
    return undefined;
  }

  finish(report) {
    const pending = this.pending;
    this.pending = null;
    sessionStorage.removeItem(KEPT);
    report(pending);
  }

  rest(milliseconds) {
    return Promise.race([pause(milliseconds), new Promise((resolve) => (this.wake = resolve))]);
  }
}
