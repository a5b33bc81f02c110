"""The product as it is served, against PyPI's tg-auto-test: a client of Telegram in the manner of Telethon.

It needs Python 3.12 or later and lives in an environment of its own. Where no such Python is found, this is not run, and the
end of the test run says so.
"""

from __future__ import annotations

import itertools
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.bot.telegram.faults.serving import Serving
from tests.bot.telegram.peers.lines import Lines
from tests.bot.telegram.peers.places import CLIENT_PYTHON
from tests.bot.telegram.peers.shim import Json, PeerError, Shim
from tests.bot.telegram.peers.whole_check import Chat, Shown, whole_self_check
from tests.support.conversation import a_person
from tests.support.figures import Tell
from tests.support.self_check import ZHENGZHOU

TOKEN: Final = "999999:an-imaginary-token-of-an-imaginary-bot"
SCRIPT: Final = Path(__file__).parent / "client_library" / "peer.py"
ANSWER_SECONDS: Final = 30


class Client:
    """The library in its process: its Bot API, and the telephone of its client."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._updates: queue.SimpleQueue[Json] = queue.SimpleQueue()
        self._awaited: dict[int, queue.SimpleQueue[Json]] = {0: queue.SimpleQueue()}
        self._shown: list[Shown] = []
        threading.Thread(target=self._hear, daemon=True).start()
        self._awaited[0].get(timeout=ANSWER_SECONDS)

    def call(self, method: str, given: Json) -> Any:
        if method == "editMessageReplyMarkup":
            return True  # the library has no such method
        return self._ask({"call": method, "given": given})

    def fresh_updates(self) -> list[Json]:
        return [self._updates.get() for _ in range(self._updates.qsize())]

    def types(self, text: str) -> None:
        self._see(self._ask({"text": text}))

    def presses(self, data: str, on: int) -> None:
        self._see(self._ask({"press": data, "on": on}))

    def shown(self) -> Sequence[Shown]:
        return self._shown

    def _see(self, messages: list[Json]) -> None:
        self._shown = [Shown(one["id"], one["text"], tuple(one["data"])) for one in messages]

    def _ask(self, line: Json) -> Any:
        number = next(self._numbers)
        self._awaited[number] = queue.SimpleQueue()
        with self._lock:
            self._lines.say({"number": number, **line})
        answer = self._answer(number)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer["result"]

    def _answer(self, number: int) -> Json:
        try:
            return self._awaited[number].get(timeout=ANSWER_SECONDS)
        finally:
            del self._awaited[number]

    def _hear(self) -> None:
        while (line := self._lines.hear()) is not None:
            if "update" in line:
                self._updates.put(line["update"])
            else:
                self._awaited[line["number"]].put(line)


@contextmanager
def the_peer() -> Iterator[Client]:
    with Lines([CLIENT_PYTHON, SCRIPT], {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}) as lines:
        yield Client(lines)


@pytest.mark.needs_client_library
def test_a_whole_self_check_with_a_client_of_somebody_else(tmp_path: Path, tell: Tell) -> None:
    with the_peer() as peer, Shim(peer, TOKEN) as api, a_person(tmp_path) as beside:
        serving = Serving(tmp_path / "data", api)
        serving.start()
        chat = Chat(peer)
        result = whole_self_check(chat, beside, "zhengzhou-incubation-base", ZHENGZHOU)
        serving.terminate()
    tell(f"tg-auto-test: {chat.screens} screens, {len(api.calls)} calls, to the verdict")
    assert beside.now_sees.state == "result"
    assert "没有发现" in result.plain
    assert {"getMe", "getUpdates", "sendMessage", "editMessageText"} <= set(api.calls)
