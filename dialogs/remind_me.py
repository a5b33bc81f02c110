"""The button "remind me": on a result and on a programme's dates."""

from __future__ import annotations

from datetime import date
from typing import Final

from dialogs.commands import Command, RemindOf
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import State
from dialogs.engine.screen import Block, Items, Notice, Paragraph, plain
from dialogs.reminders import coming_item
from dialogs.statuses import status_notice
from dialogs.world import World
from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Evaluation
from domain.programme.model import Programme
from domain.programme.parts import Force, Result

REMIND: Final = "remind"
"""The key of the button, and the name of the state it leads to where there is one programme."""

MOST_DATES: Final = 6
"""Dates listed when reminders are asked for; `/reminders` has all of them."""


def remind_option(world: World, evaluation: Evaluation | None = None) -> Option:
    """The button; with the day, where time alone removes every obstacle and the programme still stands then."""
    say = world.words.say
    day = None if evaluation is None or not world.consented else _cured_on(evaluation)
    if day is not None and evaluation is not None:
        coming = world.reminding.coming_of(evaluation.examination.programme.id)
        day = day if any(one.reminder.due == day for one in coming) else None
    label = (
        say("Remind me in time") if day is None else say("Remind me on %(date)s", date=world.words.date(day))
    )
    return Option(REMIND, label, REMIND, ("到期提醒我", "提醒我", "remind me", "remind"))


def _cured_on(evaluation: Evaluation) -> date | None:
    """The day on which time alone has removed every obstacle; None where it will not, or there is none."""
    obstacles = [
        outcome
        for outcome in evaluation.outcomes
        if outcome.rule.force is Force.HARD and outcome.result is Result.NOT_MET
    ]
    days = [met_on(evaluation, outcome) for outcome in obstacles]
    found = [day for day in days if day is not None]
    return max(found) if found and len(found) == len(days) else None


def remind_state(world: World, programme: Programme, name: str, settings: str) -> State:
    """What the person is reminded of from now on; `settings` is where the way to the settings leads."""
    say = world.words.say
    return State(
        name,
        say("You will be reminded"),
        ChooseOne(
            world.words,
            (Option("settings", say("What and when I am reminded"), "settings"),),
            ways=True,
        ),
        settings,
        blocks=lambda _here: _blocks(world, programme),
        title_here=lambda _here: say(
            "%(programme)s: you will be reminded", programme=world.name_of(programme)
        ),
        view=True,
        silent=True,
    )


def asked(world: World, programme: Programme) -> tuple[Command, ...]:
    """Ask to be reminded of a programme, unless that was asked before."""
    if world.reminding.situation.preferences.programmes.get(programme.id):
        return ()
    return (RemindOf(programme.id, True),)


def _blocks(world: World, programme: Programme) -> tuple[Block, ...]:
    say, coming = world.words.say, world.reminding.coming_of(programme.id)
    blocks: list[Block] = [status_notice(world, programme)]
    if coming:
        blocks.append(Items(items=tuple(coming_item(world, one) for one in coming[:MOST_DATES])))
    else:
        nothing = say(
            "No date is known yet. You will hear from me as soon as a round is announced or the text changes."
        )
        blocks.append(Paragraph(spans=plain(nothing)))
    if not world.consented:
        only = say(
            "Only the programme and the kinds of reminders are noted, nothing about your organisation. What depends on "
            "your answers is therefore left out."
        )
        blocks.append(Paragraph(spans=plain(only)))
    elif world.reminding.situation.preferences.paused:
        text = say("Your reminders are paused; go on with them under “What and when I am reminded”.")
        blocks.append(Notice(tone="warning", spans=plain(text)))
    return tuple(blocks)
