"""Sends what the outbox holds for a Telegram chat, and says what became of it.

The screen of a conversation lives in one message that is edited in place. When it was sent up by what the person wrote, is
old, or cannot be edited any more, it is sent again as a new message.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import assert_never

import structlog
from pydantic import ValidationError
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.house import House
from bot.telegram.calls import Calls
from bot.telegram.documents import Documents
from bot.telegram.keyboards import View
from bot.telegram.living import BURIED, Shown
from bot.telegram.markup import escape, links_in
from bot.telegram.notes import AnyOutgoing, Hint, Pointer, Tidy, Turned, WantedPaper, outgoing
from bot.telegram.parts import Parts, text_call
from bot.telegram.phone_key import PhoneKey
from bot.telegram.reading import Identity
from bot.telegram.rendering import Rendered, render, render_card
from bot.telegram.signals import Signals
from bot.telegram.verdicts import Floods, edit_verdict, verdict
from bot.telegram.writing_prompt import WritingPrompt
from dialogs.engine.screen import Card, Said, Screen, ScreenMessage
from domain.clock import day_in_shanghai
from domain.store import Chat, StoreError
from locales.languages import SPOKEN
from locales.words import Words
from scheduler.sending import Delivered, Parcel, Receipt, Refused, TryAgain

_log = structlog.get_logger(__name__)


class TelegramSender:
    """The sender of one bot."""

    def __init__(self, house: House, bot: Bot, me: Identity, signals: Signals) -> None:
        self._house = house
        self._bot = bot
        self._calls = Calls(bot)
        self._me = me
        self._signals = signals
        self._documents = Documents(house, bot, me)
        self._parts = Parts(
            self._calls,
            1 / house.settings.telegram_chat_per_second,
            paid_broadcast=house.settings.telegram_paid_broadcast,
        )
        self._phone_key = PhoneKey(bot, self._parts.pause)
        self._prompt = WritingPrompt(bot, self._parts.pause)
        self._floods = Floods()

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one message and say what came of it."""
        try:
            return await self._send(parcel)
        except ValidationError:
            # Of another version of the product; what it says may be a person's, so it is not told.
            return Refused("this version of the product cannot read the message")
        except StoreError as error:
            return TryAgain(f"the database: {error.code}")
        except TelegramError as error:
            if isinstance(error, InvalidToken):
                _log.error("telegram refuses the token; check ZHUOYUE_TELEGRAM_TOKEN")
            return verdict(error, parcel.chat.id, self._floods, harmless=self._parts.only_edits(parcel))
        finally:
            self._parts.ended(parcel)
            self._signals.answered(parcel.chat.address)

    async def _send(self, parcel: Parcel) -> Receipt:
        rendered: Rendered | None = None
        if parcel.lane == "broadcast":
            message, rendered = _told_to_many(parcel.message_json)
        else:
            message = outgoing(parcel.message_json)
        match message:
            case ScreenMessage(screen=screen):
                return await self._screen(parcel, screen, View())
            case Turned(screen=screen, view=view):
                return await self._screen(parcel, screen, View.of(view))
            case Said():
                return Delivered("", calls=0)
            case Card():
                return await self._card(parcel, message, rendered or render_card(message))
            case Hint():
                text = _hint(message, self._words(parcel.chat.language))
                return Delivered(str(await self._parts.text(parcel, escape(text))))
            case Tidy(message_id=message_id):
                return await self._tidy(parcel, message_id)
            case WantedPaper(path=path):
                return await self._paper(parcel, path)
            case Pointer():
                return await self._pointer(parcel.chat, message)
            case _:
                assert_never(message)

    # Screens --------------------------------------------------------------------------------------

    async def _screen(self, parcel: Parcel, screen: Screen, view: View) -> Delivered:
        words = self._words(screen.language)
        now = self._house.clock.now()
        rendered = render(screen, words, day_in_shanghai(now), view)
        living = parcel.chat.living
        shown = Shown.of(living)
        if (
            living is not None
            and shown is not None
            and parcel.lane == "reply"
            and shown.gives_way_to(screen.conversation, living, now)
            and len(shown.messages) == len(rendered.texts)
            and (calls := await self._parts.edit(parcel, shown.messages, rendered)) is not None
        ):
            return await self._edited(parcel, screen, shown, calls, words)
        return await self._new(parcel, screen, shown, rendered, words)

    async def _edited(
        self, parcel: Parcel, screen: Screen, shown: Shown, calls: int, words: Words
    ) -> Delivered:
        ref = str(shown.messages[-1])
        key, more = await self._phone_key.settle(parcel.chat, screen, shown.phone_key, words)
        prompt, lines = await self._prompt.settle(parcel.chat, screen, shown.prompt, words, pressed=True)
        more += lines
        now = Shown(shown.messages, shown.at, key, keep=_is_worth_keeping(screen), prompt=prompt)
        before = parcel.chat.living
        if now == shown and before is not None and before.conversation == screen.conversation:
            # Left as it is stored: meanwhile the person may have written below it.
            return Delivered(ref, calls=calls + more)
        return Delivered(ref, now.note(screen.conversation), calls + more)

    async def _new(
        self, parcel: Parcel, screen: Screen, before: Shown | None, rendered: Rendered, words: Words
    ) -> Delivered:
        noted = self._sent_before(parcel, before)
        sent = await self._parts.send(
            parcel, rendered, noted, lambda sent: self._remember(parcel, sent, before)
        )
        key = before.phone_key if before is not None else None
        key, more = await self._phone_key.settle(parcel.chat, screen, key, words)
        line = before.prompt if before is not None else None
        line, lines = await self._prompt.settle(parcel.chat, screen, line, words, pressed=False)
        keep = _is_worth_keeping(screen)
        shown = Shown(tuple(sent), self._house.clock.now(), key, keep=keep, prompt=line)
        return Delivered(str(sent[-1]), shown.note(screen.conversation), len(sent) + more + lines)

    def _sent_before(self, parcel: Parcel, noted: Shown | None) -> Sequence[int]:
        """The parts that went out when this message was tried before, by this process or another."""
        begun = self._parts.begun(parcel)
        if begun is not None:
            return begun
        return noted.messages if noted is not None and noted.begun == parcel.outbox_id else ()

    async def _remember(self, parcel: Parcel, sent: list[int], before: Shown | None) -> None:
        """Note which parts went out, also for a process that comes after us."""
        await self._parts.keep_in_mind(parcel, sent)
        key = before.phone_key if before is not None else None
        line = before.prompt if before is not None else None
        begun = Shown(tuple(sent), self._house.clock.now(), key, begun=parcel.outbox_id, prompt=line)
        noted = begun.note(BURIED)
        await self._house.database.run(lambda tx: tx.chats.set_living(parcel.chat.id, noted))

    # Cards ----------------------------------------------------------------------------------------

    async def _card(self, parcel: Parcel, card: Card, rendered: Rendered) -> Delivered:
        """A card is a message of its own; what was pressed on it is shown in its place."""
        if (
            card.place.isdecimal()
            and len(rendered.texts) == 1
            and await self._parts.edit(parcel, (int(card.place),), rendered) is not None
        ):
            return Delivered(card.place)
        # The living message is another one: what is noted with the chat is about that.
        sent = await self._parts.send(
            parcel,
            rendered,
            self._parts.begun(parcel) or (),
            lambda sent: self._parts.keep_in_mind(parcel, sent),
        )
        return Delivered(str(sent[-1]), calls=len(sent))

    # Other messages -------------------------------------------------------------------------------

    async def _tidy(self, parcel: Parcel, message_id: int) -> Delivered:
        self._parts.will_edit(parcel)
        try:
            await self._calls.call(
                "editMessageReplyMarkup", {"chat_id": int(parcel.chat.address), "message_id": message_id}
            )
        except BadRequest as error:
            _log.debug("old buttons stay", kind=edit_verdict(error))
        return Delivered(str(message_id))

    async def _paper(self, parcel: Parcel, path: str) -> Delivered:
        chat = parcel.chat
        words = self._words(chat.language)
        message = await self._documents.send(chat, path, words)
        if message is None:
            text = words.say("That document is not there any more.")
            return Delivered(str(await self._parts.text(parcel, escape(text))))
        return Delivered(str(message))

    async def _pointer(self, chat: Chat, pointer: Pointer) -> Delivered:
        words = self._words(pointer.language)
        text = words.say("I answer in a private chat, so that what you tell me stays between us.")
        url = f"https://t.me/{self._me.username}?start={pointer.argument or 'menu'}"
        button = {"text": words.say("Open the private chat"), "url": url}
        given = text_call(chat.address, text) | {
            "reply_markup": {"inline_keyboard": [[button]]},
            "reply_parameters": {"message_id": pointer.reply_to, "allow_sending_without_reply": True},
        }
        if pointer.topic is not None:
            given["message_thread_id"] = pointer.topic
        return Delivered(str(await self._calls.send(given)))

    def _words(self, language: str) -> Words:
        return self._house.catalogues.words(SPOKEN.get(language) or self._house.settings.language)


@lru_cache(8)
def _told_to_many(message_json: str) -> tuple[AnyOutgoing, Rendered | None]:
    """A broadcast, the same to everybody: read, and where it is a card rendered, once. Nobody's own words are in it."""
    message = outgoing(message_json)
    return message, render_card(message) if isinstance(message, Card) else None


def _is_worth_keeping(screen: Screen) -> bool:
    """A result and whatever else can be had as a document."""
    return any(True for _ in links_in(screen.blocks))


def _hint(hint: Hint, words: Words) -> str:
    match hint.about:
        case "edited":
            return words.say(
                "I saw that you edited a message. That changes no answer: use the buttons to change one, or write it again."
            )
        case "foreign_contact":
            return words.say("That card is somebody else's. Please share your own number, or type it.")
        case "sorry":
            return words.say(
                "Something went wrong on our side, and your last message could not be taken. Nothing else was changed; "
                "please try it once more, or in another way. We are told about it."
            )
        case "too_long":
            return words.say("That is too long: at most %(n)s characters, please.", n=words.number(hint.most))
        case _:
            assert_never(hint.about)
