"""What the courier hands to a channel, and the closed set of what may come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from domain.made_often import made_often
from domain.store import Chat, Lane, Living


@made_often(frozen=True, slots=True)
class Parcel:
    """One message to be sent now. `attempt` counts from 1; `chat` is as it was when the parcel was claimed."""

    outbox_id: int
    chat: Chat
    message_json: str
    attempt: int
    lane: Lane
    repeatable: bool = True
    """Whether it is sent once more when nobody knows if it arrived; otherwise it is left as unknown."""


@made_often(frozen=True, slots=True)
class Delivered:
    """The platform has it.

    `message_ref` is the platform's id of the (last) message, empty when there was nothing to send.
    `living` is stored with the chat in the same commit; `None` leaves what is stored as it is.
    `calls` is how many requests it took: each counts towards the limits.
    """

    message_ref: str
    living: Living | None = None
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take this message: it is set aside, and the chat goes on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat is closed to us (blocked, kicked out, deactivated): what is queued for it is dropped."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has another address now; the message is sent there."""

    address: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may be sent for so many seconds, in this chat or at all. It is no attempt."""

    seconds: float
    scope: Literal["chat", "all"]


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It surely did not arrive (5xx, connection refused), and may do so later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody knows whether it arrived (a time-out after sending)."""

    reason: str


Receipt = Delivered | Refused | Gone | Moved | Wait | TryAgain | Unsure


class Sender(Protocol):
    """A channel that can send."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one message and say what came of it.

        `reason` reaches operators: it holds no token and none of the message. An exception counts as Unsure.
        """
        ...
