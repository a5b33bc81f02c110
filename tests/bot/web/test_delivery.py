"""Nothing said to the web chat is lost, and nothing happens twice."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from dialogs.engine.screen import Said, ScreenMessage
from domain.store import Transaction
from tests.support.web import Event, Served, Visitor, body, events, serve


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data", rate_per_minute=10_000) as running:
        yield running


@pytest.fixture
def visitor(served: Served) -> Iterator[Visitor]:
    with Visitor(served.url) as somebody:
        somebody.open()
        somebody.messages()
        yield somebody


def test_the_first_visit_begins_with_a_welcome_and_a_second_tab_does_not_repeat_it(served: Served) -> None:
    with Visitor(served.url) as somebody:
        assert body(somebody.open())["fresh"] is True
        assert len(somebody.messages()) == 1
        assert body(somebody.open())["fresh"] is False
        assert somebody.messages() == []


def test_a_message_sent_again_is_applied_once(visitor: Visitor) -> None:
    key = uuid4().hex
    first, second = visitor.type("制造业", key), visitor.type("制造业", key)
    assert (first.status_code, second.status_code) == (202, 202)
    assert body(first)["duplicate"] is False
    assert body(second) == {"ids": [], "duplicate": True}
    assert [type(message) for _, message in visitor.messages()] == [Said, ScreenMessage]


def test_a_message_sent_many_times_at_once_is_applied_once(served: Served, visitor: Visitor) -> None:
    key = uuid4().hex
    answers: list[dict[str, object]] = []

    def send() -> None:
        with Visitor(served.url) as tab:
            tab.client.cookies.update(visitor.client.cookies)
            answers.append(body(tab.type("是", key)))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(answer["duplicate"]) for answer in answers) == [False] + [True] * 7
    assert len(visitor.messages()) == 2


def test_two_chats_do_not_share_their_keys(served: Served, visitor: Visitor) -> None:
    with Visitor(served.url) as other:
        other.open()
        other.messages()
        key = uuid4().hex
        assert body(visitor.type("甲", key))["duplicate"] is False
        assert body(other.type("乙", key))["duplicate"] is False
        visitor.messages()
        other.messages()
        assert (visitor.said, other.said) == (["甲"], ["乙"])


def test_an_event_stream_resumes_after_the_last_id_it_saw(visitor: Visitor) -> None:
    visitor.press("yes")
    everything = visitor.messages(after=0)
    assert len(everything) == 3
    seen = everything[0][0]
    assert visitor.messages(after=seen) == everything[1:]
    assert visitor.messages(after=seen, header=True) == everything[1:]
    assert visitor.messages(after=everything[-1][0]) == []


def test_a_transcript_longer_than_one_batch_arrives_in_order(visitor: Visitor) -> None:
    first = visitor.last_id
    for number in range(120):
        assert visitor.type(str(number)).status_code == 202
    ids = [number for number, _ in visitor.messages(after=first)]
    assert len(ids) == 240
    assert ids == sorted(set(ids))


def test_a_page_without_anything_gets_the_newest_messages(visitor: Visitor) -> None:
    for number in range(120):
        visitor.type(str(number))
    shown = visitor.messages(after=0)
    assert len(shown) == 200
    assert [message.text for _, message in shown if isinstance(message, Said)][-1] == "119"


def listen(visitor: Visitor, found: list[Event], ready: threading.Event) -> None:
    with visitor.client.stream("GET", "/chat/events", params={"after": visitor.last_id}) as response:
        for event in events(response.iter_lines()):
            found.append(event)
            if event.kind == "ready":
                ready.set()


def test_what_one_tab_says_appears_in_the_other_at_once(served: Served, visitor: Visitor) -> None:
    found: list[Event] = []
    ready = threading.Event()
    thread = threading.Thread(target=listen, args=(visitor, found, ready), daemon=True)
    thread.start()
    assert ready.wait(5)
    with Visitor(served.url) as tab:
        tab.client.cookies.update(visitor.client.cookies)
        before = time.monotonic()
        tab.type("从另一个标签页")
        while len(found) < 3 and time.monotonic() - before < 5:
            time.sleep(0.01)
    assert time.monotonic() - before < 1
    assert "从另一个标签页" in found[1].data
    served.stop()
    thread.join(5)
    assert not thread.is_alive(), "the stream ends when the server stops"


def test_stopping_the_server_takes_seconds_even_with_open_streams(served: Served, visitor: Visitor) -> None:
    ready = threading.Event()
    thread = threading.Thread(target=listen, args=(visitor, [], ready), daemon=True)
    thread.start()
    assert ready.wait(5)
    before = time.monotonic()
    served.stop()
    assert time.monotonic() - before < 3
    thread.join(5)


def test_the_oldest_stream_gives_way_when_a_session_has_too_many(served: Served, visitor: Visitor) -> None:
    streams: list[list[Event]] = [[] for _ in range(5)]
    threads = []
    for found in streams:
        ready = threading.Event()
        threads.append(threading.Thread(target=listen, args=(visitor, found, ready), daemon=True))
        threads[-1].start()
        assert ready.wait(5)
    threads[0].join(5)
    assert [event.kind for event in streams[0]] == ["ready", "elsewhere"]
    assert [event.kind for event in streams[4]] == ["ready"]
    assert threads[4].is_alive()
    served.stop()
    for thread in threads:
        thread.join(5)


def test_a_conversation_goes_on_after_a_restart(served: Served, visitor: Visitor) -> None:
    visitor.press("yes")
    visitor.messages()
    before = visitor.screen
    served.restart()
    assert visitor.messages() == []
    assert visitor.press("a").status_code == 202
    visitor.messages()
    assert visitor.screen is not None
    assert before is not None
    assert visitor.screen.conversation == before.conversation
    assert visitor.screen.revision == before.revision + 1


def test_an_old_button_changes_nothing(visitor: Visitor) -> None:
    assert visitor.screen is not None
    old = visitor.screen.revision
    visitor.press("yes")
    visitor.messages()
    after = visitor.screen.revision
    assert visitor.press("no", revision=old).status_code == 202
    visitor.messages()
    assert visitor.screen.revision == after
    assert visitor.screen.state == "2"


def test_a_locked_database_is_told_and_the_same_message_goes_through_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.health.FRESH_SECONDS", 0)
    with serve(tmp_path / "data", busy_timeout_ms=100) as served, Visitor(served.url, "en") as somebody:
        somebody.open()
        somebody.messages()
        key = uuid4().hex
        thief = sqlite3.connect(served.data_dir / "zhuoyue.sqlite3", isolation_level=None)
        try:
            thief.execute("BEGIN IMMEDIATE")
            refused = somebody.type("three", key)
            assert refused.status_code == 503
            assert body(refused)["error"] == "locked"
            assert "busy" in body(refused)["message"]
            assert int(refused.headers["retry-after"]) > 0
            assert somebody.client.get("/readyz").status_code == 503
            assert somebody.client.get("/healthz").status_code == 200
            assert somebody.messages() == [], "nothing is half-written"
        finally:
            thief.close()
        assert somebody.type("three", key).status_code == 202
        assert somebody.client.get("/readyz").json() == {"ready": True, "database": "ok"}
        somebody.messages()
        assert somebody.said == ["three"]


def test_a_database_that_somebody_migrated_meanwhile_is_not_ready(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.health.FRESH_SECONDS", 0)
    with Visitor(served.url) as somebody:
        assert somebody.client.get("/readyz").status_code == 200
        for version, code in (("newer", "newer_schema"), ("0001", "older_schema")):
            other = sqlite3.connect(served.data_dir / "zhuoyue.sqlite3")
            other.execute("UPDATE alembic_version SET version_num = ?", (version,))
            other.commit()
            other.close()
            assert somebody.client.get("/readyz").json() == {"ready": False, "database": code}


def test_asking_whether_it_is_ready_writes_once_a_second_at_most(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served.house is not None
    asked: list[int] = []

    async def ready() -> None:
        asked.append(1)

    monkeypatch.setattr(served.house.database, "ready", ready)
    with Visitor(served.url) as somebody:
        begun = time.monotonic()
        statuses = {somebody.client.get("/readyz").status_code for _ in range(20)}
        seconds = time.monotonic() - begun
    assert statuses == {200}
    assert len(asked) <= 1 + seconds


def test_as_many_streams_are_open_as_the_operator_allows_and_the_next_page_waits(tmp_path: Path) -> None:
    with serve(tmp_path / "data", max_streams=10) as served, ExitStack() as stack:
        visitors = [stack.enter_context(Visitor(served.url, "en")) for _ in range(11)]
        for somebody in visitors:
            somebody.open()
        streams = []
        for somebody in visitors[:10]:
            response = stack.enter_context(somebody.client.stream("GET", "/chat/events"))
            # A stream nobody reads from any more would be closed.
            streams.append((response, events(response.iter_lines())))
            assert next(streams[-1][1]).kind == "message", "it is open"
        with visitors[10].client.stream("GET", "/chat/events") as refused:
            assert refused.status_code == 503
            refused.read()
        assert body(refused)["error"] == "too_many_streams"
        assert int(refused.headers["retry-after"]) > 0
        streams[0][0].close()
        assert eventually(lambda: status_of_stream(visitors[10]) == 200)


def status_of_stream(visitor: Visitor) -> int:
    with visitor.client.stream("GET", "/chat/events") as response:
        return response.status_code


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes true within ten seconds."""
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_whoever_never_finishes_asking_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.patience.HEAD_SECONDS", 0.5)
    with serve(tmp_path / "data") as served:
        for first in (b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "):
            with socket.create_connection(("127.0.0.1", served.port), timeout=10) as slow:
                slow.sendall(first)
                assert slow.recv(1) == b"", "the server has closed it"
        assert httpx.get(f"{served.url}/healthz", trust_env=False).status_code == 200


def test_a_stream_outlives_the_patience_with_those_who_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.patience.HEAD_SECONDS", 0.5)
    with serve(tmp_path / "data") as served, Visitor(served.url) as somebody:
        somebody.open()
        with somebody.client.stream("GET", "/chat/events") as response:
            found = events(response.iter_lines())
            assert [next(found).kind, next(found).kind] == ["message", "ready"]
            time.sleep(1)
            with Visitor(served.url) as tab:
                tab.client.cookies.update(somebody.client.cookies)
                assert tab.type("是").status_code == 202
            assert next(found).kind == "message"


def test_what_was_said_before_everything_was_erased_is_not_shown_again(
    served: Served, visitor: Visitor
) -> None:
    visitor.type("制造业")
    visitor.messages()
    assert visitor.screen is not None
    conversation = visitor.screen.conversation

    def erase(tx: Transaction) -> None:
        stored = tx.conversations.get(conversation)
        assert stored is not None
        tx.privacy.erase(tx.chats.get(stored.chat_id).person_id)

    served.run(lambda house: house.database.run(erase))
    visitor.type("重新开始")
    visitor.messages()
    assert visitor.said == ["重新开始"]
