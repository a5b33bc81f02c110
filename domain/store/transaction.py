"""A transaction: the repositories over one connection. Plain synchronous code; it knows no rules."""

from __future__ import annotations

from domain.store.context import Context, Keys
from domain.store.repositories.audit import Audit
from domain.store.repositories.chats import Chats
from domain.store.repositories.conversations import Conversations
from domain.store.repositories.deliveries import Deliveries
from domain.store.repositories.facts import Facts
from domain.store.repositories.files import Files
from domain.store.repositories.inbox import Inbox
from domain.store.repositories.organisations import Organisations
from domain.store.repositories.outbox import Outbox
from domain.store.repositories.people import People
from domain.store.repositories.privacy import Privacy
from domain.store.repositories.programme_contents import ProgrammeContents
from domain.store.repositories.receipts import Receipts
from domain.store.repositories.return_codes import ReturnCodes
from domain.store.repositories.sessions import Sessions
from domain.store.repositories.updates import Updates
from domain.store.statements import SqlSession


class Transaction:
    """What a work may do. It is good until the work returns, on the thread it was called on."""

    __slots__ = (
        "audit",
        "chats",
        "conversations",
        "deliveries",
        "facts",
        "files",
        "inbox",
        "organisations",
        "outbox",
        "people",
        "privacy",
        "programme_contents",
        "receipts",
        "return_codes",
        "sessions",
        "updates",
    )

    def __init__(self, sql: SqlSession, keys: Keys) -> None:
        context = Context(sql, keys)
        self.audit = Audit(context)
        self.chats = Chats(context)
        self.conversations = Conversations(context)
        self.deliveries = Deliveries(context)
        self.facts = Facts(context)
        self.files = Files(context)
        self.inbox = Inbox(context)
        self.organisations = Organisations(context)
        self.outbox = Outbox(context)
        self.people = People(context)
        self.privacy = Privacy(context)
        self.programme_contents = ProgrammeContents(context)
        self.receipts = Receipts(context)
        self.return_codes = ReturnCodes(context)
        self.sessions = Sessions(context)
        self.updates = Updates(context)
