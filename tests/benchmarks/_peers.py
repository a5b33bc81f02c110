"""The same ten questions with other people's tools, written as their documentation shows it."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiogram import Bot as AiogramBot
from aiogram import Dispatcher, Router
from aiogram.client.session.base import BaseSession
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import TelegramMethod
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import Button, Column
from aiogram_dialog.widgets.text import Const
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    ExtBot,
    PicklePersistence,
)
from telegram.warnings import PTBUserWarning

from tests.benchmarks._script import ANSWERS, QUESTIONS, question
from tests.support.platform import TOKEN

if TYPE_CHECKING:
    from tests.benchmarks.telegram import Crowd

_DONE: Final = "谢谢！"

_KEYS: Final = InlineKeyboardMarkup(
    [[InlineKeyboardButton(label, callback_data=f"a{place}")] for place, label in enumerate(ANSWERS)]
)


async def _started(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    if context.user_data is not None:
        context.user_data.clear()
    if update.message is not None:
        await update.message.reply_text(question(0), reply_markup=_KEYS)
    return 0


def _answered(number: int) -> Any:
    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        if query is not None and context.user_data is not None:
            await query.answer()
            context.user_data[number] = query.data
            if number + 1 == QUESTIONS:
                await query.edit_message_text(_DONE)
                return ConversationHandler.END
            await query.edit_message_text(question(number + 1), reply_markup=_KEYS)
        return number + 1

    return handle


async def by_conversation_handler(crowd: Crowd, kept_in: Path | None) -> float:
    """Updates a second of PTB's ConversationHandler; with `kept_in` its answers are pickled every few seconds."""
    builder = Application.builder().bot(ExtBot(TOKEN, request=crowd, get_updates_request=crowd))
    if kept_in is not None:
        builder = builder.persistence(PicklePersistence(kept_in, update_interval=1))
    application = builder.build()
    # It warns of buttons under several messages, which this dialog does not have.
    warnings.filterwarnings("ignore", category=PTBUserWarning)
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", _started)],
            states={number: [CallbackQueryHandler(_answered(number))] for number in range(QUESTIONS)},
            fallbacks=[CommandHandler("start", _started)],
            name="ten",
            persistent=kept_in is not None,
        )
    )
    async with application:
        await application.start()
        began = time.perf_counter()
        crowd.begin()
        while not crowd.is_done:
            for raw in crowd.batch():
                await application.process_update(Update.de_json(raw, application.bot))
        took = time.perf_counter() - began
        await application.stop()
    return crowd.answered / took


class _Session(BaseSession):
    """Aiogram's way to the platform inside this process."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__()
        self._crowd = crowd

    async def close(self) -> None:
        """There is nothing to close."""

    async def make_request(
        self,
        bot: AiogramBot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 -- aiogram's name
    ) -> Any:
        """What aiohttp's session does, without the network."""
        files: dict[str, Any] = {}
        given = {
            key: prepared
            for key, value in method.model_dump(warnings=False).items()
            if (prepared := self.prepare_value(value, bot=bot, files=files))
        }
        status, content = await self._crowd.answer(method.__api_method__, given)
        return self.check_response(bot, method, status, content.decode()).result

    async def stream_content(self, *_: Any, **__: Any) -> Any:
        """No files here."""
        yield b""


async def by_aiogram_dialog(crowd: Crowd) -> float:
    """Updates a second of aiogram_dialog with its states in memory."""
    names = [f"q{number}" for number in range(QUESTIONS)]
    group: Any = type("Ten", (StatesGroup,), {name: State() for name in [*names, "done"]})

    async def pressed(_: Any, button: Button, manager: DialogManager) -> None:
        context = manager.current_context()
        context.dialog_data[str(context.state)] = button.widget_id
        await manager.next()

    windows = [
        Window(
            Const(question(number)),
            Column(
                *(
                    Button(Const(label), id=f"a{place}", on_click=pressed)
                    for place, label in enumerate(ANSWERS)
                )
            ),
            state=getattr(group, name),
        )
        for number, name in enumerate(names)
    ]
    router = Router()

    @router.message(CommandStart())
    async def start(_: Any, dialog_manager: DialogManager) -> None:
        await dialog_manager.start(group.q0, mode=StartMode.RESET_STACK)

    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.include_router(router)
    dispatcher.include_router(Dialog(*windows, Window(Const(_DONE), state=group.done)))
    setup_dialogs(dispatcher)
    bot = AiogramBot(TOKEN, session=_Session(crowd))
    await dispatcher.emit_startup(bot=bot, dispatcher=dispatcher)
    began = time.perf_counter()
    crowd.begin()
    while not crowd.is_done:
        for raw in crowd.batch():
            await dispatcher.feed_raw_update(bot, raw)
    took = time.perf_counter() - began
    await dispatcher.emit_shutdown(bot=bot, dispatcher=dispatcher)
    return crowd.answered / took
