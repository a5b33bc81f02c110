"""The day on which time alone will cure what is not met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from domain.calendar import periods
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility import dated_leaves
from domain.eligibility.binding import Bound, bind
from domain.eligibility.evaluate import Evaluation, Outcome
from domain.eligibility.truth import NEGATED, SELF_STATED, UNCLEAR, UNKNOWN, all_of, any_of
from domain.programme import expressions as e
from domain.programme.parts import Result
from domain.programme.rules import Criterion
from domain.values import Certificate, Event, Facts, PartialDate


def met_on(evaluation: Evaluation, outcome: Outcome[Criterion]) -> date | None:
    """The first day a criterion that is not met will be, when nothing but time passes.

    By the conservative reading; ``None`` when it stands already or time cannot cure it. Every day on which
    something changes is tried, as time also takes away: a certificate ends, a year without figures begins.
    Parts of the criterion that nobody has answered yet are open: they are left out, and the day is that of what
    was told. Once they are answered they count like any other part.
    """
    if outcome.conservative not in (Result.NOT_MET, Result.UNCLEAR):
        return None
    examination = evaluation.examination
    examined = examination.examined(outcome.rule.id)
    days = {
        day
        for bound in (examined.conservative, examined.applies_when)
        if bound is not None
        for day in _days_of_change(bound, evaluation.facts)
        if day > examination.as_of
    }
    rule, calendar = outcome.rule, examination.calendar
    return next((day for day in sorted(days) if _holds_on(rule, day, calendar, evaluation.facts)), None)


def days_of_change(evaluation: Evaluation) -> tuple[date, ...]:
    """The days after that of the evaluation on which time alone may change how a criterion stands, in order."""
    examination = evaluation.examination
    days = {
        day
        for examined in examination.criteria
        for bound in (*examined.bound(), examined.applies_when)
        if bound is not None
        for day in _days_of_change(bound, evaluation.facts)
        if day > examination.as_of
    }
    return tuple(sorted(days))


def _holds_on(rule: Criterion, day: date, calendar: WorkingCalendar, facts: Facts) -> bool:
    holds = _told(bind(rule.test, day, calendar), facts)
    applies = None if rule.applies_when is None else _told(bind(rule.applies_when, day, calendar), facts)
    return holds is not None and holds >= SELF_STATED and (applies is None or applies >= SELF_STATED)


def _told(bound: Bound, facts: Facts) -> int | None:
    """The truth of ``bound`` by what was told; ``None`` where it rests on answers that were never given.

    A year without figures in a table that was told is no such answer: that the figures of a year to come are not
    known is no reason to expect them to be good.
    """
    if not bound.parts:
        truth = bound.judge(facts)
        never_told = truth == UNKNOWN and any(fact not in facts for fact in bound.facts)
        return None if never_told else truth
    parts = [_told(part, facts) for part in bound.parts]
    told = tuple(part for part in parts if part is not None)
    match bound.expression:
        case e.AllOf():
            return all_of(told) if told else None
        case e.AnyOf():
            return any_of(told) if told else None
        case e.Not():
            return NEGATED[told[0]] if told else None
        case _:  # when: a condition nobody has decided leaves both branches
            condition, then, otherwise = parts
            if condition is None or condition in (UNKNOWN, UNCLEAR):
                return then if then == otherwise else condition
            return then if condition >= SELF_STATED else otherwise


def clears_on(terms: e.NoEventTerms, event: Event) -> date | None:
    """The first day an event no longer counts; ``None`` when it always will."""
    match terms.window:
        case "ever":
            return None
        case "calendar_years":
            year = event.date.latest.year + terms.years + 1
            return date(year, 1, 1) if year <= date.max.year else None
        case "rolling":
            day = periods.add_months(event.date.latest, 12 * terms.years)
            while day < date.max and event.date.latest in dated_leaves.event_window(terms, day):
                day += timedelta(days=1)
            return day


def _days_of_change(bound: Bound, facts: Facts) -> Iterator[date]:
    """The days on which time alone may change how ``bound`` stands."""
    for part in bound.parts:
        yield from _days_of_change(part, facts)
    match bound.expression:
        case e.HeldFor(held_for=period):
            since = facts.get(period.fact)
            if isinstance(since, PartialDate):
                yield periods.met_on(since.earliest, period.total_months)
                yield periods.met_on(since.latest, period.total_months)
        case e.NoEvent(no_event=terms):
            events = facts.get(terms.fact)
            for event in events if isinstance(events, tuple) else ():
                yield from (event.date.earliest, event.date.latest)
                cleared = clears_on(terms, event)
                if cleared is not None:
                    yield cleared
        case e.Valid():
            certificate = facts.get(bound.facts[0])
            if isinstance(certificate, Certificate) and certificate.valid_to is not None:
                yield certificate.valid_to.latest + timedelta(days=1)
        case e.EveryYear() | e.LatestYear() | e.Average():
            table = facts.get(bound.facts[0])
            for year in table if isinstance(table, Mapping) else ():
                yield date(year + 1, 1, 1)
        case _:
            pass
