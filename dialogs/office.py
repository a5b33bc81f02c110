"""What a dialog can know of rounds, staff and invitations: read when it is first asked for, as most turns never ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol

from domain.announcements import Announcement, Audience, Looked, Progress
from domain.reminders.model import Preferences, Reminder, Situation
from domain.reminders.sources import windows
from domain.reminders.tools import Tools
from domain.rounds import Round
from domain.staff import NOBODY, Actor, Invitation, Member
from domain.store import RoundChange, StoredFile, Transaction


class Office(Protocol):
    """The office as one person finds it."""

    @property
    def actor(self) -> Actor:
        """The person with the roles they hold."""
        ...

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Every round that is kept, drafts among them: what may be shown is for the dialog to say."""
        ...

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody who holds or held a role."""
        ...

    @property
    def invitations(self) -> tuple[Invitation, ...]:
        """Every invitation."""
        ...

    def changes(self, round_id: int) -> tuple[RoundChange, ...]:
        """What was done with a round, oldest first."""
        ...

    def concerned(self, programme: str) -> int:
        """How many chats want to hear of a programme, or checked it."""
        ...

    def reminders(self, round_: Round, today: date) -> tuple[Reminder, ...]:
        """What somebody who asked for the programme would hear of a round, by day."""
        ...

    @property
    def announcements(self) -> tuple[Announcement, ...]:
        """Every announcement, the newest first: what may be shown is for the dialog to say."""
        ...

    def meant(self, audience: Audience) -> Looked:
        """How many people belong to an audience now: looks at each of many, so only what shows it asks."""
        ...

    def anybody(self, audience: Audience) -> bool:
        """Whether something may be sent to an audience now: somebody belongs to it, or it is not told that nobody does."""
        ...

    def file(self, file_id: int) -> StoredFile | None:
        """The file with this id, whosever it is: whether it may be shown is for the dialog to say."""
        ...

    def progress(self, announcement_id: int) -> Progress:
        """How an announcement fares."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedOffice:
    """An office of given values; an empty one where no database is at hand."""

    actor: Actor = NOBODY
    rounds: tuple[Round, ...] = ()
    members: tuple[Member, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    history: Mapping[int, tuple[RoundChange, ...]] = field(default_factory=dict)
    chats: int = 0
    announcements: tuple[Announcement, ...] = ()

    def meant(self, _audience: Audience) -> Looked:
        """The same for every audience."""
        return Looked(self.chats)

    def anybody(self, _audience: Audience) -> bool:
        """The same for every audience."""
        return self.chats > 0

    def file(self, _file_id: int) -> StoredFile | None:
        """None: files are where the database is."""
        return None

    def progress(self, _announcement_id: int) -> Progress:
        """Nothing was sent."""
        return Progress()

    def changes(self, round_id: int) -> tuple[RoundChange, ...]:
        """What was done with a round."""
        return self.history.get(round_id, ())

    def concerned(self, _programme: str) -> int:
        """The same for every programme."""
        return self.chats

    def reminders(self, _round: Round, _today: date) -> tuple[Reminder, ...]:
        """None: what is planned is known where the database is."""
        return ()


class StoredOffice:
    """The office as it is kept, for one transaction.

    `actor` is given where it is not the person of a chat. `thorough`: people are counted to the last one, which is
    nothing for a turn.
    """

    def __init__(
        self,
        tx: Transaction,
        tools: Tools,
        person_id: int,
        actor: Actor | None = None,
        *,
        thorough: bool = False,
    ) -> None:
        self._tx = tx
        self._tools = tools
        self._person_id = person_id
        self._actor = actor
        self._thorough = thorough
        self._meant: dict[Audience, Looked] = {}
        self._anybody: dict[Audience, bool] = {}

    @cached_property
    def actor(self) -> Actor:
        """The person with the roles they hold."""
        return self._tx.staff.actor(self._person_id) if self._actor is None else self._actor

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """Every round that is kept."""
        return self._tx.rounds.all()

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Everybody who holds or held a role."""
        return self._tx.staff.all()

    @cached_property
    def invitations(self) -> tuple[Invitation, ...]:
        """Every invitation."""
        return self._tx.invitations.all()

    @cached_property
    def announcements(self) -> tuple[Announcement, ...]:
        """Every announcement, the newest first."""
        return self._tx.announcements.all()

    def meant(self, audience: Audience) -> Looked:
        """How many people belong to an audience now, counted once."""
        if audience not in self._meant:
            look = self._tx.audiences
            self._meant[audience] = Looked(look.count(audience)) if self._thorough else look.glance(audience)
        return self._meant[audience]

    def anybody(self, audience: Audience) -> bool:
        """Whether something may be sent to an audience now, looked up once."""
        if audience not in self._anybody:
            self._anybody[audience] = not self._tx.audiences.told_empty(audience)
        return self._anybody[audience]

    def file(self, file_id: int) -> StoredFile | None:
        """The file with this id."""
        return self._tx.files.get(file_id)

    def progress(self, announcement_id: int) -> Progress:
        """How an announcement fares."""
        return self._tx.recipients.progress(announcement_id)

    def changes(self, round_id: int) -> tuple[RoundChange, ...]:
        """What was done with a round."""
        return self._tx.rounds.changes(round_id)

    def concerned(self, programme: str) -> int:
        """How many chats want to hear of a programme, or checked it."""
        return self._tx.rounds.concerned(programme)

    def reminders(self, round_: Round, today: date) -> tuple[Reminder, ...]:
        """What somebody who asked for the programme would hear of a round, by day."""
        asked = Preferences(programmes={round_.programme: True})
        situation = Situation(as_of=today, rounds=(round_,), preferences=asked)
        found = [
            one
            for one in windows.find(situation, self._tools)
            if one.subject.get("round") == round_.id and one.send_on >= today
        ]
        return tuple(sorted(found, key=lambda one: (one.send_on, one.key)))
