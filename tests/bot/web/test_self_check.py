"""Whole self-checks by people with a browser, in each language, with the product as it is served."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.assembly import open_house
from domain.clock import FixedClock
from tests.support.browser import DESKTOP, PHONE, Person, Scheme
from tests.support.self_check import ZHENGZHOU, Told
from tests.support.web import Served, serve

IN_ENGLISH: Mapping[str, Told] = {
    "registered_city": "Zhengzhou",
    "excellence_model_since": "March 2025",
    "excellence_model_uninterrupted": "yes",
    "sales_revenue_rank": "1, 2, 3",
    "net_profit": "2023: 1.2 million; 2024: 0; 2025: 3 million",
    "government_quality_award_level": "[county",
    "government_quality_award_kind": "[organisation",
    "government_quality_award_ended": "no",
    "base_management_systems": ("[culture", "[market_network", "[@done"),
    "iso_9001_certificate": "1 March 2028",
    "iso_14001_certificate": ("[yes", "1 March 2028"),
    "committed_incubatees": "12",
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    clock = FixedClock(date(2026, 11, 21))
    with serve(tmp_path / "data", open_house, clock=clock, rate_per_minute=10_000) as running:
        yield running


def state(person: Person) -> str:
    return person.current.get_attribute("data-state") or ""


def begin(person: Person, programme: str = "zhengzhou-incubation-base", mode: str = "gaps") -> None:
    """From the menu to the first question, without leaving anything."""
    person.chooses(f"p:{programme}" if programme != "suit" else "suit")
    if programme != "suit":
        person.chooses("check")
    expect(person.current).to_have_attribute("data-state", "consent")
    person.chooses("no")
    expect(person.current).to_have_attribute("data-state", "mode")
    person.chooses(mode)
    expect(person.current).to_have_attribute("data-state", re.compile("^f:"))


def answer(person: Person, told: Mapping[str, Told], most: int = 200) -> None:
    """Answer question after question until there are no more."""
    for _ in range(most):
        if not state(person).startswith("f:"):
            return
        answer_one(person, told)
    raise AssertionError(f"more than {most} questions")


def answer_one(person: Person, told: Mapping[str, Told]) -> None:
    """Answer the question at hand; what is not told is answered "not sure"."""
    steps = told.get(state(person).removeprefix("f:"), "[@unsure")
    for step in (steps,) if isinstance(steps, str) else steps:
        seen = person.page.locator("#log > *").count()
        switched = person.current.locator("[aria-pressed=true]").count()
        is_switch = (
            step.startswith("[") and person.current.locator("[aria-pressed]").count() and step[1] != "@"
        )
        if step.startswith("["):
            person.chooses(step[1:])
        else:
            person.types(step)
        if is_switch:
            expect(person.current.locator("[aria-pressed=true]")).to_have_count(switched + 1)
        else:
            expect(person.page.locator("#log > *").nth(seen + 1)).to_be_visible()


def test_a_whole_self_check_in_chinese_with_everything_in_its_way(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, "zh-CN", PHONE) as person:
        first = person.visit()
        begin(person)
        for _ in range(4):
            answer_one(person, ZHENGZHOU)
        here = state(person)
        person.page.reload()
        expect(person.current).to_have_attribute("data-state", here)
        person.page = person.visit(person.new_tab())
        expect(person.current).to_have_attribute("data-state", here)
        answer_one(person, ZHENGZHOU)
        served.restart()
        answer(person, ZHENGZHOU)
        person.sees("没有发现")
        expect(person.current).to_have_attribute("data-state", "result")
        person.sees("第六条")
        person.forget_lost_connections()
        expect(first.locator(".screen.is-current")).to_have_attribute("data-state", "result")
        assert first.locator(".screen.is-current").inner_text() == person.current.inner_text()

        with person.context.expect_page() as opened:
            person.current.get_by_role("link").last.click()
        page = opened.value
        expect(page.locator("h1")).to_have_text("自查结果")
        expect(page.locator("article")).to_contain_text("郑州市企业卓越绩效管理孵化基地管理办法")
        expect(page.locator("footer")).to_contain_text(re.compile("[0-9a-f]{64}"))
        expect(page.locator("table")).to_contain_text("郑州市")


def test_a_whole_self_check_in_english_finds_the_obstacle_and_when_it_goes(
    served: Served, browser: Browser
) -> None:
    with Person(browser, served.url, "en-GB", DESKTOP) as person:
        person.visit()
        begin(person)
        answer(person, IN_ENGLISH)
        expect(person.current).to_have_attribute("data-state", "result")
        person.sees("not met today")
        person.sees("March 2025; 4 months 10 days short of 2 years")
        person.sees("1 March 2027")
        expect(person.page.locator("html")).to_have_attribute("lang", "en")


def test_a_button_of_an_earlier_step_changes_an_answer(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, "en-GB") as person:
        person.visit()
        begin(person)
        person.chooses("zhengzhou")
        edit = person.current.locator('[data-choice="@edit:f:registered_city"]')
        edit.click()
        expect(person.current).to_have_attribute("data-state", "f:registered_city")
        expect(person.current.locator('[data-choice="zhengzhou"]')).to_have_attribute("aria-current", "true")
        person.chooses("hangzhou")
        expect(person.current.locator(".echo")).to_contain_text("Hangzhou")


def test_years_filled_in_one_by_one_are_understood(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, "zh-CN") as person:
        person.visit()
        begin(person)
        while state(person) != "f:net_profit":
            answer_one(person, {})
        fields = person.current.locator(".fields input")
        expect(fields).to_have_count(3)
        for number, amount in enumerate(("120万", "0", "-300万")):
            fields.nth(number).fill(amount)
        person.current.locator(".fields button").click()
        expect(person.current.locator(".echo")).to_contain_text("1,200,000")
        expect(person.current.locator(".echo")).to_contain_text("-3,000,000")


def test_a_date_filled_in_by_fields_is_understood(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, "en-GB") as person:
        person.visit()
        begin(person)
        while state(person) != "f:excellence_model_since":
            answer_one(person, {})
        fields = person.current.locator(".fields input")
        fields.nth(0).fill("2024")
        fields.nth(1).fill("5")
        person.current.locator(".fields button").click()
        expect(person.current.locator(".echo")).to_contain_text("May 2024")


def test_which_programmes_suit_us_ends_in_a_table_with_a_row_for_each(
    served: Served, browser: Browser
) -> None:
    with Person(browser, served.url, "zh-CN", PHONE) as person:
        person.visit()
        begin(person, "suit", "quick")
        answer(person, {"registered_city": "[hangzhou"})
        rows = person.current.locator("tbody tr")
        expect(rows).to_have_count(5)
        box = rows.first.bounding_box()
        assert box is not None
        assert box["height"] > 80, "a card on a phone"
        assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_my_data_comes_as_a_file(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, "en-GB", accept_downloads=True) as person:
        person.visit()
        person.chooses("data")
        expect(person.current.get_by_role("link").first).to_have_attribute("href", "/my-data.json")
        with person.page.expect_download() as file:
            person.current.get_by_role("link").first.click()
        assert file.value.suggested_filename == "zhuoyue-my-data.json"


def test_what_was_erased_disappears_from_every_page(served: Served, browser: Browser) -> None:
    with Person(browser, served.url, "en-GB") as person:
        other = person.visit(person.new_tab())
        person.visit()
        person.types("a secret of ours")
        expect(other.locator("#log")).to_contain_text("a secret of ours")
        person.chooses("data")
        person.chooses("erase")
        person.chooses("yes")
        person.sees("Everything about you was erased.")
        for page in (person.page, other):
            expect(page.locator("#log")).not_to_contain_text("a secret of ours")
            expect(page.locator("#log .screen")).to_have_count(1)
        person.chooses("data")
        expect(person.page.locator("#log .screen")).to_have_count(2)


@pytest.mark.parametrize(
    ("locale", "size", "scheme"),
    [
        ("zh-CN", PHONE, "light"),
        ("zh-CN", DESKTOP, "dark"),
        ("en-GB", PHONE, "dark"),
        ("en-GB", DESKTOP, "light"),
    ],
)
def test_axe_finds_nothing_to_complain_about(
    served: Served, browser: Browser, locale: str, size: tuple[int, int], scheme: Scheme
) -> None:
    # Only here may a script of the test come in: axe has to be put into the page.
    with Person(browser, served.url, locale, size, scheme, bypass_csp=True) as person:
        person.visit()
        assert_accessible(person.page)
        begin(person)
        answer_one(person, {})
        assert_accessible(person.page)
        answer(person, ZHENGZHOU if locale == "zh-CN" else IN_ENGLISH)
        for summary in person.current.locator("summary").all():
            summary.click()
        assert_accessible(person.page)
        link = person.current.get_by_role("link").last.get_attribute("href")
        page = person.new_tab()
        page.goto(f"{served.url}{link}")
        assert_accessible(page)


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
