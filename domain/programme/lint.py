"""What the form alone cannot see: names that lead nowhere, tests that do not fit their facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.facts.vocabulary import Fact, FactType, Vocabulary
from domain.programme import expressions as e
from domain.programme.model import Programme
from domain.programme.parts import Force
from domain.programme.rules import Criterion, Rule
from domain.yaml_source import YamlSource

Place = tuple[str | int, ...]

_NUMBERS = frozenset({FactType.NUMBER, FactType.COUNT, FactType.MONEY, FactType.PERCENTAGE, FactType.YEAR})
_DATES = frozenset({FactType.DATE})
_EVENTS = frozenset({FactType.EVENTS})
_FITS: dict[type, frozenset[FactType]] = {
    e.Yes: frozenset({FactType.YES_NO}),
    e.No: frozenset({FactType.YES_NO}),
    e.Stated: frozenset({FactType.YES_NO}),
    e.StatedAll: frozenset({FactType.CHOICES}),
    e.Equals: frozenset({FactType.CHOICE}),
    e.OneOf: frozenset({FactType.CHOICE}),
    e.IncludesAny: frozenset({FactType.CHOICES}),
    e.IncludesAll: frozenset({FactType.CHOICES}),
    e.Number: _NUMBERS,
    e.EveryYear: frozenset({FactType.YEAR_TABLE}),
    e.LatestYear: frozenset({FactType.YEAR_TABLE}),
    e.Average: frozenset({FactType.YEAR_TABLE}),
    e.HeldFor: _DATES,
    e.NoEvent: _EVENTS,
    e.EventWithin: _EVENTS,
    e.Valid: frozenset({FactType.CERTIFICATE}),
    e.Held: frozenset({FactType.CERTIFICATE}),
    e.ShareAtLeast: _NUMBERS,
    e.Compare: _NUMBERS,
    e.DayBetween: _DATES,
    e.DayOfYear: _DATES,
    e.AfterWorkingDays: _DATES,
}
"""The types of facts each test can read; ``after`` of a test on events is a date."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, with the line to look at."""

    file: str
    line: int
    reason: str
    is_error: bool = True

    def __str__(self) -> str:
        kind = "" if self.is_error else "warning: "
        return f"{self.file}:{self.line}: {kind}{self.reason}"

    @classmethod
    def parse(cls, text: str) -> Problem:
        """Read ``file:line: reason`` back."""
        found = re.match(r"(.*?):(\d+): (.*)", text, re.DOTALL)
        return cls(found[1], int(found[2]), found[3]) if found else cls("", 1, text)


def lint_programme(
    programme: Programme, source: YamlSource, vocabulary: Vocabulary, folder_name: str
) -> tuple[Problem, ...]:
    """Every problem of a programme whose form is right."""
    found = [*_names(programme, folder_name), *_tests(programme, vocabulary)]
    return tuple(
        Problem(source.name, source.line_of(place), reason)
        for place, reason in sorted(found, key=lambda item: source.line_of(item[0]))
    )


def _names(programme: Programme, folder_name: str) -> Iterator[tuple[Place, str]]:
    """References to actors, rounds, forms, deadlines and rules that do not exist."""
    if programme.id != folder_name:
        yield ("id",), f"the id {programme.id!r} is not the name of its folder, {folder_name!r}"
    known = {
        "actor": {actor.id for actor in programme.actors},
        "round": {one.id for one in programme.rounds},
        "form": {form.id for form in programme.forms},
        "deadline": {deadline.id for deadline in programme.deadlines},
        "rule": set(programme.rules_by_id),
        "money line": {line.id for line in programme.money},
    }
    for place, kind, names in (*_names_in_rules(programme), *_names_in_the_rest(programme)):
        for name in names:
            if name is not None and name not in known[kind]:
                yield place, f"no {kind} {name!r}"


_Named = tuple[Place, str, tuple[str | None, ...]]


def _names_in_rules(programme: Programme) -> Iterator[_Named]:
    for i, criterion in enumerate(programme.criteria):
        yield ("criteria", i, "confirmed_by"), "actor", criterion.confirmed_by
        yield ("criteria", i, "round"), "round", (criterion.round,)
    for i, ground in enumerate(programme.grounds):
        yield ("grounds", i, "decided_by"), "actor", ground.decided_by
    for i, ambiguity in enumerate(programme.ambiguities):
        yield ("ambiguities", i, "criteria"), "rule", ambiguity.criteria


def _names_in_the_rest(programme: Programme) -> Iterator[_Named]:
    for i, procedure in enumerate(programme.procedures):
        for j, stage in enumerate(procedure.stages):
            at: Place = ("procedures", i, "stages", j)
            yield (*at, "actor"), "actor", (stage.actor,)
            yield (*at, "deadline"), "deadline", (stage.deadline,)
            for k, transition in enumerate(stage.next):
                yield (*at, "next", k), "rule", transition.guards
    for i, material in enumerate(programme.materials):
        yield ("materials", i, "form"), "form", (material.form,)
        yield ("materials", i, "round"), "round", (material.round,)
    for i, duty in enumerate(programme.duties):
        yield ("duties", i, "who"), "actor", (duty.who,)
        yield ("duties", i, "deadline"), "deadline", (duty.deadline,)
    for i, deadline in enumerate(programme.deadlines):
        yield ("deadlines", i, "to"), "actor", deadline.to
        yield ("deadlines", i, "round"), "round", (deadline.round,)
    for i, line in enumerate(programme.money):
        yield ("money", i), "money line", (*line.deducts, *(line.alternative_deducts or ()))
    if programme.route is not None:
        yield ("route", "steps"), "actor", programme.route.steps


