"""The same ten questions with python-telegram-bot's ConversationHandler, written as its documentation shows it.

As a process of its own (`python -m … URL [--at-once] [--pickle FILE]`) it polls as `run_polling` does.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
import warnings
from pathlib import Path
from typing import Any, Final

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

from tests.benchmarks.telegram.crowd import Crowd
from tests.benchmarks.telegram.script import ANSWERS, DONE, QUESTIONS, TOKEN, question

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
                await query.edit_message_text(DONE)
                return ConversationHandler.END
            await query.edit_message_text(question(number + 1), reply_markup=_KEYS)
        return number + 1

    return handle


def _add_dialog(application: Application[Any, Any, Any, Any, Any, Any], *, persistent: bool) -> None:
    # It warns of buttons under several messages, which this dialog does not have.
    warnings.filterwarnings("ignore", category=PTBUserWarning)
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", _started)],
            states={number: [CallbackQueryHandler(_answered(number))] for number in range(QUESTIONS)},
            fallbacks=[CommandHandler("start", _started)],
            name="ten",
            persistent=persistent,
        )
    )


async def talk(crowd: Crowd, kept_in: Path | None) -> float:
    """Let a crowd talk to it inside this process; gives the processor time of what is measured, in seconds.

    With `kept_in` its answers are pickled every second.
    """
    from tests.benchmarks.telegram.ours import Wire

    wire = Wire(crowd)
    builder = Application.builder().bot(ExtBot(TOKEN, request=wire, get_updates_request=wire))
    if kept_in is not None:
        builder = builder.persistence(PicklePersistence(kept_in, update_interval=1))
    application = builder.build()
    _add_dialog(application, persistent=kept_in is not None)
    async with application:
        await application.start()
        busy = time.process_time()

        def counting() -> None:
            nonlocal busy
            busy = time.process_time()

        crowd.counting = counting
        crowd.begin()
        while not crowd.is_done:
            pause = crowd.release()
            if batch := crowd.batch():
                for raw in batch:
                    await application.process_update(Update.de_json(raw, application.bot))
                    crowd.release()
            else:
                await asyncio.sleep(pause or 0)
        busy = time.process_time() - busy
        await application.stop()
    return busy


def main() -> None:
    """Poll until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--at-once", action="store_true", help="handle updates of different people at once")
    parser.add_argument("--pickle", type=Path)
    given = parser.parse_args()
    builder = Application.builder().token(TOKEN).base_url(f"{given.url}/bot")
    if given.at_once:
        builder = builder.concurrent_updates(True)
    if given.pickle:
        builder = builder.persistence(PicklePersistence(given.pickle, update_interval=1))
    application = builder.build()
    _add_dialog(application, persistent=given.pickle is not None)
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    main()
