"""The serving process is killed again and again under load: no acknowledged answer is lost, none is applied twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from bot.settings import Settings
from dialogs.engine.screen import Said, Screen, message_from_json
from domain.privacy import load_or_create
from domain.store import Database, StoredConversation, Transaction
from tests.support.web import Visitor, body

KILLS: Final = 20
CLIENTS: Final = 6
SEED: Final = 20_261_121
PROGRAMMES: Final = (
    "zhengzhou-incubation-base",
    "hangzhou-quality-award",
    "national-quality-benchmark",
    "wuhu-incubation-pool",
)


class Serving:
    """`zhuoyue serve` as a process of its own."""

    def __init__(self, data_dir: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (data_dir.parent / "serve.log").open("ab")
        self._environment = {
            **os.environ,
            "ZHUOYUE_DATA_DIR": str(data_dir),
            "ZHUOYUE_RATE_PER_MINUTE": "10000",
            "ZHUOYUE_LOG_FORMAT": "json",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", str(self.port), "--no-open"],
            env=self._environment,
            stdout=self.log,
            stderr=self.log,
        )
        for _ in range(600):
            assert self._process.poll() is None, "it ended by itself"
            try:
                if httpx.get(f"{self.url}/readyz", trust_env=False, timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("it did not start")

    def kill(self) -> None:
        """End it as a power cut would, if it still runs."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def terminate(self) -> float:
        """End it as an operator would; the seconds it took."""
        assert self._process is not None
        before = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=10) == 0
        self.log.close()
        return time.monotonic() - before


@dataclass
class Talker:
    """Somebody who answers question after question and never gives up on one."""

    url: str
    number: int
    stopping: threading.Event
    acknowledged: list[str] = field(default_factory=list)
    """What was said, in order; an empty text for a command, which is not said aloud."""
    answers: dict[int, dict[str, str]] = field(default_factory=dict)
    """By conversation and state: what was said there."""
    retries: int = 0
    duplicates: int = 0
    failure: BaseException | None = None

    def talk(self) -> None:
        """Until told to stop; what is on its way then is still brought to its end."""
        try:
            chance = random.Random(SEED + self.number)  # noqa: S311 - a script, not a secret
            with Visitor(self.url, "en") as visitor:
                self._patiently(visitor.open)
                while not self.stopping.is_set():
                    self._patiently(visitor.messages)
                    assert visitor.screen is not None
                    self._answer(visitor, visitor.screen, chance)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            self.failure = error

    def _answer(self, visitor: Visitor, screen: Screen, chance: random.Random) -> None:
        keys = [choice.key for choice in screen.choices if choice.role == "answer"]
        kind = screen.expects.kind if screen.expects else None
        if screen.dialog == "check" and screen.state == "result":
            self._say(visitor, {"kind": "command", "name": "menu"}, "")
            return
        if screen.dialog == "menu":
            key = f"p:{chance.choice(PROGRAMMES)}"
        elif "check" in keys or "gaps" in keys:
            key = "check" if "check" in keys else "gaps"
        elif screen.dialog == "check" and kind in {"number", "money"}:
            text = str(chance.randrange(1, 10**6))
            self._say(visitor, {"kind": "typed", "text": text}, text)
            return
        elif kind == "choice" and screen.dialog == "check":
            key = chance.choice(keys)
        else:
            key = next((key for key in ("@unsure", "no", "@none") if key in keys), keys[0])
        label = next(choice.label for choice in screen.choices if choice.key == key)
        content = {"conversation": screen.conversation, "revision": screen.revision, "choice": key}
        self._say(visitor, {"kind": "pressed", **content}, label)

    def _say(self, visitor: Visitor, content: dict[str, Any], said: str) -> None:
        key = uuid4().hex
        response = self._patiently(lambda: visitor.post(content, key))
        while response.status_code >= 500:
            time.sleep(0.05)
            response = self._patiently(lambda: visitor.post(content, key))
        assert response.status_code == 202, response.text
        self.duplicates += bool(body(response)["duplicate"])
        self.acknowledged.append(said)
        screen = visitor.screen
        if screen is not None and screen.dialog == "check" and said:
            self.answers.setdefault(screen.conversation, {})[screen.state] = said

    def _patiently(self, act: Any) -> Any:
        for _ in range(600):
            try:
                return act()
            except httpx.TransportError:
                self.retries += 1
                time.sleep(0.1)
        raise AssertionError("the server did not come back")


@dataclass(frozen=True)
class Found:
    """What the store holds of one chat."""

    said: list[str]
    conversations: tuple[StoredConversation, ...]


async def stored(data_dir: Path, chats: list[int]) -> dict[int, Found]:
    """Everything the database holds, read when no server runs."""
    settings = Settings(data_dir=data_dir, _env_file=None)

    def chat(number: int, tx: Transaction) -> Found:
        messages = [message_from_json(row.message_json) for row in tx.outbox.after(number, 0, 1_000_000)]
        return Found(
            [message.text for message in messages if isinstance(message, Said)],
            tx.conversations.of_chat(number),
        )

    async with await Database.open(
        settings.database, master_key=load_or_create(settings.master_key_file)
    ) as database:
        await database.ready()
        return {number: await database.read(partial(chat, number)) for number in chats}


# Some 40 seconds on two cores that have nothing else to do; each start is bounded by itself.
@pytest.mark.timeout(400)
def test_twenty_kills_lose_nothing_and_repeat_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    stopping = threading.Event()
    serving = Serving(tmp_path / "data")
    serving.start()
    request.addfinalizer(serving.kill)
    request.addfinalizer(stopping.set)
    talkers = [Talker(serving.url, number, stopping) for number in range(CLIENTS)]
    threads = [threading.Thread(target=talker.talk, daemon=True) for talker in talkers]
    for thread in threads:
        thread.start()
    chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
    begun, kills = time.monotonic(), 0
    while kills < KILLS:
        before = sum(len(talker.acknowledged) for talker in talkers)
        while sum(len(talker.acknowledged) for talker in talkers) == before:
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 1.0))
        serving.kill()
        kills += 1
        serving.start()
    seconds = time.monotonic() - begun
    stopping.set()
    for thread in threads:
        thread.join(30)
    assert [talker.failure for talker in talkers if talker.failure] == []
    ended_in = serving.terminate()

    found = asyncio.run(stored(tmp_path / "data", list(range(1, CLIENTS + 1))))
    told = Counter(tuple(chat.said) for chat in found.values())
    assert told == Counter(tuple(said for said in talker.acknowledged if said) for talker in talkers)
    conversations = {one.id: one for chat in found.values() for one in chat.conversations}
    compared = 0
    for talker in talkers:
        for number, answers in talker.answers.items():
            kept = [(answer.state, answer.said) for answer in conversations[number].answers]
            assert sorted(kept) == sorted(answers.items())
            compared += len(answers)

    turns = sum(len(talker.acknowledged) for talker in talkers)
    figures = (
        f"{kills} kills in {seconds:.0f} s, {CLIENTS} people at once: {turns} acknowledged turns, "
        f"{compared} answers compared, {sum(t.duplicates for t in talkers)} sent twice and applied once, "
        f"{sum(t.retries for t in talkers)} attempts without a server, no answer lost or repeated; "
        f"an orderly stop took {ended_in:.1f} s"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
    assert turns > 5 * KILLS
    assert ended_in < 5
