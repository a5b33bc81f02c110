"""A round in words: for everybody who wants to apply, and for staff who look after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dialogs.engine.screen import Block, Details, Heading, Item, Items, Notice, Table, Tone, plain, strong
from dialogs.world import World
from domain.programme.model import Programme
from domain.rounds import Bilingual, Difference, LeftOut, Round, RoundAct, RoundState, Terms
from locales.words import mark

STATES: Final[Mapping[RoundState, str]] = {
    RoundState.DRAFTED: mark("draft"),
    RoundState.ANNOUNCED: mark("announced"),
    RoundState.CLOSED: mark("closed"),
    RoundState.CANCELLED: mark("called off"),
}

ACTS: Final[Mapping[RoundAct, str]] = {
    RoundAct.OPEN: mark("Draft a round"),
    RoundAct.ANNOUNCE: mark("Announce the round"),
    RoundAct.CHANGE: mark("Change the round"),
    RoundAct.CLOSE: mark("Close the round"),
    RoundAct.CANCEL: mark("Call the round off"),
}

ENTRIES: Final[Mapping[str, str]] = {
    "name": mark("Name of the round"),
    "opens": mark("Opens"),
    "closes_safe": mark("Closes, to be safe"),
    "closes_outer": mark("Closes at the latest"),
    "decision_due": mark("Decision due"),
    "quotas": mark("How many"),
    "hand_in": mark("Where and how to hand in"),
    "contact": mark("Contact point"),
    "conditions": mark("Further local conditions"),
    "source_link": mark("Link to the source"),
}
"""What a round says, by entry of its terms."""


def round_name(world: World, programme: Programme, round_: Round) -> str:
    """What a round is called; a computed one goes by its year."""
    if round_.computed and round_.closes_safe is not None:
        return world.words.say(
            "%(programme)s, %(year)s",
            programme=world.name_of(programme),
            year=world.words.year(round_.closes_safe),
        )
    name = round_.terms.name.text(world.words.language)
    return f"{name} · {round_.district}" if round_.district else name


def state_text(world: World, round_: Round) -> str:
    """How far a round is, and what that means on the day."""
    say = world.words.say
    if round_.computed:
        return say("computed from the text's yearly window, not announced")
    told = say(STATES[round_.state])
    if round_.state is not RoundState.ANNOUNCED:
        return told
    if round_.is_over(world.today):
        return say("%(state)s, over", state=told)
    if round_.opens is not None and world.today < round_.opens:
        return say("%(state)s, not open yet", state=told)
    return say("%(state)s, open", state=told)


def dates_text(world: World, round_: Round) -> str:
    """The days of a round: safe before outer."""
    words, say = world.words, world.words.say
    parts = []
    if round_.opens is not None:
        parts.append(say("opens %(day)s", day=words.date(round_.opens)))
    safe, outer = round_.closes_safe, round_.closes_outer
    if safe is not None and outer is not None:
        told = words.date(safe)
        if outer != safe:
            told = say("safe %(safe)s, outer %(outer)s", safe=words.date(safe), outer=words.date(outer))
        parts.append(say("closes: %(day)s", day=told))
    if round_.paper_safe is not None and round_.paper_safe != safe:
        parts.append(say("papers by %(day)s", day=words.date(round_.paper_safe)))
    if round_.decision_due is not None:
        parts.append(say("decision by %(day)s", day=words.date(round_.decision_due)))
    told = say("; ").join(parts) or say("no days yet")
    return (
        say("%(text)s (provisional: the holiday list is not out yet)", text=told)
        if round_.provisional
        else told
    )


def round_item(world: World, programme: Programme, round_: Round) -> Item:
    """One line of a list of rounds."""
    over = round_.is_over(world.today) or round_.state is RoundState.CANCELLED
    return Item(
        mark="info" if over or round_.state is RoundState.DRAFTED else "date",
        spans=(*strong(round_name(world, programme, round_)), *plain(f" · {state_text(world, round_)}")),
        clause=world.clause(programme, round_.clause or None),
        detail=plain(dates_text(world, round_)),
    )


def rounds_blocks(world: World, programme: Programme) -> tuple[Block, ...]:
    """The rounds of a programme as everybody may see them, what each says under a fold, and why there is none where the
    text has a window that cannot be relied on.
    """
    items = [round_item(world, programme, one) for one in world.rounds_of(programme)]
    items += [left_out_item(world, programme, one) for one in world.rounds_left_out(programme)]
    if not items:
        return ()
    said = (
        Details(summary=round_name(world, programme, one), blocks=round_blocks(world, programme, one))
        for one in announced(world, programme)
    )
    return (Heading(text=world.words.say("Rounds")), Items(items=tuple(items)), *said)


def left_out_item(world: World, programme: Programme, left: LeftOut) -> Item:
    """A yearly window that cannot be relied on, with why."""
    day = left.round.closes_safe or world.today
    text = world.words.say(
        "The next yearly window would close on %(day)s, but by then the text cannot be relied on: %(why)s",
        day=world.words.date(day),
        why=world.policy(programme, left.standing.note),
    )
    return Item(mark="warning", spans=plain(text), clause=world.clause(programme, left.standing.clause))


def announced(world: World, programme: Programme) -> list[Round]:
    """The rounds somebody can still apply in, as staff announced them; computed ones stand among the text's dates."""
    return [one for one in world.rounds_of(programme) if not one.computed and not one.is_over(world.today)]


