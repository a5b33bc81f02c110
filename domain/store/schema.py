"""The tables, for both back ends.

Only primitive column types, so that statements run on the bare driver: instants are microseconds since
1970 in UTC (integers), days are ISO text, JSON is text, and what is sealed is bytes. Every table is STRICT
on SQLite. Ids that leave the house are never used again (AUTOINCREMENT): an old link can only miss.

``sealed`` columns are AES-GCM under the data key of the person or organisation (see `sealed_rows`).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: Final = MetaData(naming_convention=NAMING)

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both (SQLite's STRICT tables know INTEGER only)."""


def _table(name: str, *columns: Any, growing_ids: bool = False) -> Table:
    return Table(name, metadata, *columns, sqlite_strict=True, sqlite_autoincrement=growing_ids)


def _id() -> Column[int]:
    return Column("id", Whole, primary_key=True)


def _to(name: str, target: str, *, nullable: bool = False, index: bool = True) -> Column[int]:
    return Column(name, Whole, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _required(name: str, kind: Any = Text) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _one_of(column: str, *values: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def _partial(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    """An index over some of the rows. It serves queries that repeat its condition word for word."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


LANES: Final = ("reply", "reminder", "broadcast")

WAITING: Final = "state = 'waiting'"
UNDER_WAY: Final = "state = 'waiting' OR state = 'sending'"
OPEN: Final = "state = 'waiting' OR state = 'sending' OR state = 'unknown' OR state = 'dead'"

NOT_KEPT: Final = "kept_for IS NULL"

keyring: Final = _table(
    "keyring",
    Column("id", Integer, primary_key=True, autoincrement=False),
    _required("canary", LargeBinary),
    CheckConstraint("id = 1", name="one_row"),
)
"""A known text sealed with the master key: it opens only with the key this database was made with."""

organisations: Final = _table(
    "organisations",
    _id(),
    _required("data_key", LargeBinary),
    _required("name", LargeBinary),
    Column("credit_code", LargeBinary),
    Column("credit_code_index", LargeBinary),
    _required("district"),
    _required("industry"),
    _required("size"),
    Index("ix_organisations_credit_code_index", "credit_code_index"),
    growing_ids=True,
)

people: Final = _table(
    "people",
    _id(),
    _required("data_key", LargeBinary),
    _required("consent"),
    Column("consent_at", Whole),
    Column("name", LargeBinary),
    Column("phone", LargeBinary),
    Column("email", LargeBinary),
    _to("organisation_id", "organisations", nullable=True),
    _one_of("consent", "unasked", "given", "refused"),
    # Without consent nothing personal is stored: the schema itself refuses it.
    CheckConstraint(
        "consent = 'given' OR (name IS NULL AND phone IS NULL AND email IS NULL AND organisation_id IS NULL)",
        name="personal_data_needs_consent",
    ),
    growing_ids=True,
)

chats: Final = _table(
    "chats",
    _id(),
    _required("channel"),
    _required("address"),
    _to("person_id", "people"),
    _required("language"),
    _required("created_at", Whole),
    Column("blocked_at", Whole),
    Column("moved_to", Text),
    Column("living_conversation", Whole),
    Column("living_message", Text),
    UniqueConstraint("channel", "address"),
    growing_ids=True,
)
"""``moved_to``: where to send, when another row already has the address this chat moved to."""

facts: Final = _table(
    "facts",
    _id(),
    _to("organisation_id", "organisations", index=False),
    _required("fact"),
    Column("value", LargeBinary),
    _required("stated_at", Whole),
    _required("source"),
    _required("stated_by"),
    Index("ix_facts_organisation_id_fact", "organisation_id", "fact"),
    _one_of("source", "self_stated", "document", "verified"),
    growing_ids=True,
)
"""Statements, only ever added; a forgotten one keeps its line and loses its value."""

conversations: Final = _table(
    "conversations",
    _id(),
    _to("chat_id", "chats"),
    _required("dialog"),
    _required("version", Integer),
    _required("subject", LargeBinary),
    _required("answers", LargeBinary),
    _required("revision", Integer),
    _required("status"),
    _required("started_at", Whole),
    _required("updated_at", Whole),
    _one_of("status", "active", "parked", "ended"),
    Index(
        "uq_conversations_active",
        "chat_id",
        unique=True,
        sqlite_where=text("status = 'active'"),
        postgresql_where=text("status = 'active'"),
    ),
    growing_ids=True,
)

inbox: Final = _table(
    "inbox",
    _id(),
    _to("chat_id", "chats", index=False),
    _required("update_key"),
    _required("accepted_at", Whole),
    UniqueConstraint("chat_id", "update_key"),
    Index("ix_inbox_accepted_at", "accepted_at"),
)

outbox: Final = _table(
    "outbox",
    _id(),
    _to("chat_id", "chats", index=False),
    _required("lane"),
    _required("message", LargeBinary),
    _required("created_at", Whole),
    Column("unique_key", Text),
    _one_of("lane", *LANES),
    Index("ix_outbox_chat_id_id", "chat_id", "id"),
    Index("ix_outbox_created_at", "created_at"),
    _partial("uq_outbox_unique_key", "unique_key IS NOT NULL", "unique_key", unique=True),
    growing_ids=True,
)

updates: Final = _table(
    "updates",
    _id(),
    _required("channel"),
    _required("update_id", Whole),
    _required("order_key"),
    Column("payload", LargeBinary),
    _required("received_at", Whole),
    _required("state"),
    Column("due_at", Whole),
    _required("attempts", Integer),
    Column("error", LargeBinary),
    UniqueConstraint("channel", "update_id"),
    _one_of("state", "waiting", "done", "set_aside"),
    _partial("ix_updates_due", WAITING, "channel", "due_at", "id"),
    _partial("ix_updates_line", WAITING, "channel", "order_key", "id"),
    _partial("ix_updates_set_aside", "state = 'set_aside'", "channel", "order_key", "id"),
    Index("ix_updates_received_at", "received_at"),
    growing_ids=True,
)
"""What platforms delivered. Of the waiting ones of a platform's chat only the first has a ``due_at``: a claim
looks at heads of lines alone, however long the lines are. Once done, a row keeps nothing but its ids."""

deliveries: Final = _table(
    "deliveries",
    Column(
        "outbox_id",
        Whole,
        ForeignKey("outbox.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    _required("channel"),
    _required("chat_id", Whole),
    _required("lane"),
    _required("planned", Integer),
    _required("state"),
    Column("due_at", Whole),
    _required("attempts", Integer),
    Column("lease_until", Whole),
    _required("fence", Integer),
    _required("repeatable", Integer),
    Column("error", LargeBinary),
    Column("message_ref", Text),
    _one_of("lane", *LANES),
    _one_of("state", "waiting", "sending", "sent", "unknown", "dead", "dropped"),
    _partial("ix_deliveries_open", OPEN, "channel", "lane", "state", "due_at", "outbox_id"),
    _partial("ix_deliveries_line", UNDER_WAY, "chat_id", "lane", "planned", "outbox_id"),
    _partial("ix_deliveries_lease", "state = 'sending'", "lease_until"),
    _partial("uq_deliveries_sending", "state = 'sending'", "chat_id", unique=True),
)
"""How messages of the outbox fare on their way to chats they are carried to.

The messages of a lane of a chat stand in line: only the first has a ``due_at``. What is ``planned`` for later stands in no
line and is due at its own time. One message of a chat is being sent at most: the schema itself refuses a second one.
``chat_id`` is that of the outbox row, through which it is a foreign key.
"""

holds: Final = _table(
    "holds",
    _required("channel"),
    _required("chat_id", Whole),
    _required("asked_at", Whole),
    _required("until", Whole),
    PrimaryKeyConstraint("channel", "chat_id"),
)
"""What a platform asked us to wait for; chat 0 stands for all of its chats."""

receipts: Final = _table(
    "receipts",
    _id(),
    _to("chat_id", "chats"),
    _to("organisation_id", "organisations", nullable=True),
    _required("programme"),
    _required("version"),
    _required("content_hash"),
    _required("as_of"),
    _required("verdict"),
    _required("receipt", LargeBinary),
    _required("created_at", Whole),
    growing_ids=True,
)

files: Final = _table(
    "files",
    _id(),
    _to("chat_id", "chats"),
    Column(
        "conversation_id",
        Whole,
        ForeignKey("conversations.id", ondelete="SET NULL"),
        nullable=True,
        index=True,
    ),
    _required("stored_name"),
    _required("name", LargeBinary),
    _required("kind"),
    _required("size", Integer),
    _required("sha256"),
    _required("created_at", Whole),
    Column("kept_for", Text),
    _required("content", LargeBinary),
    UniqueConstraint("stored_name"),
    _one_of("kind", "pdf", "png", "jpeg", "docx", "xlsx"),
    CheckConstraint("length(sha256) = 64", name="hashed"),
    _partial("ix_files_not_kept", NOT_KEPT, "created_at"),
    growing_ids=True,
)
"""What people handed in. ``kept_for`` names what goes on needing a file when its conversation no longer names it; a file
nothing needs is removed. The content comes last: reading the rest of a row need not pass over it."""

programme_contents: Final = _table(
    "programme_contents",
    Column("content_hash", Text, primary_key=True),
    _required("programme"),
    _required("version"),
    _required("content"),
    _required("kept_at", Whole),
    CheckConstraint("length(content_hash) = 64", name="hashed"),
)
"""What receipts name by hash: programme texts are public, so nothing here is sealed or erased."""

sessions: Final = _table(
    "sessions",
    Column("token_hash", Text, primary_key=True),
    _to("chat_id", "chats"),
    _required("created_at", Whole),
    _required("used_at", Whole),
    _required("absolute_end", Whole),
    CheckConstraint("length(token_hash) = 64", name="hashed"),
)

audit: Final = _table(
    "audit",
    Column("sequence", Whole, primary_key=True, autoincrement=False),
    _required("kind"),
    _required("subject_ids"),
    _required("at", Whole),
    _required("hash", LargeBinary),
)
"""Append-only by trigger; each hash covers the line and the hash before it."""

audit_head: Final = _table(
    "audit_head",
    Column("id", Integer, primary_key=True, autoincrement=False),
    _required("sequence", Whole),
    _required("hash", LargeBinary),
    CheckConstraint("id = 1", name="one_row"),
)
"""Which line of the trail is the last, under the master key: appenders queue here, and a lost end is noticed."""
