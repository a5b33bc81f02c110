"""Rounds of programmes and every change made to them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, Text, UniqueConstraint

from domain.store.schema.columns import Whole, one_of, own_id, required, table, to

rounds: Final = table(
    "rounds",
    own_id(),
    required("programme"),
    required("district"),
    required("state"),
    Column("opens", Text),
    Column("closes_safe", Text),
    Column("closes_outer", Text),
    Column("decision_due", Text),
    required("texts"),
    Column("source_link", Text),
    required("revision", Integer),
    required("created_at", Whole),
    one_of("state", "drafted", "announced", "closed", "cancelled"),
    Index("ix_rounds_programme", "programme"),
    growing_ids=True,
)
"""Public once announced, so nothing is sealed. ``texts``: name, quotas, hand-in, contact point and conditions by
language, as JSON. ``revision`` counts the changes: who changes an older one is told."""

round_changes: Final = table(
    "round_changes",
    own_id(),
    to("round_id", "rounds", index=False),
    required("revision", Integer),
    required("act"),
    required("reason"),
    Column("before", Text),
    required("after"),
    to("staff_id", "staff", nullable=True, index=False),
    required("at", Whole),
    UniqueConstraint("round_id", "revision"),
    one_of("act", "open", "announce", "change", "close", "cancel"),
    growing_ids=True,
)
"""Who changed what, when and why; ``staff_id`` is NULL for what was done on the command line."""
