"""Invitations to take a role, known by the hash of their token only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from domain.staff import Grant, Invitation, Role, Scope
from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.schema import invitations
from domain.store.statements import Row, Statement

_COLUMNS = (
    invitations.c.id,
    invitations.c.role,
    invitations.c.programme,
    invitations.c.district,
    invitations.c.created_at,
    invitations.c.expires_at,
    invitations.c.invited_by,
    invitations.c.used_at,
    invitations.c.staff_id,
    invitations.c.revoked_at,
)
_ADD = Statement(
    insert(invitations)
    .values(
        token_hash=bindparam("token_hash"),
        role=bindparam("role"),
        programme=bindparam("programme"),
        district=bindparam("district"),
        created_at=bindparam("created_at"),
        expires_at=bindparam("expires_at"),
        invited_by=bindparam("invited_by"),
    )
    .returning(invitations.c.id)
)
_GET = Statement(select(*_COLUMNS).where(invitations.c.id == bindparam("id")))
_FIND = Statement(select(*_COLUMNS).where(invitations.c.token_hash == bindparam("token_hash")))
_ALL = Statement(select(*_COLUMNS).order_by(invitations.c.id))
_OPEN = (
    invitations.c.id == bindparam("invitation"),
    invitations.c.used_at.is_(None),
    invitations.c.revoked_at.is_(None),
)
_USE = Statement(
    update(invitations).where(*_OPEN).values(used_at=bindparam("at"), staff_id=bindparam("staff"))
)
_REVOKE = Statement(
    update(invitations).where(*_OPEN).values(revoked_at=bindparam("at"), revoked_by=bindparam("by"))
)


class Invitations:
    """`tx.invitations`. `token_hash` is `domain.privacy.hash_token(token)`; the token itself is never stored."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(
        self, token_hash: str, grant: Grant, now: datetime, expires_at: datetime, invited_by: int | None
    ) -> int:
        """Keep a new invitation and give its id."""
        row = self._context.sql.one(
            _ADD,
            token_hash=token_hash,
            role=grant.role.value,
            programme=grant.scope.programme,
            district=grant.scope.district,
            created_at=to_stored(now),
            expires_at=to_stored(expires_at),
            invited_by=invited_by,
        )
        return int(row[0])

    def get(self, invitation_id: int) -> Invitation | None:
        """The invitation with this id."""
        row = self._context.sql.row(_GET, id=invitation_id)
        return None if row is None else _invitation(row)

    def find(self, token_hash: str) -> Invitation | None:
        """The invitation of a token, whatever it is still good for."""
        row = self._context.sql.row(_FIND, token_hash=token_hash)
        return None if row is None else _invitation(row)

    def lock(self, invitation_id: int) -> Invitation | None:
        """As `get`, and let others who want to use or revoke it wait until this transaction is over."""
        self._context.lock_name("invitation", str(invitation_id))
        return self.get(invitation_id)

    def all(self) -> tuple[Invitation, ...]:
        """Every invitation, oldest first."""
        return tuple(_invitation(row) for row in self._context.sql.rows(_ALL))

    def use(self, invitation_id: int, staff_id: int, at: datetime) -> bool:
        """Note who joined by it; False when it was used or revoked before."""
        return bool(
            self._context.sql.change(_USE, invitation=invitation_id, staff=staff_id, at=to_stored(at))
        )

    def revoke(self, invitation_id: int, at: datetime, by: int | None) -> bool:
        """Make it worthless; False when it was used or revoked before."""
        return bool(self._context.sql.change(_REVOKE, invitation=invitation_id, at=to_stored(at), by=by))


def _invitation(row: Row) -> Invitation:
    (
        invitation_id,
        role,
        programme,
        district,
        created_at,
        expires_at,
        invited_by,
        used_at,
        staff_id,
        revoked_at,
    ) = row
    return Invitation(
        id=invitation_id,
        grant=Grant(Role(role), Scope(programme, district)),
        created_at=from_stored(created_at),
        expires_at=from_stored(expires_at),
        invited_by=invited_by,
        used_at=None if used_at is None else from_stored(used_at),
        staff_id=staff_id,
        revoked_at=None if revoked_at is None else from_stored(revoked_at),
    )
