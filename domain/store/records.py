"""What the repositories give and take: frozen values, no rows and no SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from domain.made_often import made_often
from domain.organisations import Person
from domain.rounds import RoundAct, Terms
from domain.store.instants import to_stored
from domain.uploads.files import FileKind

_to_json = json.JSONEncoder(ensure_ascii=False).encode
_quoted: Final[Callable[[str], str]] = json.encoder.encode_basestring

Json = bool | int | float | str | None | list["Json"] | dict[str, "Json"]
"""Anything JSON can say. The store keeps it and gives it back, and never looks inside."""

Source = Literal["self_stated", "document", "verified"]
"""How a fact is known."""

ConversationStatus = Literal["active", "parked", "ended"]
"""A chat has one active conversation at most; parked ones can be resumed; ended ones are history."""

Lane = Literal["reply", "reminder", "broadcast"]
"""The order in which what is sent goes out: replies first, broadcasts last."""


DeliveryState = Literal["waiting", "sending", "sent", "unknown", "dead", "dropped"]
"""`unknown`: it may have arrived and is not repeated; `dead`: given up; `dropped`: nobody wants it any more."""

UpdateState = Literal["waiting", "done", "set_aside"]
"""`set_aside`: handling it failed again and again; an operator decides."""

LANES: Final[tuple[Lane, ...]] = ("reply", "reminder", "broadcast")

PUSHED: Final = frozenset({"telegram"})
"""The channels to which messages are carried; the others come and read the outbox."""


@made_often(frozen=True, slots=True)
class Living:
    """The one message of a chat that is edited in place: the conversation it shows, and the platform's id of it.

    `place` is its number among the messages of the chat, where a platform counts them; it is not kept.
    """

    conversation: int
    message_ref: str
    place: int | None = field(default=None, compare=False)

    @property
    def buried(self) -> Living:
        """As it is once something stands below it: no conversation's, and never edited in place again."""
        return Living(0, self.message_ref)


@made_often(frozen=True, slots=True)
class Chat:
    """Where one person talks to the assistant: an address on a channel.

    `blocked_at` says since when nothing reaches it. `living` is the message that is edited in place, if any.
    `heard` is the number of the last message that came from it.
    """

    id: int
    channel: str
    address: str
    person_id: int
    language: str
    created_at: datetime
    blocked_at: datetime | None = None
    living: Living | None = None
    heard: int | None = None

    @property
    def mirrors(self) -> bool:
        """Whether the channel must show itself what the person typed or pressed."""
        return self.channel == "web"

    @property
    def pushed(self) -> bool:
        """Whether messages are carried to the chat, instead of waiting to be read."""
        return self.channel in PUSHED


@made_often(frozen=True, slots=True)
class StoredAnswer:
    """One answer of a conversation: the state that asked, the value, what the person said, and when."""

    state: str
    value: Json
    said: str
    at: datetime
    _written: str | None = field(default=None, init=False, repr=False, compare=False)
    """Its JSON in the list of answers, once somebody wrote it: each is stored with every answer that follows."""

    def written(self) -> str:
        """As it stands in the stored list."""
        text = self._written
        if text is None:
            value = _quoted(self.value) if type(self.value) is str else _to_json(self.value)
            text = f"[{_quoted(self.state)}, {value}, {_quoted(self.said)}, {to_stored(self.at)}]"
            object.__setattr__(self, "_written", text)
        return text


@made_often(frozen=True, slots=True)
class StoredConversation:
    """A conversation as it is kept: the list of answers; where it stands is folded from them.

    `version` is the version of the dialog; `revision` counts the saves and is what buttons carry.
    """

    id: int
    chat_id: int
    dialog: str
    version: int
    subject: Mapping[str, Json]
    answers: tuple[StoredAnswer, ...]
    revision: int
    status: ConversationStatus
    started_at: datetime
    updated_at: datetime
    aside: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What readers made of the answers, to be found again as long as this very value is kept."""


@made_often(frozen=True, slots=True)
class Visit:
    """Somebody in their chat, which is held until the transaction ends: who they are and what they are in."""

    chat: Chat
    person: Person
    conversation: StoredConversation | None
    """The active one, if any."""


@dataclass(frozen=True, slots=True)
class FactStatement:
    """What was stated about an organisation, when, how it is known, and by whom (an id, never a name)."""

    id: int
    fact: str
    value_json: Json
    stated_at: datetime
    source: Source
    stated_by: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file somebody handed in, without its content. `name` is what they called it, `stored_name` what we call it."""

    id: int
    chat_id: int
    conversation_id: int | None
    stored_name: str
    name: str
    kind: FileKind
    size: int
    sha256: str
    created_at: datetime
    kept_for: str | None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message on its way to a chat; ids only ever grow within a chat."""

    id: int
    message_json: str
    created_at: datetime
    lane: Lane


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing may be sent until then: in one chat, or (`chat_id` None) at all."""

    chat_id: int | None
    until: datetime


@made_often(frozen=True, slots=True)
class ClaimedDelivery:
    """A message this worker may send until its lease ends; `fence` proves it when it says what came of it."""

    outbox_id: int
    chat: Chat
    message_json: str
    lane: Lane
    attempt: int
    fence: int
    repeatable: bool
    latest: int
    """The id of the chat's latest message when this one was claimed: what is newer was put since."""
    taken_back: bool = False
    """Whether it is taken back and decided about anew, if it is not sent in time."""


@made_often(frozen=True, slots=True)
class Claimed:
    """What a claim gave: the messages, when the next one is due that was not (None: nothing is planned), and
    the holds in force.
    """

    deliveries: tuple[ClaimedDelivery, ...]
    next_due: datetime | None
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message on its way, as an operator sees it: everything but what it says."""

    outbox_id: int
    chat_id: int
    channel: str
    lane: Lane
    state: DeliveryState
    created_at: datetime
    due_at: datetime | None
    attempts: int
    error: str
    message_ref: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages of a lane are in a state, and since when the oldest of them that is due is in the outbox."""

    lane: Lane
    state: DeliveryState
    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """Something a platform delivered. `order_key` is the platform's chat: its updates are handled in order.

    `payload_json` is empty once the update is done. `attempts` counts the failures so far.
    """

    id: int
    channel: str
    update_id: int
    order_key: str
    payload_json: str
    received_at: datetime
    state: UpdateState
    attempts: int
    error: str
    followed: bool = field(default=True, compare=False)
    """Whether somebody may stand behind it in its line; known to whoever claimed it alone."""


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt of an evaluation: its exact JSON text, and what is needed to find it."""

    id: int
    chat_id: int
    organisation_id: int | None
    programme: str
    version: str
    content_hash: str
    as_of: date
    verdict: str
    receipt_json: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A web session. Only the SHA-256 of its token is known here; whether it has ended is the edge's question."""

    token_hash: str
    chat_id: int
    created_at: datetime
    used_at: datetime
    absolute_end: datetime


@dataclass(frozen=True, slots=True)
class RoundChange:
    """A change that was made to a round: why, when, and by which member of the staff (None: on the command line).

    `before` is None where the round was new.
    """

    revision: int
    act: RoundAct
    reason: str
    before: Terms | None
    after: Terms
    staff_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail; `subject_ids` are ids only."""

    sequence: int
    kind: str
    subject_ids: Mapping[str, int | str]
    at: datetime
