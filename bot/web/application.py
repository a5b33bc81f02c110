"""The web application: its addresses, and what stands before them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.house import House
from bot.web.bell import Bell
from bot.web.calendars import Calendars
from bot.web.errors import NOT_FOUND, Boundary, WebError
from bot.web.events import Events
from bot.web.guard import KnownHost, PolicyHeaders, allowed_hosts
from bot.web.health import Health
from bot.web.limits import Paces, Rates
from bot.web.pages import Pages
from bot.web.returning import Returning
from bot.web.sessions import SessionRules
from bot.web.talk import Talk
from bot.web.uploading import Uploads
from dialogs.addresses import INVITATION_PATH

STREAMS_PER_SESSION: Final = 4


def web_application(
    house: House, bell: Bell, new_chats_per_minute: int, more: Sequence[Route] = ()
) -> Starlette:
    """The application over a house; `bell` wakes its streams and is closed by whoever runs the server.

    `new_chats_per_minute` bounds what one address can open without ever having been here; `more` are the addresses of
    other channels, behind the same guards.
    """
    settings = house.settings
    https = (settings.public_url or "").startswith("https://")
    rules = SessionRules(
        idle=timedelta(hours=settings.session_idle_hours),
        absolute=timedelta(days=settings.session_absolute_days),
        https=https,
    )
    # Looking has a budget of its own: a page that comes back again and again leaves enough to answer with.
    looks = Paces(settings.rate_per_minute)
    rates = Paces(settings.rate_per_minute)
    talk = Talk(house, rules, bell, rates, looks, Rates(new_chats_per_minute))
    events = Events(house, rules, bell, looks)
    pages = Pages(house, rules, looks)
    returning = Returning(house, rules)
    calendars = Calendars(house, rules, looks)
    uploads = Uploads(house, rules, bell, rates, looks)
    health = Health(house)
    return Starlette(
        routes=[
            Route("/", pages.chat),
            Route(INVITATION_PATH, pages.chat),
            Route("/static/{name}", pages.static),
            Route("/favicon.ico", pages.icon),
            Route("/session", talk.open, methods=["POST"]),
            Route("/chat", talk.say, methods=["POST"]),
            Route("/return", returning.come_back, methods=["POST"]),
            Route("/chat/events", events.listen),
            Route("/results/{id}", pages.result),
            Route("/files", uploads.take, methods=["POST"]),
            Route("/files/{name}", uploads.give),
            Route("/my-data.json", pages.my_data),
            *calendars.routes,
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            *more,
        ],
        exception_handlers={404: _not_found, 405: _wrong_method},
        middleware=[
            Middleware(PolicyHeaders, https=https),
            Middleware(Boundary, catalogues=house.catalogues, language=settings.language),
            Middleware(KnownHost, hosts=allowed_hosts(settings.host, settings.public_url)),
        ],
    )


async def _not_found(_request: Request, _error: Exception) -> Response:
    raise WebError(404, "not_found", NOT_FOUND)


async def _wrong_method(_request: Request, _error: Exception) -> Response:
    raise WebError(405, "wrong_method", NOT_FOUND)
