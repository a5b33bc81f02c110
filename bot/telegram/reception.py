"""One update of Telegram inside one transaction: what it means, whose it is, and what the product makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol, assert_never

from bot.house import House
from bot.telegram.callback_data import Button, CardPress, Fill, Look, Paper, Press
from bot.telegram.living import Shown, buried
from bot.telegram.notes import Hint, Pointer, Tidy, Turned, WantedPaper, outgoing
from bot.telegram.phone_key import asks_for_phone
from bot.telegram.reading import (
    Blocked,
    Edited,
    Heard,
    Identity,
    InGroup,
    InPrivate,
    Meaning,
    Migrated,
    Nothing,
    SentFile,
    Shared,
    Touched,
    Unblocked,
    parse,
    read,
)
from bot.telegram.updates import Update
from dialogs.engine.screen import Frozen, Screen, ScreenMessage
from dialogs.incoming import Answered, Command, Content, Incoming, Pressed, Typed, Unsupported, Uploaded
from domain.store import Chat, Living, Transaction, UpdateRow, Visit
from domain.uploads import Arrived

CHANNEL: Final = "telegram"

_STALE: Final = "@stale"
"""The key of no button: a press of it shows where the conversation stands."""

_SCREENS_BACK: Final = 20
"""How far back the last screen is looked for, behind cards, documents and hints."""

_DIGITS: Final = re.compile(r"\+?[0-9]{5,20}", re.ASCII)


class Fetching(Protocol):
    """Whoever fetches files from the platform."""

    def get(self, sent: SentFile, update: UpdateRow, /) -> Arrived | datetime:
        """The file an update brought, or until when the update has to wait for it."""
        ...


class Reception:
    """Takes updates in."""

    def __init__(self, house: House, me: Identity, fetching: Fetching | None = None) -> None:
        """Without anybody who fetches files, files are told to be unreadable."""
        self._house = house
        self._me = me
        self._fetching = fetching

    def take(self, tx: Transaction, payload_json: str, row: UpdateRow | None = None) -> datetime | None:
        """Handle one update; what is no update, or none of ours, is passed over.

        Gives until when the update has to wait in its `row` for the file that it brought; then nothing was done yet.
        """
        update = parse(payload_json)
        return None if update is None else self._handle(tx, read(update, self._me), row)

    def at_once(self, update: Update) -> Callable[[Transaction], None] | None:
        """What handles an update that nobody has stored yet; None where it may have to wait for its file."""
        message = update.message
        if message is not None and (message.document or message.photo):
            return None
        return lambda tx: self._take_at_once(tx, update)

    def _take_at_once(self, tx: Transaction, update: Update) -> None:
        self._handle(tx, read(update, self._me), None)

    def _handle(self, tx: Transaction, meaning: Meaning, row: UpdateRow | None) -> datetime | None:
        match meaning:
            case InPrivate():
                return self._in_private(tx, meaning, row)
            case InGroup():
                self._in_group(tx, meaning)
            case Blocked(address):
                if (chat := tx.chats.find(CHANNEL, address)) is not None:
                    tx.chats.block(chat.id, self._house.clock.now())
            case Unblocked(address):
                if (chat := tx.chats.find(CHANNEL, address)) is not None:
                    tx.chats.revive(chat.id)
            case Migrated(address, new_address):
                if (chat := tx.chats.find(CHANNEL, address)) is not None:
                    tx.chats.migrate(chat.id, new_address)
            case Nothing():
                pass
            case _:
                assert_never(meaning)
        return None

    def _in_group(self, tx: Transaction, called: InGroup) -> None:
        """A group hears where to go, and nothing about anybody."""
        now = self._house.clock.now()
        language = called.language or self._house.settings.language
        chat = tx.chats.open(CHANNEL, called.address, language, now)
        tx.chats.revive(chat.id)
        if tx.inbox.accept(chat.id, called.key, now):
            argument = called.argument if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", called.argument) else ""
            pointer = Pointer(
                language=language, reply_to=called.message_id, topic=called.topic, argument=argument
            )
            tx.outbox.put(chat.id, pointer.model_dump_json(), now)

    def _in_private(self, tx: Transaction, said: InPrivate, row: UpdateRow | None) -> datetime | None:
        language = said.language or self._house.settings.language
        visit = tx.chats.visit_at(CHANNEL, said.address, language, self._house.clock.now())
        chat = visit.chat
        if chat.blocked_at is not None:
            tx.chats.revive(chat.id)
        turn = _Turn(self._house, tx, visit, said)
        if isinstance(said.heard, Touched) and isinstance(said.heard.button, CardPress):
            self._on_card(tx, visit, said, turn)
            return None
        if self._fetching is not None and row is not None and (until := turn.fetch(self._fetching, row)):
            return until
        moved = None
        if not _leaves_it_there(said.heard):
            pressed = said.heard.message_id if isinstance(said.heard, Touched) else None
            moved = buried(chat.living, pressed)
            if pressed is None:
                # What is being sent at this moment may turn out to stand above it.
                tx.chats.heard(chat.id, said.message_id)
            elif moved is not None:
                tx.chats.set_living(chat.id, moved)
        turn.take()
        self._tidy(tx, chat, moved)
        return None

    def _on_card(self, tx: Transaction, visit: Visit, said: InPrivate, turn: _Turn) -> None:
        """A card stands beside the living message, which stays what it is unless the press led elsewhere."""
        chat, before = visit.chat, visit.conversation
        turn.take()
        after = tx.conversations.active(chat.id)
        moved = buried(chat.living, said.message_id)
        if moved is not None and before is not None and after is not None and after.id != before.id:
            tx.chats.set_living(chat.id, moved)
            self._tidy(tx, chat, moved)

    def _tidy(self, tx: Transaction, chat: Chat, moved: Living | None) -> None:
        shown = None if moved is None else Shown.of(moved)
        if shown is not None and not shown.keep:
            tidy = Tidy(message_id=shown.messages[-1])
            tx.outbox.put(chat.id, tidy.model_dump_json(), self._house.clock.now(), "broadcast")

    def apologise(self, tx: Transaction, payload_json: str) -> None:
        """Say once that something could not be taken."""
        update = parse(payload_json)
        meaning = read(update, self._me) if update is not None else Nothing()
        if isinstance(meaning, InPrivate) and (chat := tx.chats.find(CHANNEL, meaning.address)) is not None:
            tx.outbox.put(chat.id, Hint(about="sorry").model_dump_json(), self._house.clock.now())


class _Turn:
    """One thing a person did."""

    def __init__(self, house: House, tx: Transaction, visit: Visit, said: InPrivate) -> None:
        self._house = house
        self._tx = tx
        self._visit = visit
        self._chat = visit.chat
        self._said = said
        self._file: Arrived | None = None

    def take(self) -> None:
        said = self._said
        match said.heard:
            case Typed(text):
                self._typed(text)
            case Command():
                self._say(said.heard)
            case Unsupported(kind):
                self._without(kind)
            case Shared():
                self._shared(said.heard)
            case SentFile(kind):
                if self._file is None:
                    self._without(kind)
                else:
                    self._say(Uploaded((self._file,), said.caption))
            case Edited():
                self._put(Hint(about="edited"))
            case Touched(CardPress(card, choice), message_id):
                self._say(Answered(card, choice, str(message_id)))
            case Touched(button):
                self._touched(button)
            case _:
                assert_never(said.heard)

    def fetch(self, fetching: Fetching, row: UpdateRow) -> datetime | None:
        """Get the file that came, if one is asked for; gives until when to wait for it."""
        if not isinstance(self._said.heard, SentFile) or not _asks_for_file(self._last_screen()):
            return None
        match fetching.get(self._said.heard, row):
            case datetime() as until:
                return until
            case file:
                self._file = file
                return None

    def _without(self, kind: str) -> None:
        """Something that cannot be taken came; words under it count as if they had come alone."""
        if self._said.caption:
            self._typed(self._said.caption, beside=kind)
        else:
            self._say(Unsupported(kind))

    def _typed(self, text: str, beside: str = "") -> None:
        most = self._house.settings.max_message_chars
        if len(text) > most:
            self._put(Hint(about="too_long", most=most))
        else:
            self._say(Typed(text, beside))

    def _shared(self, card: Shared) -> None:
        screen = self._last_screen()
        if screen is None or not asks_for_phone(screen):
            self._say(Unsupported("contact"))
        elif not card.own:
            self._put(Hint(about="foreign_contact"))
        else:
            digits = re.sub(r"[\s()-]", "", card.phone)
            number = digits if digits.startswith("+") else f"+{digits}"
            self._say(Typed(number) if _DIGITS.fullmatch(number) else Unsupported("contact"))

    def _touched(self, button: Button | None) -> None:
        match button:
            case None:
                self._say(Pressed(0, 0, _STALE))
            case Press(conversation, revision, choice):
                self._say(Pressed(conversation, revision, choice))
            case Look(conversation, revision, view):
                screen = self._last_screen() if self._is_current(conversation, revision) else None
                if screen is None or (screen.conversation, screen.revision) != (conversation, revision):
                    self._say(Pressed(conversation, revision, _STALE))
                else:
                    self._put(Turned(screen=screen, view=view))
            case Fill(conversation, revision, text):
                current = self._is_current(conversation, revision)
                self._say(Typed(text) if current else Pressed(conversation, revision, _STALE))
            case Paper(path):
                self._put(WantedPaper(path=path))
            case CardPress(card, choice):
                self._say(Answered(card, choice))
            case _:
                assert_never(button)

    def _say(self, content: Content) -> None:
        # An update is finished in this very transaction, so it is not answered twice without a key; the parts of an
        # album are updates of their own, answered together.
        key = self._said.key if self._said.in_parts and not isinstance(content, Uploaded) else None
        if key is not None and self._said.caption:
            # Its parts are answered together with its words, and those never with parts that came before.
            self._tx.inbox.accept(self._chat.id, key, self._house.clock.now())
            key = None
        self._house.assistant.handle(self._tx, Incoming(self._chat.id, key, content, self._visit))

    def _put(self, message: Frozen) -> None:
        now = self._house.clock.now()
        if self._tx.inbox.accept(self._chat.id, self._said.key, now):
            self._tx.outbox.put(self._chat.id, message.model_dump_json(), now)

    def _is_current(self, conversation: int, revision: int) -> bool:
        active = self._visit.conversation
        return active is not None and (active.id, active.revision) == (conversation, revision)

    def _last_screen(self) -> Screen | None:
        """The screen the chat was shown last."""
        for row in reversed(self._tx.outbox.recent(self._chat.id, _SCREENS_BACK)):
            found = _screen_of(row.message_json)
            if found is not None:
                return found
        return None


def _leaves_it_there(heard: Heard) -> bool:
    """Whether the living message stays what it is: a document that is asked for comes beside it, from wherever it was."""
    return isinstance(heard, Edited) or (isinstance(heard, Touched) and isinstance(heard.button, Paper))


def _asks_for_file(screen: Screen | None) -> bool:
    return screen is not None and screen.expects is not None and screen.expects.kind == "upload"


def _screen_of(message_json: str) -> Screen | None:
    match outgoing(message_json):
        case ScreenMessage(screen=screen) | Turned(screen=screen):
            return screen
        case _:
            return None
