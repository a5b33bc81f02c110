"""Evaluation: a programme on a day, examined against facts, under both readings at once.

An :class:`Examination` is a programme bound to a day (and perhaps a round). It is built once and
then judges any number of sets of facts; judging allocates next to nothing, as the outcomes of a
criterion exist beforehand and are shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Generic, TypeVar

from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.binding import Bound, bind, open_facts
from domain.eligibility.truth import MET, NOT_APPLICABLE, NOT_MET, RESULTS, SELF_STATED, UNCLEAR
from domain.eligibility.truth import UNKNOWN as UNKNOWN_TRUTH
from domain.programme.identity import StatusPeriod
from domain.programme.model import Programme, Round
from domain.programme.parts import Force, Result, Verdict
from domain.programme.rules import Criterion, Rule
from domain.values import Facts

R = TypeVar("R", bound=Rule)

_OBSTACLE, _UNKNOWN, _CONFIRM = 1, 2, 4
_VERDICTS = tuple(
    Verdict.OBSTACLE_FOUND
    if flags & _OBSTACLE
    else Verdict.MORE_ANSWERS_NEEDED
    if flags & _UNKNOWN
    else Verdict.CONFIRM_WITH_AUTHORITY
    if flags & _CONFIRM
    else Verdict.NO_OBSTACLE_FOUND
    for flags in range(8)
)
"""By flags: an obstacle under both readings outweighs open questions, these a need to confirm."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """How one rule stands under both readings."""

    rule: R
    conservative: Result
    alternative: Result
    result: Result
    """What both readings agree on; ``unclear`` where they differ."""
    flags: int = 0

    @property
    def differs(self) -> bool:
        """Whether the two readings come to different results."""
        return self.conservative is not self.alternative


class Examined(Generic[R]):
    """A rule bound to a day."""

    __slots__ = ("alternative", "applies_when", "conservative", "judge", "rule")

    def __init__(self, rule: R, as_of: date, calendar: WorkingCalendar) -> None:
        if rule.test is None:
            raise ValueError(f"{rule.id} has no test")
        self.rule = rule
        self.conservative = bind(rule.test, as_of, calendar)
        self.alternative = None if rule.alternative is None else bind(rule.alternative, as_of, calendar)
        self.applies_when = None if rule.applies_when is None else bind(rule.applies_when, as_of, calendar)
        self.judge = self._judge()

    def _judge(self) -> Callable[[Facts], Outcome[R]]:
        outcomes = tuple(
            tuple(_outcome(self.rule, first, second) for second in range(len(RESULTS)))
            for first in range(len(RESULTS))
        )
        same = tuple(outcomes[truth][truth] for truth in range(len(RESULTS)))
        test = self.conservative.judge
        other = None if self.alternative is None else self.alternative.judge

        if other is None:

            def judge(facts: Facts) -> Outcome[R]:
                return same[test(facts)]

        else:
            alternative = other

            def judge(facts: Facts) -> Outcome[R]:
                return outcomes[test(facts)][alternative(facts)]

        if self.applies_when is None:
            return judge
        applies, judged = self.applies_when.judge, judge

        def judge_when_it_applies(facts: Facts) -> Outcome[R]:
            truth = applies(facts)
            if truth >= SELF_STATED:
                return judged(facts)
            if truth == NOT_MET:
                return same[NOT_APPLICABLE]
            outcome = judged(facts)
            # Whether it applies is open; that does not matter when it holds anyway.
            return outcome if outcome is same[MET] else same[truth]

        return judge_when_it_applies

    def open_facts(self, facts: Facts) -> list[str]:
        """The facts not known yet that can still change this rule's outcome."""
        if self.applies_when is not None:
            truth = self.applies_when.judge(facts)
            if truth == NOT_MET or self._holds_anyway(facts):
                return []
            if truth == UNKNOWN_TRUTH:
                return open_facts(self.applies_when, facts)
            if truth == UNCLEAR and not self._can_still_hold(facts):
                return []
        found = [fact for bound in self.bound() for fact in open_facts(bound, facts)]
        return list(dict.fromkeys(found))

    def _holds_anyway(self, facts: Facts) -> bool:
        """Whether it is met under both readings, so that it does not matter whether it applies."""
        return all(bound.judge(facts) == MET for bound in self.bound())

    def _can_still_hold(self, facts: Facts) -> bool:
        return all(bound.judge(facts) == MET or open_facts(bound, facts) for bound in self.bound())

    def facts(self) -> tuple[str, ...]:
        """The facts this rule reads, each once, in reading order."""
        bounds = [bound for bound in (self.applies_when, *self.bound()) if bound is not None]
        return tuple(dict.fromkeys(fact for bound in bounds for fact in _facts_in(bound)))

    def bound(self) -> tuple[Bound, ...]:
        """The bound expressions: conservative, then alternative where there is one."""
        if self.alternative is None:
            return (self.conservative,)
        return (self.conservative, self.alternative)


