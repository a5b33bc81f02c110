// The line from the server: a session, and its events from the last one this page has. It comes back by itself.

import { post } from "./delivery.js";

const LONGEST_PAUSE = 15000;

export class Line {
  /**
   * `page` is told what happens: `opened(session)` and answers with the last id it has, `receive(id, message)`,
   * `replayed()` once it has everything, `erased()` when all it has is to be forgotten, `up(yes)` and `failing(message)`.
   */
  constructor(page) {
    this.page = page;
    this.source = null;
    this.attempts = 0;
    this.lastId = 0;
    this.timer = 0;
  }

  /** Opens the session (a new one when there is none), then listens. */
  async connect() {
    this.source?.close();
    clearTimeout(this.timer);
    let response = null;
    try {
      response = await post("/session", {}, this.page.language);
    } catch {
      return this.again();
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      this.page.failing(answer.message);
      return this.again(Number(response.headers.get("Retry-After") ?? 0) * 1000);
    }
    this.lastId = this.page.opened(answer);
    return this.listen();
  }

  again(least = 0) {
    this.source?.close();
    this.page.up(false);
    this.attempts += 1;
    this.timer = setTimeout(() => this.connect(), Math.max(least, Math.min(LONGEST_PAUSE, 250 * 2 ** this.attempts)));
  }

  listen() {
    const source = new EventSource(`/chat/events?after=${this.lastId}`);
    this.source = source;
    source.addEventListener("message", (event) => {
      const id = Number(event.lastEventId);
      if (id <= this.lastId) return;
      this.lastId = id;
      this.page.receive(id, JSON.parse(event.data));
    });
    source.addEventListener("ready", () => {
      this.attempts = 0;
      this.page.up(true);
      this.page.replayed();
    });
    source.addEventListener("erased", () => this.page.erased());
    // Too many tabs: this one rests until somebody looks at it again.
    source.addEventListener("elsewhere", () => {
      source.close();
      window.addEventListener("focus", () => this.connect(), { once: true });
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) this.again();
      else this.page.up(false);
    });
  }
}
