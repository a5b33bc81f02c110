"""Invitations to take a role, known by the hash of their token only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, insert, or_, select, text, update

from domain.staff import Grant, Invitation, Role, Scope, without_links
from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.repositories.outbox import MESSAGE_PLACE
from domain.store.schema import chats, deliveries, invitations, outbox, staff
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
_MADE = Statement(
    select(invitations.c.created_at, invitations.c.invited_by).where(
        invitations.c.created_at > bindparam("since"), invitations.c.invited_by.is_not(None)
    )
)
_SHOWN = Statement(
    # What said it was put in the turn that made it: at the same instant, in a chat of who made it.
    select(outbox.c.id, outbox.c.chat_id, outbox.c.message)
    .join(chats, chats.c.id == outbox.c.chat_id)
    .join(staff, staff.c.person_id == chats.c.person_id)
    .outerjoin(deliveries, deliveries.c.outbox_id == outbox.c.id)
    .where(
        outbox.c.created_at == bindparam("made_at"),
        staff.c.id == bindparam("made_by"),
        or_(
            text("deliveries.state = 'sent'"),
            and_(
                outbox.c.created_at <= bindparam("shown_before"),
                text("(deliveries.state IS NULL OR deliveries.state NOT IN ('waiting', 'sending'))"),
            ),
        ),
    )
)
_SAY_INSTEAD = Statement(
    update(outbox).where(outbox.c.id == bindparam("of_id")).values(message=bindparam("new_message"))
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

    def forget_links(self, since: datetime, shown_before: datetime) -> int:
        """Take the links of invitations made after `since` out of the messages that showed them, and say out of how many.

        A message that is carried to a chat keeps its link until it is sent; one that is read where it lies, and one that was
        given up, until it was put before `shown_before`.
        """
        context, changed = self._context, 0
        before = to_stored(shown_before)
        for made_at, made_by in context.sql.rows(_MADE, since=to_stored(since)):
            for outbox_id, chat_id, sealed in context.sql.rows(
                _SHOWN, made_at=made_at, made_by=made_by, shown_before=before
            ):
                key = context.chat_key(chat_id)
                told = key.open(sealed, MESSAGE_PLACE)
                kept = without_links(told)
                if kept != told:
                    instead = key.seal(kept, MESSAGE_PLACE)
                    changed += context.sql.change(_SAY_INSTEAD, of_id=outbox_id, new_message=instead)
        if changed:
            context.sql.after_commit_checkpoint()
        return changed


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
