"""The rounds of a programme on a day: those that staff opened, and those its own text has every year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from domain.calendar.working_days import WorkingCalendar
from domain.deadlines import Due, due_dates
from domain.eligibility.dated_leaves import month_day
from domain.programme.dates import Annual, DeadlineRule
from domain.programme.identity import StatusPeriod
from domain.programme.model import Programme
from domain.rounds.model import Round, RoundState, Terms


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A yearly window that is not shown as a round, because the programme does not stand when it closes."""

    round: Round
    standing: StatusPeriod


def rounds_on(
    programme: Programme, stored: Iterable[Round], day: date, calendar: WorkingCalendar
) -> tuple[Round, ...]:
    """The rounds of a programme as they stand on a day, the next to close first; drafts are left to the caller.

    Where no round is announced for a year, a yearly window of the programme's own makes a computed one: for the windows
    that are not over on that day, and only while the programme takes applications by its own text.
    """
    own = [one for one in stored if one.programme == programme.id]
    papers = takes_paper(programme)
    shown = [_with_papers(one, calendar) if papers else one for one in own]
    shown += [one for one, standing in _windows(programme, own, day, calendar) if standing is None]
    return tuple(sorted(shown, key=lambda one: (one.closes_safe or date.max, one.id)))


def left_out(
    programme: Programme, stored: Iterable[Round], day: date, calendar: WorkingCalendar
) -> tuple[LeftOut, ...]:
    """The yearly windows that `rounds_on` does not show, each with the standing that is why."""
    own = [one for one in stored if one.programme == programme.id]
    windows = _windows(programme, own, day, calendar)
    return tuple(LeftOut(one, standing) for one, standing in windows if standing is not None)


def takes_paper(programme: Programme) -> bool:
    """Whether something is handed in on paper, so that the last day has to be a working day."""
    return any(isinstance(one.rule, Annual) and one.rule.annual.paper for one in programme.deadlines) or any(
        material.medium == "paper" for material in programme.materials
    )


def _with_papers(round_: Round, calendar: WorkingCalendar) -> Round:
    safe = round_.closes_safe
    if safe is None or round_.state is RoundState.CANCELLED:
        return round_
    return replace(
        round_,
        paper_safe=calendar.last_working_day_on_or_before(safe),
        provisional=calendar.is_provisional(safe, safe),
    )


def _windows(
    programme: Programme, stored: list[Round], day: date, calendar: WorkingCalendar
) -> Iterator[tuple[Round, StatusPeriod | None]]:
    """The yearly window that is next or running, where no round takes its place; and what keeps it from being shown."""
    for rule in programme.deadlines:
        if not isinstance(rule.rule, Annual) or rule.rule.annual.since is None:
            continue
        (due,) = due_dates(rule, day, calendar)
        round_ = _computed(programme, rule, rule.rule.annual.since, due)
        if not any(_takes_the_place(one, round_) for one in stored):
            standing = programme.status_on(due.safe)
            yield round_, standing if standing.accepts_applications is False else None


def _takes_the_place(stored: Round, computed: Round) -> bool:
    """A round for everywhere that people were told of, in the same year; one that was called off was told of too."""
    closes, expected = stored.closes_safe, computed.closes_safe
    return (
        stored.public
        and not stored.district
        and closes is not None
        and expected is not None
        and closes.year == expected.year
    )


def _computed(programme: Programme, rule: DeadlineRule, since: str, due: Due) -> Round:
    opens = month_day(due.safe.year, since)
    return Round(
        programme=programme.id,
        state=RoundState.ANNOUNCED,
        terms=Terms(opens=opens, closes_safe=due.safe, closes_outer=due.outer),
        computed=True,
        paper_safe=due.paper_safe,
        provisional=due.provisional,
        clause=rule.clause or "",
    )
