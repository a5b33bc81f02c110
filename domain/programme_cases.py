"""Running the worked cases of a programme: what differs from what was worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.calendar.working_days import WorkingCalendar
from domain.cycles import cycle_on, teaching_on
from domain.deadlines import deadline, due_dates
from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Examiner, Outcome
from domain.eligibility.questions import Mode, remaining
from domain.facts.reading import FactValueError, read_facts
from domain.facts.vocabulary import Vocabulary
from domain.money import money_line, payable
from domain.programme import cases as c
from domain.programme.model import Programme
from domain.programme.parts import Result
from domain.values import Value


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a case expects and the programme gives otherwise."""

    case: str
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.case}: {self.what}: expected {self.expected}, found {self.found}"


class CaseRunner:
    """Runs worked cases against one programme."""

    def __init__(self, programme: Programme, vocabulary: Vocabulary, calendar: WorkingCalendar) -> None:
        self.programme = programme
        self.vocabulary = vocabulary
        self.calendar = calendar
        self.examiner = Examiner(calendar)

    def run(self, cases: c.Cases) -> Iterator[Difference]:
        """Every difference, in the order of the cases."""
        for case in cases.cases:
            try:
                found = list(self._run(case, cases.given))
            except (FactValueError, KeyError, ValueError) as error:
                yield Difference(case.id, "cannot be run", "a case that fits", str(error))
                continue
            for what, expected, got in found:
                if expected != got:
                    yield Difference(case.id, what, _shown(expected), _shown(got))

    def _run(self, case: c.Case, given: Mapping[str, Mapping[str, Any]]) -> Iterator[_Compared]:
        if case.check is not None:
            yield from self._check(case.check, given)
        elif case.rules is not None:
            yield from self._rules(case.rules, given)
        elif case.status is not None:
            yield from self._status(case.status)
        elif case.deadline is not None:
            yield from self._deadline(case.deadline)
        elif case.working_days is not None:
            yield from self._working_days(case.working_days)
        elif case.payable is not None:
            yield from self._payable(case.payable)
        elif case.transition is not None:
            yield from self._transition(case.transition)
        elif case.taught is not None:
            yield from self._taught(case.taught)
        elif case.cycle is not None:
            yield from self._cycle(case.cycle)

    def _facts(
        self,
        names: tuple[str, ...],
        own: Mapping[str, Any],
        given: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, Value]:
        plain: dict[str, Any] = {}
        for name in names:
            plain.update(given[name])
        plain.update(own)
        return read_facts(plain, self.vocabulary)

    def _check(self, check: c.Check, given: Mapping[str, Mapping[str, Any]]) -> Iterator[_Compared]:
        examination = self.examiner.examination(self.programme, check.as_of, check.round)
        evaluation = examination.evaluate(self._facts(check.given, check.facts, given))
        expect = check.expect
        if expect.verdict is not None:
            yield "verdict", expect.verdict, evaluation.verdict
        if expect.status is not None:
            yield "status", expect.status, examination.status.status
        for criterion_id, wanted in expect.criteria.items():
            yield criterion_id, *_results(wanted, evaluation.outcome(criterion_id))
        for criterion_id, day in expect.met_on.items():
            found = met_on(evaluation, evaluation.outcome(criterion_id))
            yield f"{criterion_id} met on", day, found
        if expect.missing is not None:
            yield (
                "missing",
                expect.missing,
                remaining([evaluation], self.vocabulary, Mode.ALL_MY_GAPS),
            )
        if expect.next_question is not None:
            order = remaining([evaluation], self.vocabulary, Mode.QUICK_VERDICT)
            yield "next question", expect.next_question, order[0] if order else None

    def _rules(self, tested: c.RulesTested, given: Mapping[str, Mapping[str, Any]]) -> Iterator[_Compared]:
        facts = self._facts(tested.given, tested.facts, given)
        for rule_id, wanted in tested.expect.items():
            outcome = self.examiner.judge(self.programme.rules_by_id[rule_id], tested.as_of, facts)
            yield rule_id, *_results(wanted, outcome)

    def _status(self, status: c.StatusOn) -> Iterator[_Compared]:
        period = self.programme.status_on(status.on)
        yield "status", status.expect, period.status
        if status.accepts_applications is not None:
            yield "accepts applications", status.accepts_applications, period.accepts_applications

    def _deadline(self, case: c.DeadlineFrom) -> Iterator[_Compared]:
        found = due_dates(deadline(self.programme, case.id), case.from_, self.calendar)
        main = [due for due in found if not due.alternative]
        yield "safe", _days(case.safe), tuple(due.safe for due in main)
        if case.outer is not None:
            yield "outer", _days(case.outer), tuple(due.outer for due in main)
        if case.paper_safe is not None:
            yield "paper safe", (case.paper_safe,), tuple(due.paper_safe for due in main)
        if case.alternative is not None:
            other = tuple(due.safe for due in found if due.alternative)
            yield "alternative", case.alternative, other
        if case.provisional is not None:
            yield "provisional", case.provisional, any(due.provisional for due in found)

    def _working_days(self, case: c.WorkingDaysFrom) -> Iterator[_Compared]:
        including = self.calendar.wd_end_incl(case.start, case.days)
        excluding = self.calendar.wd_end_excl(case.start, case.days)
        yield "counting the start", case.including_start, including.day
        yield "not counting the start", case.excluding_start, excluding.day
        if case.provisional is not None:
            yield "provisional", case.provisional, including.provisional or excluding.provisional

    def _payable(self, case: c.Payable) -> Iterator[_Compared]:
        for line_id in case.granted:
            money_line(self.programme, line_id)
        found = payable(money_line(self.programme, case.line), case.granted)
        yield "payable", case.conservative, found.conservative
        if case.alternative is not None:
            yield "payable (alternative)", case.alternative, found.alternative

    def _transition(self, case: c.TransitionFrom) -> Iterator[_Compared]:
        procedure = self.programme.procedure(case.procedure)
        yield f"{case.stage} + {case.event}", case.to, procedure.after(case.stage, case.event)

    def _taught(self, case: c.Taught) -> Iterator[_Compared]:
        for class_id, teaching in case.classes.items():
            found = teaching_on(self.programme, class_id, case.cycle_start, case.on)
            yield f"class {class_id}", teaching, found

    def _cycle(self, case: c.CycleOn) -> Iterator[_Compared]:
        if self.programme.cycle_years is None:
            raise ValueError("the programme has no cycle")
        place = cycle_on(case.first_start, self.programme.cycle_years, case.on)
        yield "cycle", case.cycle, place.cycle
        yield "year", case.year, place.year
        yield "safe end", case.safe_end, place.safe_end


_Compared = tuple[str, object, object]


def _results(wanted: Result | c.BothReadings, outcome: Outcome[Any]) -> tuple[object, object]:
    if isinstance(wanted, c.BothReadings):
        return (
            (wanted.conservative, wanted.alternative),
            (outcome.conservative, outcome.alternative),
        )
    return wanted, outcome.result


def _days(days: date | tuple[date, ...]) -> tuple[date, ...]:
    return days if isinstance(days, tuple) else (days,)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "none"
    return "none" if value is None else str(value)
