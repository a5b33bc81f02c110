"""Files people handed in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

from domain.store.schema.columns import Whole, one_of, own_id, partial, required, table, to

NOT_KEPT: Final = "kept_for IS NULL"
KEPT: Final = "kept_for IS NOT NULL"

files: Final = table(
    "files",
    own_id(),
    to("chat_id", "chats"),
    Column(
        "conversation_id",
        Whole,
        ForeignKey("conversations.id", ondelete="SET NULL"),
        nullable=True,
        index=True,
    ),
    required("stored_name"),
    required("name", LargeBinary),
    required("kind"),
    required("size", Integer),
    required("sha256"),
    required("created_at", Whole),
    Column("kept_for", Text),
    required("content", LargeBinary),
    UniqueConstraint("stored_name"),
    one_of("kind", "pdf", "png", "jpeg", "docx", "xlsx"),
    CheckConstraint("length(sha256) = 64", name="hashed"),
    partial("ix_files_not_kept", NOT_KEPT, "created_at"),
    partial("ix_files_kept", KEPT, "kept_for"),
    growing_ids=True,
)
"""What people handed in. ``kept_for`` names what goes on needing a file when its conversation no longer names it; a file
nothing needs is removed. The content comes last: reading the rest of a row need not pass over it."""

file_references: Final = table(
    "file_references",
    Column("file_id", Whole, ForeignKey("files.id", ondelete="CASCADE"), nullable=False, autoincrement=False),
    required("place"),
    required("reference"),
    PrimaryKeyConstraint("file_id", "place"),
)
"""What a file is called where it was carried once already, so that it need not be carried there again: by ``place``, as in
``telegram:<id of the bot>``."""
