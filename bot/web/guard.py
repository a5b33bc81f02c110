"""Who may talk to the web chat, and what a browser may do with its pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.errors import BAD_REQUEST, FOREIGN, LANGUAGE_HEADER, NOT_A_FILE, NOT_JSON, WRONG_HOST, WebError

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "connect-src 'self'; "
    "img-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
"""Scripts, styles and connections of this server alone; no inline script, and no markup made from text."""

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}

ONE_YEAR_SECONDS: Final = 31_536_000

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})

# Probes of a machine that watches us know only our address; these pages hold nothing of anybody.
OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})


def allowed_hosts(host: str, public_url: str | None) -> frozenset[str]:
    """The names this server answers to: loopback, the address it listens on, and its public name."""
    names = set(LOOPBACK_NAMES)
    if host not in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        names.add(host.lower())
    if public_url and (public := urlsplit(public_url).hostname):
        names.add(public)
    return frozenset(names)


def host_name(header: str) -> str:
    """The name in a ``Host`` header, without port and brackets; empty when it is malformed."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


class PolicyHeaders:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers)


class KnownHost:
    """Lets only requests through that name this server as their host (DNS rebinding)."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            given = Headers(scope=scope).getlist("host")
            if len(given) != 1 or host_name(given[0]) not in self._hosts:
                raise WebError(421, "wrong_host", WRONG_HOST)
        await self._app(scope, receive, send)


def require_own_page(
    request: Request, public_url: str | None, content_type: str = "application/json"
) -> None:
    """Refuse a changing request unless our own page made it (cross-site request forgery).

    Three things together: the browser says the origin is ours, the body is of a type that a form cannot send (JSON, or just bytes), and a
    header is set that another site may not set without being asked about it first.
    """
    origins = request.headers.getlist("origin")
    if len(origins) > 1:
        raise WebError(403, "foreign_origin", FOREIGN)
    origin = origins[0] if origins else None
    site = request.headers.get("sec-fetch-site")
    if origin is None and site is None:
        raise WebError(403, "foreign_origin", FOREIGN)
    if origin is not None and not _is_ours(origin, request, public_url):
        raise WebError(403, "foreign_origin", FOREIGN)
    if site is not None and site != "same-origin":
        raise WebError(403, "foreign_origin", FOREIGN)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != content_type:
        is_json = content_type == "application/json"
        raise WebError(415, "not_json" if is_json else "not_a_file", NOT_JSON if is_json else NOT_A_FILE)
    if LANGUAGE_HEADER not in request.headers:
        raise WebError(400, "bad_request", BAD_REQUEST)


def refuse_foreign_reader(request: Request) -> None:
    """Refuse a personal page to anything but our own pages and the person's own address bar."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise WebError(403, "foreign_origin", FOREIGN)


def _is_ours(origin: str, request: Request, public_url: str | None) -> bool:
    given = urlsplit(origin)
    if public_url:
        public = urlsplit(public_url)
        if (given.scheme, given.netloc.lower()) == (public.scheme, public.netloc.lower()):
            return True
        if public.scheme == "https" and host_name(given.netloc) not in LOOPBACK_NAMES:
            return False
    return (
        given.scheme in {"http", "https"} and given.netloc.lower() == request.headers.get("host", "").lower()
    )
