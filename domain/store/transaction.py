"""A transaction: the repositories over one connection. Plain synchronous code; it knows no rules."""

from __future__ import annotations

from domain.store.context import Context, Keys
from domain.store.repositories.announcement_recipients import Recipients
from domain.store.repositories.announcements import Announcements
from domain.store.repositories.audit import Audit
from domain.store.repositories.chats import Chats
from domain.store.repositories.conversations import Conversations
from domain.store.repositories.deliveries import Deliveries
from domain.store.repositories.facts import Facts
from domain.store.repositories.feeds import Feeds
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
from domain.store.repositories.updates import Updates
from domain.store.statements import SqlSession


class Transaction:
    """What a work may do. It is good until the work returns, on the thread it was called on."""

    __slots__ = (
        "announcements",
        "audit",
        "chats",
        "conversations",
        "deliveries",
        "facts",
        "feeds",
        "inbox",
        "invitations",
        "organisations",
        "outbox",
        "people",
        "privacy",
        "programme_contents",
        "receipts",
        "recipients",
        "reminder_preferences",
        "reminders",
        "replanning",
        "return_codes",
        "rounds",
        "sessions",
        "staff",
        "updates",
    )

    def __init__(self, sql: SqlSession, keys: Keys) -> None:
        context = Context(sql, keys)
        self.announcements = Announcements(context)
        self.audit = Audit(context)
        self.chats = Chats(context)
        self.conversations = Conversations(context)
        self.deliveries = Deliveries(context)
        self.facts = Facts(context)
        self.feeds = Feeds(context)
        self.inbox = Inbox(context)
        self.invitations = Invitations(context)
        self.organisations = Organisations(context)
        self.outbox = Outbox(context)
        self.people = People(context)
        self.privacy = Privacy(context)
        self.programme_contents = ProgrammeContents(context)
        self.receipts = Receipts(context)
        self.recipients = Recipients(context)
        self.reminder_preferences = ReminderPreferences(context)
        self.reminders = Reminders(context)
        self.replanning = Replanning(context)
        self.return_codes = ReturnCodes(context)
        self.rounds = Rounds(context)
        self.sessions = Sessions(context)
        self.staff = Staff(context)
        self.updates = Updates(context)