def next_closing(world: World, programme: Programme) -> Item | None:
    """The round that closes next, in one line; None where none is open or to come."""
    for one in world.rounds_of(programme):
        if one.closes_safe is not None and not one.is_over(world.today):
            return round_item(world, programme, one)
    return None


def text_in(world: World, text: Bilingual) -> str:
    """A text of a round in the person's language, with a note where it is in the other one only."""
    language = world.words.language
    found = text.text(language)
    if not found or text.is_in(language):
        return found
    return world.words.say("%(text)s (in the other language only)", text=found)


def entry_text(world: World, entry: str, value: Any) -> str:
    """The value of an entry of the terms in words; a dash for none."""
    match value:
        case date():
            return world.words.date(value)
        case Bilingual():
            return text_in(world, value) or "–"
        case tuple():
            return world.words.say("; ").join(text_in(world, one) for one in value) or "–"
        case _:
            return str(value) if value else "–"


def round_blocks(world: World, programme: Programme, round_: Round) -> tuple[Block, ...]:
    """All a round says, its state and days first."""
    say = world.words.say
    blocks: list[Block] = [
        Notice(
            tone=_tone(world, round_),
            spans=(*strong(state_text(world, round_)), *plain(f" · {dates_text(world, round_)}")),
        )
    ]
    entries = (_entry_item(world, entry, round_.terms) for entry in ENTRIES if entry not in _SAID_ABOVE)
    items = [item for item in entries if item is not None]
    if round_.clause:
        clause = world.clause(programme, round_.clause)
        items.append(Item(mark="info", spans=plain(say("By the text of the programme")), clause=clause))
    return (*blocks, Items(items=tuple(items))) if items else tuple(blocks)


def _tone(world: World, round_: Round) -> Tone:
    if round_.state is RoundState.CANCELLED or round_.computed:
        return "warning"
    running = round_.state is RoundState.ANNOUNCED and not round_.is_over(world.today)
    return "success" if running else "info"


_SAID_ABOVE: Final = frozenset({"name", "opens", "closes_safe", "closes_outer", "decision_due"})


def _entry_item(world: World, entry: str, terms: Terms) -> Item | None:
    value = getattr(terms, entry)
    if not value:
        return None
    title = world.words.say("%(what)s: ", what=world.words.say(ENTRIES[entry]))
    return Item(mark="info", spans=(*strong(title), *plain(entry_text(world, entry, value))))


def difference_table(world: World, found: tuple[Difference, ...]) -> Table:
    """What a change changes, before and after."""
    say = world.words.say
    rows = tuple(
        (
            say(ENTRIES[one.entry]),
            entry_text(world, one.entry, one.before),
            entry_text(world, one.entry, one.after),
        )
        for one in found
    )
    return Table(header=(say("Entry"), say("Before"), say("After")), rows=rows)
