"""Expressions bound to a day: built once for a programme and a day, then evaluated many times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.calendar.windows import fiscal_years
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility import dated_leaves, leaves
from domain.eligibility.leaves import Judge
from domain.eligibility.truth import ANY_RANK, MET, NEGATED, NOT_MET, SELF_STATED, UNCLEAR, UNKNOWN
from domain.programme import expressions as e
from domain.values import Facts, Unclear


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression on a day: its judge, and its parts for explaining and asking."""

    expression: e.Expression
    judge: Judge
    facts: tuple[str, ...]
    """Facts this very expression reads; those of its parts are theirs."""
    parts: tuple[Bound, ...] = ()


def bind(expression: e.Expression, as_of: date, calendar: WorkingCalendar) -> Bound:
    """``expression`` as it stands on ``as_of``."""
    parts = tuple(bind(child, as_of, calendar) for child in e.children(expression))
    if parts:
        return Bound(expression, _joined(expression, tuple(p.judge for p in parts)), (), parts)
    facts = tuple(dict.fromkeys(e.facts_of(expression)))
    return Bound(expression, _leaf(expression, as_of, calendar), facts)


def _leaf(  # noqa: C901  # one flat case for each test
    expression: e.Expression, as_of: date, calendar: WorkingCalendar
) -> Judge:
    match expression:
        case e.Yes():
            return leaves.answered(expression.yes, wanted=True)
        case e.No():
            return leaves.answered(expression.no, wanted=False)
        case e.Stated():
            return leaves.stated(expression.stated)
        case e.StatedAll(stated_all=terms):
            return leaves.stated_all(terms.fact, frozenset(terms.options))
        case e.Equals(equals=choice):
            return leaves.one_of(choice.fact, frozenset({choice.option}))
        case e.OneOf(one_of=choices):
            return leaves.one_of(choices.fact, frozenset(choices.options))
        case e.IncludesAny(includes_any=choices):
            return leaves.includes(choices.fact, frozenset(choices.options), every=False)
        case e.IncludesAll(includes_all=choices):
            return leaves.includes(choices.fact, frozenset(choices.options), every=True)
        case e.Number(number=bounds):
            return leaves.number(bounds.fact, bounds)
        case e.EveryYear(every_year=figures):
            return leaves.every_year(figures.fact, figures, fiscal_years(as_of, figures.years))
        case e.LatestYear(latest_year=figures):
            return leaves.every_year(figures.fact, figures, fiscal_years(as_of, 1))
        case e.Average(average=figures):
            return leaves.average(figures.fact, figures, fiscal_years(as_of, figures.years))
        case e.HeldFor(held_for=period):
            return dated_leaves.held_for(period.fact, as_of, period.total_months)
        case e.NoEvent(no_event=events):
            return dated_leaves.no_event(events, as_of)
        case e.EventWithin(event_within=span):
            return dated_leaves.event_within(span)
        case e.Valid():
            return dated_leaves.valid(expression.valid, as_of)
        case e.Held():
            return dated_leaves.held(expression.held)
        case e.ShareAtLeast(share_at_least=share):
            return leaves.share_at_least(share)
        case e.Compare(compare=pair):
            return leaves.compare(pair)
        case e.DayBetween(day_between=days):
            return dated_leaves.day_between(days)
        case e.DayOfYear(day_of_year=season):
            return dated_leaves.day_of_year(season)
        case e.AfterWorkingDays(after_working_days=wait):
            return dated_leaves.after_working_days(wait, calendar)
        case e.Known():
            return _known(expression.known)
        case e.Always():
            truth = {"met": MET, "not_met": NOT_MET, "unclear": UNCLEAR}[expression.always]
            return lambda _: truth
        case e.AllOf() | e.AnyOf() | e.Not() | e.When():
            raise AssertionError("has parts")
        case _:
            assert_never(expression)


def _known(fact: str) -> Judge:
    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        return NOT_MET if value is None or value.__class__ is Unclear else MET

    return judge


def _joined(expression: e.Expression, judges: tuple[Judge, ...]) -> Judge:
    match expression:
        case e.AllOf():
            return _all(judges)
        case e.AnyOf():
            return _any(judges)
        case e.Not():
            (inner,) = judges
            return lambda facts: NEGATED[inner(facts)]
        case e.When():
            return _when(*judges)
        case _:
            raise AssertionError("has no parts")


def _all(judges: tuple[Judge, ...]) -> Judge:
    def judge(facts: Facts) -> int:
        least = MET
        for inner in judges:
            truth = inner(facts)
            if truth < least:
                if truth == NOT_MET:
                    return NOT_MET
                least = truth
        return least

    return judge


def _any(judges: tuple[Judge, ...]) -> Judge:
    def judge(facts: Facts) -> int:
        most = NOT_MET
        for inner in judges:
            rank = ANY_RANK[inner(facts)]
            if rank > most:
                if rank == MET:
                    return MET
                most = rank
        return ANY_RANK[most]

    return judge


def _when(condition: Judge, then: Judge, otherwise: Judge) -> Judge:
    def judge(facts: Facts) -> int:
        truth = condition(facts)
        if truth >= SELF_STATED:
            return then(facts)
        if truth == NOT_MET:
            return otherwise(facts)
        one, other = then(facts), otherwise(facts)
        return one if one == other else truth

    return judge


def open_facts(bound: Bound, facts: Facts) -> list[str]:
    """The facts that are not known and can still change how ``bound`` stands, in reading order.

    A fact that is there but incomplete (a year missing in a table) counts as not known.
    """
    truth = bound.judge(facts)
    if not bound.parts:
        if truth != UNKNOWN:
            return []
        return [fact for fact in bound.facts if fact not in facts] or list(bound.facts)
    match bound.expression:
        case e.AllOf() if truth == NOT_MET:
            return []
        case e.AnyOf() if truth >= SELF_STATED:
            return []
        case e.When():
            return _open_branches(bound, facts)
        case _:
            return [fact for part in bound.parts for fact in open_facts(part, facts)]


def _open_branches(bound: Bound, facts: Facts) -> list[str]:
    condition, then, otherwise = bound.parts
    decided = condition.judge(facts)
    if decided >= SELF_STATED:
        return open_facts(then, facts)
    if decided == NOT_MET:
        return open_facts(otherwise, facts)
    found = [open_facts(branch, facts) for branch in (then, otherwise)]
    if decided == UNKNOWN:
        # Only the condition is asked now: the answer tells which branch matters, if either does.
        same = not any(found) and then.judge(facts) == otherwise.judge(facts)
        return [] if same else open_facts(condition, facts)
    # Nobody can say which branch counts, so both have to come to the same. One that the text leaves open never will.
    for branch, asked in zip((then, otherwise), found, strict=True):
        if not asked and branch.judge(facts) == UNCLEAR:
            return []
    return found[0] + found[1]
