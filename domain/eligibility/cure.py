"""The day on which time alone will cure what is not met."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import periods
from domain.eligibility import leaves
from domain.eligibility.binding import Bound
from domain.eligibility.evaluate import Evaluation, Outcome
from domain.eligibility.truth import MET, NOT_MET, SELF_STATED
from domain.programme import expressions as e
from domain.programme.parts import Result
from domain.programme.rules import Criterion
from domain.values import Event, Facts, PartialDate


def met_on(evaluation: Evaluation, outcome: Outcome[Criterion]) -> date | None:
    """The day a criterion that is not met will be, when nothing but time passes.

    By the conservative reading; ``None`` when it stands already or time cannot cure it.
    """
    examined = evaluation.examination.examined(outcome.rule.id)
    if examined.judge(evaluation.facts).conservative not in (Result.NOT_MET, Result.UNCLEAR):
        return None
    as_of = evaluation.examination.as_of
    cured = _cured_on(examined.conservative, evaluation.facts, as_of)
    return cured if cured is not None and cured > as_of else None


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
            while day < date.max and event.date.latest in leaves.event_window(terms, day):
                day += timedelta(days=1)
            return day


def _cured_on(bound: Bound, facts: Facts, as_of: date) -> date | None:
    """The first day ``bound`` holds if the facts stay as they are; ``None`` when time cannot help."""
    truth = bound.judge(facts)
    if truth in (MET, SELF_STATED):
        return as_of
    match bound.expression:
        case e.HeldFor(held_for=period):
            since = facts.get(period.fact)
            if isinstance(since, PartialDate):
                return periods.met_on(since.latest, period.total_months)
        case e.NoEvent(no_event=terms) if terms.after is None:
            return _events_clear_on(terms, facts, as_of)
        case e.AllOf():
            return _latest([_cured_on(part, facts, as_of) for part in bound.parts])
        case e.AnyOf():
            days = [_cured_on(part, facts, as_of) for part in bound.parts]
            return min((day for day in days if day is not None), default=None)
        case e.When():
            condition, then, otherwise = bound.parts
            decided = condition.judge(facts)
            if decided >= SELF_STATED:
                return _cured_on(then, facts, as_of)
            if decided == NOT_MET:
                return _cured_on(otherwise, facts, as_of)
        case _:
            pass
    return None


def _events_clear_on(terms: e.NoEventTerms, facts: Facts, as_of: date) -> date | None:
    events = facts.get(terms.fact)
    if not isinstance(events, tuple):
        return None
    window, kinds = leaves.event_window(terms, as_of), frozenset(terms.kinds)
    counting = [event for event in events if leaves.event_counts(event, window, kinds) is not False]
    return _latest([clears_on(terms, event) for event in counting])


def _latest(days: list[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None
