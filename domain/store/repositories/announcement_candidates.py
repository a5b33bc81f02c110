"""Who could belong to an audience, a portion at a time, with what decides it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    text,
    union,
)

from domain.announcements import Audience, Candidate, belongs
from domain.staff import Grant, Role, Scope
from domain.store.context import Context
from domain.store.schema import (
    announcement_recipients,
    announcement_stops,
    chats,
    organisations,
    people,
    receipts,
    staff,
    subscriptions,
)
from domain.store.statements import Statement

PORTION: Final = 500
"""Chats looked at in one go."""

CLOSE: Final = 20
"""How far apart two chats may stand for what is between them to be read along."""

REACHED: Final = "state IN ('queued', 'delivered', 'uncertain')"
"""Those whom an announcement reached, as far as anybody knows."""

_LAST: Final[BindParameter[int]] = bindparam("last")
_MOST: Final[BindParameter[int]] = bindparam("most")


def _first(found: Select[Any]) -> Select[Any]:
    """The first of the chats found, in order, each once: so much is read, however many there are."""
    part = found.distinct().order_by(found.selected_columns[0]).limit(_MOST).subquery()
    return select(part.c[0].label("chat_id"))


def _portion(*found: Select[Any]) -> Statement:
    """The first chats of all that are found in one way or another."""
    whole = union(*map(_first, found)).subquery() if len(found) > 1 else _first(found[0]).subquery()
    return Statement(select(whole.c.chat_id).order_by(whole.c.chat_id).limit(_MOST))


_OF_PROGRAMME = _portion(
    select(subscriptions.c.chat_id).where(
        subscriptions.c.programme == bindparam("programme"), subscriptions.c.chat_id > _LAST
    ),
    select(receipts.c.chat_id).where(
        receipts.c.programme == bindparam("programme"), receipts.c.chat_id > _LAST
    ),
)
_OF_ANY_PROGRAMME = _portion(
    select(subscriptions.c.chat_id).where(subscriptions.c.chat_id > _LAST),
    select(receipts.c.chat_id).where(receipts.c.chat_id > _LAST),
)
_OF_ROLE = _portion(
    select(chats.c.id).where(
        chats.c.person_id.in_(
            select(staff.c.person_id).where(staff.c.role == bindparam("role"), staff.c.revoked_at.is_(None))
        ),
        chats.c.id > _LAST,
    )
)
_OF_CORRECTED = _portion(
    select(announcement_recipients.c.chat_id).where(
        announcement_recipients.c.announcement_id == bindparam("corrected"),
        announcement_recipients.c.chat_id > _LAST,
    )
)

_FROM: Final[BindParameter[int]] = bindparam("begin")
_TO: Final[BindParameter[int]] = bindparam("end")
_REACHABLE = Statement(
    select(chats.c.id).where(
        chats.c.id.between(_FROM, _TO), chats.c.blocked_at.is_(None), chats.c.moved_to.is_(None)
    )
)
_REACHED_BEFORE = Statement(
    select(announcement_recipients.c.chat_id).where(
        announcement_recipients.c.announcement_id == bindparam("corrected"),
        announcement_recipients.c.chat_id.between(_FROM, _TO),
        text(f"announcement_recipients.{REACHED}"),
    )
)
_DISTRICTS = Statement(
    select(chats.c.id, organisations.c.district)
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .join(organisations, people.c.organisation_id == organisations.c.id)
    .where(chats.c.id.between(_FROM, _TO))
)
_ASKED = Statement(
    select(subscriptions.c.chat_id, subscriptions.c.programme, subscriptions.c.wanted).where(
        subscriptions.c.chat_id.between(_FROM, _TO)
    )
)
_LATEST = (
    select(func.max(receipts.c.id))
    .where(receipts.c.chat_id.between(_FROM, _TO))
    .group_by(receipts.c.chat_id, receipts.c.programme)
)
# Without consent what somebody said serves their conversation only: their self-checks decide nothing.
_VERDICTS = Statement(
    select(receipts.c.chat_id, receipts.c.programme, receipts.c.verdict)
    .join_from(receipts, chats, receipts.c.chat_id == chats.c.id)
    .join(people, chats.c.person_id == people.c.id)
    .where(receipts.c.id.in_(_LATEST), people.c.consent == literal_column("'given'"))
)
_STOPS = Statement(
    select(announcement_stops.c.chat_id, announcement_stops.c.programme).where(
        announcement_stops.c.chat_id.between(_FROM, _TO)
    )
)
_GRANTS = Statement(
    select(chats.c.id, staff.c.role, staff.c.programme, staff.c.district)
    .join_from(chats, staff, chats.c.person_id == staff.c.person_id)
    .where(chats.c.id.between(_FROM, _TO), staff.c.revoked_at.is_(None))
)


def portion_of(context: Context, audience: Audience, after: int) -> tuple[tuple[int, ...], int | None]:
    """Chats of an audience after one, in order, and up to which chat was looked; None when there are no more."""
    context.sql.takes_long()
    ids = [row[0] for row in _ids(context, audience, after)]
    found = tuple(chat for run in _runs(ids) for chat in _meant(context, audience, run))
    return found, ids[-1] if len(ids) == PORTION else None


def _runs(ids: list[int]) -> Iterator[list[int]]:
    """Chats that stand close together: what is known of them is looked up from the first to the last of these, and so
    not much is read of others that stand between.
    """
    run: list[int] = []
    for one in ids:
        if run and one - run[-1] > CLOSE:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _meant(context: Context, audience: Audience, ids: list[int]) -> list[int]:
    """Those of a run who belong to an audience."""
    ends = {"begin": ids[0], "end": ids[-1]}
    reachable = {row[0] for row in context.sql.rows(_REACHABLE, **ends)}
    if audience.corrects is not None:
        # Asked of these alone: among many whom it did not reach, no more are looked at than among others.
        reachable &= {
            row[0] for row in context.sql.rows(_REACHED_BEFORE, corrected=audience.corrects, **ends)
        }
    candidates = _candidates(context, [one for one in ids if one in reachable])
    return [one.chat for one in candidates if belongs(one, audience)]


def is_meant(context: Context, audience: Audience, chat_id: int) -> bool:
    """Whether one chat that was listed before still is to hear of it.

    Nothing but what the person chose since decides, and among staff whether they still hold the role.
    """
    (candidate,) = _candidates(context, [chat_id])
    if audience.programme in candidate.stopped:
        return False
    if audience.role is not None:
        return belongs(candidate, audience)
    return audience.programme not in candidate.declined


def _ids(context: Context, audience: Audience, after: int) -> list[tuple[int]]:
    rows, most = context.sql.rows, PORTION
    if audience.corrects is not None:
        return rows(_OF_CORRECTED, corrected=audience.corrects, last=after, most=most)
    if audience.role is not None:
        return rows(_OF_ROLE, role=audience.role.value, last=after, most=most)
    if audience.programme:
        return rows(_OF_PROGRAMME, programme=audience.programme, last=after, most=most)
    return rows(_OF_ANY_PROGRAMME, last=after, most=most)


def _candidates(context: Context, ids: list[int]) -> list[Candidate]:
    """What decides about these chats, which are in order."""
    if not ids:
        return []
    rows, ends = context.sql.rows, {"begin": ids[0], "end": ids[-1]}
    asked: dict[int, set[str]] = defaultdict(set)
    declined: dict[int, set[str]] = defaultdict(set)
    stopped: dict[int, set[str]] = defaultdict(set)
    verdicts: dict[int, dict[str, str]] = defaultdict(dict)
    grants: dict[int, list[Grant]] = defaultdict(list)
    for chat, programme, wanted in rows(_ASKED, **ends):
        (asked if wanted else declined)[chat].add(programme)
    for chat, programme, verdict in rows(_VERDICTS, **ends):
        verdicts[chat][programme] = verdict
    for chat, programme in rows(_STOPS, **ends):
        stopped[chat].add(programme)
    for chat, role, programme, district in rows(_GRANTS, **ends):
        grants[chat].append(Grant(Role(role), Scope(programme, district)))
    districts: dict[int, str] = dict(rows(_DISTRICTS, **ends))
    return [
        Candidate(
            chat=chat,
            asked=frozenset(asked[chat]),
            declined=frozenset(declined[chat]),
            verdicts=verdicts[chat],
            stopped=frozenset(stopped[chat]),
            district=districts.get(chat, ""),
            grants=tuple(grants[chat]),
        )
        for chat in ids
    ]
