"""Sends what the outbox holds for a Telegram chat, and says what became of it.

The screen of a conversation lives in one message that is edited in place. When it was sent up by what the person wrote, is
old, or cannot be edited any more, it is sent again as a new message, and the buttons of the one before are taken away.
"""

from __future__ import annotations

from html import unescape
from typing import Final, assert_never

import structlog
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.house import House
from bot.telegram.keyboards import View
from bot.telegram.living import Shown
from bot.telegram.markup import escape
from bot.telegram.notes import Hint, Pointer, Turned, WantedPaper, outgoing
from bot.telegram.papers import Papers
from bot.telegram.phone_key import PhoneKey
from bot.telegram.reading import Identity
from bot.telegram.rendering import Rendered, render
from bot.telegram.rows import Rows
from bot.telegram.signals import Signals
from bot.telegram.splitting import CAPTION, bare, split
from bot.telegram.verdicts import Floods, edit_verdict, is_about_format, verdict
from dialogs.engine.screen import Said, Screen, ScreenMessage
from domain.clock import day_in_shanghai
from domain.store import Chat, StoreError
from locales.languages import LANGUAGES
from locales.words import Words
from scheduler.sending import Delivered, Parcel, Receipt, TryAgain

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)

REMEMBERED: Final = 1_000
"""Messages of several parts whose first parts went out, and that wait to be gone on with."""

_log = structlog.get_logger(__name__)


