"""A person who talks to the product in a few lines that read like a chat.

The real assistant, a real SQLite database, all built-in programmes, and a clock that stands still::

    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("我能申报什么？")
        person.sees("统一社会信用代码")
        person.says("去年6月")
        person.sees_choices("没有", "不清楚")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import assert_never

from dialogs.assistant import Assistant
from dialogs.engine.screen import (
    Block,
    Card,
    Choice,
    Said,
    Screen,
    ScreenMessage,
    message_from_json,
)
from dialogs.incoming import (
    Answered,
    Command,
    CommandName,
    Content,
    Handled,
    Incoming,
    Pressed,
    Typed,
    Unsupported,
    Uploaded,
)
from domain.calendar.working_days import WorkingCalendar
from domain.clock import FixedClock
from domain.programme.loader import Programmes
from domain.store import Transaction
from domain.store.records import FactStatement, StoredReceipt
from domain.uploads import examine
from locales.words import Catalogues
from tests.support.database import SynchronousDatabase

THE_DAY = date(2026, 11, 21)
"""The day every test of a conversation happens on, unless the clock is moved."""


@cache
def _programmes() -> Programmes:
    return Programmes.load()


@cache
def _catalogues() -> Catalogues:
    return Catalogues.load()


@cache
def _calendar() -> WorkingCalendar:
    return WorkingCalendar.load()


class Person:
    """Somebody in a chat."""

    def __init__(
        self,
        database: SynchronousDatabase,
        clock: FixedClock,
        language: str = "zh_CN",
        channel: str = "terminal",
        address: str = "somebody",
        programmes: Programmes | None = None,
        catalogues: Catalogues | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        known = programmes or _programmes()
        self.assistant = Assistant(known, known.vocabulary, catalogues or _catalogues(), clock, _calendar())
        chat = database.run(lambda tx: tx.chats.open(channel, address, language, clock.now()))
        self.chat = chat.id
        self._updates = database.run(lambda tx: tx.outbox.last_id(chat.id)) * 1000
        self.screen: Screen | None = None
        self.said: str = ""
        self.cards: dict[str, Card] = {}

    # Talking ------------------------------------------------------------------------------------

    def says(self, *texts: str) -> Screen:
        """Type texts, one after the other."""
        for text in texts:
            self.sends(Typed(text))
        return self.now_sees

    def presses(self, *labels: str) -> Screen:
        """Press buttons by what is written on them (or by their key)."""
        for label in labels:
            choice = self.button(label)
            screen = self.now_sees
            self.sends(Pressed(screen.conversation, screen.revision, choice.key))
        return self.now_sees

    def answers_card(self, card: str, choice: str) -> Card:
        """Press a button of a card by its key."""
        self.sends(Answered(card, choice))
        return self.cards[card]

    def presses_again(self, screen: Screen, label: str) -> Screen:
        """Press a button of an earlier screen."""
        choice = _button(screen, label)
        self.sends(Pressed(screen.conversation, screen.revision, choice.key))
        return self.now_sees

    def commands(self, name: CommandName, argument: str = "") -> Screen:
        """Give a command of the channel."""
        self.sends(Command(name, argument))
        return self.now_sees

    def sends_a(self, kind: str) -> Screen:
        """Send something that is neither text nor a button."""
        self.sends(Unsupported(kind))
        return self.now_sees

    def uploads(self, *files: tuple[str, bytes]) -> Screen:
        """Send files, each a name and a content, as the channels do."""
        limits = self.assistant.library.uploads
        self.sends(Uploaded(tuple(examine(name, content, limits) for name, content in files)))
        return self.now_sees

    def sends(self, content: Content) -> Handled:
        """Send anything."""
        self._updates += 1
        return self.sends_update(f"update-{self._updates}", content)

    def sends_update(self, key: str, content: Content) -> Handled:
        """Send an update with a key of its own; the same key twice is the same update delivered twice."""

        def work(tx: Transaction) -> tuple[Handled, list[str]]:
            before = tx.outbox.last_id(self.chat)
            handled = self.assistant.handle(tx, Incoming(self.chat, key, content))
            return handled, [row.message_json for row in tx.outbox.after(self.chat, before, 100)]

        handled, messages = self.database.run(work)
        for message in map(message_from_json, messages):
            match message:
                case ScreenMessage(screen=screen):
                    self.screen = screen
                case Said(text=text):
                    self.said = text
                case Card():
                    self.cards[message.card] = message
                case _:
                    assert_never(message)
        return handled

    # Seeing -------------------------------------------------------------------------------------

    @property
    def now_sees(self) -> Screen:
        """The screen the person looks at."""
        assert self.screen is not None, "nothing was shown yet"
        return self.screen

    @property
    def text(self) -> str:
        """All text of the screen, line by line."""
        return screen_text(self.now_sees)

    def sees(self, *texts: str) -> None:
        """Every one of these texts is on the screen."""
        for text in texts:
            assert text in self.text, f"{text!r} is not on the screen:\n{self.text}"

    def does_not_see(self, *texts: str) -> None:
        """None of these texts is on the screen."""
        for text in texts:
            assert text not in self.text, f"{text!r} is on the screen:\n{self.text}"

    def sees_choices(self, *labels: str) -> None:
        """Every one of these buttons is there."""
        there = [choice.label for choice in self.now_sees.choices]
        for label in labels:
            assert label in there, f"there is no button {label!r}, only {there}"

    def is_asked(self, *texts: str) -> None:
        """The question holds these texts."""
        for text in texts:
            assert text in self.now_sees.title, f"{text!r} is not asked, but {self.now_sees.title!r}"

    def is_at(self, dialog: str, state: str | None = None) -> None:
        """The conversation is in this dialog, and at this state."""
        assert self.now_sees.dialog == dialog
        assert state is None or self.now_sees.state == state, f"at {self.now_sees.state}"

    def button(self, label: str) -> Choice:
        """The button with this label or key."""
        return _button(self.now_sees, label)

    # Looking behind -----------------------------------------------------------------------------

    def facts(self) -> dict[str, FactStatement]:
        """What is stored about the person's organisation."""

        def work(tx: Transaction) -> dict[str, FactStatement]:
            person = tx.people.get(tx.chats.get(self.chat).person_id)
            return {} if person.organisation_id is None else tx.facts.current(person.organisation_id)

        return self.database.run(work)

    def receipts(self) -> tuple[StoredReceipt, ...]:
        """The receipts of the chat."""
        return self.database.run(lambda tx: tx.receipts.of_chat(self.chat))


