"""Rounds of programmes with every change made to them; staff and the invitations by which they join.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = (
    "'administrator', 'city_officer', 'county_officer', 'expert', 'service_station', 'supervisor', 'viewer'"
)
HOLDS = sa.text("person_id IS NOT NULL AND revoked_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    _staff()
    _invitations()
    _rounds()
    _round_changes()


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", WHOLE, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _text(*names: str, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _whole(*names: str, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, WHOLE, nullable=nullable) for name in names]


def _link(table: str, column: str, target: str) -> sa.schema.SchemaItem:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _staff() -> None:
    _table(
        "staff",
        *_whole("person_id", nullable=True),
        *_text("role", "programme", "district"),
        *_whole("joined_at"),
        *_whole("invited_by", "revoked_at", "revoked_by", nullable=True),
        _link("staff", "person_id", "people"),
        _link("staff", "invited_by", "staff"),
        _link("staff", "revoked_by", "staff"),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_staff_role")),
        sa.CheckConstraint(
            "role <> 'county_officer' OR district <> ''", name=op.f("ck_staff_county_has_district")
        ),
        sa.CheckConstraint(
            "role <> 'administrator' OR (district = '' AND programme = '')",
            name=op.f("ck_staff_administrator_everywhere"),
        ),
    )
    op.create_index(
        "uq_staff_role",
        "staff",
        ["person_id", "role", "programme", "district"],
        unique=True,
        sqlite_where=HOLDS,
        postgresql_where=HOLDS,
    )


def _invitations() -> None:
    _table(
        "invitations",
        *_text("token_hash", "role", "programme", "district"),
        *_whole("created_at", "expires_at"),
        *_whole("invited_by", "used_at", "staff_id", "revoked_at", "revoked_by", nullable=True),
        _link("invitations", "invited_by", "staff"),
        _link("invitations", "staff_id", "staff"),
        _link("invitations", "revoked_by", "staff"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_invitations_role")),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_invitations_hashed")),
        sa.CheckConstraint(
            "(used_at IS NULL) = (staff_id IS NULL)", name=op.f("ck_invitations_used_by_somebody")
        ),
    )


def _rounds() -> None:
    _table(
        "rounds",
        *_text("programme", "district", "state"),
        *_text("opens", "closes_safe", "closes_outer", "decision_due", nullable=True),
        *_text("texts"),
        *_text("source_link", nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_whole("created_at"),
        sa.CheckConstraint(
            "state IN ('drafted', 'announced', 'closed', 'cancelled')", name=op.f("ck_rounds_state")
        ),
    )
    op.create_index("ix_rounds_programme", "rounds", ["programme"])


def _round_changes() -> None:
    _table(
        "round_changes",
        *_whole("round_id"),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_text("act", "reason"),
        *_text("before", nullable=True),
        *_text("after"),
        *_whole("staff_id", nullable=True),
        *_whole("at"),
        _link("round_changes", "round_id", "rounds"),
        _link("round_changes", "staff_id", "staff"),
        sa.UniqueConstraint("round_id", "revision", name="uq_round_changes_round_id_revision"),
        sa.CheckConstraint(
            "act IN ('open', 'announce', 'change', 'close', 'cancel')", name=op.f("ck_round_changes_act")
        ),
    )
