"""One criterion in words: how it stands, its clause, what is missing and by how much, and both readings."""

from __future__ import annotations

from typing import assert_never

from dialogs.engine.screen import Item, Mark, Span, plain
from dialogs.gap_words import tell_gaps
from dialogs.world import World
from domain.eligibility.evaluate import Evaluation, Outcome
from domain.eligibility.gaps import NotSure, TextLeavesOpen
from domain.eligibility.missing import gaps_of
from domain.programme.model import Programme
from domain.programme.parts import Result, Source
from domain.programme.rules import Criterion, Rule
from locales.words import mark


def result_mark(result: Result) -> Mark:
    """The mark of a line about a criterion."""
    return result.value


def result_text(result: Result) -> str:
    """The source string for a result."""
    match result:
        case Result.MET:
            return mark("met")
        case Result.NOT_MET:
            return mark("not met")
        case Result.UNCLEAR:
            return mark("to be verified")
        case Result.NOT_APPLICABLE:
            return mark("does not apply")
        case Result.SELF_STATED:
            return mark("stated by you; experts judge")
        case Result.UNKNOWN:
            return mark("not answered")
        case _:
            assert_never(result)


def source_note(world: World, source: Source) -> str:
    """What to say about a statement that is not from the policy text itself; empty for one that is."""
    match source:
        case Source.TEXT:
            return ""
        case Source.INFERRED:
            return world.words.say("(inferred from the text)")
        case Source.DEFAULT:
            return world.words.say("(a default of ours, not from the policy text)")
        case Source.BACKGROUND:
            return world.words.say("(general law or calendar, not from the policy text)")
        case _:
            assert_never(source)


def rule_spans(world: World, programme: Programme, rule: Rule) -> tuple[Span, ...]:
    """The title of a rule, with a note where it is not from the text."""
    note = source_note(world, rule.source)
    title = world.policy(programme, rule.title)
    # A full-width bracket brings its own space.
    return plain(f"{title}{note}" if note.startswith("（") else f"{title} {note}".strip())


def criterion_item(
    world: World, evaluation: Evaluation, outcome: Outcome[Criterion], *, advice: bool = True
) -> Item:
    """One line about a criterion, with what is missing, both readings and advice."""
    programme, rule = evaluation.examination.programme, outcome.rule
    parts: list[str] = []
    if outcome.result in (Result.NOT_MET, Result.UNCLEAR, Result.UNKNOWN):
        parts.append(tell_gaps(world, gaps_of(evaluation, outcome)))
        parts.append(_readings(world, programme, outcome))
        if advice:
            parts.append(_what_to_do(world, evaluation, outcome))
    detail = "\n".join(part for part in parts if part)
    return Item(
        mark=result_mark(outcome.result),
        spans=rule_spans(world, programme, rule),
        clause=world.clause(programme, rule.clause),
        detail=plain(detail) if detail else (),
    )


def _what_to_do(world: World, evaluation: Evaluation, outcome: Outcome[Criterion]) -> str:
    """The programme's own advice; else, for what nobody was sure of, where the answer is usually found."""
    rule = outcome.rule
    if rule.advice is not None:
        return "→ " + world.policy(evaluation.examination.programme, rule.advice)
    gaps = gaps_of(evaluation, outcome)
    not_sure = (gap.fact for gap in gaps if isinstance(gap, NotSure))
    facts = (world.vocabulary[fact] for fact in dict.fromkeys(not_sure) if fact in world.vocabulary)
    where = dict.fromkeys(world.fact_text(fact.evidence) for fact in facts if fact.evidence)
    if where:
        listed = world.words.say("; ").join(where)
        return "→ " + world.words.say("Look it up in: %(where)s", where=listed)
    if outcome.differs or any(isinstance(gap, TextLeavesOpen) for gap in gaps):
        return "→ " + world.words.say("Ask the authority how it reads this.")
    return ""


def _readings(world: World, programme: Programme, outcome: Outcome[Criterion]) -> str:
    """Both readings with what each comes to; empty where they agree."""
    readings = outcome.rule.readings
    if not outcome.differs or readings is None:
        return ""
    say = world.words.say
    return say(
        "The text can be read in two ways. Cautious: %(cautious)s – %(first)s. Other: %(other)s – %(second)s.",
        cautious=world.policy(programme, readings.conservative).rstrip("。."),
        first=say(result_text(outcome.conservative)),
        other=world.policy(programme, readings.alternative).rstrip("。."),
        second=say(result_text(outcome.alternative)),
    )
