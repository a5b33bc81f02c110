"""The menu: how the programmes stand, what was left unfinished, and where to go from here."""

from __future__ import annotations

from dialogs.commands import Command, Resume, Start, SwitchLanguage
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, State
from dialogs.engine.keys import key_for
from dialogs.engine.screen import Block, Heading, Items, Paragraph, Span, plain
from dialogs.statuses import in_order, status_item
from dialogs.titles import subject_title
from dialogs.world import Parked, World
from domain.staff import Act

NAME = "menu"
GREET = "greet"
_MOST_PARKED = 4
_PROGRAMME = "p:"
_RESUME = "resume:"

_OTHER_LANGUAGE = "中文"


def menu(world: World) -> Dialog:
    """The menu of the person."""
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("Menu"),
        start="menu",
        states=(
            State(
                "menu",
                world.words.say("What would you like to do?"),
                ChooseOne(world.words, _options(world), ways=True),
                Goes(tuple(_OUTCOMES), lambda here: _outcome(str(here.value("menu")))),
                blocks=lambda _here: _blocks(world),
                silent=True,
            ),
        ),
        outcomes={name: lambda here: (_command(world, str(here.value("menu"))),) for name in _OUTCOMES},
    )


_OUTCOMES = (
    "suit",
    "programme",
    "resume",
    "reminders",
    "organisation",
    "answers",
    "data",
    "rounds",
    "announcements",
    "staff",
    "language",
)


def _outcome(chosen: str) -> str:
    if chosen.startswith(_PROGRAMME):
        return "programme"
    return "resume" if chosen.startswith(_RESUME) else chosen


def _command(world: World, chosen: str) -> Command:
    if chosen.startswith(_PROGRAMME):
        return Start("programme", {"programme": chosen.removeprefix(_PROGRAMME)})
    if chosen.startswith(_RESUME):
        return Resume(int(chosen.removeprefix(_RESUME)))
    match chosen:
        case "suit":
            return Start("check", {"programmes": [programme.id for programme in world.programmes]})
        case "language":
            return SwitchLanguage()
        case _:
            return Start(chosen)


def _options(world: World) -> tuple[Option, ...]:
    say = world.words.say
    options = [
        Option(f"{_RESUME}{p.conversation}", _resume_label(world, p), f"{_RESUME}{p.conversation}")
        for p in _parked(world)
    ]
    options.append(Option("suit", say("What can we apply for?"), "suit"))
    options += [
        Option(
            _PROGRAMME + programme.id,
            world.name_of(programme),
            key_for(_PROGRAMME, programme.id),
            also=(programme.id, programme.identity.name, world.policy(programme, programme.identity.name)),
        )
        for programme in in_order(world)
    ]
    options.append(
        Option(
            "reminders", say("My dates and reminders"), "reminders", (say("My dates"), "提醒", "deadlines")
        )
    )
    organisation = (
        say("Our organisation") if world.organisation is not None else say("Introduce our organisation")
    )
    options.append(Option("organisation", organisation, "organisation"))
    if world.known:
        options.append(Option("answers", say("My answers"), "answers"))
    options.append(Option("data", say("My data"), "data"))
    if world.office.actor.members:
        options.append(Option("rounds", say("Rounds"), "rounds"))
        if world.office.actor.may_somewhere(Act.SEE_ANNOUNCEMENTS):
            options.append(Option("announcements", say("Announcements"), "announcements"))
        options.append(Option("staff", say("Staff"), "staff"))
    other = "English" if world.words.language == "zh_CN" else _OTHER_LANGUAGE
    options.append(Option("language", other, "@language", also=("language", "语言"), role="navigation"))
    return tuple(options)


def _parked(world: World) -> tuple[Parked, ...]:
    return world.parked[:_MOST_PARKED]


def _resume_label(world: World, parked: Parked) -> str:
    return world.words.say("Go on: %(what)s", what=subject_title(world, parked.dialog, parked.subject))


def _blocks(world: World) -> tuple[Block, ...]:
    say = world.words.say
    blocks: list[Block] = []
    if world.subject.get(GREET):
        blocks += [
            Paragraph(
                spans=(
                    Span(text=say("Zhuoyue"), strong=True),
                    *plain(
                        " "
                        + say(
                            "Hello! I help you see whether your organisation may apply, what is missing, and what is due when."
                        )
                    ),
                )
            ),
            Paragraph(spans=plain(say("It costs nothing, and it does not decide for the authority."))),
        ]
    blocks.append(
        Heading(text=say("How the programmes stand on %(date)s", date=world.words.date(world.today)))
    )
    blocks.append(Items(items=tuple(status_item(world, programme) for programme in in_order(world))))
    return tuple(blocks)
