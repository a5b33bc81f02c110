"""Why somebody is reminded, and what stands behind it: their own answers, the round, the programme's standing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from dialogs.engine.screen import Item, plain, strong
from dialogs.reminder_words import fact_name, rule_title
from dialogs.statuses import label
from dialogs.world import World
from domain.eligibility.evaluate import Evaluation
from domain.programme.model import Programme
from domain.programme.parts import Force, Result, Status, Verdict
from domain.reminders.model import Json, Reminder, Situation
from domain.rounds import Round
from locales.words import mark

MOST_POINTS: Final = 3
"""Open points named in a reminder; the self-check has all of them."""

VERDICTS: Final[Mapping[str, str]] = {
    Verdict.NO_OBSTACLE_FOUND: mark("no obstacle found"),
    Verdict.OBSTACLE_FOUND: mark("a condition is not met"),
    Verdict.CONFIRM_WITH_AUTHORITY: mark("to be confirmed with the authority"),
    Verdict.MORE_ANSWERS_NEEDED: mark("more answers needed"),
}
"""How a verdict is called inside a sentence; none of them is a promise."""

RESULTS: Final[Mapping[str, str]] = {
    Result.MET: mark("met"),
    Result.NOT_MET: mark("not met"),
    Result.UNCLEAR: mark("to be verified"),
    Result.NOT_APPLICABLE: mark("does not apply"),
    Result.SELF_STATED: mark("stated by you; experts judge"),
    Result.UNKNOWN: mark("not answered"),
}


def reasons(world: World, reminder: Reminder, situation: Situation) -> tuple[Item, ...]:
    """Why you: one line or more, the most telling first."""
    programme = world.programme(reminder.programme)
    match reminder.kind:
        case "holiday_list_missing":
            text = world.words.say(
                "You look after this server. Without the list working days are provisional."
            )
            return (Item(mark="info", spans=plain(text)),)
        case "certificate_expires" | "fact_to_refresh":
            return tuple(_answer(world, reminder, programme, situation))
        case "verdict_changed" | "text_changed":
            return (*_verdicts(world, reminder), *_changed(world, reminder, programme))
        case "policy_lapses" | "policy_in_force":
            return (*_standing(world, reminder), *_watching(world, reminder, programme, situation))
        case _:
            return tuple(_watching(world, reminder, programme, situation))


def _watching(
    world: World, reminder: Reminder, programme: Programme | None, situation: Situation
) -> Iterator[Item]:
    """The programme was asked for or checked; and where its self-check stands today."""
    words, say = world.words, world.words.say
    receipt = situation.receipts.get(programme.id) if programme is not None else None
    if receipt is not None:
        text = say("You checked this programme on %(date)s.", date=words.date(receipt.as_of))
        yield Item(mark="info", spans=plain(text))
    elif programme is not None and situation.preferences.programmes.get(programme.id):
        yield Item(mark="info", spans=plain(say("You asked to be reminded of this programme.")))
    if programme is not None and receipt is not None and situation.facts:
        day = max(situation.as_of, reminder.due)
        yield from open_points(world, situation.evaluate(world.examiner.examination(programme, day)))


def open_points(world: World, evaluation: Evaluation) -> Iterator[Item]:
    """What still stands open in a self-check, the obstacles first; a few of them, and how many there are."""
    programme = evaluation.examination.programme
    order = (Result.NOT_MET, Result.UNCLEAR, Result.UNKNOWN)
    found = [
        outcome
        for result in order
        for outcome in evaluation.outcomes
        if outcome.rule.force is Force.HARD and outcome.result is result
    ]
    for outcome in found[:MOST_POINTS]:
        told = world.words.say(RESULTS[outcome.result])
        yield Item(
            mark=outcome.result.value,
            spans=(*strong(world.policy(programme, outcome.rule.title)), *plain(f" · {told}")),
            clause=world.clause(programme, outcome.rule.clause),
        )
    if len(found) > MOST_POINTS:
        more = world.words.count(
            "and %(n)s more open point", "and %(n)s more open points", len(found) - MOST_POINTS
        )
        yield Item(mark="info", spans=plain(more))


def _answer(
    world: World, reminder: Reminder, programme: Programme | None, situation: Situation
) -> Iterator[Item]:
    """The answer it rests on, when it was given, and which programme reads it."""
    words, say = world.words, world.words.say
    fact = reminder.subject.get("fact")
    known = situation.facts.get(str(fact))
    if known is not None:
        text = say(
            "You told us about “%(fact)s” on %(date)s.",
            fact=fact_name(world, fact),
            date=words.date(known.stated_on),
        )
        yield Item(mark="info", spans=plain(text))
    if programme is not None:
        criterion = reminder.subject.get("criterion")
        about = f" · {rule_title(world, programme, criterion)}" if criterion else ""
        text = say("Asked for by: %(programme)s", programme=world.name_of(programme))
        clause = world.clause(programme, reminder.clause)
        yield Item(mark="info", spans=plain(text + about), clause=clause)


def _verdicts(world: World, reminder: Reminder) -> Iterator[Item]:
    say, subject = world.words.say, reminder.subject
    before, after = (VERDICTS.get(str(subject.get(name)), "") for name in ("before", "after"))
    if before and after:
        text = say("Before: %(before)s. From then on: %(after)s.", before=say(before), after=say(after))
        yield Item(mark="info", spans=plain(text))


def _changed(world: World, reminder: Reminder, programme: Programme | None) -> Iterator[Item]:
    """Each condition that comes out differently, with its clause."""
    changed = reminder.subject.get("criteria")
    lines = [one for one in changed if isinstance(one, dict)] if isinstance(changed, list) else []
    for line in lines[:MOST_POINTS]:
        title = rule_title(world, programme, line.get("criterion"))
        clause = str(line.get("clause") or "")
        yield Item(
            mark="info",
            spans=(*strong(title), *plain(f" · {_from_to(world, line)}")),
            clause=world.clause(programme, clause) if programme is not None else clause,
        )
    if len(lines) > MOST_POINTS:
        more = world.words.count(
            "and %(n)s more condition", "and %(n)s more conditions", len(lines) - MOST_POINTS
        )
        yield Item(mark="info", spans=plain(more))


def _from_to(world: World, line: Mapping[str, Json]) -> str:
    say = world.words.say
    before, after = (RESULTS.get(str(line.get(name)), "") for name in ("before", "after"))
    if not before:
        return say("new condition: %(after)s", after=say(after)) if after else ""
    if not after:
        return say("no longer asked for")
    return say("%(before)s → %(after)s", before=say(before), after=say(after))


def _standing(world: World, reminder: Reminder) -> Iterator[Item]:
    say, subject = world.words.say, reminder.subject
    before, after = (_status(subject.get(name)) for name in ("before", "after"))
    if before is not None and after is not None:
        text = say("%(before)s → %(after)s", before=say(label(before)), after=say(label(after)))
        yield Item(mark="info", spans=plain(text))
    elif version := subject.get("version"):
        text = say("Another version of the text comes into use: %(version)s", version=str(version))
        yield Item(mark="info", spans=plain(text))


def _status(value: Json) -> Status | None:
    return next((status for status in Status if status.value == value), None)


def round_of(reminder: Reminder, situation: Situation) -> Round | None:
    """The stored round a reminder speaks of; None for a computed one."""
    wanted = reminder.subject.get("round")
    return next((one for one in situation.rounds if one.id and one.id == wanted), None)


def round_items(world: World, reminder: Reminder, situation: Situation) -> Iterator[Item]:
    """What the round says for whoever hands in: where and how, whom to ask, what is asked beside."""
    if reminder.kind not in {"window_closes", "window_opens", "round_announced"} or reminder.called_off:
        return
    say, language = world.words.say, world.words.language
    round_ = round_of(reminder, situation)
    programme = world.programme(reminder.programme)
    if reminder.subject.get("computed"):
        text = say("By the programme's own text every year; this year's round is not announced yet.")
        yield Item(mark="info", spans=plain(text))
    opens = _opens(reminder) if reminder.kind == "window_closes" else None
    if opens is not None and opens > situation.as_of:
        text = say("Applications open on %(date)s.", date=world.words.date(opens))
        yield Item(mark="info", spans=plain(text))
    terms = round_.terms if round_ is not None else None
    if terms is not None and terms.hand_in:
        yield Item(
            mark="info", spans=plain(say("Where and how: %(text)s", text=terms.hand_in.text(language)))
        )
    elif programme is not None and programme.route is not None:
        to = world.policy(programme, programme.route.to)
        clause = world.clause(programme, programme.route.clause)
        yield Item(mark="info", spans=plain(say("Where and how: %(text)s", text=to)), clause=clause)
    if terms is None:
        return
    if terms.contact:
        yield Item(mark="info", spans=plain(say("Questions to: %(text)s", text=terms.contact.text(language))))
    for condition in terms.conditions:
        yield Item(
            mark="info", spans=plain(say("Asked for locally: %(text)s", text=condition.text(language)))
        )


def _opens(reminder: Reminder) -> date | None:
    value = reminder.subject.get("opens")
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
