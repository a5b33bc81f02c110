"""Roles, scopes, invitations and what staff may do, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.world import World
from domain.staff import ALLOWED, Act, Grant, InvitationState, Role, Scope
from locales.words import mark

ROLES: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: mark("administrator"),
    Role.CITY_OFFICER: mark("city officer"),
    Role.COUNTY_OFFICER: mark("county officer"),
    Role.EXPERT: mark("expert"),
    Role.SERVICE_STATION: mark("service station"),
    Role.SUPERVISOR: mark("supervisor of the review"),
    Role.VIEWER: mark("viewer"),
}

ACTS: Final[Mapping[Act, str]] = {
    Act.SEE_DRAFTS: mark("see drafts of rounds"),
    Act.OPEN_ROUND: mark("draft rounds"),
    Act.ANNOUNCE_ROUND: mark("announce rounds"),
    Act.CHANGE_ROUND: mark("change rounds"),
    Act.CLOSE_ROUND: mark("close rounds"),
    Act.CANCEL_ROUND: mark("cancel rounds"),
    Act.SEE_STAFF: mark("see who belongs to the staff"),
    Act.INVITE_STAFF: mark("invite staff"),
    Act.REVOKE_STAFF: mark("take roles back"),
    Act.SEE_ANNOUNCEMENTS: mark("see announcements"),
    Act.WRITE_ANNOUNCEMENT: mark("write announcements"),
    Act.SEND_ANNOUNCEMENT: mark("send announcements"),
}

INVITATION_STATES: Final[Mapping[InvitationState, str]] = {
    InvitationState.OPEN: mark("open"),
    InvitationState.USED: mark("used"),
    InvitationState.EXPIRED: mark("expired"),
    InvitationState.REVOKED: mark("revoked"),
}

GONE: Final[Mapping[InvitationState, str]] = {
    InvitationState.USED: mark("This invitation was used already. Each one is good for one person, once."),
    InvitationState.EXPIRED: mark("This invitation has expired. Please ask for a new one."),
    InvitationState.REVOKED: mark("This invitation was taken back. Please ask for a new one."),
}


def role_name(world: World, role: Role) -> str:
    """A role in a few words."""
    return world.words.say(ROLES[role])


def scope_text(world: World, scope: Scope) -> str:
    """Where a role holds."""
    say = world.words.say
    programme = world.programme(scope.programme)
    where = [
        say("all programmes")
        if not scope.programme
        else world.name_of(programme)
        if programme is not None
        else scope.programme,
        scope.district or say("all districts"),
    ]
    return " · ".join(where)


def grant_text(world: World, grant: Grant) -> str:
    """A role with where it holds."""
    return world.words.say(
        "%(role)s (%(scope)s)", role=role_name(world, grant.role), scope=scope_text(world, grant.scope)
    )


def allows_text(world: World, role: Role) -> str:
    """What a role allows, as a list in one line."""
    allowed = [world.words.say(text) for act, text in ACTS.items() if role in ALLOWED[act]]
    return (
        world.words.items(allowed) if allowed else world.words.say("nothing but what everybody sees, so far")
    )
