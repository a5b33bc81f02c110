"""``zhuoyue serve``: the web chat on this computer, and Telegram where there is a token."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError

if TYPE_CHECKING:
    from bot.house import House
    from bot.metrics.collecting import Collecting
    from bot.settings import Settings
    from bot.telegram.channel import TelegramChannel
    from bot.web.server import WebServer


def register(app: typer.Typer) -> None:
    """Add ``zhuoyue serve``."""
    app.command("serve", help="Open the web chat on this computer.")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; ZHUOYUE_HOST otherwise.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on, 0 for any; ZHUOYUE_PORT otherwise.")
    ] = None,
    browser: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open the page in a browser; done by itself on a desktop."),
    ] = None,
) -> None:
    """Serve until it is told to stop."""
    from bot.settings import Settings

    settings = Settings.load(host=host, port=port)
    _load_all(settings)
    from bot import logging

    logging.configure(settings.log_format, settings.log_level)
    with _listen(settings) as listener, _listen_for_metrics(settings) as metrics:
        open_page = _on_a_desktop() if browser is None else browser
        asyncio.run(_serve(settings, listener, metrics, open_page=open_page))


def _load_all(settings: Settings) -> None:
    """Import all that serving takes, so that what libraries bring along is dealt with before anything is made with it."""
    from bot import lean

    with lean.without_what_is_not_needed():
        import bot.assembly
        import bot.web.server

        if settings.telegram_token is not None:
            import bot.telegram.channel
        if settings.metrics_port is not None:
            import bot.metrics.server  # noqa: F401 -- imported so that it is there
    lean.forget_documentation()


def _listen(settings: Settings) -> socket.socket:
    from bot.web.server import listen

    words = surroundings.words()
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        raise CommandError(
            words.say(
                "Cannot listen on %(host)s port %(port)s: %(reason)s. "
                "Another program, or another Zhuoyue, may be using it; choose another port with --port.",
                host=settings.host,
                port=settings.port,
                reason=error.strerror or error,
            )
        ) from error


def _listen_for_metrics(settings: Settings) -> socket.socket | contextlib.nullcontext[None]:
    from bot.web.server import listen

    if settings.metrics_port is None:
        return contextlib.nullcontext()
    words = surroundings.words()
    try:
        return listen(settings.metrics_host, settings.metrics_port)
    except OSError as error:
        raise CommandError(
            words.say(
                "Cannot listen on %(host)s port %(port)s for metrics: %(reason)s. "
                "Another program, or another Zhuoyue, may be using it; choose another port with %(setting)s.",
                host=settings.metrics_host,
                port=settings.metrics_port,
                reason=error.strerror or error,
                setting="ZHUOYUE_METRICS_PORT",
            )
        ) from error


async def _serve(
    settings: Settings, listener: socket.socket, metrics: socket.socket | None, *, open_page: bool
) -> None:
    from bot import lean
    from bot.assembly import clockwork, open_house
    from bot.web.server import WebServer

    words = surroundings.words()
    async with open_house(settings) as house, _metrics(house, metrics):
        channel = _telegram(house)
        server = WebServer(house, more=channel.routes if channel is not None else ())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(server.stop))
        ticking = clockwork(house)
        ticking.start()
        lean.settle_down()
        url = settings.public_url or _address(settings.host, listener)
        print(words.say("Zhuoyue is ready: %(url)s (stop it with Ctrl-C)", url=url), flush=True)
        if metrics is not None:
            place = f"{_address(settings.metrics_host, metrics)}/metrics"
            print(words.say("For Prometheus: %(url)s", url=place), flush=True)
        if open_page:
            _open_page(url)
        try:
            await _run(server, listener, channel)
        finally:
            ticking.stop()


def _metrics(
    house: House, listener: socket.socket | None
) -> contextlib.AbstractAsyncContextManager[Collecting | None]:
    """The metrics, served beside the rest; without a listener nothing of it is loaded."""
    if listener is None:
        return contextlib.nullcontext()
    from bot.metrics.server import metrics_served

    return metrics_served(house, listener)


def _telegram(house: House) -> TelegramChannel | None:
    """The Telegram channel; None without a token, and then nothing of it is loaded."""
    if house.settings.telegram_token is None:
        return None
    from bot.telegram.channel import TelegramChannel

    return TelegramChannel(house)


async def _run(server: WebServer, listener: socket.socket, channel: TelegramChannel | None) -> None:
    """Serve the web, and Telegram beside it; when either ends, the other does, and what failed is raised."""
    if channel is None:
        await server.run(listener)
        return
    beside = asyncio.create_task(channel.run(), name="telegram")
    beside.add_done_callback(lambda _: server.stop())
    try:
        await server.run(listener)
    finally:
        beside.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beside


def _address(host: str, listener: socket.socket) -> str:
    """The address to type into a browser on this computer."""
    port = listener.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"http://[{host}]:{port}" if ":" in host and not host.startswith("[") else f"http://{host}:{port}"


def _on_a_desktop() -> bool:
    """Whether somebody sits before this program with a screen that can show a page."""
    if not sys.stdout.isatty() or "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in {"darwin", "win32"} or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def _open_page(url: str) -> None:
    """Open the page, without waiting for the browser or minding that there is none."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
