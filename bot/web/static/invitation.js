// An invitation stands behind "#" in the address, where neither servers nor other pages get to see it. It is taken from
// there at once, so that it stays in no history either, and said to the assistant when the chat is there.

const ARGUMENT = /^#(i_[A-Za-z0-9_-]{43})$/;

function taken() {
  const found = ARGUMENT.exec(location.hash);
  if (location.pathname === "/invitation") history.replaceState(null, "", "/");
  return found?.[1] ?? "";
}

const argument = taken();

/** Opens the invitation this page was called with, if any. */
export function openInvitation(delivery) {
  if (argument) delivery.send({ kind: "command", name: "start", argument }, "", "link");
}
