"""What is planned to be said, how people want to hear it, and who has to be planned for anew."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

from domain.store.schema.columns import Whole, one_of, own_id, partial, required, table

TO_SAY: Final = "state = 'planned' OR state = 'snoozed'"
SAID_OR_OVER: Final = "state <> 'planned' AND state <> 'snoozed'"


def _of_chat(*, primary_key: bool = False) -> Column[int]:
    """The chat, with which the row goes."""
    return Column(
        "chat_id",
        Whole,
        ForeignKey("chats.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
        autoincrement=False,
    )


planned_reminders: Final = table(
    "planned_reminders",
    own_id(),
    _of_chat(),
    required("key"),
    required("thread"),
    required("kind"),
    Column("programme", Text),
    required("due"),
    required("content", LargeBinary),
    required("send_at", Whole),
    required("state"),
    required("reason"),
    required("told", Integer),
    Column("told_at", Whole),
    Column("bundle", Whole),
    required("failures", Integer),
    Column("message", Whole),
    UniqueConstraint("chat_id", "key"),
    one_of("state", "planned", "snoozed", "sent", "done", "dropped", "withdrawn", "set_aside"),
    partial("ix_planned_reminders_to_say", TO_SAY, "send_at", "chat_id"),
    partial("ix_planned_reminders_over", SAID_OR_OVER, "due"),
    growing_ids=True,
)
"""One row for each thing to say once in a chat: the key makes sure of it, however often and by whomever it is planned.
``content`` is sealed; ``reason`` says why it was dropped or set aside; ``bundle`` is the first of those said in one message, ``message`` the
message of the outbox that says it.
A claim looks at rows that are due alone."""

reminder_preferences: Final = table(
    "reminder_preferences",
    _of_chat(primary_key=True),
    required("settings", LargeBinary),
)
"""How a person wants to be reminded, sealed; no row: as everybody."""

subscriptions: Final = table(
    "subscriptions",
    _of_chat(),
    required("programme"),
    required("wanted", Integer),
    PrimaryKeyConstraint("chat_id", "programme"),
    Index("ix_subscriptions_programme", "programme", "chat_id"),
)
"""Programmes a person asked for or refused. Nothing else is kept of people who did not consent."""

replans: Final = table(
    "replans",
    _of_chat(primary_key=True),
    required("due_at", Whole),
    Column("marked_at", Whole),
    Column("looked_at", Whole),
    required("why"),
    Index("ix_replans_due_at", "due_at"),
)
"""Chats that have to be planned for, and when. ``marked_at``: since when something is changed that has not been looked
at; ``looked_at``: when they were last planned for."""

planned_with: Final = table(
    "planned_with",
    Column("name", Text, primary_key=True),
    required("digest"),
)
"""What all plans were made with (the text of each programme, the holiday lists): where it changed, they are made anew."""

feeds: Final = table(
    "feeds",
    own_id(),
    _of_chat(),
    required("token_hash"),
    required("created_at", Whole),
    Column("revoked_at", Whole),
    UniqueConstraint("token_hash"),
    CheckConstraint("length(token_hash) = 64", name="hashed"),
    partial("uq_feeds_chat_id", "revoked_at IS NULL", "chat_id", unique=True),
    growing_ids=True,
)
"""Private addresses of calendars; a chat has one at most that works."""
