"""This product with the dialog of the benchmark, as a process of its own: `python -m … URL FOLDER`.

With `--limits` it keeps to Telegram's; with `--broadcast N` so many people are sent a message each, from the first poll on.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import lean
from bot import logging as product_log
from bot.assembly import open_house
from bot.house import House
from bot.settings import Settings
from bot.telegram import channel as telegram_channel
from dialogs.engine.screen import Paragraph, Screen, ScreenMessage, plain
from domain.store import Transaction
from scheduler.limits import Rates
from tests.benchmarks.telegram.ours import only_ten_questions
from tests.benchmarks.telegram.script import FIRST_LISTENER, NEWS, TOKEN
from tests.support.inside import UNLIMITED


def _tell(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _unlimited(house: House) -> Rates:
    return UNLIMITED


def _news(number: int) -> str:
    screen = Screen(
        conversation=0,
        revision=0,
        dialog="news",
        state="news",
        language="zh_CN",
        title="",
        blocks=(Paragraph(spans=plain(f"{NEWS}（{number}）")),),
    )
    return ScreenMessage(screen=screen).model_dump_json()


async def put_broadcast(house: House, listeners: int) -> None:
    """Put a message for each listener into the outbox, and tell how long that took."""
    now = house.clock.now()

    def meet(tx: Transaction, first: int, past: int) -> list[int]:
        return [
            tx.chats.open("telegram", str(FIRST_LISTENER + number), "zh_CN", now).id
            for number in range(first, past)
        ]

    def put(tx: Transaction, chats: list[int], now: datetime) -> None:
        for chat in chats:
            tx.outbox.put(chat, _news(chat), now, "broadcast")

    groups = []
    for first in range(0, listeners, 1_000):
        past = min(first + 1_000, listeners)
        groups.append(await house.database.run(lambda tx, a=first, b=past: meet(tx, a, b)))  # type: ignore[misc]
    began = time.perf_counter()
    for group in groups:
        await house.database.run(lambda tx, group=group: put(tx, group, now))  # type: ignore[misc]
    _tell(put_seconds=time.perf_counter() - began)


async def main(given: argparse.Namespace) -> None:
    """Serve until told to stop."""
    settings = Settings(
        data_dir=given.folder,
        telegram_token=SecretStr(TOKEN),
        telegram_api_url=given.url,
        telegram_chat_per_second=1 if given.limits else 1_000,
        _env_file=None,
    )
    product_log.configure("json", "warning", sys.stderr)
    if not given.limits:
        telegram_channel._rates = _unlimited
    async with open_house(settings) as house:
        only_ten_questions(house)
        if given.broadcast:
            await put_broadcast(house, given.broadcast)
        # As `zhuoyue serve` does before its work begins.
        lean.settle_down()
        running = asyncio.create_task(telegram_channel.TelegramChannel(house).run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--broadcast", type=int, default=0)
    asyncio.run(main(parser.parse_args()))
