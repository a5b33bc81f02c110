"""Files people hand in.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "files",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("chat_id", WHOLE, nullable=False),
        sa.Column("conversation_id", WHOLE, nullable=True),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("kept_for", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_files_chat_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_files_conversation_id", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("stored_name", name="uq_files_stored_name"),
        sa.CheckConstraint("kind IN ('pdf', 'png', 'jpeg', 'docx', 'xlsx')", name=op.f("ck_files_kind")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_files_hashed")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_files_chat_id", "files", ["chat_id"])
    op.create_index("ix_files_conversation_id", "files", ["conversation_id"])
    where = sa.text("kept_for IS NULL")
    op.create_index("ix_files_not_kept", "files", ["created_at"], sqlite_where=where, postgresql_where=where)
