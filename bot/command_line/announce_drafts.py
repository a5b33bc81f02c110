"""``zhuoyue announce draft`` and ``edit``: what an announcement says, whom it is for, and the file that goes with it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.command_line import surroundings
from bot.command_line.announce_views import found, refusal, show_preview
from bot.command_line.errors import CommandError
from bot.command_line.in_office import in_office
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from domain.announcements import Announcement
    from domain.rounds import Bilingual
    from domain.store import Transaction
    from domain.uploads import Received

Number = Annotated[int, typer.Argument(help="Number of the announcement, as in the list.")]
RoleName = Literal[
    "administrator", "city_officer", "county_officer", "expert", "service_station", "supervisor", "viewer"
]
VerdictName = Literal["no_obstacle_found", "obstacle_found", "confirm_with_authority", "more_answers_needed"]

OPERATOR_CHAT = ("terminal", "operator")
"""The chat files of the command line belong to: a file has an owner, whose erasure ends it."""


def draft(
    title: Annotated[str, typer.Option(metavar="TEXT", help="Chinese, then | and English; or one alone.")],
    text_zh: Annotated[str, typer.Option("--zh", metavar="TEXT", help="What it says in Chinese.")] = "",
    text_en: Annotated[str, typer.Option("--en", metavar="TEXT", help="What it says in English.")] = "",
    programme: Annotated[
        str | None, typer.Option(help="For those this programme concerns (id or code); any of them without.")
    ] = None,
    round_: Annotated[
        int | None, typer.Option("--round", help="For those a round is for: its number.")
    ] = None,
    district: Annotated[str, typer.Option(help="Only in this district.")] = "",
    role: Annotated[RoleName | None, typer.Option(help="For staff with this role instead.")] = None,
    verdict: Annotated[
        VerdictName | None, typer.Option(help="Only those whose last self-check ended so.")
    ] = None,
    corrects: Annotated[
        int | None, typer.Option(help="For those who received this announcement: its number.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A file to go with it, which those who get it can read."),
    ] = None,
) -> None:
    """Keep a draft and show it."""
    from dialogs.announcement_acts import write_announcement
    from dialogs.staff_commands import WriteAnnouncement
    from domain.announcements import Audience, Texts
    from domain.programme.parts import Verdict
    from domain.rounds import Bilingual
    from domain.staff import OPERATOR, Role

    audience = Audience(
        programme=_programme(programme or ""),
        round=round_,
        district=district,
        role=None if role is None else Role(role),
        verdict=None if verdict is None else Verdict(verdict),
        corrects=corrects,
    )
    texts = Texts(_title(title), Bilingual(text_zh.strip(), text_en.strip()))
    enclosed = None if file is None else _read(file)

    def work(tx: Transaction) -> Announcement:
        now = _now()
        chat, stored = _hand_in(tx, enclosed, now)
        command = WriteAnnouncement(texts, audience, file=stored)
        return write_announcement(tx, OPERATOR, command, now, chat)

    kept = _carry_out(work, corrects)
    say = surroundings.words().say
    print(say("Announcement %(number)s: draft kept.", number=kept.id))
    show_preview(kept.id)


def edit(
    number: Number,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Chinese, then | and English; or one alone.")
    ] = None,
    text_zh: Annotated[
        str | None, typer.Option("--zh", metavar="TEXT", help="What it says in Chinese; empty for nothing.")
    ] = None,
    text_en: Annotated[
        str | None, typer.Option("--en", metavar="TEXT", help="What it says in English; empty for nothing.")
    ] = None,
    everybody: Annotated[
        bool,
        typer.Option("--everybody", help="For everybody the programme concerns; options narrow it anew."),
    ] = False,
    programme: Annotated[
        str | None,
        typer.Option(help="For those this programme concerns (id or code); empty for any of them."),
    ] = None,
    round_: Annotated[
        int | None, typer.Option("--round", help="For those a round is for: its number.")
    ] = None,
    district: Annotated[str | None, typer.Option(help="Only in this district.")] = None,
    role: Annotated[RoleName | None, typer.Option(help="For staff with this role instead.")] = None,
    verdict: Annotated[
        VerdictName | None, typer.Option(help="Only those whose last self-check ended so.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A file to go with it, which those who get it can read."),
    ] = None,
    no_file: Annotated[bool, typer.Option("--no-file", help="No file goes with it.")] = False,
) -> None:
    """Keep the draft as it is changed and show it."""
    from dialogs.announcement_acts import edit_announcement
    from dialogs.staff_commands import EditAnnouncement
    from domain.announcements import Audience, Texts
    from domain.programme.parts import Verdict
    from domain.rounds import Bilingual
    from domain.staff import OPERATOR, Role

    known = in_office(lambda world: found(world, number))
    before = known.audience
    start = Audience(programme=before.programme, corrects=before.corrects) if everybody else before
    audience = replace(
        start,
        programme=start.programme if programme is None else _programme(programme),
        round=start.round if round_ is None else round_,
        round_district="",
        district=start.district if district is None else district,
        role=start.role if role is None else Role(role),
        verdict=start.verdict if verdict is None else Verdict(verdict),
    )
    so_far = known.texts.text
    texts = Texts(
        known.texts.title if title is None else _title(title),
        Bilingual(
            so_far.zh if text_zh is None else text_zh.strip(),
            so_far.en if text_en is None else text_en.strip(),
        ),
    )
    enclosed = None if file is None else _read(file)

    def work(tx: Transaction) -> Announcement:
        now = _now()
        chat, stored = _hand_in(tx, enclosed, now)
        kept = None if no_file else known.file
        command = EditAnnouncement(
            number, known.revision, texts, audience, file=kept if stored is None else stored
        )
        return edit_announcement(tx, OPERATOR, command, now, chat)

    _carry_out(work, number)
    say = surroundings.words().say
    print(say("Announcement %(number)s: draft kept.", number=number))
    show_preview(number)


def _carry_out(work: Callable[[Transaction], Announcement], number: int | None) -> Announcement:
    from domain.announcements import AnnouncementRefused
    from domain.store import NotFound, StaleRevision

    say = surroundings.words().say
    try:
        return asyncio.run(in_database(work))
    except AnnouncementRefused as refused:
        raise refusal(refused) from None
    except NotFound:
        raise CommandError(say("There is no number %(number)s.", number=number)) from None
    except StaleRevision:
        raise CommandError(
            say("It is not as you saw it any more. Nothing was changed; look at it again.")
        ) from None


def _title(text: str) -> Bilingual:
    from dialogs.announcement_texts import read_title

    title = read_title(text)
    if title is None:
        say = surroundings.words().say
        raise CommandError(
            say("Please give one title in Chinese, in English, or both with a bar (|) between.")
        )
    return title


def _programme(text: str) -> str:
    from bot.command_line.at_hand import at_hand, today

    return at_hand().programme(text, today()).programme.id if text else ""


def _now() -> datetime:
    from domain.clock import SystemClock

    return SystemClock().now()


def _read(path: Path) -> Received:
    """The file, if it is one that could be handed in in a chat."""
    from bot.terminal_files import read_file
    from dialogs.engine.upload import AskUpload
    from domain.uploads import Received

    words, limits = surroundings.words(), surroundings.settings().uploads
    try:
        file = read_file(path, limits)
    except OSError as error:
        raise CommandError(
            words.say("%(path)s cannot be read: %(reason)s", path=path, reason=error.strerror or "")
        ) from None
    problem = AskUpload(words, limits).problem(file, ())
    if problem or not isinstance(file, Received):
        raise CommandError("".join(span.text for span in problem))
    return file


def _hand_in(tx: Transaction, file: Received | None, now: datetime) -> tuple[int | None, int | None]:
    """Store it for the operator; gives the chat it belongs to, and its id."""
    if file is None:
        return None, None
    chat = tx.chats.open(*OPERATOR_CHAT, surroundings.language(), now)
    return chat.id, tx.files.add(chat.id, None, file, now).id
