"""The result of a self-check: verdict first, then what stands in the way, what is open, what is met.

It never says that anybody is eligible: the authority decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from dialogs.criterion_words import criterion_item
from dialogs.deadline_words import applying_dates, applying_item
from dialogs.engine.screen import (
    Block,
    Details,
    Heading,
    Item,
    Items,
    Link,
    Notice,
    Paragraph,
    Span,
    Tone,
    plain,
)
from dialogs.round_words import announced, round_item
from dialogs.statuses import label, last_day, standing_then, status_notice
from dialogs.world import World
from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Evaluation, Outcome
from domain.programme.parts import Force, Result, Verdict
from domain.programme.rules import Criterion

Outcomes = tuple[Outcome[Criterion], ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The criteria of an evaluation, by what they mean for the verdict."""

    obstacles: Outcomes
    open: Outcomes
    unanswered: Outcomes
    met: Outcomes
    self_stated: Outcomes
    not_applicable: Outcomes
    to_confirm: Outcomes
    """What the verdict does not rest on, and the authority decides all the same."""
    not_decisive: Outcomes


def sort(evaluation: Evaluation) -> Sorted:
    """The criteria sorted: only hard ones decide."""
    hard = [outcome for outcome in evaluation.outcomes if outcome.rule.force is Force.HARD]
    others = [outcome for outcome in evaluation.outcomes if outcome.rule.force is not Force.HARD]

    def having(*results: Result) -> Outcomes:
        return tuple(outcome for outcome in hard if outcome.result in results)

    return Sorted(
        having(Result.NOT_MET),
        having(Result.UNCLEAR),
        having(Result.UNKNOWN),
        having(Result.MET),
        having(Result.SELF_STATED),
        having(Result.NOT_APPLICABLE),
        tuple(outcome for outcome in others if _is_to_confirm(outcome)),
        tuple(outcome for outcome in others if not _is_to_confirm(outcome)),
    )


def _is_to_confirm(outcome: Outcome[Criterion]) -> bool:
    return outcome.rule.force is Force.SOFT and outcome.result is Result.UNCLEAR


def verdict_title(world: World, evaluation: Evaluation) -> str:
    """The verdict in one line."""
    say, count, parts = world.words.say, world.words.count, sort(evaluation)
    match evaluation.verdict:
        case Verdict.OBSTACLE_FOUND:
            return count(
                "%(n)s condition is not met today", "%(n)s conditions are not met today", len(parts.obstacles)
            )
        case Verdict.CONFIRM_WITH_AUTHORITY if parts.open:
            return count(
                "To be confirmed with the authority (%(n)s point); no hard obstacle found",
                "To be confirmed with the authority (%(n)s points); no hard obstacle found",
                len(parts.open),
            )
        case Verdict.CONFIRM_WITH_AUTHORITY:
            return say(
                "To be confirmed with the authority because of the programme's own standing; no obstacle found"
            )
        case Verdict.NO_OBSTACLE_FOUND:
            return say("No obstacle found in what you told us")
        case Verdict.MORE_ANSWERS_NEEDED:
            return say("More answers are needed for a verdict")
        case _:
            assert_never(evaluation.verdict)


def verdict_tone(verdict: Verdict) -> Tone:
    """How a verdict is shown."""
    match verdict:
        case Verdict.OBSTACLE_FOUND:
            return "error"
        case Verdict.CONFIRM_WITH_AUTHORITY | Verdict.MORE_ANSWERS_NEEDED:
            return "warning"
        case Verdict.NO_OBSTACLE_FOUND:
            return "success"
        case _:
            assert_never(verdict)


def result_blocks(world: World, evaluation: Evaluation, *, expanded: bool = False) -> tuple[Block, ...]:
    """Everything below the verdict. ``expanded``: for paper, where nothing can be unfolded."""
    programme, say, parts = evaluation.examination.programme, world.words.say, sort(evaluation)
    blocks: list[Block] = [status_notice(world, programme)]
    blocks += _section(world, evaluation, say("Not met"), parts.obstacles)
    changes = _changes(world, evaluation, parts.obstacles)
    blocks += changes if parts.obstacles else ()
    blocks += _section(world, evaluation, say("Open points"), parts.open)
    blocks += _section(world, evaluation, say("To be confirmed all the same"), parts.to_confirm)
    blocks += () if parts.obstacles else changes
    folded = (
        (
            world.words.count("Not answered yet: %(n)s", "Not answered yet: %(n)s", len(parts.unanswered)),
            parts.unanswered,
        ),
        (world.words.count("Met: %(n)s", "Met: %(n)s", len(parts.met)), parts.met),
        (
            world.words.count(
                "Stated by you, experts judge: %(n)s",
                "Stated by you, experts judge: %(n)s",
                len(parts.self_stated),
            ),
            parts.self_stated,
        ),
        (
            world.words.count("Does not apply: %(n)s", "Does not apply: %(n)s", len(parts.not_applicable)),
            parts.not_applicable,
        ),
        (
            world.words.count(
                "Not decisive (preferences, form questions): %(n)s",
                "Not decisive (preferences, form questions): %(n)s",
                len(parts.not_decisive),
            ),
            parts.not_decisive,
        ),
    )
    for summary, outcomes in folded:
        items = _items(world, evaluation, outcomes)
        if expanded and items:
            blocks += [Heading(text=summary), *items]
        elif items:
            blocks.append(Details(summary=summary, blocks=items))
    return (*blocks, *_next_steps(world, evaluation), authority_line(world))


