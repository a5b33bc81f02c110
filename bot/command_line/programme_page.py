"""One programme as a page of plain text, status first, every line with its clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from dialogs.statuses import label
from dialogs.world import World
from domain.programme.model import Programme
from domain.programme.parts import Force, Source
from domain.programme.procedure import Procedure
from locales.words import mark

Tell = Callable[[str], str]

_FORCES = {
    Force.HARD: mark("condition"),
    Force.PREFERENCE: mark("preferred between equals"),
    Force.SOFT: mark("in principle"),
    Force.FORM_ONLY: mark("asked on the form only"),
}


def page(world: World, programme: Programme, day: date) -> str:
    """The whole page."""
    text = partial(world.policy, programme)
    say = world.words.say
    sections = (
        (say("Conditions"), _conditions(world, programme, text)),
        (say("Papers"), _papers(programme, text)),
        *((text(procedure.title), _stages(procedure, text)) for procedure in programme.procedures),
        (say("Dates"), _dates(world, programme, text)),
        (say("Money (upper bounds, never a promise)"), _money(world, programme, text)),
        (say("Duties"), (f"{d.id}  {text(d.title)}{_clause(d.clause, text)}" for d in programme.duties)),
        (
            say("Where the text is open"),
            (f"- {text(one.title)}{_clause(one.clause, text)}" for one in programme.ambiguities),
        ),
        (
            say("Left to the authority"),
            (f"- {text(one.text)}{_clause(one.clause, text)}" for one in programme.left_to_authority),
        ),
    )
    lines = list(_head(world, programme, day, text))
    for title, section in sections:
        inner = [f"  {line}" for line in section]
        lines += ["", title, *inner] if inner else []
    return "\n".join(lines)


def _head(world: World, programme: Programme, day: date, text: Tell) -> Iterator[str]:
    status = programme.status_on(day)
    yield f"{world.name_of(programme)} ({programme.code})"
    yield f"{world.words.say(label(status.status))}. {text(status.note)}{_clause(status.clause, text)}"
    yield text(programme.identity.name)
    if programme.identity.document_number:
        yield programme.identity.document_number


def _conditions(world: World, programme: Programme, text: Tell) -> Iterator[str]:
    say = world.words.say
    for criterion in programme.criteria:
        ours = _source(world, criterion.source)
        force = say(_FORCES[criterion.force])
        yield f"{criterion.id}  {text(criterion.title)} [{force}]{_clause(criterion.clause, text)}{ours}"
        if criterion.readings is not None:
            yield f"    - {say('strict reading')}: {text(criterion.readings.conservative)}"
            yield f"    - {say('other reading')}: {text(criterion.readings.alternative)}"


def _papers(programme: Programme, text: Tell) -> Iterator[str]:
    for material in programme.materials:
        copies = "" if material.copies is None else f" × {material.copies}"
        yield f"{material.id}  {text(material.title)}{copies}{_clause(material.clause, text)}"


def _stages(procedure: Procedure, text: Tell) -> Iterator[str]:
    for number, stage in enumerate(procedure.stages, 1):
        limit = f" ({text(stage.limit)})" if stage.limit else ""
        yield f"{number}. {text(stage.title)}{limit}{_clause(stage.clause, text)}"


def _dates(world: World, programme: Programme, text: Tell) -> Iterator[str]:
    for deadline in programme.deadlines:
        ours = _source(world, deadline.source)
        yield f"{deadline.id}  {text(deadline.title)}{_clause(deadline.clause, text)}{ours}"


def _money(world: World, programme: Programme, text: Tell) -> Iterator[str]:
    for line in programme.money:
        amount = "" if line.ceiling is None else f": {world.words.money(line.ceiling)}"
        yield f"{line.id}  {text(line.title)}{amount}{_clause(line.clause, text)}"


def _clause(clause: str | None, text: Tell) -> str:
    return "" if clause is None else f"  ({text(clause)})"


def _source(world: World, source: Source) -> str:
    return f"  *{world.words.say('not from the policy text')}*" if source is Source.DEFAULT else ""
