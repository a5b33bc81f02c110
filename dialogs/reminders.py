"""My dates: what is coming, and how I want to hear of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dialogs.commands import CloseFeed, Command, SetReminders, Start
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, State
from dialogs.engine.screen import Block, Item, Items, Link, Notice, Paragraph, plain, strong
from dialogs.pages import page_options, page_title, paged
from dialogs.reminder_cards import day_text, detail_text
from dialogs.reminder_reasons import round_of
from dialogs.reminder_settings import (
    SETTINGS,
    paused_blocks,
    saved_outcomes,
    setting_states,
    summary,
)
from dialogs.reminder_words import headline
from dialogs.reminding import Coming
from dialogs.world import World

NAME: Final = "reminders"
CALENDAR_PATH: Final = "/my-dates.ics"
"""The calendar as a file."""
CALENDAR_PAGE: Final = "/calendar"
"""The page on which a private address of the calendar is made."""
SETTINGS_FIRST: Final[dict[str, str]] = {"at": "settings"}
"""The subject of a conversation that begins with the settings."""


def reminders(world: World) -> Dialog:
    """The dates of the person, and their wishes."""
    say = world.words.say
    to_settings = world.subject.get("at") == "settings"

    def saved(text: str) -> tuple[Command, ...]:
        notice = Notice(tone="success", spans=plain(say("Saved. %(what)s", what=text)))
        return (Start(NAME, SETTINGS_FIRST, notices=(notice,)),)

    return Dialog(
        name=NAME,
        version=1,
        title=say("My dates"),
        start="settings" if to_settings else "dates",
        states=(_dates(world), _settings(world), _calendar(world), *setting_states(world)),
        outcomes={
            **saved_outcomes(world, saved),
            "all": lambda _here: (Start(NAME),),
            "paused": lambda _here: _pause(world, True),
            "resumed": lambda _here: _pause(world, False),
            "closed": lambda _here: (CloseFeed(), Start(NAME, notices=(_closed(world),))),
        },
    )


def _pause(world: World, paused: bool) -> tuple[Command, ...]:
    say = world.words.say
    changed = replace(world.reminding.situation.preferences, paused=paused)
    again = Notice(tone="success", spans=plain(say("You are reminded again.")))
    return (SetReminders(changed), Start(NAME, notices=() if paused else (again,)))


def _closed(world: World) -> Notice:
    text = world.words.say("The private address of your calendar works no more.")
    return Notice(tone="success", spans=plain(text))


def _dates(world: World) -> State:
    say, coming = world.words.say, world.reminding.coming
    paused = world.reminding.situation.preferences.paused
    title = say("What is coming")
    options = [
        *page_options(world, len(coming)),
        *([Option("resumed", say("Go on reminding me"), "resume")] if paused else []),
        Option("programmes", say("Choose programmes"), "programmes", (say("Programmes"),)),
        Option(
            "settings", say("What and when I am reminded"), "settings", (say("Settings"), "设置", "settings")
        ),
    ]
    if coming:
        options.append(Option("calendar", say("Take it into my calendar"), "calendar", ("日历", "ics")))
    return State(
        "dates",
        title,
        ChooseOne(world.words, tuple(options), ways=True),
        {name: name for name in ("resumed", "programmes", "settings", "calendar")},
        blocks=lambda _here: _coming_blocks(world),
        title_here=lambda _here: page_title(world, title, len(coming)),
        silent=True,
    )


def _coming_blocks(world: World) -> tuple[Block, ...]:
    say, coming = world.words.say, world.reminding.coming
    blocks: list[Block] = [*paused_blocks(world)]
    if not coming:
        nothing = say(
            "Nothing is coming yet. Choose a programme, or check one: you then hear of its dates in time."
        )
        blocks.append(Paragraph(spans=plain(nothing)))
    else:
        blocks.append(Items(items=tuple(coming_item(world, one) for one in paged(coming, world.page))))
    return (*blocks, *_limits(world))


def coming_item(world: World, one: Coming) -> Item:
    """A date with what it is about, and when it is spoken of."""
    words, say, reminder = world.words, world.words.say, one.reminder
    programme = world.programme(reminder.programme)
    clause = world.clause(programme, reminder.clause) if programme is not None else reminder.clause
    what = headline(world, reminder, round_of(reminder, world.reminding.situation))
    details = [detail_text(world, reminder)]
    if one.says:
        details.append(say("next reminder %(date)s", date=words.date(one.says[0])))
    told = say("; ").join(text for text in details if text)
    return Item(
        mark="date",
        spans=(*strong(day_text(world, reminder)), *plain(f" · {what}")),
        clause=clause,
        detail=plain(told),
    )


def _limits(world: World) -> tuple[Block, ...]:
    """What is left out where nothing may be kept, and where reminders reach a web chat."""
    say, notes = world.words.say, []
    if not world.consented:
        notes.append(
            say(
                "You have not agreed to our keeping your details, so only programme and kind are noted. Dates that depend on your answers, "
                "such as certificates, need your consent: Menu → My data."
            )
        )
    if world.has_pages and world.consented:
        notes.append(
            say(
                "On the web you see reminders in this chat when you come back; a calendar reaches you everywhere."
            )
        )
    elif world.has_pages:
        notes.append(
            say(
                "This web chat ends after a while, and without your consent there is no way back to it: take the dates into "
                "your calendar."
            )
        )
    return tuple(Paragraph(spans=plain(text)) for text in notes)


def _settings(world: World) -> State:
    say = world.words.say
    paused = world.reminding.situation.preferences.paused
    labels = {
        "kinds": say("Kinds"),
        "programmes": say("Programmes"),
        "quiet": say("Quiet hours"),
        "days": say("Days"),
        "bundling": say("Together or one by one"),
        "at": say("Time of the day"),
    }
    pause = (
        Option("resumed", say("Go on reminding me"), "resume")
        if paused
        else Option("paused", say("Pause everything"), "pause")
    )
    other = "English" if world.words.language == "zh_CN" else "中文"
    options = (
        *(Option(name, label, name) for name, label in labels.items()),
        pause,
        Option("all", say("My dates"), "all", role="navigation"),
        Option("language", other, "@language", also=("language", "语言"), role="navigation"),
    )
    return State(
        "settings",
        say("How I am reminded"),
        ChooseOne(world.words, options, ways=True),
        {**{name: name for name in SETTINGS}, "paused": "paused", "resumed": "resumed", "all": "all"},
        blocks=lambda _here: (*paused_blocks(world), summary(world)),
        silent=True,
    )


def _calendar(world: World) -> State:
    say, since = world.words.say, world.reminding.feed_since
    options = [Option("all", say("My dates"), "all")]
    if since is not None:
        options.insert(0, Option("closed", say("Let the private address work no more"), "close"))
    return State(
        "calendar",
        say("My dates in a calendar"),
        ChooseOne(world.words, tuple(options), ways=True),
        {"closed": "closed", "all": "all"},
        blocks=lambda _here: _calendar_blocks(world),
        silent=True,
    )


def _calendar_blocks(world: World) -> tuple[Block, ...]:
    say, since = world.words.say, world.reminding.feed_since
    file = say(
        "The file holds your dates as they are today. It does not change by itself: take it again when a date moves."
    )
    blocks: list[Block] = [
        Paragraph(spans=plain(file)),
        Link(label=say("Calendar file (.ics)"), path=CALENDAR_PATH),
    ]
    if world.has_pages:
        address = say(
            "A private address keeps your calendar up to date. Whoever has it sees your dates, so share it with nobody."
        )
        blocks += [
            Paragraph(spans=plain(address)),
            Link(label=say("Private address for my calendar"), path=CALENDAR_PAGE),
        ]
    if since is not None:
        text = say("A private address is in use since %(date)s.", date=world.words.date(world.day(since)))
        blocks.append(Notice(tone="info", spans=plain(text)))
    return tuple(blocks)