def _outcome(rule: R, first: int, second: int) -> Outcome[R]:
    flags = 0
    if isinstance(rule, Criterion) and rule.force is Force.HARD:
        if first == second == NOT_MET:
            flags |= _OBSTACLE
        if UNKNOWN_TRUTH in (first, second):
            flags |= _UNKNOWN
        if first != second or first == UNCLEAR:
            flags |= _CONFIRM
    result = RESULTS[first] if first == second else Result.UNCLEAR
    return Outcome(rule, RESULTS[first], RESULTS[second], result, flags)


class Evaluation:
    """What an examination found for one set of facts."""

    __slots__ = ("examination", "facts", "outcomes", "verdict")

    def __init__(
        self,
        examination: Examination,
        facts: Facts,
        outcomes: list[Outcome[Criterion]],
        verdict: Verdict,
    ) -> None:
        self.examination = examination
        self.facts = facts
        self.outcomes = outcomes
        self.verdict = verdict

    def outcome(self, rule_id: str) -> Outcome[Criterion]:
        """The outcome of one criterion; ``KeyError`` when it is not part of the examination."""
        for outcome in self.outcomes:
            if outcome.rule.id == rule_id:
                return outcome
        raise KeyError(rule_id)

    def open_facts(self, outcome: Outcome[Criterion]) -> list[str]:
        """The facts not known yet that can still change this outcome."""
        return self.examination.examined(outcome.rule.id).open_facts(self.facts)


class Examination:
    """A programme bound to a day and perhaps a round, ready to judge facts."""

    def __init__(
        self,
        programme: Programme,
        as_of: date,
        calendar: WorkingCalendar,
        round_id: str | None = None,
    ) -> None:
        self.programme = programme
        self.as_of = as_of
        self.calendar = calendar
        self.round: Round | None = None if round_id is None else programme.round(round_id)
        self.status: StatusPeriod = programme.status_on(as_of)
        self.criteria: tuple[Examined[Criterion], ...] = tuple(
            Examined(criterion, as_of, calendar)
            for criterion in programme.criteria
            if criterion.round in (None, round_id) and not (round_id is not None and criterion.standing_only)
        )
        self._judges = tuple(examined.judge for examined in self.criteria)
        self._by_id = {examined.rule.id: examined for examined in self.criteria}
        self._verdicts = tuple(self._capped(verdict) for verdict in _VERDICTS)

    @property
    def round_is_over(self) -> bool:
        """Whether the round's last day (outer) has passed."""
        return (
            self.round is not None
            and self.round.closes_outer is not None
            and self.as_of > self.round.closes_outer
        )

    @property
    def is_capped(self) -> bool:
        """Whether the programme's standing keeps a self-check from ending without an obstacle."""
        return self.status.most is Verdict.CONFIRM_WITH_AUTHORITY or self.round_is_over

    def _capped(self, verdict: Verdict) -> Verdict:
        if verdict is Verdict.NO_OBSTACLE_FOUND and self.is_capped:
            return Verdict.CONFIRM_WITH_AUTHORITY
        return verdict

    def evaluate(self, facts: Facts) -> Evaluation:
        """Every criterion under both readings, and the verdict. Never raises."""
        outcomes = [judge(facts) for judge in self._judges]
        flags = 0
        for outcome in outcomes:
            flags |= outcome.flags
        return Evaluation(self, facts, outcomes, self._verdicts[flags])

    def examined(self, rule_id: str) -> Examined[Criterion]:
        """A criterion of this examination; ``KeyError`` when it is not part of it."""
        return self._by_id[rule_id]

    def facts(self) -> Iterator[str]:
        """Every fact the criteria read, each once, in the order of the programme."""
        seen: set[str] = set()
        for examined in self.criteria:
            for fact in examined.facts():
                if fact not in seen:
                    seen.add(fact)
                    yield fact


def _facts_in(bound: Bound) -> Iterator[str]:
    yield from bound.facts
    for part in bound.parts:
        yield from _facts_in(part)


class Examiner:
    """Makes examinations and keeps the latest ones, so that a busy day binds each programme once."""

    def __init__(self, calendar: WorkingCalendar, keep: int = 256) -> None:
        self.calendar = calendar
        self._examination = lru_cache(maxsize=keep)(self._build)

    def examination(self, programme: Programme, as_of: date, round_id: str | None = None) -> Examination:
        """The programme as it stands on ``as_of``; ``KeyError`` for a round it does not have."""
        return self._examination(_ByIdentity(programme), as_of, round_id)

    def _build(self, held: _ByIdentity, as_of: date, round_id: str | None) -> Examination:
        return Examination(held.programme, as_of, self.calendar, round_id)

    def judge(self, rule: Rule, as_of: date, facts: Facts) -> Outcome[Rule]:
        """One rule (a ground, quota, guard or target) on a day."""
        return Examined(rule, as_of, self.calendar).judge(facts)


class _ByIdentity:
    """A programme as a cache key: the object itself, not its thousands of fields."""

    __slots__ = ("programme",)

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    def __hash__(self) -> int:
        return id(self.programme)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.programme is self.programme
