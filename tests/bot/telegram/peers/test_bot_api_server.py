"""The product as it is served, against npm's telegram-test-api."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from tests.bot.telegram.faults.serving import Serving
from tests.bot.telegram.peers.lines import Lines
from tests.bot.telegram.peers.places import BOT_API
from tests.bot.telegram.peers.shim import Json, PeerError, Shim
from tests.bot.telegram.peers.whole_check import Chat, Shown, whole_self_check
from tests.support.conversation import a_person
from tests.support.figures import Tell
from tests.support.self_check import ZHENGZHOU

TOKEN: Final = "666:an-imaginary-token-of-an-imaginary-bot"
SCRIPT: Final = Path(__file__).parent / "bot_api_server" / "peer.js"
PERSON: Final = 7001


class BotApi:
    """The peer over HTTP, and the telephone of its own client."""

    def __init__(self, url: str, lines: Lines) -> None:
        self._url = url
        self._lines = lines
        self._lock = threading.Lock()
        self._http = httpx.Client(trust_env=False)

    def call(self, method: str, given: Json) -> Any:
        told = self._http.post(f"{self._url}/bot{TOKEN}/{method}", data=given).json()
        if not told["ok"]:
            raise PeerError(told.get("description", "refused"))
        return told["result"]

    def fresh_updates(self) -> list[Json]:
        updates: list[Json] = self.call("getUpdates", {})
        return updates

    def types(self, text: str) -> None:
        self._act({"command" if text.startswith("/") else "text": text})

    def presses(self, data: str, on: int) -> None:
        self._act({"press": data, "on": on})

    def shown(self) -> Sequence[Shown]:
        return [_shown(one) for one in self._act({})]

    def close(self) -> None:
        self._http.close()

    def _act(self, asked: Json) -> list[Json]:
        with self._lock:
            self._lines.say(asked)
            heard: list[Json] = self._lines.hear()
            return heard


def _shown(kept: Json) -> Shown:
    message = kept["message"]
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    data = tuple(key["callback_data"] for row in rows for key in row if "callback_data" in key)
    return Shown(kept["messageId"], message["text"], data)


@contextmanager
def the_peer() -> Iterator[BotApi]:
    assert BOT_API.is_dir(), (
        "the peer is not installed; `make test` does it, or `sh scripts/have-bot-api-peer`"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(BOT_API)}
    node = shutil.which("node") or "node"
    with Lines([node, SCRIPT, str(port), TOKEN, str(PERSON)], environment) as lines:
        assert lines.hear() == [], "it did not start"
        peer = BotApi(f"http://127.0.0.1:{port}", lines)
        try:
            yield peer
        finally:
            peer.close()


def test_a_whole_self_check_against_a_bot_api_of_somebody_else(tmp_path: Path, tell: Tell) -> None:
    with the_peer() as peer, Shim(peer, TOKEN) as api, a_person(tmp_path) as beside:
        serving = Serving(tmp_path / "data", api)
        serving.start()
        chat = Chat(peer)
        result = whole_self_check(chat, beside, "zhengzhou-incubation-base", ZHENGZHOU)
        serving.terminate()
    tell(f"telegram-test-api: {chat.screens} screens, {len(api.calls)} calls, to the verdict")
    assert beside.now_sees.state == "result"
    assert "没有发现" in result.plain
    assert {"getMe", "getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery"} <= set(api.calls)
