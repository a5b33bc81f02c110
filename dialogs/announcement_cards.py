"""Announcements as cards: rendered when they are put on their way, in the language of the person at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dialogs.announcement_file import file_blocks
from dialogs.announcement_words import lines
from dialogs.cards import Reaction
from dialogs.commands import Command, Start
from dialogs.engine.screen import (
    Block,
    Card,
    Choice,
    Item,
    Items,
    Notice,
    Paragraph,
    Tone,
    message_to_json,
    plain,
    strong,
)
from dialogs.staff_words import role_name
from dialogs.statuses import short_status, tone
from dialogs.talk import Talk
from dialogs.world import World
from domain.announcements import Announcement, AnnouncementState
from domain.clock import day_in_shanghai
from domain.eligibility.evaluate import Examiner
from domain.organisations import Person
from domain.programme.loader import Programmes
from domain.programme.parts import Status
from domain.store import StoredFile
from locales.languages import INTERFACE_SOURCE, LANGUAGES
from locales.words import Catalogues, Words

OPEN: Final = "open"
STOP: Final = "stop"
HEAR_AGAIN: Final = "again"
"""The keys of a card's buttons."""


@dataclass(frozen=True, slots=True)
class AnnouncementCards:
    """Implements `scheduler.announcing.AnnouncementRenderer`."""

    programmes: Programmes
    examiner: Examiner
    catalogues: Catalogues

    def card(
        self,
        announcement: Announcement,
        corrected: Announcement | None,
        file: StoredFile | None,
        language: str,
        now: datetime,
    ) -> str:
        """The card as JSON for the outbox."""
        world = self.world(language, now)
        card = announcement_card(
            world, announcement, corrected, file, choices=choices(world.words, announcement)
        )
        return message_to_json(card)

    def world(self, language: str, now: datetime) -> World:
        """What a card is told from: the programmes of that day, and nothing of the person but the language."""
        in_use = self.programmes.all_on(day_in_shanghai(now))
        known = next((one for one in LANGUAGES if one == language), INTERFACE_SOURCE)
        return World(
            words=self.catalogues.words(known),
            programmes=tuple(loaded.programme for loaded in in_use),
            hashes={loaded.programme.id: loaded.content_hash for loaded in in_use},
            vocabulary=self.programmes.vocabulary,
            examiner=self.examiner,
            now=now,
            person=Person(id=0, consent="unasked"),
        )


def announcement_card(
    world: World,
    announcement: Announcement,
    corrected: Announcement | None,
    file: StoredFile | None,
    *,
    choices: tuple[Choice, ...],
    notices: tuple[Block, ...] = (),
) -> Card:
    """How the programme stands, what is announced, and why this person hears of it. Nothing says who else does."""
    words, texts = world.words, announcement.texts
    said = (Paragraph(spans=plain(line)) for line in lines(texts.text.text(words.language)))
    return Card(
        card=f"a{announcement.id}",
        language=words.language,
        title=texts.title.text(words.language),
        blocks=(
            *notices,
            *_standing(world, announcement),
            *_correction(words, corrected),
            *_other_language(words, announcement),
            *said,
            *file_blocks(words, file, gone=announcement.file_gone),
            Items(items=(Item(mark="info", spans=plain(_why(world, announcement))),)),
        ),
        choices=choices,
    )


def _standing(world: World, announcement: Announcement) -> tuple[Block, ...]:
    programme = world.programme(announcement.audience.programme)
    if programme is None:
        return ()
    status = programme.status_on(world.today).status
    named = strong(world.name_of(programme))
    if status in {Status.IN_FORCE, Status.TARGETS_RUNNING}:
        return (Paragraph(spans=named),)
    return (Notice(tone=tone(status), spans=(*named, *plain(f" · {short_status(world, programme)}"))),)


def _correction(words: Words, corrected: Announcement | None) -> tuple[Block, ...]:
    if corrected is None:
        return ()
    text = words.say(
        "This corrects an announcement you received: %(title)s",
        title=corrected.texts.title.text(words.language),
    )
    return (Notice(tone="warning", spans=plain(text)),)


def _other_language(words: Words, announcement: Announcement) -> tuple[Block, ...]:
    if announcement.texts.text.is_in(words.language):
        return ()
    note = (
        words.say("This was written in Chinese only.")
        if words.language == "en"
        else words.say("This was written in English only.")
    )
    return (Notice(tone="info", spans=plain(note)),)


def _why(world: World, announcement: Announcement) -> str:
    say, audience = world.words.say, announcement.audience
    if audience.role is not None:
        return say("You get this as you are among the staff: %(role)s.", role=role_name(world, audience.role))
    if audience.programme:
        return say("You get this as you asked to hear of this programme or checked it.")
    return say("You get this as you asked to hear of a programme or checked one.")


def choices(words: Words, announcement: Announcement) -> tuple[Choice, ...]:
    """The buttons of a card."""
    about = announcement.audience
    label = (
        words.say("Stop announcements of this programme")
        if about.programme
        else words.say("Stop such announcements")
    )
    return (*_open(words, announcement), Choice(key=STOP, label=label, role="navigation"))


def _open(words: Words, announcement: Announcement) -> tuple[Choice, ...]:
    return (Choice(key=OPEN, label=words.say("Open it")),) if announcement.audience.programme else ()


def answer_announcement(talk: Talk, number: int, choice: str) -> Reaction | None:
    """A press on the card ``a<number>``; None when this chat was told nothing of it."""
    if not talk.tx.recipients.received(number, talk.chat.id):
        return None
    announcement = talk.tx.announcements.get(number)
    if announcement is None:
        return None
    programme, say = announcement.audience.programme, talk.words.say
    match choice:
        case "open":
            return Reaction(_card(talk, announcement), _destination(announcement))
        case "stop":
            talk.tx.announcements.stop(talk.chat.id, programme)
            return Reaction(_card(talk, announcement, say("You get no more such announcements."), "success"))
        case "again":
            talk.tx.announcements.hear_again(talk.chat.id, programme)
            return Reaction(_card(talk, announcement, say("You get such announcements again."), "success"))
        case _:
            return Reaction(_card(talk, announcement))


def _card(talk: Talk, announcement: Announcement, text: str = "", tone: Tone = "info") -> Card:
    """The card as it stands now, with what just became of it."""
    words = talk.words
    shown = choices(words, announcement)
    if announcement.audience.programme in talk.tx.announcements.stopped(talk.chat.id):
        text = text or words.say("You get no more such announcements.")
        again = Choice(key=HEAR_AGAIN, label=words.say("Get such announcements again"), role="navigation")
        shown = (*_open(words, announcement), again)
    of, file = announcement.audience.corrects, announcement.file
    notices: list[Block] = [Notice(tone=tone, spans=plain(text))] if text else []
    if announcement.state is AnnouncementState.WITHDRAWN:
        # Nobody but staff reads the file any more.
        file = None
        notices.append(Notice(tone="warning", spans=plain(words.say("This announcement was withdrawn."))))
    return announcement_card(
        talk.world,
        announcement,
        None if of is None else talk.tx.announcements.get(of),
        None if file is None else talk.tx.files.get(file),
        choices=shown,
        notices=tuple(notices),
    )


def _destination(announcement: Announcement) -> Command:
    about = announcement.audience
    if about.round is not None:
        return Start("round", {"round": about.round})
    return Start("programme", {"programme": about.programme}) if about.programme else Start("reminders")
