"""The Telegram channel of one process: what comes in, what is made of it, and what goes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import InvalidToken, TelegramError

from bot.house import House
from bot.telegram.api import Api, open_api
from bot.telegram.commands import introduce
from bot.telegram.fetching import Fetcher
from bot.telegram.keeper import Keeper
from bot.telegram.polling import POLL_SECONDS, Poller
from bot.telegram.reading import Identity
from bot.telegram.reception import CHANNEL, Reception
from bot.telegram.sender import TelegramSender
from bot.telegram.signals import Signals
from bot.telegram.webhook import PATH, Webhook
from domain.store import Chat, Transaction, UpdateRow
from scheduler.courier import Courier
from scheduler.intake import Intake
from scheduler.limits import Limits, Rates

PAUSES: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds between attempts to learn who we are; the last one again and again."""

STOP_SECONDS: Final = 7.0
"""What is under way when the process is told to stop may take so long."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Parts:
    intake: Intake
    courier: Courier
    keeper: Keeper
    signals: Signals


class TelegramChannel:
    """Runs beside the web server. Telegram may be out of reach for as long as it likes: the rest of the product is not."""

    def __init__(
        self, house: House, *, poll_seconds: int = POLL_SECONDS, pauses: tuple[float, ...] = PAUSES
    ) -> None:
        self._house = house
        self._poll_seconds = poll_seconds
        self._pauses = pauses
        self._webhook: Webhook | None = None
        self._ready = asyncio.Event()

    @property
    def routes(self) -> tuple[Route, ...]:
        """What the web server has to serve for us; nothing when we poll."""
        if self._house.settings.telegram_mode != "webhook":
            return ()
        return (Route(PATH, self._receive, methods=["POST"]),)

    async def _receive(self, request: Request) -> Response:
        if self._webhook is None:
            # Telegram brings it again.
            return Response(status_code=503, headers={"Retry-After": "5"})
        response = await self._webhook.receive(request)
        if response.status_code == 200:
            self._stirred()
        return response

    def _stirred(self) -> None:
        self._house.pulse.see(CHANNEL)

    async def ready(self) -> None:
        """Wait until updates are taken in."""
        await self._ready.wait()

    async def run(self) -> None:
        """Serve until cancelled; what is under way then is brought to its end."""
        settings = self._house.settings
        if settings.telegram_token is None:
            return
        self._stirred()
        async with open_api(settings.telegram_token.get_secret_value(), settings.telegram_api_url) as api:
            me = await self._identity(api)
            self._house.addresses.bot = me.username
            _log.info("telegram is ready", bot=me.username, mode=settings.telegram_mode)
            async with self._open(api, me) as parts:
                await self._serve(api, parts)

    @asynccontextmanager
    async def _open(self, api: Api, me: Identity) -> AsyncIterator[_Parts]:
        house = self._house
        signals = Signals(api.bot)

        def wake() -> None:
            intake.wake()

        fetcher = Fetcher(house, api, wake, self._pauses[0])
        reception = Reception(house, me, fetcher)
        courier = Courier(
            house.database,
            CHANNEL,
            TelegramSender(house, api.bot, me, signals),
            Limits(_rates(house)),
            house.clock,
            is_group=_is_group,
            tally=house.figures.sends,
        )

        def take(tx: Transaction, update: UpdateRow) -> datetime | None:
            return reception.take(tx, update.payload_json, update)

        def apologise(tx: Transaction, update: UpdateRow) -> None:
            reception.apologise(tx, update.payload_json)

        intake = Intake(
            house.database,
            CHANNEL,
            take,
            house.clock,
            apologise=apologise,
            handled=courier.wake,
            tally=house.figures.intake,
            expected=courier.expect,
        )
        keeper = Keeper(signals, intake.take_in, reception.at_once)
        try:
            yield _Parts(intake, courier, keeper, signals)
        finally:
            self._webhook = None
            await fetcher.close()
            await signals.close()

    async def _serve(self, api: Api, parts: _Parts) -> None:
        """Take in, handle and send. The order of stopping is that order, so that what was taken in still goes out."""
        intake = asyncio.create_task(parts.intake.run(), name="telegram intake")
        courier = asyncio.create_task(parts.courier.run(), name="telegram courier")
        menu = asyncio.create_task(
            introduce(api.bot, self._house.catalogues, self._house.settings.language), name="telegram menu"
        )
        try:
            await self._take_in(api, parts.keeper, (intake, courier))
        finally:
            menu.cancel()
            parts.intake.stop()
            await _ended(intake)
            parts.courier.stop()
            await _ended(courier)
            await _ended(menu)

    async def _take_in(self, api: Api, keeper: Keeper, beside: tuple[asyncio.Task[None], ...]) -> None:
        """Take updates in until cancelled, or until that or what handles them has failed."""
        taking = asyncio.create_task(self._taking(api, keeper), name="telegram updates")
        try:
            done, _ = await asyncio.wait({taking, *beside}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)

    async def _taking(self, api: Api, keeper: Keeper) -> None:
        settings = self._house.settings
        if settings.telegram_mode == "polling":
            self._ready.set()
            await Poller(
                api, keeper, seconds=self._poll_seconds, pause=self._pauses[0], stirred=self._stirred
            ).run()
        secret = settings.telegram_webhook_secret
        self._webhook = Webhook(secret.get_secret_value() if secret is not None else "", keeper)
        self._ready.set()
        await _check_webhook(api, settings.public_url or "")
        # From here on updates come by themselves.
        await asyncio.Event().wait()

    async def _identity(self, api: Api) -> Identity:
        """Who we are; Telegram has to be reached for that, so it is tried until it answers."""
        attempt = 0
        while True:
            try:
                return await api.identity()
            except InvalidToken:
                _log.error("telegram refuses the token; check ZHUOYUE_TELEGRAM_TOKEN")
            except TelegramError as error:
                _log.warning("telegram is out of reach", kind=type(error).__name__)
            await asyncio.sleep(self._pauses[min(attempt, len(self._pauses) - 1)])
            attempt += 1


async def _ended(task: asyncio.Task[None]) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await asyncio.gather(task, return_exceptions=True)
    except TimeoutError:
        _log.warning("stopped in the middle; the next start goes on", part=task.get_name())


async def _check_webhook(api: Api, public_url: str) -> None:
    """Tell the operator when Telegram does not bring its updates here."""
    try:
        info = await api.bot.get_webhook_info()
    except TelegramError as error:
        _log.warning("the webhook could not be checked", kind=type(error).__name__)
        return
    if info.url != public_url + PATH:
        _log.warning("telegram does not bring updates here; run `zhuoyue telegram set-webhook`")


def _is_group(chat: Chat) -> bool:
    return chat.address.startswith("-")


def _rates(house: House) -> Rates:
    settings = house.settings
    return Rates(
        overall_per_second=settings.telegram_per_second,
        private_per_second=settings.telegram_chat_per_second,
        private_burst=settings.telegram_chat_burst,
        group_per_minute=settings.telegram_group_per_minute,
    )
