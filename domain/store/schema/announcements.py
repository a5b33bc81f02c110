"""What staff announced, to whom, and who wants no more of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, UniqueConstraint

from domain.store.schema.columns import Whole, one_of, own_id, partial, required, table, to
from domain.store.schema.staff import ROLES

TO_QUEUE: Final = "state = 'waiting'"
ON_ITS_WAY: Final = "state = 'queued'"
AT_WORK: Final = "state = 'sending'"

announcements: Final = table(
    "announcements",
    own_id(),
    required("state"),
    required("revision", Integer),
    required("programme"),
    to("round_id", "rounds", nullable=True, index=False),
    required("round_district"),
    required("district"),
    required("role"),
    required("verdict"),
    to("corrects", "announcements", nullable=True, index=False),
    required("texts"),
    required("created_at", Whole),
    to("created_by", "staff", nullable=True, index=False),
    Column("sent_at", Whole),
    to("sent_by", "staff", nullable=True, index=False),
    Column("ended_at", Whole),
    required("gathered_to", Whole),
    required("gathered", Integer),
    one_of("state", "drafted", "sending", "paused", "sent", "withdrawn"),
    one_of("role", "", *ROLES),
    partial("ix_announcements_at_work", AT_WORK, "id"),
    growing_ids=True,
)
"""Written by staff for many people, so nothing is sealed. Those it is for are listed in portions: up to the chat
``gathered_to``, until ``gathered``."""

announcement_files: Final = table(
    "announcement_files",
    Column("announcement_id", Whole, ForeignKey("announcements.id"), nullable=False, autoincrement=False),
    Column("file_id", Whole, ForeignKey("files.id", ondelete="SET NULL"), nullable=True, index=True),
    PrimaryKeyConstraint("announcement_id"),
)
"""The file that goes with an announcement; the row stays when the file is gone."""

announcement_recipients: Final = table(
    "announcement_recipients",
    own_id(),
    to("announcement_id", "announcements", index=False),
    Column("chat_id", Whole, ForeignKey("chats.id", ondelete="SET NULL"), nullable=True),
    required("state"),
    required("due_at", Whole),
    Column("outbox_id", Whole),
    UniqueConstraint("announcement_id", "chat_id"),
    one_of(
        "state",
        "waiting",
        "queued",
        "delivered",
        "uncertain",
        "failed",
        "blocked",
        "refused",
        "withdrawn",
        "gone",
    ),
    partial("ix_announcement_recipients_to_queue", TO_QUEUE, "announcement_id", "due_at", "id"),
    partial("ix_announcement_recipients_on_its_way", ON_ITS_WAY, "announcement_id", "id"),
    Index("ix_announcement_recipients_chat_id", "chat_id"),
    growing_ids=True,
)
"""One row for each person an announcement is for: the key makes sure that nobody is listed twice. A row outlives its chat,
so that numbers stay true; then it says nothing about anybody. ``outbox_id`` is the message while it is on its way."""

announcement_stops: Final = table(
    "announcement_stops",
    Column("chat_id", Whole, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, autoincrement=False),
    required("programme"),
    PrimaryKeyConstraint("chat_id", "programme"),
)
"""Programmes whose announcements somebody wants no more; the empty one stands for those about no single programme."""
