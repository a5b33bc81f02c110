"""The legal standing of a programme in a few words: the first thing said about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import assert_never

from dialogs.engine.screen import Item, Mark, Notice, Span, Tone, plain, strong
from dialogs.round_words import next_closing
from dialogs.world import World
from domain.programme.identity import StatusPeriod
from domain.programme.model import Programme
from domain.programme.parts import Status
from locales.words import mark

_ORDER = (
    Status.IN_FORCE,
    Status.TARGETS_RUNNING,
    Status.IN_FORCE_EXPIRING,
    Status.STANDING_UNVERIFIED,
    Status.CONTESTED,
    Status.NOT_YET_IN_FORCE,
    Status.DRAFT_NOT_ADOPTED_PER_SOURCE,
    Status.LAPSED,
    Status.TARGETS_ENDED,
)
"""The order in which programmes are listed: what is open first, what is past last."""


def label(status: Status) -> str:
    """The source string for a status."""
    match status:
        case Status.NOT_YET_IN_FORCE:
            return mark("Not yet in force")
        case Status.IN_FORCE:
            return mark("In force")
        case Status.IN_FORCE_EXPIRING:
            return mark("In force, about to expire")
        case Status.CONTESTED:
            return mark("End of validity read in different ways")
        case Status.LAPSED:
            return mark("Expired")
        case Status.DRAFT_NOT_ADOPTED_PER_SOURCE:
            return mark("Draft for comment, not seen adopted")
        case Status.STANDING_UNVERIFIED:
            return mark("Not verified to be in force; see each year's call")
        case Status.TARGETS_RUNNING:
            return mark("Target period running")
        case Status.TARGETS_ENDED:
            return mark("Target period over")
        case _:
            assert_never(status)


def tone(status: Status) -> Tone:
    """How loudly a status is said."""
    match status:
        case Status.IN_FORCE | Status.TARGETS_RUNNING:
            return "success"
        case Status.STANDING_UNVERIFIED:
            return "info"
        case _:
            return "warning"


def _item_mark(status: Status) -> Mark:
    return "info" if tone(status) != "warning" else "warning"


def short_status(world: World, programme: Programme) -> str:
    """The status in a few words, with its last day where that is near."""
    period = programme.status_on(world.today)
    text = world.words.say(label(period.status))
    last = last_day(programme, period)
    if period.status is Status.IN_FORCE_EXPIRING and last is not None:
        return world.words.say(
            "%(status)s: safe to rely on until %(date)s", status=text, date=world.words.date(last)
        )
    return text


def last_day(programme: Programme, period: StatusPeriod) -> date | None:
    """The last day the programme keeps the status of ``period``; None when no end is known."""
    following = programme.statuses[programme.statuses.index(period) :]
    last = period.until
    for later in following:
        if later.status is not period.status:
            break
        last = later.until
    return last


def in_order(world: World) -> list[Programme]:
    """All programmes, what is open first."""
    rank: Callable[[Programme], int] = lambda p: _ORDER.index(p.status_on(world.today).status)  # noqa: E731
    return sorted(world.programmes, key=rank)


def standing_then(world: World, programme: Programme, day: date, since: date | None = None) -> str:
    """What becomes of the programme by a later day; empty where it stands as it does today, or on another day."""
    now, then = programme.status_on(since or world.today), programme.status_on(day)
    if then.status is now.status:
        closes = then.accepts_applications is False and now.accepts_applications is not False
        return world.words.say("But by then applications are no longer received.") if closes else ""
    return world.words.say(
        "But by then the programme stands so: %(status)s.", status=world.words.say(label(then.status))
    )


def status_item(world: World, programme: Programme) -> Item:
    """One line for a list of programmes: status first, then the name; under it the round that closes next."""
    period = programme.status_on(world.today)
    spans = (
        Span(text=world.name_of(programme), strong=True),
        Span(text=" · " + short_status(world, programme)),
    )
    closing = next_closing(world, programme)
    return Item(mark=_item_mark(period.status), spans=spans, detail=() if closing is None else _told(closing))


def _told(closing: Item) -> tuple[Span, ...]:
    """A round in the smaller print under its programme: what it is called, how far it is, and its days."""
    text = "".join(span.text for span in closing.spans)
    return plain(f"{text} · {''.join(span.text for span in closing.detail)}")


def status_notice(world: World, programme: Programme) -> Notice:
    """The status in full, with why and with the clause."""
    period = programme.status_on(world.today)
    note = world.policy(programme, period.note)
    return Notice(
        tone=tone(period.status),
        spans=(
            *strong(short_status(world, programme)),
            *plain(" · " + note + cited(world, programme, period)),
        ),
    )


def cited(world: World, programme: Programme, period: StatusPeriod) -> str:
    """The clause in brackets; empty when there is none."""
    clause = world.clause(programme, period.clause)
    return world.words.say(" (%(clause)s)", clause=clause) if clause else ""
