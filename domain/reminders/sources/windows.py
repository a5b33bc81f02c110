"""When a round of a programme opens and closes, and that one was announced or called off.

Subjects: ``round`` (its id, 0 for a computed one), ``computed``, ``district``, ``asked`` (asked for, or checked) and
``opens``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from domain.calendar.working_days import WorkingCalendar
from domain.programme.dates import Annual
from domain.programme.model import Programme
from domain.reminders.kinds import Kinds
from domain.reminders.model import Json, Reminder, Situation
from domain.reminders.tools import Tools, at_once, counted
from domain.rounds import Round, RoundState, rounds_on
from domain.staff import Scope

_NEXT = timedelta(days=365)
_OPEN_FOR = timedelta(days=30)
"""How long it makes sense to say that a round opened whose end nobody named."""


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """The days of every round that is not over, of the programmes somebody watches."""
    for programme in tools.watched(situation):
        held = _Held(programme, tools.kinds)
        own = tuple(one for one in situation.rounds if one.programme == programme.id)
        asked = situation.preferences.programmes.get(programme.id) is True
        for about, round_ in _rounds(held, own, situation.as_of, tools.calendar).items():
            if _is_here(round_, situation) and tools.concerns(situation, programme, _day(round_, situation)):
                yield from _of_round(held, about, round_, situation.as_of, asked=asked)


class _Held:
    """A programme and the kinds as a key of a cache: the objects themselves, not their thousands of fields."""

    __slots__ = ("kinds", "programme")

    def __init__(self, programme: Programme, kinds: Kinds) -> None:
        self.programme = programme
        self.kinds = kinds

    def __hash__(self) -> int:
        return id(self.programme)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.programme is self.programme and other.kinds is self.kinds


@lru_cache(256)
def _rounds(
    held: _Held, stored: tuple[Round, ...], day: date, calendar: WorkingCalendar
) -> Mapping[str, Round]:
    """The rounds that are not over on a day, by what they are called in keys; the same for all who watch a programme.

    One that takes the place of a yearly window goes by its year, so that its day is known as the one that was expected,
    moved.
    """
    programme = held.programme
    found: dict[str, Round] = {}
    for seen_from in (day, day + _NEXT):
        shown = rounds_on(programme, stored, seen_from, calendar)
        for round_ in sorted(shown, key=lambda one: one.id):
            if round_.is_over(day) and not _called_off(round_, day):
                continue
            name = f"{programme.id}:round-{round_.id}"
            if round_.closes_safe is not None and not round_.district and _is_yearly(programme):
                year = f"{programme.id}:{round_.closes_safe.year}"
                if found.setdefault(year, round_).id == round_.id:
                    continue
            found.setdefault(name, round_)
    return found


def _is_yearly(programme: Programme) -> bool:
    return any(
        isinstance(one.rule, Annual) and one.rule.annual.since is not None for one in programme.deadlines
    )


def _is_here(round_: Round, situation: Situation) -> bool:
    """Whether the round is for where the organisation is, or might be."""
    return not situation.district or Scope(district=round_.district).covers(
        Scope(district=situation.district)
    )


def _day(round_: Round, situation: Situation) -> date:
    return max(round_.closes_safe or round_.opens or situation.as_of, situation.as_of)


def _called_off(round_: Round, day: date) -> bool:
    ended = round_.state in {RoundState.CLOSED, RoundState.CANCELLED}
    return ended and round_.closes_outer is not None and round_.closes_outer >= day


@lru_cache(1024)
def _of_round(held: _Held, about: str, round_: Round, as_of: date, *, asked: bool) -> tuple[Reminder, ...]:
    """The reminders of a round; the same for all whom it concerns."""
    return tuple(_reminders(held, about, round_, as_of, asked=asked))


def _reminders(held: _Held, about: str, round_: Round, as_of: date, *, asked: bool) -> Iterator[Reminder]:
    programme, kinds, safe, outer = held.programme, held.kinds, round_.closes_safe, round_.closes_outer
    subject: dict[str, Json] = {
        "round": round_.id,
        "computed": round_.computed,
        "district": round_.district,
        "asked": asked,
        "opens": None if round_.opens is None else round_.opens.isoformat(),
    }
    if safe is not None and outer is not None:
        if _called_off(round_, as_of):
            yield at_once(
                kinds["window_closes"],
                about,
                safe,
                as_of,
                until=outer,
                programme=programme.id,
                subject=subject,
                outer=outer,
                clause=round_.clause,
                called_off=True,
            )
            return
        yield from counted(
            kinds["window_closes"],
            about,
            safe,
            until=outer,
            programme=programme.id,
            subject=subject,
            outer=outer,
            paper_safe=round_.paper_safe,
            provisional=round_.provisional,
            clause=round_.clause,
            also=(*_own_offsets(programme), *_paper_day(round_)),
        )
        if not round_.computed:
            yield at_once(
                kinds["round_announced"],
                f"{programme.id}:round-{round_.id}",
                safe,
                as_of,
                until=outer,
                programme=programme.id,
                subject=subject,
                outer=outer,
                paper_safe=round_.paper_safe,
                clause=round_.clause,
            )
    if round_.opens is not None:
        yield from counted(
            kinds["window_opens"],
            about,
            round_.opens,
            until=outer or round_.opens + _OPEN_FOR,
            programme=programme.id,
            subject=subject,
            clause=round_.clause,
        )


def _paper_day(round_: Round) -> Iterator[int]:
    """Papers may have to be there before the safe day: the morning of that day is said too."""
    if round_.closes_safe is not None and round_.paper_safe is not None:
        yield (round_.closes_safe - round_.paper_safe).days


def _own_offsets(programme: Programme) -> Iterator[int]:
    """When the programme itself wants its applicants reminded."""
    for rule in programme.deadlines:
        if isinstance(rule.rule, Annual) and rule.rule.annual.since is not None:
            yield from rule.remind_days_before
