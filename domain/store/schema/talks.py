"""What was said and what came of it: conversations and receipts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Text, text

from domain.store.schema.columns import Whole, one_of, own_id, required, table, to

conversations: Final = table(
    "conversations",
    own_id(),
    to("chat_id", "chats"),
    required("dialog"),
    required("version", Integer),
    required("subject", LargeBinary),
    required("answers", LargeBinary),
    required("revision", Integer),
    required("status"),
    required("started_at", Whole),
    required("updated_at", Whole),
    one_of("status", "active", "parked", "ended"),
    Index(
        "uq_conversations_active",
        "chat_id",
        unique=True,
        sqlite_where=text("status = 'active'"),
    ),
    growing_ids=True,
)

receipts: Final = table(
    "receipts",
    own_id(),
    to("chat_id", "chats"),
    to("organisation_id", "organisations", nullable=True),
    required("programme"),
    required("version"),
    required("content_hash"),
    required("as_of"),
    required("verdict"),
    required("receipt", LargeBinary),
    required("created_at", Whole),
    Index("ix_receipts_programme_chat_id", "programme", "chat_id"),
    growing_ids=True,
)

programme_contents: Final = table(
    "programme_contents",
    Column("content_hash", Text, primary_key=True),
    required("programme"),
    required("version"),
    required("content"),
    required("kept_at", Whole),
    CheckConstraint("length(content_hash) = 64", name="hashed"),
)
"""What receipts name by hash: programme texts are public, so nothing here is sealed or erased."""
