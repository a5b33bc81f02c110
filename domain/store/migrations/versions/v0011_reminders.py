"""What is planned to be said and to whom, how people want to hear it, and calendars of their own.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _planned_reminders()
    _table("reminder_preferences", sa.Column("settings", sa.LargeBinary(), nullable=False), key=["chat_id"])
    _table(
        "subscriptions",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        key=["chat_id", "programme"],
    )
    op.create_index("ix_subscriptions_programme", "subscriptions", ["programme", "chat_id"])
    _table(
        "replans",
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("marked_at", WHOLE, nullable=True),
        sa.Column("looked_at", WHOLE, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        key=["chat_id"],
    )
    op.create_index("ix_replans_due_at", "replans", ["due_at"])
    op.create_table(
        "planned_with",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_planned_with"),
        sqlite_strict=True,
    )
    _feeds()
    # Whom a change of a programme concerns is looked up by it.
    op.create_index("ix_receipts_programme_chat_id", "receipts", ["programme", "chat_id"])


def _table(name: str, *columns: sa.schema.SchemaItem, key: list[str], growing_ids: bool = False) -> None:
    op.create_table(
        name,
        sa.Column("chat_id", WHOLE, nullable=False, autoincrement=False),
        *columns,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=f"fk_{name}_chat_id", ondelete="CASCADE"),
        sqlite_strict=True,
        sqlite_autoincrement=growing_ids,
    )


def _planned_reminders() -> None:
    _table(
        "planned_reminders",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("send_at", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_at", WHOLE, nullable=True),
        sa.Column("bundle", WHOLE, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.UniqueConstraint("chat_id", "key", name="uq_planned_reminders_chat_id_key"),
        sa.CheckConstraint(
            "state IN ('planned', 'snoozed', 'sent', 'done', 'dropped', 'withdrawn', 'set_aside')",
            name=op.f("ck_planned_reminders_state"),
        ),
        key=["id"],
        growing_ids=True,
    )
    _index(
        "ix_planned_reminders_to_say",
        "planned_reminders",
        ["send_at", "chat_id"],
        "state = 'planned' OR state = 'snoozed'",
    )
    _index(
        "ix_planned_reminders_over",
        "planned_reminders",
        ["due"],
        "state <> 'planned' AND state <> 'snoozed'",
    )


def _feeds() -> None:
    _table(
        "feeds",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("revoked_at", WHOLE, nullable=True),
        sa.UniqueConstraint("token_hash", name="uq_feeds_token_hash"),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_feeds_hashed")),
        key=["id"],
        growing_ids=True,
    )
    _index("uq_feeds_chat_id", "feeds", ["chat_id"], "revoked_at IS NULL", unique=True)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
