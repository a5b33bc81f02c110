"""``zhuoyue telegram``: what Telegram knows of the bot, and its webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError

if TYPE_CHECKING:
    from telegram import WebhookInfo

    from bot.telegram.api import Api

LONGEST_LINE = 300


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="telegram", help="The Telegram bot and its webhook.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("info", help="Show the bot, its webhook and what waits at Telegram.")(info)
    group.command("set-webhook", help="Have Telegram bring updates to this product.")(set_webhook)
    group.command("delete-webhook", help="Have Telegram keep updates until they are polled.")(delete_webhook)
    app.add_typer(group)


def info() -> None:
    """Write who the bot is and how updates come."""
    asyncio.run(_info())


def set_webhook(
    drop_waiting: Annotated[
        bool, typer.Option("--drop-waiting", help="Also throw away what waits at Telegram.")
    ] = False,
) -> None:
    """Set the webhook to the public URL of the settings."""
    asyncio.run(_set_webhook(drop_waiting=drop_waiting))


def delete_webhook(
    drop_waiting: Annotated[
        bool, typer.Option("--drop-waiting", help="Also throw away what waits at Telegram.")
    ] = False,
) -> None:
    """Delete the webhook."""
    asyncio.run(_delete_webhook(drop_waiting=drop_waiting))


@asynccontextmanager
async def _api() -> AsyncIterator[Api]:
    """The bot of the settings; whatever Telegram says to it is one line for the person."""
    from telegram.error import InvalidToken, TelegramError

    from bot.telegram.api import open_api

    words, settings = surroundings.words(), surroundings.settings()
    if settings.telegram_token is None:
        raise CommandError(
            words.say("There is no token: set ZHUOYUE_TELEGRAM_TOKEN to what BotFather gave you.")
        )
    token = settings.telegram_token.get_secret_value()
    try:
        async with open_api(token, settings.telegram_api_url) as api:
            yield api
    except InvalidToken:
        raise CommandError(words.say("Telegram refuses the token; check ZHUOYUE_TELEGRAM_TOKEN.")) from None
    except TelegramError as error:
        reason = error.message.replace(token, "…")[:LONGEST_LINE]
        raise CommandError(words.say("Telegram says: %(reason)s", reason=reason)) from None


async def _info() -> None:
    words = surroundings.words()
    async with _api() as api:
        me = await api.identity()
        hook = await api.bot.get_webhook_info()
    print(words.say("Bot: @%(name)s (number %(id)s)", name=me.username, id=me.id))
    print(words.say("Link: %(url)s", url=f"https://t.me/{me.username}"))
    for line in _webhook_lines(hook):
        print(line)


def _webhook_lines(hook: WebhookInfo) -> list[str]:
    words = surroundings.words()
    lines = [
        words.say("Webhook: %(url)s", url=hook.url)
        if hook.url
        else words.say("Webhook: none, updates are polled")
    ]
    lines.append(words.say("Waiting at Telegram: %(n)s", n=words.number(hook.pending_update_count)))
    if hook.last_error_date is not None:
        when = words.datetime(hook.last_error_date)
        why = hook.last_error_message or ""
        lines.append(words.say("Last failure: %(when)s, %(why)s", when=when, why=why))
    return lines


async def _set_webhook(*, drop_waiting: bool) -> None:
    from bot.telegram.updates import ALLOWED
    from bot.telegram.webhook import PATH

    words, settings = surroundings.words(), surroundings.settings()
    if not (settings.public_url or "").startswith("https://"):
        raise CommandError(words.say("A webhook needs ZHUOYUE_PUBLIC_URL, an address with https://."))
    if settings.telegram_webhook_secret is None:
        raise CommandError(words.say("A webhook needs ZHUOYUE_TELEGRAM_WEBHOOK_SECRET."))
    async with _api() as api:
        await api.bot.set_webhook(
            f"{settings.public_url}{PATH}",
            allowed_updates=ALLOWED,
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
            drop_pending_updates=drop_waiting,
        )
    print(words.say("Telegram brings updates to %(url)s.", url=f"{settings.public_url}{PATH}"))
    if settings.telegram_mode != "webhook":
        surroundings.complain(
            words.say("Set ZHUOYUE_TELEGRAM_MODE=webhook as well, or nobody takes them in.")
        )


async def _delete_webhook(*, drop_waiting: bool) -> None:
    words = surroundings.words()
    async with _api() as api:
        await api.bot.delete_webhook(drop_pending_updates=drop_waiting)
    print(words.say("Telegram keeps updates until they are polled."))
