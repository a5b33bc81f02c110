"""A Bot API over HTTP in front of one that somebody else wrote, which makes up for what that one is known to leave out."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Protocol, Self
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]

UNKNOWN_TO_PEERS: Final[dict[str, Any]] = {
    "setMyCommands": True,
    "getMyCommands": [],
    "setMyDescription": True,
    "getMyDescription": {"description": ""},
    "setMyShortDescription": True,
    "getMyShortDescription": {"short_description": ""},
    "sendChatAction": True,
    "answerCallbackQuery": True,
}
"""What neither has, or answers with nothing; it shows nobody anything."""

EMPTY_EDITS: Final = frozenset({"editMessageText", "editMessageReplyMarkup"})
POLL_SECONDS: Final = 0.02


class PeerError(Exception):
    """The peer refused a call."""


class Peer(Protocol):
    """A Bot API that somebody else wrote."""

    def call(self, method: str, given: Json) -> Any:
        """The result of a call. Raises PeerError."""

    def fresh_updates(self) -> list[Json]:
        """Updates that were not given yet."""


class Shim:
    """Listens on a free port of this machine while it is open."""

    def __init__(self, peer: Peer, token: str) -> None:
        self.token = token
        self.calls: list[str] = []
        self._peer = peer
        self._kept: list[Json] = []
        """Updates the bot has not confirmed: the peers forget them as soon as they are asked for."""

        self._lock = threading.Lock()
        shim = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                status, body = shim.answer(
                    self.path, self.rfile.read(int(self.headers["Content-Length"] or 0))
                )
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where the Bot API is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        """One call over HTTP."""
        parts = urlsplit(path)
        given = {**dict(parse_qsl(parts.query)), **_parameters(body)}
        bot, _, method = parts.path.removeprefix("/").partition("/")
        if bot != f"bot{self.token}":
            return 401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
        try:
            result = self._result(method, given)
        except PeerError as error:
            return 400, json.dumps({"ok": False, "error_code": 400, "description": str(error)}).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _result(self, method: str, given: Json) -> Any:
        self.calls.append(method)
        if method == "getUpdates":
            return self._updates(int(given.get("offset", 0)), float(given.get("timeout", 0)))
        if method in UNKNOWN_TO_PEERS:
            return UNKNOWN_TO_PEERS[method]
        result = self._peer.call(method, given)
        if method == "getMe":
            return {**result, "is_bot": True}
        if method in EMPTY_EDITS:
            result = {"message_id": int(given["message_id"]), "text": given.get("text", "")}
        if isinstance(result, dict) and "message_id" in result:
            return _message(result, int(given["chat_id"]))
        return result

    def _updates(self, offset: int, seconds: float) -> list[Json]:
        end = time.monotonic() + seconds
        while True:
            with self._lock:
                self._kept = [
                    one
                    for one in (*self._kept, *map(_update, self._peer.fresh_updates()))
                    if one["update_id"] >= offset
                ]
                if self._kept or time.monotonic() >= end:
                    return list(self._kept)
            time.sleep(POLL_SECONDS)


def _parameters(body: bytes) -> Json:
    """What is given as a form or as JSON: texts, and what is not a text as JSON."""
    if not body.startswith(b"{"):
        return dict(parse_qsl(body.decode()))
    given = json.loads(body).items()
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given}


def _message(sent: Json, chat: int) -> Json:
    """A message as Telegram answers with it: seconds, not milliseconds or 1970, and nothing that was only given."""
    return {
        "message_id": sent["message_id"],
        "date": int(time.time()),
        "chat": {"id": chat, "type": "private", "first_name": "王芳"},
        "text": sent.get("text", ""),
    }


def _update(update: Json) -> Json:
    query = update.get("callback_query")
    if query is None:
        return {**update, "message": _now(update["message"])}
    return {
        **update,
        "callback_query": {"chat_instance": "1", **query, "message": _now(query["message"])},
    }


def _now(message: Json) -> Json:
    return {**message, "date": message.get("date") or int(time.time())}
