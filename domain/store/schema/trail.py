"""What shows tampering: the key this database was made with, and the audit trail."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary

from domain.store.schema.columns import Whole, required, table

keyring: Final = table(
    "keyring",
    Column("id", Integer, primary_key=True, autoincrement=False),
    required("canary", LargeBinary),
    CheckConstraint("id = 1", name="one_row"),
)
"""A known text sealed with the master key: it opens only with the key this database was made with."""

audit: Final = table(
    "audit",
    Column("sequence", Whole, primary_key=True, autoincrement=False),
    required("kind"),
    required("subject_ids"),
    required("at", Whole),
    required("hash", LargeBinary),
)
"""Append-only by trigger; each hash covers the line and the hash before it."""

audit_head: Final = table(
    "audit_head",
    Column("id", Integer, primary_key=True, autoincrement=False),
    required("sequence", Whole),
    required("hash", LargeBinary),
    CheckConstraint("id = 1", name="one_row"),
)
"""Which line of the trail is the last, under the master key: appenders queue here, and a lost end is noticed."""
