"""What staff announced, to whom, and who wants no more of it.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ROLES = (
    "'administrator', 'city_officer', 'county_officer', 'expert', 'service_station', 'supervisor', 'viewer'"
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "announcements",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("round_id", WHOLE, nullable=True),
        sa.Column("round_district", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("corrects", WHOLE, nullable=True),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("created_by", WHOLE, nullable=True),
        sa.Column("sent_at", WHOLE, nullable=True),
        sa.Column("sent_by", WHOLE, nullable=True),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.Column("gathered_to", WHOLE, nullable=False),
        sa.Column("gathered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name="fk_announcements_round_id"),
        sa.ForeignKeyConstraint(["corrects"], ["announcements.id"], name="fk_announcements_corrects"),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name="fk_announcements_created_by"),
        sa.ForeignKeyConstraint(["sent_by"], ["staff.id"], name="fk_announcements_sent_by"),
        sa.CheckConstraint(
            "state IN ('drafted', 'sending', 'paused', 'sent', 'withdrawn')",
            name=op.f("ck_announcements_state"),
        ),
        sa.CheckConstraint(f"role IN ('', {ROLES})", name=op.f("ck_announcements_role")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    _partial("ix_announcements_at_work", "announcements", ["id"], "state = 'sending'")
    _recipients()
    op.create_table(
        "announcement_stops",
        sa.Column("chat_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "programme", name="pk_announcement_stops"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_announcement_stops_chat_id", ondelete="CASCADE"
        ),
        sqlite_strict=True,
    )


def _recipients() -> None:
    op.create_table(
        "announcement_recipients",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("announcement_id", WHOLE, nullable=False),
        sa.Column("chat_id", WHOLE, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("outbox_id", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_announcement_recipients"),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name="fk_announcement_recipients_announcement_id"
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_announcement_recipients_chat_id", ondelete="SET NULL"
        ),
        sa.UniqueConstraint(
            "announcement_id", "chat_id", name="uq_announcement_recipients_announcement_id_chat_id"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'queued', 'delivered', 'uncertain', 'failed', 'blocked', 'refused', "
            "'withdrawn', 'gone')",
            name=op.f("ck_announcement_recipients_state"),
        ),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    of = "announcement_recipients"
    _partial(
        "ix_announcement_recipients_to_queue", of, ["announcement_id", "due_at", "id"], "state = 'waiting'"
    )
    _partial("ix_announcement_recipients_on_its_way", of, ["announcement_id", "id"], "state = 'queued'")
    op.create_index("ix_announcement_recipients_chat_id", of, ["chat_id"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
