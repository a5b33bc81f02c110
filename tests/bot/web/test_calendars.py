"""Calendars on the web: a file for the session, and a private address for calendar programs."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot import logging as product_log
from tests.support.browser import DESKTOP, Person, Scheme
from tests.support.web import Served, Visitor, serve

SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data", rate_per_minute=10_000) as running:
        yield running


@pytest.fixture
def visitor(served: Served) -> Iterator[Visitor]:
    with Visitor(served.url) as somebody:
        somebody.open()
        yield somebody


def make(visitor: Visitor) -> str:
    """The path of a new private address."""
    response = visitor.client.post("/calendar/address", json={})
    assert response.status_code == 200, response.text
    path: str = response.json()["path"]
    return path


def fetch(served: Served, path: str, **headers: str) -> httpx.Response:
    """As a calendar program does: without a session."""
    return httpx.get(served.url + path, headers=headers, trust_env=False, timeout=20)


def test_the_dates_of_a_session_come_as_a_file(visitor: Visitor) -> None:
    response = visitor.client.get("/my-dates.ics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="zhuoyue-dates.ics"'
    assert response.headers["cache-control"] == "no-store"
    assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize("path", ["/my-dates.ics", "/calendar"])
def test_nobody_without_a_session_sees_dates(served: Served, path: str) -> None:
    assert fetch(served, path).status_code == 401


@pytest.mark.parametrize("path", ["/my-dates.ics", "/calendar"])
def test_no_other_site_reads_them(visitor: Visitor, path: str) -> None:
    response = visitor.client.get(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


def test_a_private_address_shows_the_dates_of_its_chat_to_whoever_has_it(
    served: Served, visitor: Visitor
) -> None:
    path = make(visitor)
    response = fetch(served, path)
    assert response.status_code == 200
    assert b"X-CHAT:1" in response.content
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.headers["cache-control"] == "private, max-age=3600"
    assert response.headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in response.headers


def test_a_program_that_has_the_calendar_already_is_told_so(served: Served, visitor: Visitor) -> None:
    path = make(visitor)
    tag = fetch(served, path).headers["etag"]
    again = fetch(served, path, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = fetch(served, path, **{"If-None-Match": '"something else"'})
    assert other.status_code == 200


def test_an_address_that_is_let_go_is_like_one_that_never_was(served: Served, visitor: Visitor) -> None:
    first = make(visitor)
    second = make(visitor)
    assert fetch(served, second).status_code == 200
    assert visitor.client.post("/calendar/close", json={}).json() == {"closed": True}
    assert visitor.client.post("/calendar/close", json={}).json() == {"closed": False}
    never = fetch(served, f"/calendar/{'x' * 43}.ics")
    for gone in (fetch(served, first), fetch(served, second)):
        assert (gone.status_code, gone.content) == (404, never.content)


@pytest.mark.parametrize(
    "name",
    ["x", "x.ics", f"{'x' * 43}", f"{'x' * 44}.ics", f"{'ä' * 43}.ics", "..%2Fmy-dates.ics", "address"],
)
def test_anything_else_in_its_place_is_not_found(served: Served, name: str) -> None:
    assert fetch(served, f"/calendar/{name}").status_code in {404, 405}


def test_only_the_own_page_makes_and_lets_go(visitor: Visitor) -> None:
    for path in ("/calendar/address", "/calendar/close"):
        foreign = visitor.client.post(path, json={}, headers={"Origin": "https://elsewhere.example"})
        assert foreign.status_code == 403
        plain = visitor.client.post(path, content="{}", headers={"Content-Type": "text/plain"})
        assert plain.status_code == 415
        assert visitor.client.get(path).status_code in {404, 405}


def test_the_token_is_in_no_file_and_no_log(tmp_path: Path) -> None:
    heard = io.StringIO()
    with serve(tmp_path / "data", rate_per_minute=10_000) as served, Visitor(served.url) as visitor:
        product_log.configure("console", "debug", heard)
        visitor.open()
        path = make(visitor)
        token = path.removeprefix("/calendar/").removesuffix(".ics")
        fetch(served, path)
        fetch(served, f"/calendar/{token}x.ics")
        visitor.client.post("/calendar/close", json={})
        fetch(served, path)
    assert len(token) == 43
    assert token not in heard.getvalue()
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes(), file
    with closing(sqlite3.connect(tmp_path / "data" / "zhuoyue.sqlite3")) as database:
        rows = database.execute("SELECT length(token_hash), revoked_at IS NULL FROM feeds").fetchall()
    assert rows == [(64, 0)]


def test_who_tries_addresses_is_slowed_down(served: Served) -> None:
    answers = {fetch(served, f"/calendar/{number:043d}.ics").status_code for number in range(80)}
    assert answers == {404, 429}


# The page --------------------------------------------------------------------------------------------


def test_the_page_shows_the_address_once_and_lets_it_go(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, "en-GB") as person:
        person.visit()
        page = person.page
        page.goto(page_served.url + "/calendar")
        expect(page.locator("h1")).to_have_text("My dates in a calendar")
        expect(page.locator("#close")).to_be_hidden()
        page.get_by_role("button", name="Make a private address").click()
        address = page.get_by_label("Your private address")
        expect(address).to_be_focused()
        shown = address.input_value()
        assert shown.startswith(f"{page_served.url}/calendar/")
        assert fetch(page_served, shown.removeprefix(page_served.url)).status_code == 200
        page.reload()
        expect(page.locator("#exists")).to_be_visible()
        assert shown not in page.content()
        page.get_by_role("button", name="Let the address work no more").click()
        expect(page.get_by_role("status")).to_have_text("The address works no more.")
        expect(page.get_by_role("button", name="Make a new address")).to_be_focused()
        assert fetch(page_served, shown.removeprefix(page_served.url)).status_code == 404


def test_the_address_can_be_copied(page_served: Served, browser: Browser) -> None:
    with Person(
        browser, page_served.url, "en-GB", DESKTOP, permissions=["clipboard-read", "clipboard-write"]
    ) as person:
        person.visit()
        person.page.goto(page_served.url + "/calendar")
        person.page.get_by_role("button", name="Make a private address").click()
        expect(person.page.get_by_label("Your private address")).to_be_visible()
        person.page.get_by_role("button", name="Copy").click()
        expect(person.page.get_by_role("status")).to_have_text("Copied.")
        copied = person.page.evaluate("navigator.clipboard.readText()")
        assert copied == person.page.get_by_label("Your private address").input_value()


def test_the_page_can_be_used_by_everybody(page_served: Served, browser: Browser) -> None:
    for scheme in SCHEMES:
        with Person(browser, page_served.url, scheme=scheme, bypass_csp=True) as person:
            person.visit()
            person.page.goto(page_served.url + "/calendar")
            person.page.get_by_role("button", name="生成私密地址").click()
            expect(person.page.locator("#made")).to_be_visible()
            found = Axe().run(person.page)
            assert found.violations_count == 0, found.generate_report()
