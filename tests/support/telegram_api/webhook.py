"""Webhooks: the bot's own server is told about updates, again and again until it says 2xx."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import httpx

from tests.support.telegram_api.answers import WEBHOOK_SET, Granted, Json, Refusal, bad_request
from tests.support.telegram_api.parameters import Parameters
from tests.support.telegram_api.polling import Polling
from tests.support.telegram_api.updates import Lane, Update
from tests.support.telegram_api.world import World

PORTS: Final = frozenset({80, 88, 443, 8443})
LONGEST_PAUSE_SECONDS: Final = 60
LONGEST_SECRET: Final = 256
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"

CarryOut = Callable[[Parameters], Awaitable[None]]


@dataclass(slots=True)
class WebhookRules:
    """How webhooks are called; a test may be in more of a hurry than Telegram."""

    second: float = 1.0
    """How long a second of the pauses between attempts lasts."""

    answer_seconds: float = 60.0
    https_only: bool = False
    """Whether only HTTPS on Telegram's four ports is taken; a server of one's own takes anything, and so does this."""

    url: str = ""
    secret: str = ""
    info: Json = field(default_factory=dict)
    delivered: list[Update] = field(default_factory=list)
    attempts: int = 0
    busiest: int = 0
    """The most calls that were open at one time."""


class Webhook:
    """The webhook of one bot; lives in the server's loop."""

    def __init__(self, world: World, polling: Polling, rules: WebhookRules, carry_out: CarryOut) -> None:
        self._world = world
        self._polling = polling
        self._rules = rules
        self._carry_out = carry_out
        self._loop = asyncio.get_running_loop()
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(40)
        self._client: httpx.AsyncClient | None = None
        self._open = 0
        world.updates.changed = self._ring
        self.open()

    # --- methods ---

    async def set(self, parameters: Parameters) -> Granted:
        """Send updates to an address from now on."""
        url = parameters.text("url") or ""
        if not url:
            return await self.delete(parameters)
        self._check(url)
        secret = parameters.text("secret_token") or ""
        if len(secret) > LONGEST_SECRET:
            raise bad_request("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad_request("secret token contains unallowed characters")
        connections = parameters.within("max_connections", 40, 1, 100)
        kinds = parameters.parsed("allowed_updates", "allowed updates")
        same = (url, connections, secret) == (
            self._rules.url,
            self._rules.info.get("max_connections"),
            self._rules.secret,
        )
        self._polling.end(WEBHOOK_SET)
        await self.stop()
        with self._world.lock:
            self._world.updates.allow(kinds if isinstance(kinds, list) else None)
            if parameters.true("drop_pending_updates"):
                self._world.updates.clear()
        self._rules.url, self._rules.secret = url, secret
        self._rules.info = {
            "max_connections": connections,
            "ip_address": parameters.text("ip_address") or "127.0.0.1",
        }
        self.open()
        return Granted(result=True, description="Webhook is already set" if same else "Webhook was set")

    def open(self) -> None:
        """Begin to deliver, if there is an address."""
        self._polling.webhook_url = self._rules.url
        if self._rules.url:
            self._slots = asyncio.Semaphore(self._rules.info["max_connections"])
            self._client = httpx.AsyncClient(trust_env=False, timeout=self._rules.answer_seconds)
            self._wake()

    async def delete(self, parameters: Parameters) -> Granted:
        """Send updates nowhere."""
        was_set = bool(self._rules.url)
        self._rules.url = self._polling.webhook_url = ""
        await self.stop()
        if parameters.true("drop_pending_updates"):
            with self._world.lock:
                self._world.updates.clear()
        return Granted(
            result=True, description="Webhook was deleted" if was_set else "Webhook is already deleted"
        )

    async def info(self, _parameters: Parameters) -> Granted:
        """How it goes."""
        with self._world.lock:
            queue = self._world.updates
            written: Json = {
                "url": self._rules.url,
                "has_custom_certificate": False,
                "pending_update_count": len(queue),
            }
            if queue.allowed_as_told is not None:
                written["allowed_updates"] = queue.allowed_as_told
        return Granted(written | (self._rules.info if self._rules.url else {}))

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            raise bad_request("bad webhook: Can't parse URL") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise bad_request("invalid webhook URL specified")
        if self._rules.https_only:
            if parts.scheme != "https":
                raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
            if (port or 443) not in PORTS:
                raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")

    # --- delivery ---

    def _ring(self) -> None:
        """Called with any thread's hands: something new waits."""
        self._polling.ring()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if not self._polling.webhook_url:
            return
        with self._world.lock:
            lanes = self._world.updates.lanes
        for lane in lanes:
            if lane in self._lanes:
                continue
            task = self._lanes[lane] = self._loop.create_task(self._deliver(lane))
            task.add_done_callback(partial(self._done, lane))

    def _done(self, lane: Lane, _task: asyncio.Task[None]) -> None:
        self._lanes.pop(lane, None)
        self._wake()  # something may have come while the last one went out

    async def _deliver(self, lane: Lane) -> None:
        failures = 0
        while (update := self._first(lane)) is not None:
            async with self._slots:
                pause = await self._post(update)
            if pause is None:
                failures = 0
                with self._world.lock:
                    self._world.updates.drop(update)
                continue
            failures += 1
            # The second attempt follows at once, the next ones after 2, 4, 8... seconds.
            after = 0 if failures == 1 else min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS)
            await asyncio.sleep((pause or after) * self._rules.second)

    def _first(self, lane: Lane) -> Update | None:
        with self._world.lock:
            return self._world.updates.first(lane)

    async def _post(self, update: Update) -> float | None:
        """Tell the bot's server; None when it took the update, else how long it asks to be left alone (0: it says nothing)."""
        assert self._client is not None
        self._rules.attempts += 1
        self._open += 1
        self._rules.busiest = max(self._rules.busiest, self._open)
        headers = {SECRET_HEADER: self._rules.secret} if self._rules.secret else {}
        try:
            response = await self._client.post(self._rules.url, json=update.json(), headers=headers)
        except httpx.TimeoutException:
            return self._failed("Read timeout expired")
        except httpx.ConnectError:
            return self._failed("Connection refused")
        except httpx.HTTPError as error:
            return self._failed(f"Connection closed: {error}")
        finally:
            self._open -= 1
        if not response.is_success:
            status = f"{response.status_code} {response.reason_phrase}"
            self._failed(f"Wrong response from the webhook: {status}")
            return float(response.headers.get("retry-after", 0))
        self._rules.delivered.append(update)
        await self._answered(response)
        if self._world.disorder.random.random() < self._world.disorder.duplicates:
            return 0.0
        return None

    def _failed(self, reason: str) -> float:
        self._rules.info |= {"last_error_date": self._world.clock.date(), "last_error_message": reason}
        return 0.0

    async def _answered(self, response: httpx.Response) -> None:
        """An answer may ask for a method at once."""
        try:
            content = response.json()
        except ValueError:
            return
        if isinstance(content, dict) and content.get("method"):
            try:
                await self._carry_out(Parameters(content))
            except Refusal:
                return  # nobody is told: that is the price of asking this way

    async def stop(self) -> None:
        """Deliver nothing any more."""
        self._polling.webhook_url = ""
        tasks = list(self._lanes.values())
        self._lanes.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None
