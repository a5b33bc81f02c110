"""Rounds, roles and invitations in the form other programs read. Instants are UTC, days are those of Shanghai."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from domain.rounds import Bilingual, Round
    from domain.staff import Grant, Invitation, InvitationState, Member


def round_as_json(round_: Round) -> dict[str, Any]:
    """A round; a computed one has no number, and what nobody said is null."""
    from domain.rounds import DAYS, TEXTS

    days = {name: getattr(round_.terms, name) for name in DAYS}
    return {
        "id": None if round_.computed else round_.id,
        "programme": round_.programme,
        "district": round_.district or None,
        "state": round_.state.value,
        "computed": round_.computed,
        "public": round_.public,
        "provisional": round_.provisional,
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
        "paper_safe": None if round_.paper_safe is None else round_.paper_safe.isoformat(),
        **{name: _text(getattr(round_.terms, name)) for name in TEXTS},
        "conditions": [_text(one) for one in round_.terms.conditions],
        "source_link": round_.terms.source_link or None,
    }


def member_as_json(member: Member) -> dict[str, Any]:
    """A role somebody holds or held; `invited_by` null is the command line."""
    return {
        "id": member.id,
        **_grant(member.grant),
        "holds": member.holds,
        "person": member.person_id,
        "joined_at": _instant(member.joined_at),
        "invited_by": member.invited_by,
        "revoked_at": _instant(member.revoked_at),
    }


def invitation_as_json(invitation: Invitation, state: InvitationState) -> dict[str, Any]:
    """An invitation and what it is good for; its token is nowhere kept."""
    return {
        "id": invitation.id,
        **_grant(invitation.grant),
        "state": state.value,
        "created_at": _instant(invitation.created_at),
        "expires_at": _instant(invitation.expires_at),
        "invited_by": invitation.invited_by,
    }


def _grant(grant: Grant) -> dict[str, str | None]:
    return {
        "role": grant.role.value,
        "programme": grant.scope.programme or None,
        "district": grant.scope.district or None,
    }


def _text(text: Bilingual) -> dict[str, str] | None:
    return {"zh": text.zh, "en": text.en} if text.zh or text.en else None


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
