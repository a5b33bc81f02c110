// Cards: messages that stand beside the conversation, each with buttons of its own.

import { drawCard } from "./screen.js";

// So many pixels of a long card are enough to notice it.
const ENOUGH = 150;

export class Cards {
  /** `answer(card, choice)` sends a press and says whether it went out; `news` is the button that leads to a card out of sight. */
  constructor(log, news, answer) {
    this.log = log;
    this.news = news;
    this.answer = answer;
    this.latest = null;
    this.sight = null;
    news.addEventListener("click", () => {
      this.latest?.scrollIntoView({ block: "start" });
      this.latest?.focus({ preventScroll: true });
    });
  }

  /**
   * Shows a card and says whether it is news. The answer to a press changes the card where it stands; one that is said
   * again by itself comes last, as everything new does, and is not left behind in its old place too.
   */
  show(card, words) {
    const before = this.log.querySelector(`[data-card="${CSS.escape(card.card)}"]`);
    const node = drawCard(card, words, (choice, button) => {
      if (this.answer(card, choice)) button.classList.add("is-pressed");
    });
    const focused = before?.contains(document.activeElement);
    const news = !before || !card.place;
    if (news) {
      before?.remove();
      this.log.append(node);
    } else {
      before.replaceWith(node);
    }
    if (focused) node.focus({ preventScroll: true });
    return news;
  }

  /** Nobody is pulled away from what they read or write: where the newest card is out of sight, a button leads to it. */
  announce() {
    this.sight?.disconnect();
    this.latest = this.log.lastElementChild;
    // What the desk at the foot of the page covers is not in sight.
    const covered = this.news.parentElement.offsetHeight;
    this.sight = new IntersectionObserver((entries) => this.seen(entries), {
      rootMargin: `0px 0px -${covered}px 0px`,
      threshold: [0, 0.1, 0.25, 0.5],
    });
    this.sight.observe(this.latest);
  }

  seen(entries) {
    const visible = entries.some((entry) => entry.intersectionRatio >= 0.5 || entry.intersectionRect.height > ENOUGH);
    this.news.hidden = visible;
    if (visible) this.sight.disconnect();
  }
}
