"""What is done with an announcement: each act checks its guards and gives what it makes, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.announcements.model import Announcement, AnnouncementAct, AnnouncementState, Audience, Texts
from domain.districts import same_district
from domain.rounds import Round
from locales.words import mark

LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 2000

LEADS_FROM: Final = {
    AnnouncementAct.SEND: frozenset({AnnouncementState.DRAFTED}),
    AnnouncementAct.PAUSE: frozenset({AnnouncementState.SENDING}),
    AnnouncementAct.RESUME: frozenset({AnnouncementState.PAUSED}),
    AnnouncementAct.WITHDRAW: frozenset(
        {AnnouncementState.DRAFTED, AnnouncementState.SENDING, AnnouncementState.PAUSED}
    ),
}
"""From which states an act leads on; what was sent to everybody cannot be withdrawn, but corrected."""

_LEADS_TO: Final = {
    AnnouncementAct.SEND: AnnouncementState.SENDING,
    AnnouncementAct.PAUSE: AnnouncementState.PAUSED,
    AnnouncementAct.RESUME: AnnouncementState.SENDING,
    AnnouncementAct.WITHDRAW: AnnouncementState.WITHDRAWN,
}

_OVER: Final = frozenset({AnnouncementState.SENT, AnnouncementState.WITHDRAWN})


class AnnouncementProblem(StrEnum):
    """Why an act on an announcement is refused; the value is what a person is told."""

    NO_TITLE = mark("The announcement needs a title.")
    NO_TEXT = mark("The announcement needs a text, in Chinese or in English.")
    TEXT_TOO_LONG = mark("The text is too long (2,000 characters at most; 120 for the title).")
    WRONG_STATE = mark("The announcement is not in a state in which this can be done.")
    NOBODY = mark("Nobody belongs to this audience now, so nothing was sent.")
    NO_SUCH_ROUND = mark("There is no such round that was announced.")
    OTHER_DISTRICT = mark("The round is for another district.")
    VERDICT_NEEDS_PROGRAMME = mark("Results of self-checks are those of one programme: please name it.")
    ROLE_ALONE = mark("Staff are chosen by role; rounds and results of self-checks are for everybody else.")
    NOT_OVER = mark(
        "A correction goes to those who received the announcement: wait until it was sent, or withdraw it."
    )
    NEVER_SENT = mark("The announcement was never sent, so there is nothing to correct.")


class AnnouncementRefused(Exception):  # noqa: N818 - names of errors here say what happened
    """An act that is not possible; nothing was changed."""

    def __init__(self, *problems: AnnouncementProblem) -> None:
        super().__init__(", ".join(problem.name for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Draft:
    """A new announcement, sound and not yet kept."""

    texts: Texts
    audience: Audience
    file: int | None = None
    """The id of a file that is to go with it."""


def draft(texts: Texts, audience: Audience, round_: Round | None = None, file: int | None = None) -> Draft:
    """A new announcement; `round_` is the one its audience names. Raises AnnouncementRefused."""
    problems = (*_of_texts(texts), *_of_audience(audience, round_))
    if problems:
        raise AnnouncementRefused(*problems)
    if round_ is not None:
        audience = replace(audience, round_district=round_.district)
    return Draft(texts, audience, file)


def correct(texts: Texts, of: Announcement, file: int | None = None) -> Draft:
    """A correction for those whom an announcement reached. Raises AnnouncementRefused."""
    problems = list(_of_texts(texts))
    if of.sent_at is None:
        problems.append(AnnouncementProblem.NEVER_SENT)
    elif of.state not in _OVER:
        problems.append(AnnouncementProblem.NOT_OVER)
    if problems:
        raise AnnouncementRefused(*problems)
    return Draft(texts, replace(of.audience, corrects=of.id), file)


def edit(announcement: Announcement, new: Draft) -> Announcement:
    """The announcement as it is written anew, before anybody was told. Raises AnnouncementRefused."""
    if announcement.state is not AnnouncementState.DRAFTED:
        raise AnnouncementRefused(AnnouncementProblem.WRONG_STATE)
    return replace(
        announcement,
        texts=new.texts,
        audience=new.audience,
        file=new.file,
        file_gone=False,
        revision=announcement.revision + 1,
    )


def do(
    announcement: Announcement,
    act: AnnouncementAct,
    by: int | None,
    now: datetime,
    *,
    anybody: bool = True,
) -> Announcement:
    """The announcement after an act; sending needs `anybody` to send it to. Raises AnnouncementRefused."""
    if announcement.state not in LEADS_FROM[act]:
        raise AnnouncementRefused(AnnouncementProblem.WRONG_STATE)
    if act is AnnouncementAct.SEND and not anybody:
        raise AnnouncementRefused(AnnouncementProblem.NOBODY)
    after = replace(announcement, state=_LEADS_TO[act], revision=announcement.revision + 1)
    if act is AnnouncementAct.SEND:
        return replace(after, sent_at=now, sent_by=by)
    return replace(after, ended_at=now) if act is AnnouncementAct.WITHDRAW else after


def _of_texts(texts: Texts) -> Iterator[AnnouncementProblem]:
    if not texts.title:
        yield AnnouncementProblem.NO_TITLE
    if not texts.text:
        yield AnnouncementProblem.NO_TEXT
    too_long = max(map(len, (texts.title.zh, texts.title.en))) > LONGEST_TITLE
    if too_long or max(map(len, (texts.text.zh, texts.text.en))) > LONGEST_TEXT:
        yield AnnouncementProblem.TEXT_TOO_LONG


def _of_audience(audience: Audience, round_: Round | None) -> Iterator[AnnouncementProblem]:
    if audience.role is not None and (audience.round is not None or audience.verdict is not None):
        yield AnnouncementProblem.ROLE_ALONE
    if audience.verdict is not None and not audience.programme:
        yield AnnouncementProblem.VERDICT_NEEDS_PROGRAMME
    if audience.round is None:
        return
    if (
        round_ is None
        or round_.id != audience.round
        or round_.programme != audience.programme
        or not round_.public
    ):
        yield AnnouncementProblem.NO_SUCH_ROUND
    elif round_.district and audience.district and not same_district(round_.district, audience.district):
        yield AnnouncementProblem.OTHER_DISTRICT