def authority_line(world: World) -> Paragraph:
    """What every result ends with."""
    text = world.words.say(
        "By the rules as of %(date)s and what you told us. The authority's review decides.",
        date=world.words.date(world.today),
    )
    return Paragraph(spans=plain(text))


def print_link(world: World, receipt_id: int) -> Link:
    """The page of a receipt, to print or save."""
    return Link(label=world.words.say("Print or save this result"), path=f"/results/{receipt_id}")


def _section(world: World, evaluation: Evaluation, title: str, outcomes: Outcomes) -> tuple[Block, ...]:
    items = _items(world, evaluation, outcomes)
    return (Heading(text=title), *items) if items else ()


def _items(world: World, evaluation: Evaluation, outcomes: Outcomes) -> tuple[Block, ...]:
    if not outcomes:
        return ()
    return (Items(items=tuple(criterion_item(world, evaluation, outcome) for outcome in outcomes)),)


def _changes(world: World, evaluation: Evaluation, obstacles: Outcomes) -> tuple[Block, ...]:
    """When the verdict will change by time alone."""
    items = (*_cures(world, evaluation, obstacles), *_standing_changes(world, evaluation))
    if not items:
        return ()
    return (Heading(text=world.words.say("When will this change?")), Items(items=items))


def _cures(world: World, evaluation: Evaluation, obstacles: Outcomes) -> Iterator[Item]:
    words, programme = world.words, evaluation.examination.programme
    for outcome in obstacles:
        day = met_on(evaluation, outcome)
        title = world.policy(programme, outcome.rule.title)
        if day is None:
            text = words.say("%(criterion)s: not by time alone", criterion=title)
            yield Item(mark="info", spans=plain(text), clause=world.clause(programme, outcome.rule.clause))
            continue
        spans = (
            Span(text=words.date(day), strong=True),
            *plain(words.say(": you will meet “%(criterion)s”, if all else stays as it is", criterion=title)),
        )
        yield Item(
            mark="date",
            spans=spans,
            clause=world.clause(programme, outcome.rule.clause),
            detail=plain(standing_then(world, programme, day)),
        )


def _standing_changes(world: World, evaluation: Evaluation) -> Iterator[Item]:
    """The next change of the programme's own standing."""
    programme, words = evaluation.examination.programme, world.words
    period = programme.status_on(world.today)
    last = last_day(programme, period)
    if last is None:
        return
    following = programme.status_on(last + timedelta(days=1))
    text = words.say(
        ": the programme's standing changes to “%(status)s”", status=words.say(label(following.status))
    )
    day = words.date(last + timedelta(days=1))
    yield Item(
        mark="date",
        spans=(Span(text=day, strong=True), *plain(text)),
        clause=world.clause(programme, following.clause),
        detail=plain(world.policy(programme, following.note)),
    )


def _next_steps(world: World, evaluation: Evaluation) -> tuple[Block, ...]:
    """What to do now: verify what is open, and where to turn."""
    programme, say = evaluation.examination.programme, world.words.say
    items: list[Item] = []
    if evaluation.verdict is Verdict.MORE_ANSWERS_NEEDED:
        items.append(Item(mark="info", spans=plain(say("Answer the remaining questions."))))
    if sort(evaluation).open:
        items.append(
            Item(
                mark="info",
                spans=plain(say("Look up the open points in your papers, then change your answers here.")),
            )
        )
    if programme.route is not None:
        to = say("Turn to: %(where)s", where=world.policy(programme, programme.route.to))
        contact = programme.route.contact
        items.append(
            Item(
                mark="info",
                spans=plain(to),
                clause=world.clause(programme, programme.route.clause),
                detail=plain(world.policy(programme, contact)) if contact else (),
            )
        )
    items += [applying_item(world, programme, rule) for rule in applying_dates(world, programme)]
    items += [round_item(world, programme, one) for one in announced(world, programme)]
    return (Heading(text=say("What to do next")), Items(items=tuple(items))) if items else ()


def verdict_notice(world: World, evaluation: Evaluation) -> Notice:
    """The verdict as a notice, for pages that have another title."""
    return Notice(
        tone=verdict_tone(evaluation.verdict),
        spans=(Span(text=verdict_title(world, evaluation), strong=True),),
    )
