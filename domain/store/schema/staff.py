"""Who may do what: roles of people, and the invitations by which they get them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, UniqueConstraint

from domain.store.schema.columns import Whole, one_of, own_id, partial, required, table, to

ROLES: Final = (
    "administrator",
    "city_officer",
    "county_officer",
    "expert",
    "service_station",
    "supervisor",
    "viewer",
)

HOLDS: Final = "person_id IS NOT NULL AND revoked_at IS NULL"

staff: Final = table(
    "staff",
    own_id(),
    to("person_id", "people", nullable=True, index=False),
    required("role"),
    required("programme"),
    required("district"),
    required("joined_at", Whole),
    to("invited_by", "staff", nullable=True, index=False),
    Column("revoked_at", Whole),
    to("revoked_by", "staff", nullable=True, index=False),
    one_of("role", *ROLES),
    CheckConstraint("role <> 'county_officer' OR district <> ''", name="county_has_district"),
    CheckConstraint(
        "role <> 'administrator' OR (district = '' AND programme = '')", name="administrator_everywhere"
    ),
    partial("uq_staff_role", HOLDS, "person_id", "role", "programme", "district", unique=True),
    growing_ids=True,
)
"""A role a person holds or held. Rows stay, so that what was done under them can be traced; when the person is erased,
the row keeps the role and loses the person. ``programme`` and ``district``: empty means every one."""

invitations: Final = table(
    "invitations",
    own_id(),
    required("token_hash"),
    required("role"),
    required("programme"),
    required("district"),
    required("created_at", Whole),
    required("expires_at", Whole),
    to("invited_by", "staff", nullable=True, index=False),
    Column("used_at", Whole),
    to("staff_id", "staff", nullable=True, index=False),
    Column("revoked_at", Whole),
    to("revoked_by", "staff", nullable=True, index=False),
    one_of("role", *ROLES),
    CheckConstraint("length(token_hash) = 64", name="hashed"),
    CheckConstraint("(used_at IS NULL) = (staff_id IS NULL)", name="used_by_somebody"),
    UniqueConstraint("token_hash"),
    growing_ids=True,
)
"""Links by which somebody takes a role, once. The token is known by its hash only."""
