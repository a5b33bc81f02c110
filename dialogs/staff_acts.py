"""Carrying out what staff ask for, in one transaction: permission, guard, change, trail, and who has to be planned for.

Chats and the command line go through here, so that neither can do what the other may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dialogs.staff_commands import ActOnRound, OpenRound
from domain import rounds as acts
from domain.privacy import hash_token, new_token
from domain.rounds import Change, Round, RoundAct
from domain.staff import (
    INVITATION_HOURS,
    Act,
    Actor,
    Grant,
    Invitation,
    InvitationState,
    Member,
    NotAllowed,
    Scope,
    expiry,
    guard_revocation,
)
from domain.store import NotFound, StaleRevision, Transaction

OPERATOR_ID = "operator"
"""Stands in the trail for what was done on the command line."""


class InvitationGone(Exception):  # noqa: N818 - names of errors here say what happened
    """An invitation that is good for nothing any more."""

    def __init__(self, state: InvitationState) -> None:
        super().__init__(state.value)
        self.state = state


class AlreadyHeld(Exception):  # noqa: N818 - names of errors here say what happened
    """Somebody who holds exactly this role was to be given it."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invitation with its token. It is shown to who made it, and kept only until that is done (`forget_links`)."""

    invitation: int
    token: str
    expires_at: datetime


def planned_change(round_: Round | None, command: OpenRound | ActOnRound, today: date) -> Change:
    """What a command would do to a round as it is. Raises RoundRefused, and StaleRevision for a round that moved on."""
    if isinstance(command, OpenRound):
        return acts.open_round(command.programme, command.district, command.terms, command.reason)
    if round_ is None or round_.revision != command.revision:
        raise StaleRevision(f"round {command.round}")
    match command.act:
        case RoundAct.ANNOUNCE:
            return acts.announce(round_, command.reason, today)
        case RoundAct.CHANGE:
            return acts.change(round_, command.terms or round_.terms, command.reason, today)
        case RoundAct.CLOSE:
            return acts.close(round_, command.reason)
        case RoundAct.CANCEL:
            return acts.cancel(round_, command.reason)
        case RoundAct.OPEN:
            raise ValueError("a round is opened once")


def act_on_round(
    tx: Transaction, actor: Actor, command: OpenRound | ActOnRound, now: datetime, today: date
) -> Round:
    """Do something with a round. Raises NotAllowed, RoundRefused, StaleRevision, NotFound."""
    known, act, scope = _aim(tx, command)
    by = actor.permit(act.staff_act, scope)
    change = planned_change(known, command, today)
    done = tx.rounds.carry_out(change, by, now)
    ids = {"round": done.id, "revision": done.revision, "by": _id(by)}
    tx.audit.append(f"round_{act.value}", ids, now)
    if done.public and (known is None or known.public or act is RoundAct.ANNOUNCE):
        tx.replanning.all_of_programme(done.programme, "round", now)
    return done


def _aim(tx: Transaction, command: OpenRound | ActOnRound) -> tuple[Round | None, RoundAct, Scope]:
    """The round a command is about, what is done with it, and where one has to be allowed to."""
    if isinstance(command, OpenRound):
        return None, RoundAct.OPEN, Scope(command.programme, command.district)
    known = tx.rounds.get(command.round)
    if known is None:
        raise NotFound(f"round {command.round}")
    return known, command.act, known.scope


def invite(
    tx: Transaction, actor: Actor, grant: Grant, now: datetime, hours: int = INVITATION_HOURS
) -> Invited:
    """Make an invitation. Raises NotAllowed, and ValueError for hours that make no sense."""
    by = actor.permit_grant(Act.INVITE_STAFF, grant)
    token, expires_at = new_token(), expiry(now, hours)
    number = tx.invitations.add(hash_token(token), grant, now, expires_at, by)
    tx.audit.append("staff_invited", {"invitation": number, "role": grant.role.value, "by": _id(by)}, now)
    return Invited(number, token, expires_at)


def inviter(tx: Transaction, invitation: Invitation) -> Member | None:
    """Who made an invitation; None for the command line."""
    return None if invitation.invited_by is None else tx.staff.get(invitation.invited_by)


def standing(invitation: Invitation, made_by: Member | None, now: datetime) -> InvitationState:
    """What an invitation is good for: nothing any more when who made it could not make it today."""
    state = invitation.state(now)
    if state is not InvitationState.OPEN or invitation.invited_by is None:
        return state
    try:
        Actor(() if made_by is None else (made_by,)).permit_grant(Act.INVITE_STAFF, invitation.grant)
    except NotAllowed:
        return InvitationState.REVOKED
    return state


def accept(tx: Transaction, person_id: int, invitation_id: int, now: datetime) -> Member:
    """Give the person the role of an invitation, once. Raises InvitationGone, AlreadyHeld, NotFound."""
    invitation = tx.invitations.lock(invitation_id)
    if invitation is None:
        raise NotFound(f"invitation {invitation_id}")
    state = standing(invitation, inviter(tx, invitation), now)
    if state is not InvitationState.OPEN:
        raise InvitationGone(state)
    if any(one.grant.is_same(invitation.grant) for one in tx.staff.of_person(person_id)):
        raise AlreadyHeld
    member = tx.staff.add(person_id, invitation.grant, now, invitation.invited_by)
    tx.invitations.use(invitation_id, member, now)
    tx.replanning.of_person(person_id, "role", now)
    tx.audit.append(
        "staff_joined",
        {
            "staff": member,
            "person": person_id,
            "invitation": invitation_id,
            "role": invitation.grant.role.value,
        },
        now,
    )
    return Member(member, person_id, invitation.grant, now, invitation.invited_by)


def revoke_member(
    tx: Transaction, actor: Actor, member_id: int, now: datetime, *, also_the_last: bool = False
) -> bool:
    """Take a role back; False when nobody held it any more. Raises NotAllowed (LastAdministrator unless that is meant),
    NotFound.
    """
    member = tx.staff.get(member_id)
    if member is None:
        raise NotFound(f"member {member_id}")
    by = actor.permit_grant(Act.REVOKE_STAFF, member.grant)
    if not also_the_last:
        guard_revocation(member, only_one=tx.staff.is_only_one(member))
    revoked = tx.staff.revoke(member_id, now, by)
    if revoked:
        tx.audit.append("staff_revoked", {"staff": member_id, "by": _id(by)}, now)
        if member.person_id is not None:
            tx.replanning.of_person(member.person_id, "role", now)
    return revoked


def revoke_invitation(tx: Transaction, actor: Actor, invitation_id: int, now: datetime) -> bool:
    """Make an invitation worthless; False when it was used or revoked before. Raises NotAllowed, NotFound."""
    invitation = tx.invitations.lock(invitation_id)
    if invitation is None:
        raise NotFound(f"invitation {invitation_id}")
    by = actor.permit_grant(Act.REVOKE_STAFF, invitation.grant)
    revoked = tx.invitations.revoke(invitation_id, now, by)
    if revoked:
        tx.audit.append("invitation_revoked", {"invitation": invitation_id, "by": _id(by)}, now)
    return revoked


def _id(by: int | None) -> int | str:
    return OPERATOR_ID if by is None else by
