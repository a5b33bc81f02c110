"""My data: take it away as a file, or have all of it erased."""

from __future__ import annotations

from dialogs.commands import EraseMe, GoToMenu, Start
from dialogs.consent import consent_blocks, return_code_notice
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, State
from dialogs.engine.screen import Block, Link, Notice, Paragraph, plain
from dialogs.staff_words import grant_text
from dialogs.world import World
from domain.staff import Role

NAME = "data"
EXPORT_PATH = "/my-data.json"


def my_data(world: World) -> Dialog:
    """What is kept about the person, and what they can do about it."""
    say = world.words.say
    ways = [Option("erase", say("Erase everything"), "erase")]
    if world.consented:
        ways.append(Option("organisation", say("Change our organisation"), "organisation"))
    else:
        ways.append(Option("consent", say("Let you keep our details"), "consent"))
    sure = (
        Option("erase", say("Yes, erase everything"), "yes", ("是", "确认", "删除", "yes")),
        Option("keep", say("No, keep it"), "no", ("不", "否", "取消", "no")),
    )
    return Dialog(
        name=NAME,
        version=1,
        title=say("My data"),
        start="overview",
        states=(
            State(
                "overview",
                say("What we keep about you"),
                ChooseOne(world.words, tuple(ways), ways=True),
                {"erase": "sure", "organisation": "organisation", "consent": "organisation"},
                blocks=lambda _here: _overview(world),
                silent=True,
            ),
            State(
                "sure",
                say("Erase everything about you and your organisation?"),
                ChooseOne(world.words, sure),
                {"erase": "erased", "keep": "kept"},
                blocks=lambda _here: _warning(world),
                silent=True,
            ),
        ),
        outcomes={
            "erased": lambda _here: (EraseMe(), GoToMenu((_erased(world),))),
            "kept": lambda _here: (Start(NAME),),
            "organisation": lambda _here: (Start("organisation"),),
        },
    )


def _overview(world: World) -> tuple[Block, ...]:
    say = world.words.say
    export = Link(label=say("Download everything as a file (JSON)"), path=EXPORT_PATH)
    if not world.consented:
        nothing = say(
            "You have not agreed to our keeping personal data. What you say serves the conversation only and is "
            "removed after it."
        )
        return (Paragraph(spans=plain(nothing)), export)
    kept = world.words.count(
        "%(n)s answer about your organisation is kept.",
        "%(n)s answers about your organisation are kept.",
        len(world.known),
    )
    return (Paragraph(spans=plain(kept)), *consent_blocks(world)[:1], *return_code_notice(world), export)


def _warning(world: World) -> tuple[Block, ...]:
    text = world.words.say(
        "Your organisation, your answers, conversations and results are destroyed and cannot be brought back. "
        "You may want to download them first."
    )
    return (
        Notice(tone="warning", spans=plain(text)),
        *_roles_go_too(world),
        Link(label=world.words.say("Download everything as a file (JSON)"), path=EXPORT_PATH),
    )


def _roles_go_too(world: World) -> tuple[Block, ...]:
    """For staff: which roles end with it, and whether nobody is left then who can appoint others."""
    words = world.words
    held = [member for member in world.office.actor.members if member.holds]
    if not held:
        return ()
    roles = words.items([grant_text(world, member.grant) for member in held])
    ends = words.count(
        "Your role here ends with it: %(roles)s.",
        "Your roles here end with it: %(roles)s.",
        len(held),
        roles=roles,
    )
    goes = Notice(tone="warning", spans=plain(ends))
    if all(member.grant.role is not Role.ADMINISTRATOR for member in held):
        return (goes,)
    mine = {member.id for member in held}
    if any(
        member.holds and member.grant.role is Role.ADMINISTRATOR and member.id not in mine
        for member in world.office.members
    ):
        return (goes,)
    last = words.say(
        "You are the only administrator. Nobody will be left who can invite another one in chat; only whoever runs this "
        "server can. You may want to invite somebody first."
    )
    return (goes, Notice(tone="warning", spans=plain(last)))


def _erased(world: World) -> Notice:
    return Notice(tone="success", spans=plain(world.words.say("Everything about you was erased.")))
