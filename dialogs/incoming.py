"""What reaches the assistant from a channel, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.made_often import made_often
from domain.store import Visit
from domain.uploads import Arrived

CommandName = Literal[
    "start", "menu", "back", "cancel", "help", "language", "where", "answers", "data", "reminders"
]


@made_often(frozen=True, slots=True)
class Typed:
    """The person typed a text; `beside` is the kind of what it came with and what cannot be taken, e.g. ``photo``."""

    text: str
    beside: str = ""


@made_often(frozen=True, slots=True)
class Pressed:
    """The person pressed a button of a screen; the numbers are those of that screen."""

    conversation: int
    revision: int
    choice: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The person pressed a button of a card; `place` is where the channel shows it, in words only the channel reads."""

    card: str
    choice: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that works in every state; `argument` is what followed its name."""

    name: CommandName
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The person sent something that is neither text nor a button, and no file we can take: `kind` is e.g. ``sticker``."""

    kind: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The person sent files, which were looked at already, and wrote a note under them."""

    files: tuple[Arrived, ...]
    note: str = ""


Content = Typed | Pressed | Answered | Command | Unsupported | Uploaded


@made_often(frozen=True, slots=True)
class Incoming:
    """One update of one chat; `update_key` is unique in the chat and de-duplicates deliveries.

    Without a key whoever hands it in has seen to it that it is taken once. `visit` is the chat as it was found in the
    same transaction, where it was looked for already.
    """

    chat: int
    update_key: str | None
    content: Content
    visit: Visit | None = None


@made_often(frozen=True, slots=True)
class Handled:
    """What one turn did: nothing when it was a duplicate, else the messages it queued."""

    duplicate: bool
    outbox_ids: tuple[int, ...] = ()
