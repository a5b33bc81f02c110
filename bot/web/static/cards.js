// Cards: messages that stand beside the conversation, each with buttons of its own.

import { drawCard } from "./screen.js";

export class Cards {
  /** `answer(card, choice)` sends a press and says whether it went out. */
  constructor(log, answer) {
    this.log = log;
    this.answer = answer;
  }

  /** Shows a card, in the place of what it looked like before; true when it is a new one. */
  show(card, words) {
    const before = this.log.querySelector(`[data-card="${CSS.escape(card.card)}"]`);
    const node = drawCard(card, words, (choice, button) => {
      if (this.answer(card, choice)) button.classList.add("is-pressed");
    });
    if (!before) {
      this.log.append(node);
      return true;
    }
    const focused = before.contains(document.activeElement);
    before.replaceWith(node);
    if (focused) node.focus({ preventScroll: true });
    return false;
  }
}
