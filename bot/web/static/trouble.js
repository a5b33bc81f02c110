// What is wrong at the moment, and the way to try again.

import { el } from "./screen.js";

export class Trouble {
  constructor(node) {
    this.node = node;
    // Whether the focus was on "again", which goes when it is no longer needed.
    this.hadFocus = false;
  }

  /** Says what is wrong; with `again`, a button that is called `label` does that. */
  tell(message, label = "", again = null) {
    const focused = this.node.contains(document.activeElement);
    this.clear();
    this.node.hidden = false;
    this.node.append(el("p", {}, message));
    if (!again) return;
    const button = el("button", { type: "button", class: "choice is-navigation" }, label);
    button.addEventListener("click", again);
    this.node.append(button);
    if (focused) button.focus({ preventScroll: true });
  }

  /** Nothing is wrong any more. */
  clear() {
    this.hadFocus ||= this.node.contains(document.activeElement);
    this.node.hidden = true;
    this.node.replaceChildren();
  }
}