def _tests(programme: Programme, vocabulary: Vocabulary) -> Iterator[tuple[Place, str]]:
    sections: tuple[tuple[str, tuple[Rule, ...]], ...] = (
        ("criteria", programme.criteria),
        ("grounds", programme.grounds),
        ("quotas", programme.quotas),
        ("guards", programme.guards),
        ("targets", programme.targets),
    )
    for section, rules in sections:
        for i, rule in enumerate(rules):
            for name in ("test", "alternative", "applies_when"):
                expression = getattr(rule, name)
                if expression is not None:
                    yield from _fits(expression, (section, i, name), vocabulary)
            if isinstance(rule, Criterion):
                yield from _can_be_asked(rule, (section, i), vocabulary)
    for i, form in enumerate(programme.forms):
        for j, field in enumerate(form.fields):
            if field.fact is not None and field.fact not in vocabulary:
                yield ("forms", i, "fields", j, "fact"), f"no fact {field.fact!r}"


def _fits(expression: e.Expression, place: Place, vocabulary: Vocabulary) -> Iterator[tuple[Place, str]]:
    """Every fact exists and has a type the test can read, with the options it names."""
    for child, step in _children(expression):
        yield from _fits(child, (*place, *step), vocabulary)
    if e.children(expression):
        return
    terms = getattr(expression, next(iter(type(expression).model_fields)))
    for fact_id in dict.fromkeys(e.facts_of(expression)):
        fact = vocabulary.get(fact_id)
        allowed = _DATES if fact_id == getattr(terms, "after", None) else _FITS.get(type(expression))
        if fact is None:
            yield place, f"no fact {fact_id!r}"
        elif allowed is not None and fact.type not in allowed:
            wanted = ", ".join(sorted(allowed))
            yield place, f"{fact_id!r} is of type {fact.type}; this test reads {wanted}"
        else:
            yield from _options(expression, fact, place)


def _options(expression: e.Expression, fact: Fact, place: Place) -> Iterator[tuple[Place, str]]:
    terms = getattr(expression, next(iter(type(expression).model_fields)))
    named = [*getattr(terms, "options", ()), *getattr(terms, "kinds", ())]
    if isinstance(terms, e.EqualsTerms):
        named.append(terms.option)
    if named and fact.type in (FactType.CHOICE, FactType.CHOICES, FactType.EVENTS):
        for option in named:
            if option not in fact.option_ids:
                yield place, f"the fact {fact.id!r} has no option {option!r}"


def _children(expression: e.Expression) -> Iterator[tuple[e.Expression, Place]]:
    match expression:
        case e.AllOf() | e.AnyOf():
            key = "all" if isinstance(expression, e.AllOf) else "any"
            for index, child in enumerate(e.children(expression)):
                yield child, (key, index)
        case e.Not():
            yield expression.not_, ("not",)
        case e.When(when=terms):
            yield terms.if_, ("when", "if")
            yield terms.then, ("when", "then")
            yield terms.else_, ("when", "else")
        case _:
            return


def _can_be_asked(criterion: Criterion, place: Place, vocabulary: Vocabulary) -> Iterator[tuple[Place, str]]:
    """A hard criterion must not wait for a fact that nobody is asked, nor take an open question for an answer."""
    told = frozenset(_known_in_all(criterion.applies_when))
    for name in ("applies_when", "test", "alternative"):
        expression = getattr(criterion, name)
        if expression is None:
            continue
        at = (*place, name)
        if criterion.force is Force.HARD:
            waits = _waits_for(expression, frozenset() if name == "applies_when" else told, vocabulary)
            for fact_id in dict.fromkeys(waits):
                reason = f"nobody is asked for {fact_id!r}: a hard criterion would wait for it for ever "
                yield at, reason + "(use applies_when: {known: ...})"
        for known in dict.fromkeys(x.known for x in _all(expression) if isinstance(x, e.Known)):
            if known in vocabulary and vocabulary[known].is_asked:
                yield at, f"{known!r} is asked: while it is not answered it must not count as anything"


def _waits_for(expression: e.Expression, told: frozenset[str], vocabulary: Vocabulary) -> Iterator[str]:
    """The facts nobody is asked for without which ``expression`` stays unknown; ``told`` are there."""
    match expression:
        case e.Known():
            return
        case e.AllOf():
            told |= frozenset(_known_in_all(expression))
        case e.When(when=e.WhenTerms(if_=e.Known(known=known), then=then, else_=otherwise)):
            yield from _waits_for(then, told | {known}, vocabulary)
            yield from _waits_for(otherwise, told, vocabulary)
            return
        case _:
            pass
    for child in e.children(expression):
        yield from _waits_for(child, told, vocabulary)
    if not e.children(expression):
        for fact_id in e.facts_of(expression):
            fact = vocabulary.get(fact_id)
            if fact is not None and not fact.is_asked and fact_id not in told:
                yield fact_id


def _known_in_all(expression: e.Expression | None) -> Iterator[str]:
    """The facts that are told whenever ``expression`` holds."""
    match expression:
        case e.Known():
            yield expression.known
        case e.AllOf():
            for child in expression.all:
                yield from _known_in_all(child)
        case _:
            return


def _all(expression: e.Expression | None) -> Iterator[e.Expression]:
    if expression is None:
        return
    yield expression
    for child in e.children(expression):
        yield from _all(child)
