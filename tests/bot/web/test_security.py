"""Each rule of the web chat's security, as a sentence."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.house import House
from bot.settings import Settings
from dialogs.incoming import Handled, Incoming, Typed
from domain.clock import Clock, FixedClock
from domain.store import Transaction
from tests.support.scripted import ScriptedAssistant
from tests.support.web import Served, Visitor, body, scripted_house, serve

PAGES = (
    "/",
    "/static/chat.js",
    "/static/chat.css",
    "/healthz",
    "/readyz",
    "/chat/events",
    "/nothing",
    "/results/1",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("web") / "data", rate_per_minute=10_000) as running:
        yield running


@pytest.fixture
def visitor(served: Served) -> Iterator[Visitor]:
    with Visitor(served.url) as somebody:
        somebody.open()
        somebody.messages()
        yield somebody


def test_every_answer_carries_the_policy_headers(served: Served) -> None:
    for path in PAGES:
        headers = httpx.get(served.url + path, trust_env=False).headers
        policy = headers["content-security-policy"]
        for rule in (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ):
            assert rule in policy.split("; "), (path, rule)
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "server" not in headers


def test_the_page_loads_nothing_from_elsewhere_and_has_no_inline_script(served: Served) -> None:
    html = httpx.get(served.url, trust_env=False).text
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert "<script>" not in html
    assert "style=" not in html
    assert "onclick" not in html


def test_scripts_never_make_markup_from_text() -> None:
    folder = Path(__file__).parents[3] / "bot" / "web" / "static"
    for script in folder.glob("*.js"):
        text = script.read_text("utf-8")
        for risky in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
        ):
            assert risky not in text, (script.name, risky)


def test_personal_answers_are_not_kept_by_browsers(visitor: Visitor) -> None:
    assert visitor.client.get("/my-data.json").headers["cache-control"] == "no-store"
    assert visitor.type("3").headers["cache-control"] == "no-store"
    assert visitor.open().headers["cache-control"] == "no-store"


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_from_other_sites(served: Served) -> None:
    with Visitor(served.url) as somebody:
        cookie = somebody.open().headers["set-cookie"]
    assert cookie.startswith("zhuoyue=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_database_holds_only_a_hash_of_the_token(served: Served, visitor: Visitor) -> None:
    token = visitor.client.cookies["zhuoyue"]
    assert len(token) >= 43, "256 random bits"
    for file in served.data_dir.iterdir():
        if file.is_file():
            assert token.encode() not in file.read_bytes(), file.name


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    with serve(tmp_path / "data", public_url="https://quality.example.org") as served:
        headers = {"Host": "quality.example.org", "Origin": "https://quality.example.org"}
        with Visitor(served.url) as somebody:
            response = somebody.client.post("/session", json={}, headers=headers)
        assert response.headers["set-cookie"].startswith("__Host-zhuoyue=")
        assert "Secure" in response.headers["set-cookie"]
        assert response.headers["strict-transport-security"].startswith("max-age=")


def test_an_unknown_host_name_is_refused(served: Served) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example", "[broken"):
        response = httpx.get(served.url, headers={"Host": host}, trust_env=False)
        assert response.status_code in {400, 421}, host
        assert "words" not in response.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_loopback_names_are_known(served: Served, host: str) -> None:
    response = httpx.get(served.url, headers={"Host": f"{host}:{served.port}"}, trust_env=False)
    assert response.status_code == 200


def test_who_watches_us_may_come_by_any_address(served: Served) -> None:
    assert httpx.get(f"{served.url}/healthz", headers={"Host": "10.1.2.3"}, trust_env=False).json() == {
        "alive": True
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_post_of_another_site_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    for path in ("/chat", "/session"):
        response = visitor.client.post(path, json={}, headers=headers)
        assert response.status_code == 403
        assert body(response)["error"] == "foreign_origin"
    assert visitor.messages() == []


def test_a_post_that_does_not_say_where_it_comes_from_is_refused(served: Served) -> None:
    response = httpx.post(
        f"{served.url}/session", json={}, headers={"X-Zhuoyue-Language": "en"}, trust_env=False
    )
    assert response.status_code == 403


def test_a_form_cannot_post(visitor: Visitor) -> None:
    form = visitor.client.post("/chat", data={"key": "12345678"})
    assert form.status_code == 415
    text = visitor.client.post("/chat", content='{"key": "12345678"}', headers={"Content-Type": "text/plain"})
    assert text.status_code == 415


def test_a_post_without_our_own_header_is_refused(visitor: Visitor) -> None:
    del visitor.client.headers["X-Zhuoyue-Language"]
    assert visitor.client.post("/chat", json={}).status_code == 400


def test_other_sites_cannot_read_personal_pages(visitor: Visitor) -> None:
    for path in ("/chat/events", "/my-data.json", "/results/1"):
        assert visitor.client.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_without_a_session_nothing_personal_is_shown(served: Served) -> None:
    with Visitor(served.url) as stranger:
        for path in ("/chat/events", "/my-data.json", "/results/1"):
            assert stranger.client.get(path).status_code == 401
        assert stranger.type("hello").status_code == 401
        stranger.client.cookies.set("zhuoyue", "x" * 5000)
        assert stranger.client.get("/my-data.json").status_code == 401


def test_a_result_belongs_to_its_chat(served: Served, visitor: Visitor) -> None:
    with Visitor(served.url) as other:
        other.open()
        receipt = add_receipt(served, visitor)
        page = visitor.client.get(f"/results/{receipt}")
        assert page.status_code == 200
        assert "imaginary-programme" in page.text
        assert other.client.get(f"/results/{receipt}").status_code == 404
    assert visitor.client.get(f"/results/{2**70}").status_code == 404
    assert visitor.client.get("/results/-1").status_code == 404


def add_receipt(served: Served, visitor: Visitor) -> int:
    conversation = visitor.screen.conversation if visitor.screen else 0
    now = datetime(2026, 11, 21, tzinfo=UTC)

    def work(tx: Any) -> int:
        stored = tx.conversations.get(conversation)
        number: int = tx.receipts.add(
            chat_id=stored.chat_id,
            organisation_id=None,
            programme="imaginary-programme",
            version="1",
            content_hash="0" * 64,
            as_of=now.date(),
            verdict="no_obstacle_found",
            receipt_json="{}",
            created_at=now,
        )
        return number

    return served.run(lambda house: house.database.run(work))


def test_a_result_shows_every_kind_of_block_and_escapes_text(served: Served, visitor: Visitor) -> None:
    page = visitor.client.get(f"/results/{add_receipt(served, visitor)}").text
    for text in ("第六条（一）", "差 1 个月", "杭州市政府质量奖", "展开全部", "打印/保存"):
        assert text in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert 'lang="zh-CN"' in page


def test_sessions_end_when_idle_and_in_any_case(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 11, 21, 8, tzinfo=UTC))
    options: dict[str, Any] = {"clock": clock, "session_idle_hours": 12, "session_absolute_days": 2}
    with serve(tmp_path / "data", **options) as served, Visitor(served.url) as somebody:
        assert body(somebody.open())["fresh"] is True
        clock.advance(timedelta(hours=11, minutes=59))
        assert somebody.type("3").status_code == 202
        clock.advance(timedelta(hours=12))
        assert somebody.type("3").status_code == 401
        assert somebody.client.get("/chat/events").status_code == 401
        assert body(somebody.open())["fresh"] is True
        statuses = []
        for _ in range(5):
            clock.advance(timedelta(hours=10))
            statuses.append(somebody.type("3").status_code)
        assert statuses == [202] * 4 + [401]


@pytest.mark.parametrize(
    "posted",
    [
        b"",
        b"[]",
        b"{",
        b"nonsense",
        b'{"key": "k", "content": {"kind": "typed", "text": "x"}}',
        b'{"key": "12345678", "content": {"kind": "typed"}}',
        b'{"key": "12345678", "content": {"kind": "typed", "text": 7}}',
        b'{"key": "12345678", "content": {"kind": "typed", "text": "x", "chat": 1}}',
        b'{"key": "12345678", "content": {"kind": "typed", "text": "\\ud800"}}',
        b'{"key": "12345678", "content": {"kind": "pressed", "conversation": 1e300, "revision": 1, "choice": "yes"}}',
        b'{"key": "12345678", "content": {"kind": "pressed", "conversation": 99999999999999999999, "revision": 1, "choice": "y"}}',
        b'{"key": "12345678", "content": {"kind": "pressed", "conversation": 1, "revision": -1, "choice": "yes"}}',
        b'{"key": "12345678", "content": {"kind": "pressed", "conversation": 1, "revision": 1, "choice": ""}}',
        b'{"key": "12345678", "content": {"kind": "command", "name": "drop"}}',
        b'{"key": "12345678", "content": {"kind": "unsupported"}}',
        b"\xff\xfe",
    ],
)
def test_what_is_not_a_message_of_ours_is_refused_and_changes_nothing(
    visitor: Visitor, posted: bytes
) -> None:
    response = visitor.client.post("/chat", content=posted, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert body(response)["error"] == "bad_request"
    assert visitor.messages() == []


def test_deeply_nested_json_is_refused(visitor: Visitor) -> None:
    deep = b'{"key":' + b"[" * 8000
    response = visitor.client.post("/chat", content=deep, headers={"Content-Type": "application/json"})
    assert response.status_code == 400


def test_a_message_that_is_too_long_is_refused_in_the_persons_language(
    served: Served, visitor: Visitor
) -> None:
    assert visitor.type("长" * 2000).status_code == 202
    visitor.messages()
    response = visitor.type("长" * 2001)
    assert response.status_code == 413
    assert "2000" in body(response)["message"]
    assert visitor.messages() == []


def test_a_body_that_is_too_large_is_refused_before_it_is_read(served: Served) -> None:
    head = (
        f"POST /chat HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nOrigin: {served.url}\r\n"
        "X-Zhuoyue-Language: en\r\nContent-Type: application/json\r\n"
    )
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as line:
        line.sendall(f"{head}Content-Length: 100000000000\r\n\r\n".encode())
        assert b" 413 " in line.recv(4096)
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as line:
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
        line.sendall(chunk + chunk)
        assert b" 413 " in line.recv(4096)


def test_control_characters_do_not_reach_the_assistant(visitor: Visitor) -> None:
    assert visitor.type("a\x00b\x1b[31mc\nd").status_code == 202
    visitor.messages()
    assert visitor.said[-1] == "ab[31mc\nd"


def test_many_messages_in_a_short_time_have_to_wait(tmp_path: Path) -> None:
    with serve(tmp_path / "data", rate_per_minute=5) as served, Visitor(served.url, "en") as somebody:
        somebody.open()
        statuses = [somebody.type("3").status_code for _ in range(6)]
        assert statuses == [202] * 5 + [429]
        waiting = somebody.type("3")
        assert 1 <= int(waiting.headers["retry-after"]) <= 12
        assert body(waiting)["error"] == "too_fast"
        with Visitor(served.url) as neighbour:
            neighbour.open()
            assert neighbour.type("3").status_code == 202


def test_looking_has_a_limit_of_its_own(tmp_path: Path) -> None:
    with serve(tmp_path / "data", rate_per_minute=5) as served, Visitor(served.url, "en") as somebody:
        somebody.open()
        looks = [somebody.client.get("/my-data.json").status_code for _ in range(6)]
        assert looks == [200] * 5 + [429]
        assert somebody.client.get("/chat/events").status_code == 429
        assert somebody.client.post("/session", json={}).status_code == 429
        assert somebody.type("3").status_code == 202


def test_cookies_somebody_made_up_get_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.limits.STRANGERS_PER_MINUTE", 5)
    with serve(tmp_path / "data", rate_per_minute=5) as served, Visitor(served.url, "en") as somebody:
        somebody.open()
        assert somebody.type("3").status_code == 202
        with Visitor(served.url, "en") as forger:
            statuses = [
                forger.client.get("/my-data.json", headers={"Cookie": f"zhuoyue=forged{number}"}).status_code
                for number in range(12)
            ]
        assert set(statuses) == {401, 429}
        assert statuses[-1] == 429
        assert somebody.type("3").status_code == 202


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "1.0", "%31%00", "1e9"])
def test_a_result_with_an_impossible_number_is_not_found(visitor: Visitor, number: str) -> None:
    assert visitor.client.get(f"/results/{number}").status_code == 404


def test_a_wrong_method_is_told_like_any_other_problem(visitor: Visitor) -> None:
    refused = visitor.client.put("/chat", json={})
    assert refused.status_code == 405
    assert body(refused)["error"] == "wrong_method"


def test_a_second_origin_is_refused(served: Served, visitor: Visitor) -> None:
    refused = httpx.post(
        f"{served.url}/chat",
        json={"key": "abcdefgh", "content": {"kind": "typed", "text": "3"}},
        headers=[
            ("Origin", served.url),
            ("Origin", "http://evil.example"),
            ("X-Zhuoyue-Language", "en"),
            ("Cookie", f"zhuoyue={visitor.client.cookies['zhuoyue']}"),
        ],
        trust_env=False,
    )
    assert refused.status_code == 403


class Clumsy(ScriptedAssistant):
    """An assistant with a mistake in it."""

    def handle(self, tx: Transaction, incoming: Incoming) -> Handled:
        handled = super().handle(tx, incoming)
        if isinstance(incoming.content, Typed):
            raise ValueError(f"cannot cope with {incoming.content.text}")
        return handled


@asynccontextmanager
async def clumsy_house(settings: Settings, clock: Clock) -> AsyncIterator[House]:
    async with scripted_house(settings, clock) as house:
        yield replace(house, assistant=Clumsy(clock))


def test_a_mistake_of_ours_is_told_kindly_undone_and_logged_without_the_text(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serve(tmp_path / "data", clumsy_house) as served, Visitor(served.url, "en") as somebody:
        somebody.open()
        somebody.messages()
        failed = somebody.type("机密的三千万")
        assert failed.status_code == 500
        assert body(failed)["error"] == "failed"
        assert "Something went wrong on our side" in body(failed)["message"]
        assert "default-src 'none'" in failed.headers["content-security-policy"]
        assert somebody.messages() == []
        assert somebody.press("yes").status_code == 202
    printed = "".join(capfd.readouterr())
    assert "ValueError" in printed
    assert "test_security" in printed, "the place"
    assert "机密" not in printed


def test_many_new_chats_from_one_address_have_to_wait(tmp_path: Path) -> None:
    with serve(tmp_path / "data", new_chats_per_minute=30) as served:
        statuses = []
        begun = time.monotonic()
        while 429 not in statuses:
            with Visitor(served.url) as somebody:
                statuses.append(somebody.client.post("/session", json={}).status_code)
        # A slow machine gives time for one more every two seconds.
        assert 30 <= statuses.count(200) <= 31 + (time.monotonic() - begun) / 2


def test_nothing_but_the_known_files_is_served(served: Served) -> None:
    for path in (
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/",
        "/static/page.html",
        "/server.py",
    ):
        assert httpx.get(served.url + path, trust_env=False).status_code == 404, path


def test_the_log_holds_nothing_a_person_said(
    served: Served, visitor: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor.type("机密的三千万")
    visitor.client.get("/results/999999")
    visitor.client.post("/chat", content=b'{"secret": 1}', headers={"Content-Type": "application/json"})
    printed = "".join(capfd.readouterr())
    assert "机密" not in printed
    assert "secret" not in printed
    assert visitor.client.cookies["zhuoyue"] not in printed
