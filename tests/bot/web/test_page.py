"""The page in a real browser."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, expect

from tests.support.browser import DESKTOP, PHONE, SMALL_PHONE, Person, Scheme
from tests.support.web import Served, serve


def answer_everything(person: Person) -> None:
    person.chooses("yes")
    person.chooses("a")
    expect(person.current.locator("[aria-pressed=true]")).to_have_count(1)
    person.chooses("c")
    expect(person.current.locator("[aria-pressed=true]")).to_have_count(2)
    person.chooses("@done")
    expect(person.page.locator("#hint")).to_contain_text("3000万")
    person.types("3000万")
    fields = person.current.locator(".fields input")
    expect(fields).to_have_count(3)
    fields.nth(0).fill("2024")
    fields.nth(1).fill("5")
    person.current.locator(".fields button").click()
    expect(person.current.locator(".fields label").first).to_contain_text("2023")
    fields.nth(0).fill("120万")
    fields.nth(2).fill("300万")
    person.current.locator(".fields button").click()
    expect(person.current.locator("table")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "first", "last"),
    [
        ("zh-CN", "贵单位是制造业企业吗？", "结果"),
        ("en-GB", "Is this a manufacturing enterprise?", "Result"),
    ],
)
def test_a_whole_conversation(
    page_served: Served, browser: Browser, locale: str, first: str, last: str
) -> None:
    with Person(browser, page_served.url, locale) as person:
        person.visit()
        person.asked(first)
        expect(person.page.locator("html")).to_have_attribute("lang", re.compile(locale[:2]))
        answer_everything(person)
        person.asked(last)
        said = person.said()
        assert said[1:] == [
            "选好了" if locale == "zh-CN" else "Done",
            "3000万",
            "2024-05",
            "2023: 120万; 2025: 300万",
        ]
        expect(person.page.locator(".screen")).to_have_count(6)


def test_every_kind_of_block_is_drawn(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        answer_everything(person)
        current = person.current
        expect(current.locator(".notice")).to_have_count(4)
        expect(current.locator(".items li")).to_have_count(9)
        expect(current.locator(".item.is-not_met")).to_contain_text("不满足: 条件 not_met")
        expect(current.locator(".item.is-met .clause")).to_have_text("第六条（一）")
        expect(current.locator("strong").first).to_be_visible()
        expect(current.locator("h3")).to_have_text("逐条")
        expect(current.locator("table tbody tr")).to_have_count(2)
        expect(current.locator("details p")).not_to_be_visible()
        current.locator("summary").click()
        expect(current.locator("details p")).to_have_text("里面的内容 <b>&amp;</b>")
        expect(current.locator("a")).to_have_attribute("href", "/results/1")
        expect(current.get_by_text("not ours")).to_be_visible()


def test_what_is_typed_is_text_and_never_markup(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        person.types("<img src=x onerror=alert(1)><b>粗</b>")
        person.sees("<img src=x onerror=alert(1)><b>粗</b>")
        expect(person.page.locator("#log img")).to_have_count(0)
        expect(person.page.locator("#log b")).to_have_count(0)


def test_a_reload_in_the_middle_shows_everything_and_keeps_the_draft(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        person.chooses("yes")
        person.asked("有哪些？")
        person.page.locator("#entry").fill("写到一半")
        person.page.reload()
        person.asked("有哪些？")
        expect(person.page.locator(".screen")).to_have_count(2)
        assert person.said() == ["是"]
        expect(person.page.locator("#entry")).to_have_value("写到一半")
        person.chooses("b")
        expect(person.current.locator("[aria-pressed=true]")).to_have_count(1)


def test_two_tabs_show_the_same(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        first = person.visit()
        second = person.visit(person.new_tab())
        expect(second.locator(".screen")).to_have_count(1)
        person.chooses("yes")
        expect(second.locator(".screen.is-current h2")).to_have_text("有哪些？")
        second.locator('.is-current [data-choice="@done"]').click()
        expect(first.locator(".screen.is-current h2")).to_have_text("去年营业收入是多少？")
        assert first.locator("#log").inner_text() == second.locator("#log").inner_text()


def test_the_back_button_loses_nothing(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        person.chooses("yes")
        person.asked("有哪些？")
        person.page.goto(f"{page_served.url}/healthz")
        person.page.go_back()
        person.asked("有哪些？")
        assert person.said() == ["是"]
        person.page.go_back()
        person.page.go_forward()
        person.asked("有哪些？")
        person.chooses("@done")
        person.asked("去年营业收入是多少？")


def test_it_goes_on_after_a_restart_and_sends_what_was_said_meanwhile_once(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        person.chooses("yes")
        person.asked("有哪些？")
        page_served.stop()
        expect(person.page.locator("#line")).to_have_text("正在重新连接…")
        person.types("1、2")
        expect(person.page.locator("#trouble")).to_contain_text("网络已断开")
        expect(person.page.locator("#waiting")).to_contain_text("1、2")
        page_served.start()
        person.asked("去年营业收入是多少？")
        expect(person.page.locator("#trouble")).not_to_be_visible()
        expect(person.page.locator("#waiting")).to_be_empty()
        expect(person.page.locator("#line")).to_be_empty()
        assert person.said() == ["是", "1、2"]
        person.forget_lost_connections()


def test_a_message_on_its_way_survives_a_reload(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        person.context.route("**/chat", lambda route: route.abort("connectionrefused"))
        person.types("去年6月")
        expect(person.page.locator("#trouble")).to_be_visible()
        person.context.unroute("**/chat")
        person.page.reload()
        person.asked("有哪些？")
        assert person.said() == ["去年6月"]
        person.forget_lost_connections()


def test_what_an_earlier_load_did_not_finish_stands_before_what_is_typed_early_in_the_next(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url) as person:
        page = person.visit()
        waiting = page.locator("#waiting .said")
        opening: list[Route] = []
        page.route("**/chat", lambda route: route.abort("connectionrefused"))
        person.types("去年6月")
        expect(page.locator("#trouble")).to_be_visible()
        page.route("**/chat/events*", lambda route: opening.append(route), times=1)  # noqa: PLW0108 -- a method of a list cannot be marked
        page.reload()
        person.types("前年")
        expect(waiting).to_contain_text(["前年"])
        while not opening:
            page.wait_for_timeout(20)
        opening.pop().continue_()
        expect(waiting).to_contain_text(["去年6月", "前年"])
        page.unroute("**/chat")
        page.locator("#trouble button").click()
        person.asked("有哪些？")
        expect(waiting).to_have_count(0)
        assert person.said() == ["去年6月", "前年"]
        person.forget_lost_connections()


def test_an_answer_that_arrived_but_was_not_acknowledged_is_not_applied_twice(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        attempts: list[int] = []

        def lose_the_first_answer(route: object) -> None:
            attempts.append(1)
            if len(attempts) == 1:
                route.fetch()  # type: ignore[attr-defined]
                route.abort("connectionreset")  # type: ignore[attr-defined]
            else:
                route.continue_()  # type: ignore[attr-defined]

        person.context.route("**/chat", lose_the_first_answer)
        person.types("制造业")
        person.asked("有哪些？")
        expect(person.page.locator("#waiting")).to_be_empty()
        expect(person.page.locator("#trouble")).not_to_be_visible()
        assert person.said() == ["制造业"]
        assert len(attempts) == 2
        person.forget_lost_connections()


def test_a_busy_database_is_told_calmly_and_the_text_goes_through_in_the_end(
    tmp_path: Path, browser: Browser
) -> None:
    with (
        serve(tmp_path / "data", busy_timeout_ms=50) as served,
        Person(browser, served.url, "en-GB") as person,
    ):
        person.visit()
        thief = sqlite3.connect(served.data_dir / "zhuoyue.sqlite3", isolation_level=None)
        try:
            thief.execute("BEGIN IMMEDIATE")
            person.types("manufacturing")
            expect(person.page.locator("#trouble")).to_contain_text("database is busy")
            expect(person.page.locator("#waiting")).to_contain_text("manufacturing")
        finally:
            thief.close()
        person.page.get_by_role("button", name="Try again now").click()
        person.asked("Which of these?")
        assert person.said() == ["manufacturing"]
        assert all("503" in text for text in person.complaints)
        person.complaints.clear()


def test_too_many_messages_wait_and_then_go_out(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path / "data", rate_per_minute=10) as served, Person(browser, served.url) as person:
        person.visit()
        trouble = person.page.locator("#trouble")
        sent = 0
        while not trouble.is_visible() and sent < 40:
            person.types(str(sent))
            expect(person.page.locator("#log .said").nth(sent).or_(trouble).first).to_be_visible()
            sent += 1
        expect(trouble).to_contain_text("短时间内发送太多了")
        expect(person.page.locator("#log .said")).to_have_count(sent)
        expect(trouble).not_to_be_visible()
        assert person.complaints
        assert all("429" in text for text in person.complaints)
        person.complaints.clear()


def test_a_text_the_server_refuses_comes_back_into_the_box(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path / "data", max_message_chars=200) as served, Person(browser, served.url) as person:
        person.visit()
        person.page.locator("#entry").evaluate("box => box.removeAttribute('maxlength')")
        person.types("长" * 201)
        expect(person.page.locator("#trouble")).to_contain_text("一次最多 200 个字")
        expect(person.page.locator("#entry")).to_have_value("长" * 201)
        person.types("短")
        person.asked("有哪些？")
        assert all("413" in text for text in person.complaints)
        person.complaints.clear()


def test_a_session_that_ended_begins_anew_and_says_so(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        person.chooses("yes")
        person.asked("有哪些？")
        person.context.clear_cookies()
        person.types("还在吗")
        expect(person.page.locator("#log .notice")).to_contain_text("这是新的对话")
        person.asked("贵单位是制造业企业吗？")
        expect(person.page.locator("#entry")).to_have_value("还在吗")
        assert person.said() == []
        assert all("401" in text for text in person.complaints)
        person.complaints.clear()


def test_old_buttons_are_disabled(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        person.chooses("yes")
        person.asked("有哪些？")
        old = person.page.locator(".screen").first.locator("button")
        expect(old).to_have_count(3)
        for number in range(3):
            expect(old.nth(number)).to_be_disabled()


def test_the_language_button_changes_the_page_too(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        expect(person.page.locator("header")).to_contain_text("菜单")
        person.page.get_by_role("button", name="English").click()
        person.asked("Is this a manufacturing enterprise?")
        expect(person.page.locator("html")).to_have_attribute("lang", "en")
        expect(person.page.locator("header")).to_contain_text("Menu")
        expect(person.page.get_by_role("button", name="Send")).to_be_visible()
        assert "Zhuoyue" in person.page.title()
        person.page.reload()
        person.asked("Is this a manufacturing enterprise?")
        expect(person.page.locator("header")).to_contain_text("Menu")
        person.page.get_by_role("button", name="中文").click()
        person.asked("贵单位是制造业企业吗？")


def test_everything_can_be_done_with_the_keyboard(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        keyboard = person.visit().keyboard
        entry = person.page.locator("#entry")
        expect(entry).to_be_focused()
        person.current.locator('[data-choice="yes"]').focus()
        keyboard.press("Enter")
        person.asked("有哪些？")
        expect(person.current).to_be_focused()
        keyboard.press("Tab")
        keyboard.press("Space")
        expect(person.current.locator('[data-choice="a"]')).to_be_focused()
        expect(person.current.locator('[data-choice="a"]')).to_have_attribute("aria-pressed", "true")
        for _ in range(3):
            keyboard.press("Tab")
        keyboard.press("Enter")
        person.asked("去年营业收入是多少？")
        entry.focus()
        keyboard.type("第一行")
        keyboard.press("Shift+Enter")
        keyboard.type("第二行")
        keyboard.press("Escape")
        expect(entry).to_have_value("第一行\n第二行")
        keyboard.press("Enter")
        person.asked("从哪年哪月开始？")
        expect(entry).to_be_focused()
        expect(entry).to_have_value("")


def test_enter_inside_an_input_method_does_not_send(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        entry = person.page.locator("#entry")
        entry.fill("zhong")
        entry.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
        expect(person.page.locator("#waiting")).to_be_empty()
        expect(entry).to_have_value("zhong")


def test_new_messages_are_announced_and_the_replay_is_not(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        log = person.page.get_by_role("log", name="对话")
        expect(log).to_have_attribute("aria-live", "polite")
        expect(person.current.get_by_role("group").first).to_have_attribute(
            "aria-label", "贵单位是制造业企业吗？"
        )
        expect(person.page.get_by_role("progressbar")).to_have_attribute("aria-label", "第 1 题，约共 5 题")
        expect(person.page.get_by_role("textbox")).to_have_accessible_name("您的回答")
        person.chooses("yes")
        expect(person.page.get_by_role("textbox")).to_have_accessible_description("例如：1、3")


def test_nothing_is_too_wide_nor_too_small_to_touch_on_a_small_phone(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, "en-GB", SMALL_PHONE) as person:
        person.visit()
        person.chooses("yes")
        person.asked("Which of these?")
        sizes = [
            box for box in (b.bounding_box() for b in person.page.locator("button:enabled").all()) if box
        ]
        assert len(sizes) > 8
        assert all(box["height"] >= 44 and box["width"] >= 44 for box in sizes), sizes
        person.types("长长的" * 60 + "x" * 300)
        person.asked("How much revenue?")
        assert person.page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE[0]


def test_a_long_result_is_read_from_its_top(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url) as person:
        person.visit()
        answer_everything(person)
        title = person.current.locator("h2")
        expect(title).to_be_in_viewport()
        head = person.page.locator("header").bounding_box()
        box = title.bounding_box()
        assert head is not None
        assert box is not None
        assert box["y"] >= head["height"], "not under the head of the page"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_axe_finds_nothing_to_complain_about(
    page_served: Served, browser: Browser, locale: str, size: tuple[int, int], scheme: Scheme
) -> None:
    # Only here may a script of the test come in: axe has to be put into the page.
    with Person(browser, page_served.url, locale, size, scheme, bypass_csp=True) as person:
        person.visit()
        assert_accessible(person)
        person.chooses("yes")
        person.chooses("a")
        expect(person.current.locator("[aria-pressed=true]")).to_have_count(1)
        assert_accessible(person)
        person.page.reload()
        person.chooses("a")
        answer_rest(person)
        person.current.locator("summary").click()
        assert_accessible(person)


def answer_rest(person: Person) -> None:
    person.chooses("@done")
    expect(person.page.locator("#hint")).to_contain_text("3000万")
    for text in ("3000万", "2024-05"):
        person.types(text)
        expect(person.page.locator("#log .said").last).to_contain_text(text)
        assert_accessible(person)
    person.types("2023: 1")
    expect(person.current.locator("table")).to_be_visible()


def assert_accessible(person: Person) -> None:
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
