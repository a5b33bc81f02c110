"""Who there is: people, their organisations and what is known of those, their chats and sessions."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Text, UniqueConstraint

from domain.store.schema.columns import Whole, one_of, own_id, required, table, to

organisations: Final = table(
    "organisations",
    own_id(),
    required("data_key", LargeBinary),
    required("name", LargeBinary),
    Column("credit_code", LargeBinary),
    Column("credit_code_index", LargeBinary),
    required("district"),
    required("industry"),
    required("size"),
    Index("ix_organisations_credit_code_index", "credit_code_index"),
    growing_ids=True,
)

people: Final = table(
    "people",
    own_id(),
    required("data_key", LargeBinary),
    required("consent"),
    Column("consent_at", Whole),
    Column("name", LargeBinary),
    Column("phone", LargeBinary),
    Column("email", LargeBinary),
    to("organisation_id", "organisations", nullable=True),
    one_of("consent", "unasked", "given", "refused"),
    # Without consent nothing personal is stored: the schema itself refuses it.
    CheckConstraint(
        "consent = 'given' OR (name IS NULL AND phone IS NULL AND email IS NULL AND organisation_id IS NULL)",
        name="personal_data_needs_consent",
    ),
    growing_ids=True,
)

chats: Final = table(
    "chats",
    own_id(),
    required("channel"),
    required("address"),
    to("person_id", "people"),
    required("language"),
    required("created_at", Whole),
    Column("blocked_at", Whole),
    Column("moved_to", Text),
    Column("living_conversation", Whole),
    Column("living_message", Text),
    Column("heard", Whole),
    UniqueConstraint("channel", "address"),
    growing_ids=True,
)
"""``moved_to``: where to send, when another row already has the address this chat moved to. ``heard``: the number of the last
message that came from the chat."""

sessions: Final = table(
    "sessions",
    Column("token_hash", Text, primary_key=True),
    to("chat_id", "chats"),
    required("created_at", Whole),
    required("used_at", Whole),
    required("absolute_end", Whole),
    CheckConstraint("length(token_hash) = 64", name="hashed"),
)

facts: Final = table(
    "facts",
    own_id(),
    to("organisation_id", "organisations", index=False),
    required("fact"),
    Column("value", LargeBinary),
    required("stated_at", Whole),
    required("source"),
    required("stated_by"),
    Index("ix_facts_organisation_id_fact", "organisation_id", "fact"),
    one_of("source", "self_stated", "document", "verified"),
    growing_ids=True,
)
"""Statements, only ever added; a forgotten one keeps its line and loses its value."""
