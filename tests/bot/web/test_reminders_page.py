"""Reminders on the page, with the real dialogs, a clock that is driven, and a clockwork that plans and speaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from icalendar import Calendar
from playwright.sync_api import Browser, Locator, expect

from bot.assembly import open_house
from bot.house import House
from domain.clock import FixedClock
from domain.rounds import Bilingual, Terms, announce, open_round
from domain.store import Transaction
from tests.support.browser import DESKTOP, PHONE, Person
from tests.support.reminding import HANGZHOU, ZHENGZHOU
from tests.support.web import Served, serve

MONDAY = date(2026, 11, 23)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    clock = FixedClock(MONDAY - timedelta(days=2))
    options = {
        "clock": clock,
        "rate_per_minute": 10_000,
        "session_idle_hours": 720,
        "session_absolute_days": 90,
    }
    with serve(tmp_path / "data", open_house, **options) as running:
        yield running


def announces(served: Served, closes: date) -> None:
    """An officer announces a round of the Hangzhou award."""
    clock = served.clock
    terms = Terms(
        name=Bilingual("2027年第一批", "First round of 2027"),
        closes_safe=closes,
        hand_in=Bilingual("所在区县市场监管局", "the county bureau"),
        contact=Bilingual("质量发展处", "Quality office"),
    )

    def carry_out(tx: Transaction) -> None:
        draft = tx.rounds.carry_out(open_round(HANGZHOU, "", terms, "新一批"), None, clock.now())
        tx.rounds.carry_out(announce(draft, "通知", clock.today()), None, clock.now())
        tx.replanning.all_of_programme(HANGZHOU, "round", clock.now())

    served.run(lambda house: house.database.run(carry_out))


def speaks(served: Served, day: date, chat: int = 1) -> None:
    """The clockwork says what is due on a day, at noon."""
    clock = served.clock
    assert isinstance(clock, FixedClock)
    clock.set(day)

    async def say(house: House) -> None:
        assert house.speaker is not None
        speaker = house.speaker
        await house.database.run(lambda tx: speaker.say(tx, chat, clock.now()))

    served.run(say)


def subscribed(person: Person, programme: str) -> None:
    """Ask to be reminded of a programme, from its page."""
    person.visit()
    person.chooses(f"p:{programme}")
    person.chooses("dates")
    person.chooses("remind")
    expect(person.current.locator('[data-choice="settings"]')).to_be_visible()


def card_of(person: Person, kind: str = "r") -> Locator:
    """The card that came last."""
    found = person.page.locator(f'[data-card^="{kind}"]')
    expect(found.last).to_be_visible()
    return found.last


def test_a_reminder_comes_and_is_answered_where_it_stands(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, "en-GB") as person:
        subscribed(person, HANGZHOU)
        announces(served, MONDAY + timedelta(days=14))
        speaks(served, MONDAY)
        card = card_of(person, "g")
        expect(card).to_contain_text("2 dates for you")
        speaks(served, MONDAY + timedelta(days=7))
        card = card_of(person)
        expect(card.locator("h2")).to_have_text(
            "Hangzhou Government Quality Award, First round of 2027: last day to apply – in 7 days"
        )
        for said in ("7 December 2026 (Monday)", "the county bureau", "You asked to be reminded"):
            expect(card).to_contain_text(said)
        card.get_by_role("button", name="Remind me later …").click()
        expect(card.get_by_role("button", name="Remind me in 1 day", exact=True)).to_be_visible()
        card.get_by_role("button", name="Back").click()
        card.get_by_role("button", name="It is done").click()
        expect(card).to_contain_text("Noted: this is done.")
        expect(card.get_by_role("button")).to_have_count(1)
        expect(person.page.locator('[data-card^="r"]')).to_have_count(1)
        # The conversation stands where it stood, and opening moves it.
        expect(person.current.locator('[data-choice="settings"]')).to_be_enabled()
        card.get_by_role("button", name="Open it").click()
        person.asked("Hangzhou Government Quality Award")


def test_the_dates_are_seen_set_and_taken_away(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, size=DESKTOP, accept_downloads=True) as person:
        subscribed(person, ZHENGZHOU)
        person.types("我的提醒")
        person.asked("近期日期")
        person.sees("2027年1月9日")
        person.presses("提醒设置")
        person.presses("免打扰时段")
        person.types("晚上10点到早上7点")
        person.sees("已保存。免打扰：22:00 至 07:00")
        person.presses("我的日期")
        person.presses("加入我的日历")
        with person.page.expect_download() as taken:
            person.current.get_by_role("link", name="日历文件（.ics）").click()
        calendar = Calendar.from_ical(taken.value.path().read_text("utf-8"))
        assert [event.decoded("dtstart").isoformat() for event in calendar.walk("VEVENT")] == ["2027-01-09"]
        with person.context.expect_page() as opened:
            person.current.get_by_role("link", name="日历私密地址").click()
        expect(opened.value.locator("h1")).to_have_text("把日期加入日历")


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_reminder_can_be_read_by_everybody(served: Served, browser: Browser, size: tuple[int, int]) -> None:
    with Person(browser, served.url, size=size, bypass_csp=True) as person:
        subscribed(person, HANGZHOU)
        announces(served, MONDAY + timedelta(days=14))
        speaks(served, MONDAY + timedelta(days=7))
        card = card_of(person, "g")
        found = Axe().run(person.page)
        assert found.violations_count == 0, found.generate_report()
        assert person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box = card.get_by_role("button").first.bounding_box()
        assert box is not None
        assert box["height"] >= 44
