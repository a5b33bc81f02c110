"""An announcement: a text in one or both languages, for an audience that is named by what it has in common.

Whom it went to is fixed when it is sent; who that is nobody reads out, staff included: they see numbers alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.programme.parts import Verdict
from domain.rounds import Bilingual
from domain.staff import Act, Role, Scope


class AnnouncementState(StrEnum):
    """How far an announcement is."""

    DRAFTED = "drafted"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class AnnouncementAct(StrEnum):
    """What is done with an announcement that is there."""

    SEND = "send"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"

    @property
    def staff_act(self) -> Act:
        """The act whose permission it needs."""
        return Act.SEND_ANNOUNCEMENT


@dataclass(frozen=True, slots=True)
class Texts:
    """What an announcement says."""

    title: Bilingual
    text: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is meant. Every entry narrows it; empty ones narrow nothing.

    Without a role it is the people a programme concerns: they asked to hear of it or checked it. With a role it is
    the staff who hold it. `corrects` names an announcement: then it is those whom that one reached, and nothing else counts.
    """

    programme: str = ""
    """Empty: any programme."""
    round: int | None = None
    round_district: str = ""
    """The district of that round, which leaves out whoever is registered in another one, as reminders of it do."""
    district: str = ""
    """People whose organisation stated this district, or staff of it."""
    role: Role | None = None
    verdict: Verdict | None = None
    """How the last self-check of the programme ended."""
    corrects: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "district", Scope(district=self.district).district)

    @property
    def scope(self) -> Scope:
        """Where somebody has to be allowed to write to it."""
        return Scope(self.programme, self.district or self.round_district)

    @property
    def whatever_result(self) -> Audience:
        """The same people, however their last self-check ended, and whether or not anything reached them."""
        return replace(self, verdict=None, corrects=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement as it is kept. `revision` counts the acts. Members of the staff are named by number; None stands
    for the command line.
    """

    id: int
    state: AnnouncementState
    revision: int
    texts: Texts
    audience: Audience
    created_at: datetime
    created_by: int | None = None
    sent_at: datetime | None = None
    sent_by: int | None = None
    ended_at: datetime | None = None
    gathered: bool = False
    """Whether everybody it is for is listed already."""
    file: int | None = None
    """The id of the file that goes with it: one that its author handed in."""
    file_gone: bool = False
    """A file went with it that is not there any more: it goes with its author, or when its time is over."""

    @property
    def scope(self) -> Scope:
        """Where it belongs."""
        return self.audience.scope
