"""Coming back with a return code in a real browser, with the product as it is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

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
