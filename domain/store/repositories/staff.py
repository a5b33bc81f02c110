"""Who holds which role, or held it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select, text, update

from domain.staff import Actor, Grant, Member, Role, Scope
from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.schema import HOLDS, staff
from domain.store.statements import Row, Statement

_COLUMNS = (
    staff.c.id,
    staff.c.person_id,
    staff.c.role,
    staff.c.programme,
    staff.c.district,
    staff.c.joined_at,
    staff.c.invited_by,
    staff.c.revoked_at,
    staff.c.revoked_by,
)
_ADD = Statement(
    insert(staff)
    .values(
        person_id=bindparam("person"),
        role=bindparam("role"),
        programme=bindparam("programme"),
        district=bindparam("district"),
        joined_at=bindparam("joined_at"),
        invited_by=bindparam("invited_by"),
    )
    .returning(staff.c.id)
)
_GET = Statement(select(*_COLUMNS).where(staff.c.id == bindparam("id")))
_OF_PERSON = Statement(
    select(*_COLUMNS).where(staff.c.person_id == bindparam("person"), text(HOLDS)).order_by(staff.c.id)
)
_ALL = Statement(select(*_COLUMNS).order_by(staff.c.id))
_REVOKE = Statement(
    update(staff)
    .where(staff.c.id == bindparam("member"), text(HOLDS))
    .values(revoked_at=bindparam("at"), revoked_by=bindparam("by"))
)
_OTHERS = Statement(
    select(staff.c.id)
    .where(staff.c.role == bindparam("role"), staff.c.id != bindparam("member"), text(HOLDS))
    .limit(1)
)
_FORGET = Statement(update(staff).where(staff.c.person_id == bindparam("person")).values(person_id=None))


def forget_person(context: Context, person_id: int) -> None:
    """Let the roles of a person who is erased stand without them; nobody holds them any more."""
    context.sql.change(_FORGET, person=person_id)


class Staff:
    """`tx.staff`. What a role allows is decided by `domain.staff`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, person_id: int, grant: Grant, at: datetime, invited_by: int | None) -> int:
        """Give a person a role. Raises Conflict when they hold exactly this one already."""
        row = self._context.sql.one(
            _ADD,
            person=person_id,
            role=grant.role.value,
            programme=grant.scope.programme,
            district=grant.scope.district,
            joined_at=to_stored(at),
            invited_by=invited_by,
        )
        return int(row[0])

    def get(self, member_id: int) -> Member | None:
        """The member with this id, whether they still hold the role or not."""
        row = self._context.sql.row(_GET, id=member_id)
        return None if row is None else _member(row)

    def of_person(self, person_id: int) -> tuple[Member, ...]:
        """The roles a person holds now."""
        return tuple(_member(row) for row in self._context.sql.rows(_OF_PERSON, person=person_id))

    def actor(self, person_id: int) -> Actor:
        """A person as somebody who asks for acts."""
        return Actor(self.of_person(person_id))

    def all(self) -> tuple[Member, ...]:
        """Everybody who holds or held a role, in the order they joined."""
        return tuple(_member(row) for row in self._context.sql.rows(_ALL))

    def is_only_one(self, member: Member) -> bool:
        """Whether nobody else holds the role of a member. Until this transaction ends nobody else is told the same."""
        # Of two who take each other's role at once, the second sees what the first did.
        self._context.lock_name("staff", member.grant.role.value)
        return self._context.sql.row(_OTHERS, role=member.grant.role.value, member=member.id) is None

    def revoke(self, member_id: int, at: datetime, by: int | None) -> bool:
        """Take a role back; False when nobody held it any more."""
        return bool(self._context.sql.change(_REVOKE, member=member_id, at=to_stored(at), by=by))


def _member(row: Row) -> Member:
    member_id, person_id, role, programme, district, joined_at, invited_by, revoked_at, revoked_by = row
    return Member(
        id=member_id,
        person_id=person_id,
        grant=Grant(Role(role), Scope(programme, district)),
        joined_at=from_stored(joined_at),
        invited_by=invited_by,
        revoked_at=None if revoked_at is None else from_stored(revoked_at),
        revoked_by=revoked_by,
    )
