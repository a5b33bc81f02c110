"""The same ten questions with other people's tools, written as their documentation shows it."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
