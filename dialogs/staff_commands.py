"""What staff ask the product to do, as values; `dialogs.staff_acts` checks and carries them out."""

from __future__ import annotations

from dataclasses import dataclass

from domain.announcements import AnnouncementAct, Audience, Texts
from domain.rounds import RoundAct, Terms
from domain.staff import Grant


@dataclass(frozen=True, slots=True)
class OpenRound:
    """Draft a new round."""

    programme: str
    district: str
    terms: Terms
    reason: str


@dataclass(frozen=True, slots=True)
class ActOnRound:
    """Announce, change, close or cancel the round as it was at this revision; `terms` are for a change."""

    round: int
    revision: int
    act: RoundAct
    reason: str
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class InviteStaff:
    """Make an invitation and show its links."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """Take the role of an invitation."""

    invitation: int


@dataclass(frozen=True, slots=True)
class RevokeMember:
    """Take a role back."""

    member: int


@dataclass(frozen=True, slots=True)
class RevokeInvitation:
    """Make an invitation worthless."""

    invitation: int


@dataclass(frozen=True, slots=True)
class WriteAnnouncement:
    """Draft an announcement for an audience, or a correction of the one it names; and `send` it at once."""

    texts: Texts
    audience: Audience
    send: bool = False
    file: int | None = None
    """The id of a file of the chat this is said in."""


@dataclass(frozen=True, slots=True)
class EditAnnouncement:
    """Write a draft anew that is as it was at this revision, and `send` it at once."""

    announcement: int
    revision: int
    texts: Texts
    audience: Audience
    send: bool = False
    file: int | None = None
    """The file it has, or one of the chat this is said in; None: no file."""


@dataclass(frozen=True, slots=True)
class ActOnAnnouncement:
    """Send, pause, resume or withdraw the announcement as it was at this revision."""

    announcement: int
    revision: int
    act: AnnouncementAct


StaffCommand = (
    OpenRound
    | ActOnRound
    | InviteStaff
    | AcceptInvitation
    | RevokeMember
    | RevokeInvitation
    | WriteAnnouncement
    | EditAnnouncement
    | ActOnAnnouncement
)