class TelegramSender:
    """The sender of one bot."""

    def __init__(self, house: House, bot: Bot, me: Identity, signals: Signals) -> None:
        self._house = house
        self._bot = bot
        self._me = me
        self._signals = signals
        self._papers = Papers(house)
        self._phone_key = PhoneKey(bot)
        self._floods = Floods()
        self._begun: dict[int, list[int]] = {}
        self._edits: set[int] = set()

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one message and say what came of it."""
        try:
            return await self._send(parcel)
        except StoreError as error:
            return TryAgain(f"the database: {error.code}")
        except TelegramError as error:
            if isinstance(error, InvalidToken):
                _log.error("telegram refuses the token; check ZHUOYUE_TELEGRAM_TOKEN")
            return verdict(error, parcel.chat.id, self._floods, harmless=parcel.outbox_id in self._edits)
        finally:
            self._edits.discard(parcel.outbox_id)
            self._signals.answered(parcel.chat.address)

    async def _send(self, parcel: Parcel) -> Receipt:
        message = outgoing(parcel.message_json)
        match message:
            case ScreenMessage(screen=screen):
                return await self._screen(parcel, screen, View())
            case Turned(screen=screen, view=view):
                return await self._screen(parcel, screen, View.of(view))
            case Said():
                return Delivered("", calls=0)
            case Hint():
                text = _hint(message, self._words(parcel.chat.language))
                return Delivered(str(await self._text(parcel.chat, escape(text))))
            case WantedPaper(path=path):
                return await self._paper(parcel.chat, path)
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
            and living.conversation == screen.conversation
            and parcel.lane == "reply"
            and not shown.is_old(now)
            and len(shown.messages) == len(rendered.texts)
            and (calls := await self._edit(parcel, shown, rendered)) is not None
        ):
            return await self._edited(parcel, screen, shown, calls, words)
        return await self._new(parcel, screen, shown, rendered, words)

    async def _edit(self, parcel: Parcel, shown: Shown, rendered: Rendered) -> int | None:
        """Edit in place; None when that is refused and a new message is called for, else how many calls it took."""
        # An edit that is repeated has no second effect.
        self._edits.add(parcel.outbox_id)
        last = len(rendered.texts) - 1
        for place, (message_id, text) in enumerate(zip(shown.messages, rendered.texts, strict=True)):
            rows = rendered.rows if place == last else ()
            try:
                await self._bot.edit_message_text(
                    text,
                    chat_id=int(parcel.chat.address),
                    message_id=message_id,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=NO_PREVIEW,
                    reply_markup=_markup(rows),
                )
            except BadRequest as error:
                match edit_verdict(error):
                    case "same":
                        continue
                    case "not_editable" | "other":
                        self._edits.discard(parcel.outbox_id)
                        return None
        return last + 1

    async def _edited(
        self, parcel: Parcel, screen: Screen, shown: Shown, calls: int, words: Words
    ) -> Delivered:
        ref = str(shown.messages[-1])
        key, more = await self._phone_key.settle(parcel.chat, screen, shown.phone_key, words)
        if key == shown.phone_key:
            return Delivered(ref, calls=calls + more)
        return Delivered(ref, Shown(shown.messages, shown.at, key).note(screen.conversation), calls + more)

    async def _new(
        self, parcel: Parcel, screen: Screen, before: Shown | None, rendered: Rendered, words: Words
    ) -> Delivered:
        sent = self._begun.get(parcel.outbox_id, [])
        last = len(rendered.texts) - 1
        for place in range(len(sent), last + 1):
            rows = rendered.rows if place == last else ()
            sent.append(await self._text(parcel.chat, rendered.texts[place], rows))
            if place < last:
                self._remember(parcel.outbox_id, sent)
        self._begun.pop(parcel.outbox_id, None)
        calls = len(sent)
        if before is not None:
            calls += await self._take_buttons_away(parcel.chat, before)
        key = before.phone_key if before is not None else None
        key, more = await self._phone_key.settle(parcel.chat, screen, key, words)
        shown = Shown(tuple(sent), self._house.clock.now(), key)
        return Delivered(str(sent[-1]), shown.note(screen.conversation), calls + more)

    def _remember(self, outbox_id: int, sent: list[int]) -> None:
        self._begun[outbox_id] = sent
        while len(self._begun) > REMEMBERED:
            self._begun.pop(next(iter(self._begun)))

    async def _take_buttons_away(self, chat: Chat, shown: Shown) -> int:
        """Old buttons do no harm; without them a chat is easier to read. Whether it works does not matter."""
        try:
            await self._bot.edit_message_reply_markup(
                chat_id=int(chat.address), message_id=shown.messages[-1], reply_markup=None, read_timeout=5
            )
        except TelegramError as error:
            _log.debug("old buttons stay", kind=type(error).__name__)
        return 1

    # Other messages -------------------------------------------------------------------------------

    async def _paper(self, chat: Chat, path: str) -> Delivered:
        words = self._words(chat.language)
        document = await self._papers.document(chat, path, words)
        if document is None:
            text = words.say("That document is not there any more.")
            return Delivered(str(await self._text(chat, escape(text))))
        caption = words.say("Open the file to read, print or keep it. Only you can see it here.")
        sent = await self._bot.send_document(
            int(chat.address),
            InputFile(document.content, filename=document.filename),
            caption=split(escape(caption), CAPTION)[0],
            parse_mode=ParseMode.HTML,
            disable_content_type_detection=True,
        )
        return Delivered(str(sent.message_id))

    async def _pointer(self, chat: Chat, pointer: Pointer) -> Delivered:
        words = self._words(pointer.language)
        text = words.say("I answer in a private chat, so that what you tell me stays between us.")
        url = f"https://t.me/{self._me.username}?start={pointer.argument or 'menu'}"
        button = InlineKeyboardButton(words.say("Open the private chat"), url=url)
        sent = await self._bot.send_message(
            int(chat.address),
            text,
            link_preview_options=NO_PREVIEW,
            reply_markup=InlineKeyboardMarkup([[button]]),
            message_thread_id=pointer.topic,
            reply_parameters=ReplyParameters(pointer.reply_to, allow_sending_without_reply=True),
        )
        return Delivered(str(sent.message_id))

    async def _text(self, chat: Chat, html: str, rows: Rows = ()) -> int:
        """Send one text; without its formatting when Telegram cannot read that."""
        address, markup = int(chat.address), _markup(rows)
        try:
            sent = await self._bot.send_message(
                address, html, ParseMode.HTML, link_preview_options=NO_PREVIEW, reply_markup=markup
            )
        except BadRequest as error:
            if not is_about_format(error):
                raise
            _log.error("telegram could not read our formatting")
            sent = await self._bot.send_message(
                address, unescape(bare(html)), link_preview_options=NO_PREVIEW, reply_markup=markup
            )
        return sent.message_id

    def _words(self, language: str) -> Words:
        known = next((one for one in LANGUAGES if one == language), self._house.settings.language)
        return self._house.catalogues.words(known)


def _markup(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(key.label, callback_data=key.data) for key in row] for row in rows]
    )


def _hint(hint: Hint, words: Words) -> str:
    match hint.about:
        case "edited":
            return words.say(
                "I saw that you edited a message. That changes no answer: use the buttons to change one, or write it again."
            )
        case "foreign_contact":
            return words.say("That card is somebody else's. Please share your own number, or type it.")
        case "too_long":
            return words.say("That is too long: at most %(n)s characters, please.", n=words.number(hint.most))
        case _:
            assert_never(hint.about)
