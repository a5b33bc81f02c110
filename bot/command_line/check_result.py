"""The result of a self-check as data (the machine interface) and as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dialogs.criterion_words import result_text
from dialogs.gap_words import tell_gaps
from dialogs.statuses import label
from dialogs.world import World
from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Evaluation, Outcome
from domain.eligibility.missing import gaps_of
from domain.eligibility.questions import Mode, remaining
from domain.facts.reading import plain_value
from domain.programme.loader import LoadedProgramme
from domain.programme.parts import Force, Result, Verdict
from domain.programme.rules import Criterion
from locales.words import mark

_VERDICTS = {
    Verdict.NO_OBSTACLE_FOUND: mark("No obstacle found"),
    Verdict.OBSTACLE_FOUND: mark("An obstacle was found"),
    Verdict.CONFIRM_WITH_AUTHORITY: mark("To be confirmed with the authority"),
    Verdict.MORE_ANSWERS_NEEDED: mark("More answers are needed"),
}
_SIGNS = {
    "met": "✓",
    "not_met": "✗",
    "unclear": "?",
    "unknown": "·",
    "self_stated": "~",
    "not_applicable": "-",
}


def result(world: World, loaded: LoadedProgramme, evaluation: Evaluation, mode: Mode) -> dict[str, Any]:
    """The machine interface of ``zhuoyue check`` (see ``docs/facts-files.md``)."""
    examination = evaluation.examination
    vocabulary = world.vocabulary
    quick = remaining([evaluation], vocabulary, mode)
    return {
        "programme": loaded.programme.id,
        "version": loaded.programme.version,
        "content_hash": loaded.content_hash,
        "as_of": examination.as_of.isoformat(),
        "round": None if examination.round is None else examination.round.id,
        "status": examination.status.status.value,
        "verdict": evaluation.verdict.value,
        "criteria": [_criterion(world, evaluation, outcome) for outcome in evaluation.outcomes],
        "missing": list(remaining([evaluation], vocabulary, Mode.ALL_MY_GAPS)),
        "next_question": quick[0] if quick else None,
        "notes": list(_notes(world, evaluation)),
    }


def _criterion(world: World, evaluation: Evaluation, outcome: Outcome[Criterion]) -> dict[str, Any]:
    criterion = outcome.rule
    cured = met_on(evaluation, outcome)
    open_facts = [
        fact
        for fact in evaluation.open_facts(outcome)
        if fact in world.vocabulary and world.vocabulary[fact].is_asked
    ]
    return {
        "id": criterion.id,
        "title": world.policy(evaluation.examination.programme, criterion.title),
        "result": outcome.result.value,
        "conservative": outcome.conservative.value,
        "alternative": outcome.alternative.value,
        "force": criterion.force.value,
        "clause": criterion.clause,
        "source": criterion.source.value,
        "confirmed_by": list(criterion.confirmed_by),
        "facts": {
            fact: plain_value(evaluation.facts[fact])
            for fact in evaluation.examination.examined(criterion.id).facts()
            if fact in evaluation.facts
        },
        "missing": open_facts,
        "gap": tell_gaps(world, gaps_of(evaluation, outcome)) or None,
        "met_on": None if cured is None else cured.isoformat(),
    }


def _notes(world: World, evaluation: Evaluation) -> Iterator[str]:
    examination = evaluation.examination
    programme, say = examination.programme, world.words.say
    status = examination.status
    standing = say(label(status.status))
    yield say("%(standing)s: %(note)s", standing=standing, note=world.policy(programme, status.note))
    if examination.round is not None:
        yield world.policy(programme, examination.round.note)
        if examination.round_is_over:
            yield say("This round is over; nothing can be handed in under it.")
    for outcome in evaluation.outcomes:
        criterion = outcome.rule
        if outcome.differs and criterion.readings is not None:
            yield say(
                "%(id)s can be read in two ways: %(one)s / %(other)s",
                id=criterion.id,
                one=world.policy(programme, criterion.readings.conservative),
                other=world.policy(programme, criterion.readings.alternative),
            )
        if criterion.force is not Force.HARD and outcome.result is Result.NOT_MET:
            yield say(
                "%(id)s is not a condition; that it is not met does not stop an application.",
                id=criterion.id,
            )
        for note in criterion.notes if outcome.result is not Result.NOT_APPLICABLE else ():
            yield f"{criterion.id}: {world.policy(programme, note.text)}"
    yield say("The authority decides; this is what the rules and the facts given come to.")


def result_page(world: World, found: Mapping[str, Any]) -> str:
    """The same for people: verdict first, then every criterion with its clause."""
    say = world.words.say
    lines = [
        f"{found['programme']} · {found['as_of']}",
        say(_VERDICTS[Verdict(found["verdict"])]),
        "",
    ]
    order = ("not_met", "unclear", "unknown", "met", "self_stated", "not_applicable")
    for criterion in sorted(found["criteria"], key=lambda one: order.index(one["result"])):
        sign = _SIGNS[criterion["result"]]
        clause = world.words.policy(found["programme"], criterion["clause"])
        lines.append(f"{sign} {criterion['id']}  {criterion['title']} ({clause})")
        if criterion["conservative"] != criterion["alternative"]:
            lines.append(
                "    "
                + say(
                    "strict reading: %(one)s; other reading: %(other)s",
                    one=say(result_text(Result(criterion["conservative"]))),
                    other=say(result_text(Result(criterion["alternative"]))),
                )
            )
        if criterion["gap"]:
            lines.append(f"    {criterion['gap']}")
        if criterion["met_on"]:
            lines.append("    " + say("met on %(date)s if nothing changes", date=criterion["met_on"]))
    if found["next_question"]:
        lines += ["", say("Next question: %(fact)s", fact=found["next_question"])]
    lines += ["", *(f"- {note}" for note in found["notes"])]
    return "\n".join(lines)
