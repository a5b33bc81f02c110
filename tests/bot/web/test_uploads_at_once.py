"""Many files at once: those who wait are told so, and nobody who is slow takes all the places."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from bot.assembly import open_house
from bot.web.uploading import AT_ONCE, AT_ONCE_EACH, BUSY_SECONDS
from tests.support import documents
from tests.support.web import Served, Visitor, body, serve


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data", open_house, rate_per_minute=10_000) as running:
        yield running


def headers() -> dict[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "X-Zhuoyue-Key": uuid4().hex,
        "X-Zhuoyue-Name": "a",
    }


def hands_in(visitor: Visitor) -> httpx.Response:
    return visitor.client.post("/files", content=documents.pdf(), headers=headers())


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def slowly(visitors: Sequence[Visitor]) -> Iterator[str]:
    """Each hands in a file whose end does not come, until one of them is not taken; gives what that one is told."""
    with ExitStack() as stack:
        lines = []
        for visitor in visitors:
            request = visitor.client.build_request("POST", "/files", content=b"%PDF-1.4", headers=headers())
            request.headers["Content-Length"] = "1000"
            told = [f"{name}: {value}" for name, value in request.headers.items()]
            to = urlsplit(visitor.url)
            line = stack.enter_context(socket.create_connection((to.hostname, to.port), 10))
            line.sendall("\r\n".join(["POST /files HTTP/1.1", *told, "", "%PDF-1.4"]).encode())
            lines.append(line)
        answered, _, _ = select.select(lines, [], [], 10)
        assert len(answered) == 1
        yield answered[0].recv(65_536).decode()


def test_who_is_slow_leaves_places_to_others_and_a_place_is_free_again(
    capsys: pytest.CaptureFixture[str], served: Served
) -> None:
    with Visitor(served.url) as slow, Visitor(served.url) as other:
        slow.open()
        other.open()
        with slowly([slow] * (AT_ONCE_EACH + 1)) as told:
            assert told.startswith("HTTP/1.1 503 ")
            refused = hands_in(slow)
            assert (refused.status_code, body(refused)["error"]) == (503, "too_many_files")
            assert refused.headers["retry-after"] == str(BUSY_SECONDS)
            assert hands_in(other).status_code == 202
        until(lambda: hands_in(slow).status_code == 202)
    served.stop()
    # That somebody goes in the middle is no failure of ours.
    assert "failed" not in capsys.readouterr().err


def test_when_all_places_are_taken_the_next_one_is_asked_to_wait(served: Served) -> None:
    with ExitStack() as there:
        people = [there.enter_context(Visitor(served.url)) for _ in range(AT_ONCE // AT_ONCE_EACH + 1)]
        for somebody in people:
            somebody.open()
        slow = [somebody for somebody in people for _ in range(AT_ONCE_EACH)]
        with slowly(slow[: AT_ONCE + 1]) as told:
            assert told.startswith("HTTP/1.1 503 ")
            assert [hands_in(somebody).status_code for somebody in people] == [503] * len(people)
