"""A transaction: the repositories over one connection. Plain synchronous code; it knows no rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

from domain.store.context import Context, Keys
from domain.store.outcomes import Outcome
from domain.store.repositories.announcement_audiences import Audiences
from domain.store.repositories.announcement_recipients import Recipients
from domain.store.repositories.announcements import Announcements
from domain.store.repositories.audit import Audit
from domain.store.repositories.chats import Chats
from domain.store.repositories.conversations import Conversations
from domain.store.repositories.deliveries import Deliveries
from domain.store.repositories.facts import Facts
from domain.store.repositories.feeds import Feeds
from domain.store.repositories.files import Files
from domain.store.repositories.inbox import Inbox
from domain.store.repositories.invitations import Invitations
from domain.store.repositories.organisations import Organisations
from domain.store.repositories.outbox import Outbox
from domain.store.repositories.people import People
from domain.store.repositories.preferences import ReminderPreferences
from domain.store.repositories.privacy import Privacy
from domain.store.repositories.programme_contents import ProgrammeContents
from domain.store.repositories.receipts import Receipts
from domain.store.repositories.reminders import Reminders
from domain.store.repositories.replanning import Replanning
from domain.store.repositories.return_codes import ReturnCodes
from domain.store.repositories.rounds import Rounds
from domain.store.repositories.sessions import Sessions
from domain.store.repositories.staff import Staff
from domain.store.repositories.standing import Standings
from domain.store.repositories.updates import Updates
from domain.store.statements import SqlSession

T = TypeVar("T")


class _Part(Generic[T]):
    """A repository of a transaction, made when it is first asked for: most works need three of them."""

    def __init__(self, make: Callable[[Context], T]) -> None:
        self._make = make

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, transaction: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, transaction: Transaction, owner: type[Any]) -> T: ...
    def __get__(self, transaction: Transaction | None, owner: type[Any]) -> T | Self:
        if transaction is None:
            return self
        # Found there from now on, before this is looked at.
        made = transaction.__dict__[self._name] = self._make(transaction.context)
        return made


class Transaction:
    """What a work may do. It is good until the work returns, on the thread it was called on."""

    announcements = _Part(Announcements)
    audiences = _Part(Audiences)
    audit = _Part(Audit)
    chats = _Part(Chats)
    conversations = _Part(Conversations)
    deliveries = _Part(Deliveries)
    facts = _Part(Facts)
    feeds = _Part(Feeds)
    files = _Part(Files)
    inbox = _Part(Inbox)
    invitations = _Part(Invitations)
    organisations = _Part(Organisations)
    outbox = _Part(Outbox)
    people = _Part(People)
    privacy = _Part(Privacy)
    programme_contents = _Part(ProgrammeContents)
    receipts = _Part(Receipts)
    recipients = _Part(Recipients)
    reminder_preferences = _Part(ReminderPreferences)
    reminders = _Part(Reminders)
    replanning = _Part(Replanning)
    return_codes = _Part(ReturnCodes)
    rounds = _Part(Rounds)
    sessions = _Part(Sessions)
    staff = _Part(Staff)
    standings = _Part(Standings)
    updates = _Part(Updates)

    def __init__(self, sql: SqlSession, keys: Keys) -> None:
        # Only the repositories know what to do with it.
        self.context = Context(sql, keys)

    def alone(self, work: Callable[[Transaction], Any]) -> Outcome:
        """Run a part of this transaction that fails alone: what it did is undone, and the rest stays."""
        context = self.context
        # With a view of its own: what it found is not to be believed after it was undone.
        return context.sql.alone(lambda: work(Transaction(context.sql, context.keys)))
