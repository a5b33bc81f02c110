"""When a round of a programme opens and closes, and that one was announced or called off.

Subjects: ``round`` (its id, 0 for a computed one), ``computed``, ``district``, ``asked`` (asked for, or checked) and
``opens``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.programme.dates import Annual
from domain.programme.model import Programme
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
        for about, round_ in _rounds(programme, situation, tools).items():
            if _is_here(round_, situation) and tools.concerns(situation, programme, _day(round_, situation)):
                yield from _of_round(programme, about, round_, situation, tools)


def _rounds(programme: Programme, situation: Situation, tools: Tools) -> dict[str, Round]:
    """The rounds by what they are called in keys. One that takes the place of a yearly window goes by its year, so that
    its day is known as the one that was expected, moved.
    """
    found: dict[str, Round] = {}
    for day in (situation.as_of, situation.as_of + _NEXT):
        shown = rounds_on(programme, situation.rounds, day, tools.calendar)
        for round_ in sorted(shown, key=lambda one: one.id):
            if round_.is_over(situation.as_of) and not _called_off(round_, situation.as_of):
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


def _of_round(
    programme: Programme, about: str, round_: Round, situation: Situation, tools: Tools
) -> Iterator[Reminder]:
    kinds, safe, outer = tools.kinds, round_.closes_safe, round_.closes_outer
    subject: dict[str, Json] = {
        "round": round_.id,
        "computed": round_.computed,
        "district": round_.district,
        "asked": situation.preferences.programmes.get(programme.id) is True,
        "opens": None if round_.opens is None else round_.opens.isoformat(),
    }
    if safe is not None and outer is not None:
        if _called_off(round_, situation.as_of):
            yield at_once(
                kinds["window_closes"],
                about,
                safe,
                situation.as_of,
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
            also=_own_offsets(programme),
        )
        if not round_.computed:
            yield at_once(
                kinds["round_announced"],
                f"{programme.id}:round-{round_.id}",
                safe,
                situation.as_of,
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


def _own_offsets(programme: Programme) -> Iterator[int]:
    """When the programme itself wants its applicants reminded."""
    for rule in programme.deadlines:
        if isinstance(rule.rule, Annual) and rule.rule.annual.since is not None:
            yield from rule.remind_days_before
