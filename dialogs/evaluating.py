"""What a self-check knows, and what follows from it: facts of the organisation and of this conversation, evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogs.engine.answers import Json
from dialogs.engine.dialog import Here
from dialogs.world import World
from domain.eligibility.evaluate import Evaluation
from domain.eligibility.receipts import Receipt, make_receipt
from domain.facts.reading import FactValueError, read_value
from domain.programme.model import Programme
from domain.programme.parts import Status
from domain.store.records import Source
from domain.values import Value

FACT = "f:"
"""States that ask for a fact begin with this."""

_OVER = frozenset({Status.LAPSED, Status.TARGETS_ENDED})


@dataclass(frozen=True, slots=True)
class Stated:
    """The value of a fact as it stands, since when, how it is known, and whether it was asked in this conversation."""

    value: Json
    at: datetime
    source: Source
    here: bool


def stated(world: World, here: Here | None = None) -> dict[str, Stated]:
    """Every fact that counts: what is known of the organisation, and what was answered in this conversation since.

    ``here`` tells what was answered on the way to a state; without it, all answers of the conversation count.
    """
    opened = world.answers.opened() if here is None else here.opened
    given = world.answers.given() if here is None else here.given
    found = {
        fact: Stated(statement.value_json, statement.stated_at, statement.source, here=False)
        for fact, statement in world.known.items()
        if FACT + fact not in opened
    }
    for name, answer in given.items():
        fact = name.removeprefix(FACT)
        before = found.get(fact)
        if name.startswith(FACT) and (before is None or before.at <= answer.at):
            found[fact] = Stated(answer.value, answer.at, "self_stated", here=True)
    return found


def values(world: World, statements: Mapping[str, Stated]) -> dict[str, Value]:
    """The statements as typed values; what no longer fits its fact is left out."""
    found: dict[str, Value] = {}
    for name, statement in statements.items():
        fact = world.vocabulary.get(name)
        if fact is None:
            continue
        try:
            found[name] = read_value(fact, statement.value)
        except FactValueError:
            continue
    return found


def evaluations(world: World, programmes: Sequence[Programme], here: Here | None = None) -> list[Evaluation]:
    """Each programme evaluated today with what is stated."""
    facts = values(world, stated(world, here))
    return [world.examiner.examination(programme, world.today).evaluate(facts) for programme in programmes]


def facts_read(world: World, programmes: Sequence[Programme]) -> tuple[str, ...]:
    """Every fact the programmes look at, in the order in which they do."""
    found = (fact for one in programmes for fact in world.examiner.examination(one, world.today).facts())
    return tuple(dict.fromkeys(found))


def is_over(world: World, programme: Programme) -> bool:
    """Whether the programme lies in the past: nobody need answer questions for it."""
    return programme.status_on(world.today).status in _OVER


def receipt_of(world: World, evaluation: Evaluation) -> Receipt:
    """The receipt of an evaluation, with the source and time of every fact."""
    sources = {
        fact: (statement.source, statement.at.isoformat()) for fact, statement in stated(world).items()
    }
    programme = evaluation.examination.programme
    return make_receipt(evaluation, world.hashes[programme.id], sources)
