"""The queues: updates waiting to be handled, messages on their way, and chats that are blocked or moved.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tables and columns."""
    for name, kind in (
        ("blocked_at", WHOLE),
        ("moved_to", sa.Text()),
        ("living_conversation", WHOLE),
        ("living_message", sa.Text()),
    ):
        op.add_column("chats", sa.Column(name, kind, nullable=True))
    op.add_column("outbox", sa.Column("unique_key", sa.Text(), nullable=True))
    _index("uq_outbox_unique_key", "outbox", ["unique_key"], "unique_key IS NOT NULL", unique=True)
    _updates()
    _deliveries()
    op.create_table(
        "holds",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat_id", WHOLE, nullable=False),
        sa.Column("asked_at", WHOLE, nullable=False),
        sa.Column("until", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat_id", name="pk_holds"),
        sqlite_strict=True,
    )


def _updates() -> None:
    op.create_table(
        "updates",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("update_id", WHOLE, nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", WHOLE, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_updates"),
        sa.UniqueConstraint("channel", "update_id", name="uq_updates_channel_update_id"),
        sa.CheckConstraint("state IN ('waiting', 'done', 'set_aside')", name=op.f("ck_updates_state")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    _index("ix_updates_due", "updates", ["channel", "due_at", "id"], "state = 'waiting'")
    _index("ix_updates_line", "updates", ["channel", "order_key", "id"], "state = 'waiting'")
    _index("ix_updates_set_aside", "updates", ["channel", "order_key", "id"], "state = 'set_aside'")
    op.create_index("ix_updates_received_at", "updates", ["received_at"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("outbox_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat_id", WHOLE, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", WHOLE, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", WHOLE, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("repeatable", sa.Integer(), nullable=False),
        sa.Column("error", sa.LargeBinary(), nullable=True),
        sa.Column("message_ref", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name="fk_deliveries_outbox_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint("lane IN ('reply', 'reminder', 'broadcast')", name=op.f("ck_deliveries_lane")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'unknown', 'dead', 'dropped')",
            name=op.f("ck_deliveries_state"),
        ),
        sqlite_strict=True,
    )
    _index(
        "ix_deliveries_open",
        "deliveries",
        ["channel", "lane", "state", "due_at", "outbox_id"],
        "state = 'waiting' OR state = 'sending' OR state = 'unknown' OR state = 'dead'",
    )
    _index(
        "ix_deliveries_line",
        "deliveries",
        ["chat_id", "lane", "planned", "outbox_id"],
        "state = 'waiting' OR state = 'sending'",
    )
    _index("ix_deliveries_lease", "deliveries", ["lease_until"], "state = 'sending'")
    _index("uq_deliveries_sending", "deliveries", ["chat_id"], "state = 'sending'", unique=True)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
