"""Announcements in words: how far one is, whom it is for, and how many people that is without telling who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.engine.screen import Block, Heading, Item, Items, Notice, Paragraph, plain, strong
from dialogs.reminder_reasons import VERDICTS
from dialogs.round_words import round_name
from dialogs.staff_words import role_name
from dialogs.world import World
from domain.announcements import (
    FEW,
    LOOKED_AT,
    Announcement,
    AnnouncementAct,
    AnnouncementProblem,
    AnnouncementState,
    Audience,
    Progress,
    Texts,
    few,
)
from locales.words import Words, mark

STATES: Final[Mapping[AnnouncementState, str]] = {
    AnnouncementState.DRAFTED: mark("draft"),
    AnnouncementState.SENDING: mark("being sent"),
    AnnouncementState.PAUSED: mark("paused"),
    AnnouncementState.SENT: mark("sent"),
    AnnouncementState.WITHDRAWN: mark("withdrawn"),
}

ACTS: Final[Mapping[AnnouncementAct, str]] = {
    AnnouncementAct.SEND: mark("Send it"),
    AnnouncementAct.PAUSE: mark("Pause it"),
    AnnouncementAct.RESUME: mark("Go on with it"),
    AnnouncementAct.WITHDRAW: mark("Withdraw it"),
}

_FIGURES: Final[Mapping[str, str]] = {
    "delivered": mark("delivered"),
    "waiting": mark("waiting or on the way"),
    "failed": mark("failed"),
    "blocked": mark("not to be reached any more"),
    "uncertain": mark("perhaps delivered (not repeated)"),
    "left_out": mark("left out in the meantime"),
    "withdrawn": mark("withdrawn before they were sent"),
}


def act_name(words: Words, announcement: Announcement, act: AnnouncementAct) -> str:
    """What is written on the button of an act: nobody has heard of a draft, so it is not withdrawn from anybody."""
    if act is AnnouncementAct.WITHDRAW and announcement.sent_at is None:
        return words.say("Discard the draft")
    return words.say(ACTS[act])


def state_name(words: Words, announcement: Announcement) -> str:
    """How an announcement stands."""
    if announcement.state is AnnouncementState.WITHDRAWN and announcement.sent_at is None:
        return words.say("discarded")
    return words.say(STATES[announcement.state])


def people(words: Words, number: int, *, nobody: bool = True) -> str:
    """A number of people; a small one is not told exactly, as it would say who they are.

    Without `nobody` 0 is told as a small number too.
    """
    if few(number) or (number == 0 and not nobody):
        return words.say("fewer than %(n)s people", n=FEW)
    return words.say("nobody") if number == 0 else words.count("%(n)s person", "%(n)s people", number)


def audience_text(world: World, audience: Audience) -> str:
    """Whom an announcement is for, in one line."""
    say = world.words.say
    if audience.corrects is not None:
        return say("whoever received announcement no. %(id)s", id=audience.corrects)
    programme = world.programme(audience.programme)
    named = audience.programme if programme is None else world.name_of(programme)
    if audience.role is not None:
        parts = [say("staff: %(role)s", role=role_name(world, audience.role))]
        if named:
            parts.append(named)
    elif named:
        parts = [say("whoever asked to hear of %(programme)s or checked it", programme=named)]
    else:
        parts = [say("whoever asked to hear of a programme or checked one")]
    if audience.round is not None:
        parts.append(say("round: %(name)s", name=_round(world, audience.round)))
    if audience.district:
        parts.append(say("district: %(name)s", name=audience.district))
    if audience.verdict is not None:
        parts.append(say("last self-check: %(verdict)s", verdict=say(VERDICTS[audience.verdict])))
    return " · ".join(parts)


def _round(world: World, number: int) -> str:
    found = next((one for one in world.office.rounds if one.id == number), None)
    programme = None if found is None else world.programme(found.programme)
    if found is None or programme is None:
        return world.words.say("no. %(id)s", id=number)
    return round_name(world, programme, found)


def announcement_title(world: World, announcement: Announcement) -> str:
    """The number of an announcement and what it is called."""
    title = announcement.texts.title.text(world.words.language)
    return world.words.say("No. %(id)s: %(title)s", id=announcement.id, title=title)


def announcement_item(world: World, announcement: Announcement) -> Item:
    """One line of a list."""
    state = state_name(world.words, announcement)
    when = world.words.datetime(announcement.sent_at or announcement.created_at)
    return Item(
        mark="info",
        spans=(*strong(announcement_title(world, announcement)), *plain(f" · {state} · {when}")),
        detail=plain(audience_text(world, announcement.audience)),
    )


def texts_blocks(world: World, texts: Texts) -> tuple[Block, ...]:
    """What is said, in each language it is written in."""
    say = world.words.say
    blocks: list[Block] = []
    languages = (
        (say("In Chinese"), texts.title.zh, texts.text.zh),
        (say("In English"), texts.title.en, texts.text.en),
    )
    for language, title, text in languages:
        if title or text:
            blocks.append(Heading(text=language))
            blocks += [Paragraph(spans=strong(title))] if title else []
            blocks += [Paragraph(spans=plain(line)) for line in lines(text)]
    missing = [language for language, _, text in languages if not text]
    if missing:
        note = say(
            "Not written: %(languages)s. Everybody reads the other one.", languages=world.words.items(missing)
        )
        blocks.append(Notice(tone="warning", spans=plain(note)))
    return tuple(blocks)


def lines(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line for line in text.split("\n") if line.strip()]


def audience_blocks(world: World, audience: Audience) -> tuple[Block, ...]:
    """Whom it is for, and how many people that is now."""
    say, words = world.words.say, world.words
    looked, anybody = world.office.meant(audience), world.office.anybody(audience)
    whom = Paragraph(spans=plain(say("For: %(audience)s", audience=audience_text(world, audience))))
    number = people(words, looked.found, nobody=not anybody)
    told = (
        say("It goes to %(people)s.", people=number)
        if looked.all_of_them
        else say(
            "Found among the first %(n)s people looked at: %(people)s. The others are looked at when it is sent.",
            n=words.number(LOOKED_AT),
            people=number,
        )
    )
    rule = say(
        "Each gets a message of their own, outside their quiet hours; nobody learns who else does. Whoever stopped such messages gets none."
    )
    tone: Block = Notice(
        tone="info" if anybody else "warning", spans=plain(words.sentences(told, rule if anybody else ""))
    )
    return (whom, tone)


def listed(words: Words, audience: Audience, progress: Progress) -> str:
    """For how many people an announcement that was sent is."""
    return people(words, progress.total, nobody=audience.verdict is None)


def progress_blocks(world: World, announcement: Announcement, progress: Progress) -> tuple[Block, ...]:
    """How far it is, in numbers that give nobody away."""
    say, words = world.words.say, world.words
    blocks: list[Block] = []
    listing = not announcement.gathered and announcement.state is not AnnouncementState.WITHDRAWN
    if progress.total or not listing or announcement.audience.verdict is not None:
        # Before anybody was looked at it would say "nobody"; of a result it never does.
        total = say("Meant for %(people)s.", people=listed(words, announcement.audience, progress))
        blocks.append(Paragraph(spans=plain(total)))
    if listing:
        blocks.append(Notice(tone="info", spans=plain(say("Those it is for are still being listed."))))
    if announcement.audience.verdict is not None and progress.total < FEW:
        # Any figure below would say that there is somebody.
        return tuple(blocks)
    items = tuple(
        Item(
            mark="info",
            spans=plain(say("%(what)s: %(people)s", what=say(_FIGURES[name]), people=people(words, number))),
        )
        for name, number in sorted(progress.figures.items(), key=lambda one: list(_FIGURES).index(one[0]))
        if number
    )
    return (*blocks, Items(items=items)) if items else tuple(blocks)


def problem_blocks(world: World, problems: tuple[AnnouncementProblem, ...]) -> tuple[Block, ...]:
    """Why something cannot be done with an announcement."""
    return tuple(Notice(tone="error", spans=plain(world.words.say(problem.value))) for problem in problems)
