"""What is planned, what is due, and who turns it into a message.

A reminder is planned long before it is told, and rendered only when it is: it therefore holds no words, only the day
it is about and the ids that say what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal, Protocol

from domain.eligibility.evaluate import Evaluation, Examination
from domain.eligibility.receipts import Receipt
from domain.rounds import Round
from domain.staff import Role
from domain.values import Facts, Value

Json = bool | int | float | str | None | list["Json"] | dict[str, "Json"]
"""Anything JSON can say."""

Choice = Literal["open", "snooze", "done", "stop"]
"""What a person may do with a reminder: open what it is about, hear again in some days, say that it is done, hear
nothing of this kind any more."""

Bundling = Literal["together", "one_by_one"]
"""Whether what is due at the same moment comes as one message or as one message each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One thing to say once, on one day, about one date.

    `key` is stable and unique within a chat: the same reminder planned again has the same key, and a date that
    moved gives other keys. `thread` names what the date belongs to whatever the date is (a round of a programme, a
    certificate): what is done, superseded or moved is found by it.
    """

    key: str
    thread: str
    kind: str
    """A kind of ``kinds.yaml``."""
    programme: str | None
    subject: Mapping[str, Json] = field(default_factory=dict)
    """Ids and days that say what it is about (``round``, ``criterion``, ``fact``, ``until`` ...): what each kind puts
    there stands with its source."""
    due: date
    """The day it is about: act by then under every reading."""
    outer: date | None = None
    """Nothing adverse before this day has passed; None where it is the same day."""
    paper_safe: date | None = None
    """The last working day on or before `due`, where papers are handed in."""
    provisional: bool = False
    """Rests on a year whose holiday list is not out."""
    clause: str = ""
    offset: int
    """Days before `due` (0: the morning of the day itself)."""
    send_on: date
    """The day to say it on, before quiet hours and non-working days are looked at."""
    until: date
    """The last day on which saying it still makes sense."""
    urgent: bool = False
    """Also said on non-working days."""
    at_once: bool = False
    """Said as soon as it is known, unless the person learnt of it by what they did themselves."""
    moved_from: date | None = None
    """Says that the date moved to `due`: what was said before named this one."""
    called_off: bool = False
    """Says that what was due on `due` is called off or closed early; only to whoever had heard of it."""


ReminderState = Literal["planned", "snoozed", "sent", "done", "dropped", "withdrawn", "set_aside"]
"""`dropped`: when its time came it was not said any more; `withdrawn`: it does not follow any more from what is known;
`set_aside`: making the message failed again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReminder:
    """A reminder as it is kept for a chat. `send_at` is when it is said, or was to be said."""

    id: int
    chat_id: int
    reminder: Reminder
    state: ReminderState
    send_at: datetime
    reason: str = ""
    """Why it was dropped or set aside: ``over``, ``superseded``, ``no_longer_applies``, ``blocked``, ``known`` ..."""
    told: int = 0
    """How often it was said."""
    told_at: datetime | None = None
    bundle: int | None = None
    """The id of the first reminder of the message it was said in, where that held several."""
    failures: int = 0

    @property
    def to_say(self) -> bool:
        """Whether it is still to be said."""
        return self.state in {"planned", "snoozed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """A reminder that is to be said now, in a chat. `id` is what its card and its buttons carry (``r<id>``)."""

    id: int
    reminder: Reminder
    told_before: int = 0
    """How often it was said already: more than 0 after "remind me again in some days"."""
    late_days: int = 0
    """Days since it should have been said, where the service was down meanwhile; 0 when it is in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How a person wants to be reminded. Times are Asia/Shanghai."""

    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 30)
    """Nothing is said from `quiet_from` on until then; equal times: no quiet hours."""
    working_days_only: bool = True
    """What is not urgent is said on working days only."""
    bundling: Bundling = "together"
    at: time | None = None
    """When on the day reminders are said; None: as soon as quiet hours are over."""
    kinds: Mapping[str, bool] = field(default_factory=dict)
    """Kinds switched on or off by the person; the others are as ``kinds.yaml`` says."""
    programmes: Mapping[str, bool] = field(default_factory=dict)
    """Programmes asked for ("remind me") or refused; for the others it depends on what was checked."""
    paused: bool = False
    """Nothing at all is said."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact of the organisation as it stands: its typed value and the day it was stated (Asia/Shanghai)."""

    value: Value
    stated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that decides what somebody is reminded of. Without consent there are no facts, only preferences."""

    as_of: date
    district: str = ""
    """Of the organisation, as it was stated; empty where nobody said."""
    facts: Mapping[str, Known] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    """The latest self-check of each programme, by programme."""
    preferences: Preferences = field(default_factory=Preferences)
    rounds: tuple[Round, ...] = ()
    """Every stored round but the drafts."""
    roles: frozenset[Role] = frozenset()
    """What the person is among the staff."""
    _evaluated: dict[Examination, Evaluation] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def values(self) -> Facts:
        """The facts without the days on which they were stated."""
        return {fact: known.value for fact, known in self.facts.items()}

    def evaluate(self, examination: Examination) -> Evaluation:
        """An examination with what is known. Whether something is said and what it says rest on the same one: each is made
        once.
        """
        found = self._evaluated.get(examination)
        if found is None:
            found = self._evaluated[examination] = examination.evaluate(self.values)
        return found


class Renderer(Protocol):
    """Turns what is due into messages, in the language of the person at that moment. Made by the dialogs."""

    def card(self, due: DueReminder, situation: Situation, language: str) -> str:
        """The message (JSON for the outbox) for one reminder; its card is ``r<due.id>``."""
        ...

    def digest(self, due: Sequence[DueReminder], situation: Situation, language: str) -> str:
        """One message for several reminders, the nearest date first; its card is ``g<id of the first one>``."""
        ...
