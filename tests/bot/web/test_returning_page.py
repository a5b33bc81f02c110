"""Coming back with a return code in a real browser, with the product as it is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, expect

from bot.assembly import open_house
from domain.clock import FixedClock
from tests.support.browser import PHONE, Person
from tests.support.web import Served, serve

CODE = re.compile(r"[0-9]+(?:-[0-9A-HJKMNP-TV-Z]{4}){4}")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(date(2026, 11, 21))


@pytest.fixture
def served(tmp_path: Path, clock: FixedClock) -> Iterator[Served]:
    with serve(tmp_path / "data", open_house, clock=clock, rate_per_minute=10_000) as running:
        yield running


def introduces_themselves(person: Person) -> str:
    """Agree, tell the name and save; the return code that is shown then."""
    person.chooses("organisation")
    person.chooses("yes")
    person.types("示例精工")
    expect(person.current).to_have_attribute("data-state", "code")
    person.chooses("enough")
    expect(person.current).to_contain_text(CODE)
    found = CODE.search(person.current.inner_text())
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("locale", "label", "again", "welcome"),
    [
        ("zh-CN", "用过？输入回访码继续", "打不开对话", "欢迎回来"),
        ("en-GB", "Been here before? Enter your return code", "does not open a chat", "Welcome back"),
    ],
)
def test_a_contact_comes_back_by_keyboard_after_the_session_has_ended(
    served: Served, clock: FixedClock, browser: Browser, locale: str, label: str, again: str, welcome: str
) -> None:
    with Person(browser, served.url, locale) as person:
        person.visit()
        code = introduces_themselves(person)
    clock.advance(timedelta(days=30))
    with Person(browser, served.url, locale, PHONE) as person:
        page = person.visit()
        other_tab = person.visit(person.new_tab())
        page.bring_to_front()
        expect(page.locator("#log")).not_to_contain_text("示例精工")
        page.get_by_text(label, exact=True).focus()
        page.keyboard.press("Enter")
        entry = page.locator("#return-code")
        expect(entry).to_be_focused()
        assert Axe().run(page).response["violations"] == []

        wrong = f"{code[:-1]}{'A' if code[-1] != 'A' else 'B'}"
        page.keyboard.type(wrong)
        page.keyboard.press("Enter")
        expect(page.locator("#return-problem")).to_contain_text(again)
        expect(entry).to_be_focused()
        expect(entry).to_have_attribute("aria-invalid", "true")
        assert len(person.complaints) == 1, "the browser reports the refusal itself"
        person.complaints.clear()

        entry.fill(code.lower().replace("-", " "))
        page.keyboard.press("Enter")
        expect(page.locator("#log")).to_contain_text(welcome)
        expect(page.locator("#log")).to_contain_text("示例精工")
        expect(other_tab.locator("#log")).to_contain_text("示例精工")
        person.chooses("data")
        person.sees(code)


SLOW_TO_FORGET = """() => {
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const real = open.apply(this, given);
    const late = {};
    const tell = (event) => ((late.result = real.result), late[event]?.());
    real.onupgradeneeded = () => tell("onupgradeneeded");
    real.onsuccess = () => setTimeout(tell, 1500, "onsuccess");
    return late;
  };
}"""
"""From here on the browser takes a moment to forget the files it keeps."""


def test_what_was_on_its_way_in_the_chat_that_is_left_is_not_said_in_the_other(
    served: Served, browser: Browser
) -> None:
    with Person(browser, served.url) as person:
        person.visit()
        code = introduces_themselves(person)
    with Person(browser, served.url) as person:
        page = person.visit()
        held: list[Route] = []
        page.route("**/chat", lambda route: held.append(route))  # noqa: PLW0108 -- a method of a list cannot be marked
        person.types("前一句")
        person.types("后一句")
        expect(page.locator("#waiting .said")).to_have_count(2)
        page.get_by_text("用过？输入回访码继续", exact=True).click()
        page.evaluate(SLOW_TO_FORGET)
        page.locator("#return-code").fill(code)
        with page.expect_response("**/return"):
            page.keyboard.press("Enter")
        page.wait_for_function("!sessionStorage.getItem('zhuoyue.pending')")
        held.pop(0).continue_()
        expect(page.locator("#log")).to_contain_text("欢迎回来")
        expect(page.locator("#log")).to_contain_text("示例精工")
        page.wait_for_timeout(500)
        assert held == []
        assert "后一句" not in person.said()
        expect(page.locator("#waiting .said")).to_have_count(0)
