"""The chat in a terminal: the same dialogs with numbered choices, also for pipes.

On a terminal Rich draws it; in a pipe it is plain text, one thought a line, nothing wrapped.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, get_args
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from bot.house import House
from bot.terminal_files import files_named, save_at
from bot.terminal_screen import draw_card, draw_screen, keys_of_choices
from bot.web.words import known_language
from dialogs.engine.screen import Block, Card, Link, Said, Screen, ScreenMessage, message_from_json
from dialogs.giving_out import given_out
from dialogs.incoming import Answered, Command, CommandName, Content, Incoming, Pressed, Typed, Uploaded
from dialogs.reminders import CALENDAR_PATH
from domain.store import Chat, OutboxRow, StoreError, Transaction
from locales.words import Language

CHANNEL: Final = "terminal"

COMMANDS: Final[Mapping[str, CommandName]] = {f"/{name}": name for name in get_args(CommandName)}

LEAVING: Final = frozenset({"/quit", "/exit"})

SAVING: Final = "/save"
FILES: Final = "/files/"
CALENDAR_NAME: Final = "zhuoyue-dates.ics"

TRANSCRIPT: Final = 50


@dataclass(frozen=True, slots=True)
class _Beginning:
    chat: Chat
    new: bool
    seen: int


class Terminal:
    """One person at one terminal."""

    def __init__(
        self, house: House, console: Console, name: str, language: Language, wanted: Language | None = None
    ) -> None:
        """`language` is the first language of a new chat; `wanted` is the one to talk in from now on."""
        self._house = house
        self._console = console
        # The database need not know what the user of this computer is called to find their chat again.
        self._address = hashlib.sha256(f"{CHANNEL}:{name}".encode()).hexdigest()
        self._language = wanted or language
        self._wanted = wanted
        self._screen: Screen | None = None
        self._cards: dict[str, Card] = {}
        self._chat = 0
        self._seen = 0

    def talk(self, runner: asyncio.Runner, read_line: Callable[[str], str | None], *, afresh: bool) -> None:
        """Talk until there are no more lines; `read_line` gives None at the end.

        Reading happens here, outside the event loop, so that Ctrl-C and the end of input work as everywhere.
        """
        beginning = runner.run(self._house.database.run(self._begin))
        self._chat, self._seen = beginning.chat.id, beginning.seen
        self._language = known_language(beginning.chat.language, self._language)
        if beginning.new:
            self._turn(runner, Command("start"))
        elif afresh:
            self._turn(runner, Command("cancel"))
            self._turn(runner, Command("start"))
        else:
            self._turn(runner, Command("where"))
        while (line := read_line("> ")) is not None:
            text = line.strip()
            if text.lower() in LEAVING:
                return
            if text.lower().startswith(f"{SAVING} "):
                self._save(runner, text.partition(" ")[2].strip())
            elif text:
                self._turn(runner, self._meaning(text))

    def _begin(self, tx: Transaction) -> _Beginning:
        chat = tx.chats.open(CHANNEL, self._address, self._language, self._house.clock.now())
        if self._wanted is not None and chat.language != self._wanted:
            tx.chats.set_language(chat.id, self._wanted)
            chat = replace(chat, language=self._wanted)
        recent = tx.outbox.recent(chat.id, TRANSCRIPT)
        return _Beginning(chat, new=not recent, seen=_shown_last(recent))

    def _meaning(self, text: str) -> Content:
        word, _, argument = text.partition(" ")
        if (command := COMMANDS.get(word.lower())) is not None:
            return Command(command, argument.strip())
        if (card := self._cards.get(word.removeprefix("/"))) is not None and word.startswith("/"):
            return Answered(card.card, argument.strip()[:40] or "?", CHANNEL)
        if self._screen is not None:
            choice = keys_of_choices(self._screen).get(text.lower())
            if choice is not None:
                return Pressed(self._screen.conversation, self._screen.revision, choice.key)
            if self._screen.expects is not None and self._screen.expects.kind == "upload":
                files = files_named(text, self._house.settings.uploads)
                if files:
                    return Uploaded(files)
        return Typed(text[: self._house.settings.max_message_chars])

    def _turn(self, runner: asyncio.Runner, content: Content) -> None:
        incoming = Incoming(self._chat, uuid4().hex, content)
        try:
            rows = runner.run(self._house.database.run(lambda tx: self._work(tx, incoming)))
        except StoreError as error:
            words = self._house.catalogues.words(self._language)
            self._console.print(Text(words.say(error.message_id)), soft_wrap=True)
            return
        self._show(rows)

    def _save(self, runner: asyncio.Runner, named: str) -> None:
        """Save a file this chat may have, or its calendar: into the folder the terminal is in, or at a path."""
        say = self._house.catalogues.words(self._language).say
        address, _, where = named.partition(" ")

        def work(tx: Transaction) -> tuple[str, bytes] | None:
            chat = tx.chats.get(self._chat)
            if address == CALENDAR_PATH:
                return CALENDAR_NAME, self._house.calendars.of_chat(tx, chat, self._house.clock.now())
            given = given_out(tx, chat, address.removeprefix(FILES))
            return None if given is None else (given.file.name, tx.files.content(given.file.id))

        try:
            found = runner.run(self._house.database.read(work))
            told = (
                say("That document is not there any more.")
                if found is None
                else say("Saved: %(path)s", path=save_at(*found, where.strip(), Path.cwd()))
            )
        except StoreError as error:
            told = say(error.message_id)
        except OSError as error:
            told = say("It could not be saved: %(reason)s", reason=error.strerror or type(error).__name__)
        self._console.print(Text(told), soft_wrap=True)

    def _tell_how_to_save(self, blocks: Iterable[Block]) -> None:
        link = next((one for one in blocks if isinstance(one, Link) and _is_saved(one.path)), None)
        if link is not None:
            say = self._house.catalogues.words(self._language).say
            text = say("To save the file, type: %(command)s", command=f"{SAVING} {link.path}")
            self._console.print(Text(text), soft_wrap=True)

    def _work(self, tx: Transaction, incoming: Incoming) -> tuple[OutboxRow, ...]:
        """The turn; what came by itself since the last one is shown before what it leads to."""
        self._house.assistant.handle(tx, incoming)
        rows: tuple[OutboxRow, ...] = ()
        while more := tx.outbox.after(self._chat, rows[-1].id if rows else self._seen, TRANSCRIPT):
            rows += more
        return rows

    def _show(self, rows: Iterable[OutboxRow]) -> None:
        for row in rows:
            self._seen = row.id
            match message_from_json(row.message_json):
                case ScreenMessage(screen=screen):
                    self._screen = screen
                    self._language = known_language(screen.language, self._language)
                    draw_screen(screen, self._house.catalogues.words(self._language), self._console)
                    self._tell_how_to_save(screen.blocks)
                case Card() as card:
                    self._cards[card.card] = card
                    language = known_language(card.language, self._language)
                    draw_card(card, self._house.catalogues.words(language), self._console)
                    self._tell_how_to_save(card.blocks)
                case Said():
                    continue  # whoever typed it sees it above


def _is_saved(path: str) -> bool:
    return path.startswith(FILES) or path == CALENDAR_PATH


def _shown_last(recent: tuple[OutboxRow, ...]) -> int:
    """The id of the last thing a turn ended with: what came after it came by itself and was not seen yet."""
    shown = [row.id for row in recent if _ends_a_turn(message_from_json(row.message_json))]
    return shown[-1] if shown else 0


def _ends_a_turn(message: ScreenMessage | Said | Card) -> bool:
    return isinstance(message, ScreenMessage) or (isinstance(message, Card) and message.place == CHANNEL)
