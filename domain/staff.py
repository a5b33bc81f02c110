"""Who works with the assistant on the authorities' side, and what each may do, where.

A grant is a role within a scope: one programme or all, one district or all. Every act names the scope it is about; whoever
is limited to a scope may act inside it and nowhere else. The check is one pure function, made on every call of a command
and never in a screen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.districts import lies_within, same_district
from locales.words import mark


class Role(StrEnum):
    """What somebody is among the staff."""

    ADMINISTRATOR = "administrator"
    CITY_OFFICER = "city_officer"
    COUNTY_OFFICER = "county_officer"
    EXPERT = "expert"
    SERVICE_STATION = "service_station"
    SUPERVISOR = "supervisor"
    VIEWER = "viewer"


class Act(StrEnum):
    """What is done by staff alone."""

    SEE_DRAFTS = "see_drafts"
    OPEN_ROUND = "open_round"
    ANNOUNCE_ROUND = "announce_round"
    CHANGE_ROUND = "change_round"
    CLOSE_ROUND = "close_round"
    CANCEL_ROUND = "cancel_round"
    SEE_STAFF = "see_staff"
    INVITE_STAFF = "invite_staff"
    REVOKE_STAFF = "revoke_staff"
    SEE_ANNOUNCEMENTS = "see_announcements"
    WRITE_ANNOUNCEMENT = "write_announcement"
    SEND_ANNOUNCEMENT = "send_announcement"


_OFFICERS: Final = frozenset({Role.ADMINISTRATOR, Role.CITY_OFFICER, Role.COUNTY_OFFICER})
_INVITERS: Final = frozenset({Role.ADMINISTRATOR, Role.CITY_OFFICER})

ALLOWED: Final[Mapping[Act, frozenset[Role]]] = {
    Act.SEE_DRAFTS: _OFFICERS | {Role.SUPERVISOR, Role.VIEWER},
    Act.OPEN_ROUND: _OFFICERS,
    Act.ANNOUNCE_ROUND: _OFFICERS,
    Act.CHANGE_ROUND: _OFFICERS,
    Act.CLOSE_ROUND: _OFFICERS,
    Act.CANCEL_ROUND: _OFFICERS,
    Act.SEE_STAFF: _INVITERS | {Role.SUPERVISOR},
    Act.INVITE_STAFF: _INVITERS,
    Act.REVOKE_STAFF: _INVITERS,
    Act.SEE_ANNOUNCEMENTS: _OFFICERS | {Role.SUPERVISOR},
    Act.WRITE_ANNOUNCEMENT: _OFFICERS,
    Act.SEND_ANNOUNCEMENT: _OFFICERS,
}
"""Which roles may do what, each within its own scope."""

GIVES: Final[Mapping[Role, frozenset[Role]]] = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.CITY_OFFICER: frozenset({Role.COUNTY_OFFICER, Role.EXPERT, Role.SERVICE_STATION, Role.VIEWER}),
}
"""Which roles may be given and taken by whom. Nobody appoints who supervises them: supervisors come from administrators."""

LONGEST_DISTRICT: Final = 60


@dataclass(frozen=True, slots=True)
class Scope:
    """A programme and a district; empty means every one. Which districts are the same says `domain.districts`."""

    programme: str = ""
    district: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "district", " ".join(unicodedata.normalize("NFKC", self.district).split()))

    def covers(self, other: Scope) -> bool:
        """Whether all of ``other`` lies inside for sure. What concerns every district lies inside no single one."""
        return self.programme in {"", other.programme} and (
            not self.district or lies_within(other.district, self.district)
        )

    def is_same(self, other: Scope) -> bool:
        """Whether both name the same, however it is written."""
        return self.programme == other.programme and same_district(self.district, other.district)


EVERYWHERE: Final = Scope()


class GrantError(ValueError):
    """A role within a scope that makes no sense; `message_id` says why."""

    def __init__(self, message_id: str) -> None:
        super().__init__(message_id)
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a scope. Raises GrantError."""

    role: Role
    scope: Scope = EVERYWHERE

    def __post_init__(self) -> None:
        if self.role is Role.COUNTY_OFFICER and not self.scope.district:
            raise GrantError(mark("A county officer needs a district."))
        if self.role is Role.ADMINISTRATOR and self.scope != EVERYWHERE:
            raise GrantError(mark("An administrator is one everywhere; leave programme and district out."))
        if len(self.scope.district) > LONGEST_DISTRICT:
            raise GrantError(mark("That name of a district is too long."))

    def is_same(self, other: Grant) -> bool:
        """Whether both are the same role within the same scope, however that is written."""
        return self.role is other.role and self.scope.is_same(other.scope)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who holds a grant or held it. `person_id` is None once the person was erased.

    `invited_by` and `revoked_by` are other members; None stands for the command line.
    """

    id: int
    person_id: int | None
    grant: Grant
    joined_at: datetime
    invited_by: int | None = None
    revoked_at: datetime | None = None
    revoked_by: int | None = None

    @property
    def holds(self) -> bool:
        """Whether the grant is in force."""
        return self.person_id is not None and self.revoked_at is None


def may(member: Member, act: Act, scope: Scope = EVERYWHERE) -> bool:
    """Whether a member may do something about a scope. An act about everything needs a grant without limits."""
    return member.holds and member.grant.role in ALLOWED[act] and member.grant.scope.covers(scope)


class NotAllowed(Exception):  # noqa: N818 - names of errors here say what happened
    """Nobody with these roles may do this there."""

    message_id = mark("Your role does not allow this here.")

    def __init__(self, act: Act, scope: Scope) -> None:
        super().__init__(act.value)
        self.act = act
        self.scope = scope


class LastAdministrator(NotAllowed):
    """Nobody may do this to the only administrator there is: nobody would be left who can appoint one."""

    message_id = mark("The last administrator cannot be revoked. Invite another one first.")

    def __init__(self) -> None:
        super().__init__(Act.REVOKE_STAFF, EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for an act: a person with the grants they hold, or the operator at the command line of the machine."""

    members: tuple[Member, ...] = ()
    operator: bool = False

    def may(self, act: Act, scope: Scope = EVERYWHERE) -> bool:
        """Whether one of the grants allows it."""
        return self.operator or any(may(member, act, scope) for member in self.members)

    def may_somewhere(self, act: Act) -> bool:
        """Whether there is any scope at all in which they may do it; for offering it, never for allowing it."""
        return self.operator or any(may(member, act, member.grant.scope) for member in self.members)

    def permit(self, act: Act, scope: Scope = EVERYWHERE) -> int | None:
        """The member under whom it is done, None for the operator. Raises NotAllowed."""
        if self.operator:
            return None
        for member in self.members:
            if may(member, act, scope):
                return member.id
        raise NotAllowed(act, scope)

    def permit_grant(self, act: Act, grant: Grant) -> int | None:
        """As `permit`, for giving or taking this grant: the role has to be one this member may give. Raises NotAllowed."""
        if self.operator:
            return None
        for member in self.members:
            if may(member, act, grant.scope) and grant.role in GIVES.get(member.grant.role, frozenset()):
                return member.id
        raise NotAllowed(act, grant.scope)


