"""How somebody is reminded: of which kinds and programmes, when, and all at once or one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from typing import Final

from dialogs.commands import Command, SetReminders
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseMany, ChooseOne, Option
from dialogs.engine.dialog import Here, State
from dialogs.engine.keys import key_for
from dialogs.engine.screen import Block, Item, Items, Paragraph, Span, plain, strong
from dialogs.engine.typed import AskTyped, NotUnderstood, Understood
from dialogs.reminder_words import kind_title
from dialogs.statuses import in_order
from dialogs.understanding import hours
from dialogs.understanding.result import Understood as Read
from dialogs.world import World
from domain.programme.model import Programme
from domain.reminders.kinds import Kind
from domain.reminders.model import Preferences

NO_HOURS: Final = "00:00-00:00"
_QUIET: Final = ("21:00-08:30", "22:00-07:00", "20:00-09:00", NO_HOURS)
_TIMES: Final = ("09:00", "12:00", "17:00")
_SOON: Final = "soon"

SETTINGS: Final = ("kinds", "programmes", "quiet", "days", "bundling", "at")
"""The states in which something is chosen, each saved by the outcome of its name."""


def setting_states(world: World) -> tuple[State, ...]:
    """One state for each thing that can be chosen."""
    say, words = world.words.say, world.words
    wants = world.reminding.situation.preferences
    kinds = tuple(
        Option(kind.id, kind_title(words, kind), key_for("k:", kind.id)) for kind in shown_kinds(world)
    )
    programmes = tuple(
        Option(one.id, world.name_of(one), key_for("p:", one.id), (one.id,)) for one in in_order(world)
    )
    on: tuple[Json, ...] = tuple(kind.id for kind in shown_kinds(world) if wants.kinds.get(kind.id, kind.on))
    watched: tuple[Json, ...] = tuple(one.id for one in world.programmes if is_watched(world, one))
    quiet = _between(wants.quiet_from, wants.quiet_until)
    return (
        _state("kinds", say("What do you want to hear of?"), ChooseMany(words, kinds, switched_on=on)),
        _state(
            "programmes",
            say("Which programmes do you want to be reminded of?"),
            ChooseMany(words, programmes, switched_on=watched),
            say("You are told when a round opens and closes, and when the text changes or lapses."),
        ),
        _state(
            "quiet",
            say("From when to when do you want to hear nothing?"),
            AskTyped(
                words,
                "text",
                "22:30-7:30",
                _read_quiet,
                lambda value: tell_quiet(world, str(value)),
                _is_quiet,
                shortcuts=tuple(
                    Option(one, tell_quiet(world, one), f"q:{one}", role="answer") for one in _QUIET
                ),
            ),
            say("Now: %(now)s. Times are those of Beijing.", now=tell_quiet(world, quiet)),
        ),
        _state("days", say("On which days?"), _choice(world, _days(world), wants.working_days_only)),
        _state(
            "bundling", say("Several dates on one day?"), _choice(world, _bundling(world), wants.bundling)
        ),
        _state("at", say("At what time of the day?"), _choice(world, _at(world), _time_key(wants.at))),
    )


def _state(name: str, title: str, ask: ChooseOne | ChooseMany | AskTyped, note: str = "") -> State:
    blocks: tuple[Block, ...] = (Paragraph(spans=plain(note)),) if note else ()
    return State(name, title, ask, f"{name}_saved", blocks=lambda _here: blocks, silent=True)


def _choice(world: World, told: Mapping[Json, str], now: Json) -> ChooseOne:
    options = tuple(
        Option(value, f"✓ {label}" if value == now else label, key_for("v:", str(value).lower()))
        for value, label in told.items()
    )
    return ChooseOne(world.words, options)


def saved_outcomes(
    world: World, ways_on: Callable[[str], tuple[Command, ...]]
) -> Mapping[str, Callable[[Here], tuple[Command, ...]]]:
    """What each choice changes; `ways_on` says where to go with what was saved."""

    def outcome(name: str) -> Callable[[Here], tuple[Command, ...]]:
        def commands(here: Here) -> tuple[Command, ...]:
            changed = _changed(world, name, here.value(name))
            return (SetReminders(changed), *ways_on(summary_text(world, name, changed)))

        return commands

    return {f"{name}_saved": outcome(name) for name in SETTINGS}


def _changed(world: World, name: str, value: Json) -> Preferences:
    before = world.reminding.situation.preferences
    chosen = [str(one) for one in value] if isinstance(value, list) else []
    match name:
        case "kinds":
            kinds = {kind.id: kind.id in chosen for kind in shown_kinds(world)}
            return replace(before, kinds={**before.kinds, **kinds})
        case "programmes":
            differ = {
                one.id: one.id in chosen
                for one in world.programmes
                if (one.id in chosen) is not is_watched(world, one)
            }
            return replace(before, programmes={**before.programmes, **differ})
        case "quiet":
            begin, end = str(value).split("-")
            return replace(before, quiet_from=time.fromisoformat(begin), quiet_until=time.fromisoformat(end))
        case "days":
            return replace(before, working_days_only=value is True)
        case "bundling":
            return replace(before, bundling="one_by_one" if value == "one_by_one" else "together")
        case _:
            return replace(before, at=None if value == _SOON else time.fromisoformat(str(value)))


# In words --------------------------------------------------------------------------------------------


def summary(world: World) -> Items:
    """How the person is reminded now, one line for each thing."""
    preferences = world.reminding.situation.preferences
    return Items(
        items=tuple(
            Item(mark="info", spans=(Span(text=summary_text(world, name, preferences)),)) for name in SETTINGS
        )
    )


def summary_text(world: World, name: str, wants: Preferences) -> str:
    """One thing as it is chosen."""
    words, say = world.words, world.words.say
    match name:
        case "kinds":
            off = [
                kind_title(words, kind)
                for kind in shown_kinds(world)
                if not wants.kinds.get(kind.id, kind.on)
            ]
            if not off:
                return say("Kinds: all")
            return say("Kinds: all but %(off)s", off=words.items(off))
        case "programmes":
            receipts = world.reminding.situation.receipts
            names = [
                world.name_of(one)
                for one in in_order(world)
                if wants.programmes.get(one.id, one.id in receipts)
            ]
            return say("Programmes: %(names)s", names=words.items(names) if names else say("none so far"))
        case "quiet":
            return say(
                "Quiet: %(hours)s", hours=tell_quiet(world, _between(wants.quiet_from, wants.quiet_until))
            )
        case "days":
            return _days(world)[wants.working_days_only]
        case "bundling":
            return _bundling(world)[wants.bundling]
        case _:
            return say("Time: %(time)s", time=_at(world).get(_time_key(wants.at), _time_key(wants.at)))


def _days(world: World) -> Mapping[Json, str]:
    say = world.words.say
    return {
        True: say("On working days; what is urgent on any day"),
        False: say("On any day"),
    }


def _bundling(world: World) -> Mapping[Json, str]:
    say = world.words.say
    return {"together": say("Several dates in one message"), "one_by_one": say("Each date in a message")}


def _at(world: World) -> Mapping[Json, str]:
    soon = world.words.say("in the morning, once the quiet hours are over")
    return {_SOON: soon, **{one: one for one in _TIMES}}


def tell_quiet(world: World, value: str) -> str:
    """Quiet hours in words."""
    if value == NO_HOURS or len(set(value.split("-"))) == 1:
        return world.words.say("no quiet hours")
    begin, end = value.split("-")
    return world.words.say("%(begin)s to %(end)s", begin=begin, end=end)


def paused_blocks(world: World) -> tuple[Block, ...]:
    """That nothing is said at present; nothing where it is."""
    if not world.reminding.situation.preferences.paused:
        return ()
    text = world.words.say("Paused: you are reminded of nothing until you go on.")
    return (Paragraph(spans=strong(text)),)


# Values ----------------------------------------------------------------------------------------------


def shown_kinds(world: World) -> tuple[Kind, ...]:
    """The kinds the person can hear of."""
    is_staff = bool(world.reminding.situation.roles)
    return tuple(kind for kind in world.reminding.kinds.values() if is_staff or not kind.for_staff)


def is_watched(world: World, programme: Programme) -> bool:
    """Whether the person hears of a programme: they asked for it, or checked it and did not refuse."""
    situation = world.reminding.situation
    return situation.preferences.programmes.get(programme.id, programme.id in situation.receipts)


def _between(begin: time, end: time) -> str:
    return f"{begin:%H:%M}-{end:%H:%M}"


def _time_key(at: time | None) -> str:
    return _SOON if at is None else f"{at:%H:%M}"


def _read_quiet(text: str) -> Understood | NotUnderstood:
    match hours.read_hours(text):
        case Read((begin, end)):
            return Understood(_between(begin, end))
        case _:
            return NotUnderstood()


def _is_quiet(value: Json) -> bool:
    try:
        begin, end = str(value).split("-")
        time.fromisoformat(begin), time.fromisoformat(end)
    except ValueError:
        return False
    return True
