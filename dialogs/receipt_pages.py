"""The page of a receipt: what a self-check came to, whole, to print or save.

A receipt speaks of the day it was made and of the programme as it was then. Where that version is still known, the page
is written from it; else from what the receipt itself holds.
"""

from __future__ import annotations

from datetime import datetime

from dialogs.criterion_words import result_mark, result_text
from dialogs.engine.screen import Block, Heading, Item, Items, Notice, Paragraph, Span, Table, plain
from dialogs.fact_words import tell_plain
from dialogs.my_answers import SOURCES
from dialogs.result_words import authority_line, result_blocks, verdict_notice
from dialogs.world import World
from domain.calendar.working_days import WorkingCalendar
from domain.clock import FixedClock
from domain.eligibility.evaluate import Evaluation, Examiner
from domain.eligibility.receipts import FactUsed, Receipt
from domain.facts.reading import FactValueError, read_value
from domain.organisations import Person
from domain.programme.loader import LoadedProgramme, Programmes
from domain.programme.parts import Result
from domain.store.records import StoredReceipt
from domain.values import Value
from locales.words import Words


class ReceiptPages:
    """Shows receipts."""

    def __init__(self, programmes: Programmes, working_days: WorkingCalendar) -> None:
        self._programmes = programmes
        self._examiner = Examiner(working_days)

    def blocks(self, receipt: StoredReceipt, words: Words) -> tuple[Block, ...]:
        """All of the receipt: the programme and the day, the verdict, every criterion, and what it rests on."""
        kept = Receipt.from_json(receipt.receipt_json)
        loaded = self._version(receipt)
        world = self._world(kept, words, loaded)
        head = self._head(world, kept, loaded, receipt.id)
        body = self._from_programme(world, kept, loaded) if loaded is not None else _from_receipt(world, kept)
        return (*head, *body, *_answers(world, kept))

    def _version(self, receipt: StoredReceipt) -> LoadedProgramme | None:
        versions = self._programmes.get(receipt.programme, ())
        return next((one for one in versions if one.content_hash == receipt.content_hash), None)

    def _world(self, receipt: Receipt, words: Words, loaded: LoadedProgramme | None) -> World:
        return World(
            words=words,
            programmes=() if loaded is None else (loaded.programme,),
            hashes={} if loaded is None else {loaded.programme.id: loaded.content_hash},
            vocabulary=self._programmes.vocabulary,
            examiner=self._examiner,
            now=FixedClock(receipt.as_of).now(),
            person=Person(id=0, consent="unasked"),
        )

    def _head(
        self, world: World, receipt: Receipt, loaded: LoadedProgramme | None, receipt_id: int
    ) -> tuple[Block, ...]:
        say = world.words.say
        name = (
            receipt.programme
            if loaded is None
            else world.policy(loaded.programme, loaded.programme.identity.name)
        )
        about = say(
            "Self-check no. %(number)s as of %(date)s, version %(version)s",
            number=receipt_id,
            date=world.words.date(receipt.as_of),
            version=receipt.version,
        )
        return (Heading(text=name), Paragraph(spans=plain(about)))

    def _from_programme(
        self, world: World, receipt: Receipt, loaded: LoadedProgramme | None
    ) -> tuple[Block, ...]:
        if loaded is None:
            return ()
        examination = self._examiner.examination(loaded.programme, receipt.as_of, receipt.round)
        evaluation: Evaluation = examination.evaluate(_values(world, receipt))
        return (verdict_notice(world, evaluation), *result_blocks(world, evaluation, expanded=True))


def _values(world: World, receipt: Receipt) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, used in receipt.facts.items():
        fact = world.vocabulary.get(name)
        if fact is None:
            continue
        try:
            values[name] = read_value(fact, used.value)
        except FactValueError:
            continue
    return values


def _from_receipt(world: World, receipt: Receipt) -> tuple[Block, ...]:
    """The results as the receipt lists them, for a version of the programme that is no longer loaded."""
    say = world.words.say
    older = say("The programme's text has changed since; these are the results as they were recorded.")
    items = tuple(
        Item(
            mark=result_mark(Result(one.result)),
            spans=(Span(text=one.id), *plain(": " + say(result_text(Result(one.result))))),
            clause=world.words.policy(receipt.programme, one.clause),
        )
        for one in receipt.criteria
    )
    return (Notice(tone="info", spans=plain(older)), Items(items=items), authority_line(world))


def _answers(world: World, receipt: Receipt) -> tuple[Block, ...]:
    say = world.words.say
    rows = []
    for name, used in receipt.facts.items():
        fact = world.vocabulary.get(name)
        if fact is not None:
            told = tell_plain(world, fact, used.value)
            rows.append((world.fact_text(fact.short), told, _since(world, used)))
    if not rows:
        return ()
    table = Table(header=(say("Point"), say("Your answer"), say("Since")), rows=tuple(rows))
    return (Heading(text=say("The answers this rests on")), table)


def _since(world: World, used: FactUsed) -> str:
    """When the answer was given, and how it is known."""
    source = world.words.say(SOURCES[used.source]) if used.source in SOURCES else ""
    if not used.stated_at:
        return source
    day = world.words.date(world.day(datetime.fromisoformat(used.stated_at)))
    return world.words.say("%(date)s, %(source)s", date=day, source=source)