OPERATOR: Final = Actor(operator=True)
"""Whoever can run the program on its machine holds its key and its database anyway."""

NOBODY: Final = Actor()


def guard_revocation(member: Member, *, only_one: bool) -> None:
    """See that an administrator is left when a member's role is taken; `only_one`: nobody else holds that role.

    Raises LastAdministrator.
    """
    if only_one and member.holds and member.grant.role is Role.ADMINISTRATOR:
        raise LastAdministrator


class InvitationState(StrEnum):
    """What an invitation is still good for."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which one person takes a grant, once. The token itself is never kept."""

    id: int
    grant: Grant
    created_at: datetime
    expires_at: datetime
    invited_by: int | None = None
    used_at: datetime | None = None
    staff_id: int | None = None
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> InvitationState:
        """What it is good for at an instant; used and revoked ones stay so whatever the clock says."""
        if self.used_at is not None:
            return InvitationState.USED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED


INVITATION_HOURS: Final = 48
"""How long an invitation is good unless its maker says otherwise."""

LONGEST_INVITATION_HOURS: Final = 14 * 24

_START: Final = "i_"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_LINK: Final = re.compile(r'(?:(?:https?:/)?/[^\s"\\]*)?i_[A-Za-z0-9_-]{43}')


def expiry(now: datetime, hours: int) -> datetime:
    """When an invitation made now ends; ValueError unless it lasts between one hour and two weeks."""
    if not 1 <= hours <= LONGEST_INVITATION_HOURS:
        raise ValueError(hours)
    return now + timedelta(hours=hours)


def start_argument(token: str) -> str:
    """What a deep link carries: Telegram allows 64 characters of A-Z, a-z, 0-9, _ and -."""
    return _START + token


def token_in(argument: str) -> str | None:
    """The token of a deep link's argument; None when it carries something else."""
    token = argument.strip().removeprefix(_START)
    return token if argument.strip().startswith(_START) and _TOKEN.fullmatch(token) else None


def without_links(text: str) -> str:
    """A text, of JSON too, with a dot dot dot in the place of every link of an invitation."""
    return _LINK.sub("…", text)