@contextmanager
def a_person(folder: Path, language: str = "zh_CN", channel: str = "terminal") -> Iterator[Person]:
    """A person in a fresh chat; in the same one again when the folder was used before (a restart)."""
    with SynchronousDatabase(folder) as database:
        yield Person(database, FixedClock(THE_DAY), language, channel)


def _button(screen: Screen, label: str) -> Choice:
    for choice in screen.choices:
        if label in (choice.label, choice.key):
            return choice
    there = [f"{choice.label} ({choice.key})" for choice in screen.choices]
    raise AssertionError(f"there is no button {label!r}, only {there}")


def screen_text(screen: Screen) -> str:
    """All text of a screen, line by line."""
    lines = [screen.title, *(line for block in screen.blocks for line in block_lines(block))]
    return "\n".join(lines)


def block_lines(block: Block) -> list[str]:
    """The text of a block, line by line."""
    match block.block:
        case "paragraph" | "notice" | "echo":
            return ["".join(span.text for span in block.spans)]
        case "heading":
            return [block.text]
        case "items":
            return [
                f"[{item.mark}] "
                + "".join(span.text for span in item.spans)
                + (f" ({item.clause})" if item.clause else "")
                + ("\n    " + "".join(span.text for span in item.detail) if item.detail else "")
                for item in block.items
            ]
        case "table":
            return [" | ".join(row) for row in (block.header, *block.rows)]
        case "details":
            return [block.summary, *(line for inner in block.blocks for line in block_lines(inner))]
        case "link":
            return [f"{block.label} -> {block.path}"]
        case _:
            assert_never(block.block)
