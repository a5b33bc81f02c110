"""The first tables.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _table(name: str, *columns: sa.schema.SchemaItem, growing_ids: bool = False) -> None:
    op.create_table(name, *columns, sqlite_strict=True, sqlite_autoincrement=growing_ids)


def _id(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (sa.Column("id", WHOLE, nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{table}"))


def _text(*names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _link(
    table: str, column: str, target: str, *, nullable: bool = False
) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column(column, WHOLE, nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}"),
    )


def _whole(*names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]


def _sealed(*names: str, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.LargeBinary(), nullable=nullable) for name in names]


def upgrade() -> None:
    """Make every table of the first version."""
    _people_and_organisations()
    _conversations()
    _deliveries()
    _receipts_and_sessions()
    _audit_trail()


def _people_and_organisations() -> None:
    _table(
        "keyring",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        *_sealed("canary"),
        sa.CheckConstraint("id = 1", name=op.f("ck_keyring_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_keyring"),
    )
    _table(
        "organisations",
        *_id("organisations"),
        *_sealed("data_key", "name"),
        *_sealed("credit_code", "credit_code_index", nullable=True),
        *_text("district", "industry", "size"),
        growing_ids=True,
    )
    op.create_index("ix_organisations_credit_code_index", "organisations", ["credit_code_index"])
    _table(
        "people",
        *_id("people"),
        *_sealed("data_key"),
        *_text("consent"),
        sa.Column("consent_at", WHOLE, nullable=True),
        *_sealed("name", "phone", "email", nullable=True),
        *_link("people", "organisation_id", "organisations", nullable=True),
        sa.CheckConstraint("consent IN ('unasked', 'given', 'refused')", name=op.f("ck_people_consent")),
        sa.CheckConstraint(
            "consent = 'given' OR (name IS NULL AND phone IS NULL AND email IS NULL AND organisation_id IS NULL)",
            name=op.f("ck_people_personal_data_needs_consent"),
        ),
        growing_ids=True,
    )
    op.create_index("ix_people_organisation_id", "people", ["organisation_id"])
    _table(
        "facts",
        *_id("facts"),
        *_link("facts", "organisation_id", "organisations"),
        *_text("fact"),
        *_sealed("value", nullable=True),
        *_whole("stated_at"),
        *_text("source", "stated_by"),
        sa.CheckConstraint("source IN ('self_stated', 'document', 'verified')", name=op.f("ck_facts_source")),
        growing_ids=True,
    )
    op.create_index("ix_facts_organisation_id_fact", "facts", ["organisation_id", "fact"])


def _conversations() -> None:
    _table(
        "chats",
        *_id("chats"),
        *_text("channel", "address"),
        *_link("chats", "person_id", "people"),
        *_text("language"),
        *_whole("created_at"),
        sa.UniqueConstraint("channel", "address", name="uq_chats_channel_address"),
        growing_ids=True,
    )
    op.create_index("ix_chats_person_id", "chats", ["person_id"])
    _table(
        "conversations",
        *_id("conversations"),
        *_link("conversations", "chat_id", "chats"),
        *_text("dialog"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_sealed("subject", "answers"),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_text("status"),
        *_whole("started_at", "updated_at"),
        sa.CheckConstraint("status IN ('active', 'parked', 'ended')", name=op.f("ck_conversations_status")),
        growing_ids=True,
    )
    op.create_index("ix_conversations_chat_id", "conversations", ["chat_id"])
    op.create_index(
        "uq_conversations_active",
        "conversations",
        ["chat_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )


def _deliveries() -> None:
    _table(
        "inbox",
        *_id("inbox"),
        *_link("inbox", "chat_id", "chats"),
        *_text("update_key"),
        *_whole("accepted_at"),
        sa.UniqueConstraint("chat_id", "update_key", name="uq_inbox_chat_id_update_key"),
    )
    op.create_index("ix_inbox_accepted_at", "inbox", ["accepted_at"])
    _table(
        "outbox",
        *_id("outbox"),
        *_link("outbox", "chat_id", "chats"),
        *_text("lane"),
        *_sealed("message"),
        *_whole("created_at"),
        sa.CheckConstraint("lane IN ('reply', 'reminder', 'broadcast')", name=op.f("ck_outbox_lane")),
        growing_ids=True,
    )
    op.create_index("ix_outbox_chat_id_id", "outbox", ["chat_id", "id"])
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])


def _receipts_and_sessions() -> None:
    _table(
        "receipts",
        *_id("receipts"),
        *_link("receipts", "chat_id", "chats"),
        *_link("receipts", "organisation_id", "organisations", nullable=True),
        *_text("programme", "version", "content_hash", "as_of", "verdict"),
        *_sealed("receipt"),
        *_whole("created_at"),
        growing_ids=True,
    )
    op.create_index("ix_receipts_chat_id", "receipts", ["chat_id"])
    op.create_index("ix_receipts_organisation_id", "receipts", ["organisation_id"])
    _table(
        "sessions",
        *_text("token_hash"),
        *_link("sessions", "chat_id", "chats"),
        *_whole("created_at", "used_at", "absolute_end"),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_sessions_hashed")),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_chat_id", "sessions", ["chat_id"])


def _audit_trail() -> None:
    _table(
        "audit",
        sa.Column("sequence", WHOLE, nullable=False, autoincrement=False),
        *_text("kind", "subject_ids"),
        *_whole("at"),
        *_sealed("hash"),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit"),
    )
    _table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        *_whole("sequence"),
        *_sealed("hash"),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    head = sa.table("audit_head", sa.column("id"), sa.column("sequence"), sa.column("hash", sa.LargeBinary()))
    op.execute(head.insert().values(id=1, sequence=0, hash=bytes(32)))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_keeps_on_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps()"
        )


def downgrade() -> None:
    """There is nothing before the first version: restore a backup instead."""
    raise NotImplementedError("restore a backup instead")
