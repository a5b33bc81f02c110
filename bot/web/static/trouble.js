// What is wrong at the moment, and the way to try again.

import { el } from "./screen.js";

export class Trouble {
  constructor(node) {
    this.node = node;
    // Whether somebody tried again, or would have, and lost the focus with the button.
    this.leftWith = false;
  }

  get hasFocus() {
    return this.node.contains(document.activeElement);
  }

  /** Says what is wrong; with `again`, a button that is called `label` does that. */
  tell(message, label = "", again = null) {
    const focused = this.hasFocus;
    this.node.hidden = false;
    this.node.replaceChildren(el("p", {}, message));
    if (!again) return;
    const button = el("button", { type: "button", class: "choice is-navigation" }, label);
    button.addEventListener("click", () => {
      this.leftWith = this.hasFocus;
      again();
    });
    this.node.append(button);
    if (focused) button.focus({ preventScroll: true });
  }

  /** Nothing is wrong any more. */
  clear() {
    this.leftWith ||= this.hasFocus;
    this.node.hidden = true;
    this.node.replaceChildren();
  }
}
