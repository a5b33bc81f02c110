"""``zhuoyue reminders``: what will be said to whom, and why."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.queues import in_database
from bot.terminal_files import write_for_its_owner

if TYPE_CHECKING:
    from domain.reminders.kinds import Kind
    from domain.reminders.model import Situation, StoredReminder
    from domain.reminders.tools import Tools
    from domain.store import Chat, Transaction
    from locales.words import Words


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        name="reminders", help="What people will be reminded of, and why.", no_args_is_help=True
    )
    group.callback()(lambda: None)
    group.command("upcoming", help="List what is said next, in any chat.")(upcoming)
    group.command("explain", help="Why this person is reminded of this at that time.")(explain)
    group.command("calendar", help="Write the calendar of a chat (.ics), as its person would get it.")(
        calendar
    )
    app.add_typer(group)


def upcoming(
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 100,
    chat: Annotated[int | None, typer.Option(help="Only in this chat.")] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Those whose message could not be made instead.")
    ] = False,
) -> None:
    """Write the reminders as a table, without what they say."""
    from rich.table import Column, Table

    from domain.reminders.kinds import Kinds

    def look(tx: Transaction) -> tuple[StoredReminder, ...]:
        if set_aside:
            return tx.reminders.set_aside(limit)
        return tx.reminders.next(limit) if chat is None else tx.reminders.upcoming(chat)[:limit]

    words, kinds = surroundings.words(), Kinds.load()
    rows = asyncio.run(in_database(look, read=True))
    if not rows:
        print(words.say("There are no such reminders."))
        return
    short = (words.say("Number"), words.say("Said at"), words.say("Chat"), words.say("Date"))
    table = Table(*(Column(one, no_wrap=True) for one in short), words.say("Kind"), words.say("Programme"))
    for row in rows:
        table.add_row(
            str(row.id),
            words.datetime(row.send_at),
            str(row.chat_id),
            row.reminder.due.isoformat(),
            _title(words, kinds.get(row.reminder.kind), row.reminder.kind),
            row.reminder.programme or "",
        )
    surroundings.out().print(table)


def explain(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number, as in the list and on its card.")],
) -> None:
    """Write why, line by line."""
    for line in asyncio.run(_explained(number)):
        print(line)


def calendar(
    chat: Annotated[int, typer.Option(help="Whose: the number of a chat, as in the list.")],
    out: Annotated[Path, typer.Option(help="The file to write; one that is there is not written over.")],
) -> None:
    """Write the file and say where."""
    content, words = asyncio.run(_calendar_of(chat)), surroundings.words()
    try:
        # What is personal is for whoever asked for it.
        write_for_its_owner(out, content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandError(words.say("It could not be saved: %(reason)s", reason=reason)) from None
    print(words.say("Saved: %(path)s", path=out))


async def _calendar_of(number: int) -> bytes:
    from bot.assembly import open_house
    from domain.store import NotFound

    async with open_house(surroundings.settings()) as house:
        try:
            return await house.database.read(
                lambda tx: house.calendars.of_chat(tx, tx.chats.get(number), house.clock.now())
            )
        except NotFound:
            raise CommandError(
                surroundings.words().say("There is no chat %(number)s.", number=number)
            ) from None


async def _explained(number: int) -> list[str]:
    from bot.assembly import open_house

    words = surroundings.words()
    async with open_house(surroundings.settings()) as house:
        speaker = house.speaker
        if speaker is None:
            return []
        planner, now = speaker.planner, house.clock.now()

        def look(tx: Transaction) -> tuple[StoredReminder, Chat, Situation] | None:
            stored = tx.reminders.get(number)
            if stored is None:
                return None
            chat = tx.chats.get(stored.chat_id)
            return stored, chat, planner.situation(tx, chat, now)

        found = await house.database.read(look)
        if found is None:
            raise CommandError(words.say("There is no reminder %(number)s.", number=number))
        stored, chat, situation = found
        return [
            *_what(words, stored, chat, planner.tools),
            *_who(words, stored, situation),
            *_when(words, stored, situation, planner.tools),
            *_state(words, stored, situation, planner.tools),
        ]


def _what(words: Words, stored: StoredReminder, chat: Chat, tools: Tools) -> Iterator[str]:
    reminder, say = stored.reminder, words.say
    kind = _title(words, tools.kinds.get(reminder.kind), reminder.kind)
    yield say(
        "Reminder %(number)s in chat %(chat)s (%(channel)s)",
        number=stored.id,
        chat=chat.id,
        channel=chat.channel,
    )
    yield say("Kind: %(kind)s", kind=f"{kind} ({reminder.kind})")
    if reminder.programme is not None:
        yield say("Programme: %(programme)s", programme=reminder.programme)
    yield say("Date: %(date)s", date=words.date(reminder.due))
    if reminder.outer is not None:
        yield say("At the latest, under the more generous reading: %(date)s", date=words.date(reminder.outer))
    if reminder.moved_from is not None:
        yield say("The date moved; it was %(date)s.", date=words.date(reminder.moved_from))
    if reminder.clause:
        yield say("Clause: %(clause)s", clause=reminder.clause)
    yield say("Key: %(key)s", key=reminder.key)
    if reminder.subject:
        details = json.dumps(dict(reminder.subject), ensure_ascii=False, sort_keys=True)
        yield say("Details: %(details)s", details=details)


def _who(words: Words, stored: StoredReminder, situation: Situation) -> Iterator[str]:
    """Why this person."""
    reminder, say = stored.reminder, words.say
    programme = reminder.programme or ""
    asked = situation.preferences.programmes.get(programme)
    receipt = situation.receipts.get(programme)
    if asked is True:
        yield say("Why this person: they asked to be reminded of this programme.")
    elif asked is False:
        yield say("Why this person: they asked not to be reminded of this programme any more.")
    elif receipt is not None:
        yield say(
            "Why this person: a self-check of this programme on %(date)s ended in %(verdict)s.",
            date=words.date(receipt.as_of),
            verdict=receipt.verdict,
        )
    elif situation.roles:
        roles = words.items(sorted(role.value for role in situation.roles))
        yield say("Why this person: they are on the staff (%(roles)s).", roles=roles)
    else:
        yield say("Why this person: nothing that is known of them leads to it any more.")


def _when(words: Words, stored: StoredReminder, situation: Situation, tools: Tools) -> Iterator[str]:
    """Why at that time."""
    from domain.clock import day_in_shanghai
    from domain.reminders.quiet import moment

    reminder, say, wants = stored.reminder, words.say, situation.preferences
    if stored.state == "snoozed":
        yield say("Why then: the person asked to hear it again at that time.")
    elif reminder.at_once:
        yield say("Why then: it is said as soon as it is known.")
    else:
        yield words.count(
            "Why then: %(n)s day before its date.", "Why then: %(n)s days before its date.", reminder.offset
        )
        planned = moment(reminder, tools.kinds[reminder.kind], wants, tools.calendar)
        if day_in_shanghai(planned) != reminder.send_on:
            yield say("%(date)s is a day off, and it is not urgent.", date=words.date(reminder.send_on))
    if wants.quiet_from != wants.quiet_until:
        yield say(
            "Nothing is said between %(begin)s and %(end)s.",
            begin=f"{wants.quiet_from:%H:%M}",
            end=f"{wants.quiet_until:%H:%M}",
        )
    yield say("Said at: %(time)s", time=words.datetime(stored.send_at))


def _state(words: Words, stored: StoredReminder, situation: Situation, tools: Tools) -> Iterator[str]:
    from domain.reminders.planning import plan

    say = words.say
    yield say("State: %(state)s", state=_state_text(words, stored))
    if stored.told_at is not None:
        time = words.datetime(stored.told_at)
        yield words.count(
            "Said %(n)s time, last at %(time)s.",
            "Said %(n)s times, last at %(time)s.",
            stored.told,
            time=time,
        )
    keys = {one.key for one in plan(situation, tools, kinds={stored.reminder.kind})}
    if stored.reminder.moved_from is None:
        yield (
            say("It still follows from what is known today.")
            if stored.reminder.key in keys
            else say("It does not follow any more from what is known today.")
        )


def _state_text(words: Words, stored: StoredReminder) -> str:
    state = {
        "planned": words.say("planned"),
        "snoozed": words.say("to be said again"),
        "sent": words.say("said"),
        "done": words.say("done"),
        "dropped": words.say("not said"),
        "withdrawn": words.say("withdrawn"),
        "set_aside": words.say("set aside"),
    }[stored.state]
    reasons = {
        "blocked": words.say("nothing reaches the chat"),
        "known": words.say("the person knew it from what they did"),
        "no_longer_applies": words.say("it did not apply any more"),
        "not_made": words.say("the message could not be made"),
        "over": words.say("the date had passed"),
        "superseded": words.say("a later reminder of the same date was said instead"),
    }
    reason = reasons.get(stored.reason)
    return state if reason is None else words.say("%(state)s: %(reason)s", state=state, reason=reason)


def _title(words: Words, kind: Kind | None, kind_id: str) -> str:
    from dialogs.reminder_words import kind_title

    return kind_id if kind is None else kind_title(words, kind)
