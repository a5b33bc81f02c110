"""What the outbox holds for a Telegram chat: the product's messages, and a few that only Telegram has a use for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from dialogs.engine.screen import Card, Frozen, Said, Screen, ScreenMessage, in_mind


class Turned(Frozen):
    """A screen that is shown already, with another part of its keyboard."""

    message: Literal["telegram.turned"] = "telegram.turned"
    screen: Screen
    view: str


class Hint(Frozen):
    """A short word beside the conversation, which stays where it is."""

    message: Literal["telegram.hint"] = "telegram.hint"
    about: Literal["edited", "foreign_contact", "too_long", "sorry"]
    most: int = 0


class Tidy(Frozen):
    """Take the buttons away from a message that is no longer the living one.

    Old buttons do no harm, but a chat is easier to read without them; so this goes last of all.
    """

    message: Literal["telegram.tidy"] = "telegram.tidy"
    message_id: int


class WantedPaper(Frozen):
    """A page or file of the product, sent as a document."""

    message: Literal["telegram.paper"] = "telegram.paper"
    path: str


class Pointer(Frozen):
    """The way from a group to a private chat."""

    message: Literal["telegram.pointer"] = "telegram.pointer"
    language: str
    reply_to: int
    topic: int | None = None
    argument: str = ""


Outgoing = Annotated[
    ScreenMessage | Said | Card | Turned | Hint | Tidy | WantedPaper | Pointer,
    Field(discriminator="message"),
]

AnyOutgoing = ScreenMessage | Said | Card | Turned | Hint | Tidy | WantedPaper | Pointer

_OUTGOING: TypeAdapter[AnyOutgoing] = TypeAdapter(Outgoing)


def outgoing(message_json: str) -> AnyOutgoing:
    """The message in an outbox row of a Telegram chat."""
    return in_mind(message_json) or _OUTGOING.validate_json(message_json)
