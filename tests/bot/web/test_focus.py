"""Where the focus of the keyboard is: it follows the conversation, and never leaves a person who writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import DESKTOP, Person
from tests.support.web import Served


@contextmanager
def the_next_answer_takes_a_moment(page: Page) -> Iterator[None]:
    """What is sent in here reaches the server when this ends."""
    held: list[Route] = []
    page.route("**/chat", lambda route: held.append(route), times=1)  # noqa: PLW0108 -- a method of a list cannot be marked
    yield
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()


def test_words_begun_while_an_answer_is_on_its_way_are_not_interrupted(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        entry = page.locator("#entry")
        with the_next_answer_takes_a_moment(page):
            person.chooses("yes")
            entry.focus()
            page.keyboard.type("甲，")
        person.asked("有哪些？")
        expect(entry).to_be_focused()
        page.keyboard.type("丙")
        page.keyboard.press("Enter")
        expect(page.locator("#log .said").last).to_contain_text("甲，丙")


def test_words_begun_while_a_switch_is_on_its_way_are_not_interrupted(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        entry = page.locator("#entry")
        person.chooses("yes")
        person.asked("有哪些？")
        with the_next_answer_takes_a_moment(page):
            person.chooses("a")
            entry.focus()
            page.keyboard.type("甲，")
        expect(person.current.locator("[aria-pressed=true]")).to_have_count(1)
        expect(entry).to_be_focused()
        expect(entry).to_have_value("甲，")


def test_a_person_who_goes_on_to_the_next_switch_is_not_taken_back(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        person.chooses("yes")
        person.asked("有哪些？")
        with the_next_answer_takes_a_moment(page):
            person.current.locator('[data-choice="a"]').focus()
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
        expect(person.current.locator('[data-choice="a"]')).to_have_attribute("aria-pressed", "true")
        expect(person.current.locator('[data-choice="b"]')).to_be_focused()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_focus_goes_to_the_new_question_from_wherever_it_was_on_the_old_one(
    page_served: Served, browser: Browser, elsewhere: bool
) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        with the_next_answer_takes_a_moment(page):
            person.current.locator('[data-choice="yes"]').focus()
            page.keyboard.press("Enter")
            if elsewhere:
                page.keyboard.press("Tab")
        person.asked("有哪些？")
        expect(person.current).to_be_focused()


def test_a_choice_that_gives_way_to_another_hands_the_focus_on(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        person.chooses("yes")
        person.asked("有哪些？")
        # As "none of these", which gives way to "done" once something is chosen.
        person.current.locator('[data-choice="@done"]').evaluate("button => button.dataset.choice = '@none'")
        with the_next_answer_takes_a_moment(page):
            person.current.locator('[data-choice="c"]').focus()
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
            expect(person.current.locator('[data-choice="@none"]')).to_be_focused()
        expect(person.current.locator("[aria-pressed=true]")).to_have_count(1)
        expect(person.current.locator('[data-choice="@done"]')).to_be_focused()


def test_the_focus_goes_on_from_trying_again(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        again = page.locator("#trouble button")
        page.route("**/chat", lambda route: route.abort(), times=1)
        person.current.locator('[data-choice="yes"]').focus()
        page.keyboard.press("Enter")
        again.focus()
        page.keyboard.press("Enter")
        person.asked("有哪些？")
        expect(person.current).to_be_focused()
        page.route("**/chat", lambda route: route.abort(), times=1)
        person.current.locator('[data-choice="a"]').focus()
        page.keyboard.press("Space")
        again.focus()
        page.keyboard.press("Enter")
        expect(person.current.locator('[data-choice="a"]')).to_have_attribute("aria-pressed", "true")
        expect(person.current.locator('[data-choice="a"]')).to_be_focused()
        assert len(person.complaints) == 2, "the browser reports the lost connections itself"
        person.complaints.clear()


def test_the_focus_goes_on_from_trying_again_to_send_words(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        again = page.locator("#trouble button")
        person.chooses("yes")
        person.chooses("@done")
        page.route("**/chat", lambda route: route.abort(), times=2)
        person.types("3000万")
        again.focus()
        page.keyboard.press("Enter")
        while len(person.complaints) < 2:
            page.wait_for_timeout(20)
        expect(again).to_be_focused()
        page.keyboard.press("Enter")
        person.asked("从哪年哪月开始？")
        expect(person.current).to_be_focused()
        person.complaints.clear()


@pytest.mark.parametrize("pressed", [False, True])
def test_what_is_refused_when_it_is_tried_again_hands_the_focus_back(
    page_served: Served, browser: Browser, pressed: bool
) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        again = page.locator("#trouble button")
        choice = person.current.locator('[data-choice="yes"]')
        page.route("**/chat", lambda route: route.abort(), times=1)
        if pressed:
            choice.focus()
            page.keyboard.press("Enter")
        else:
            person.types("3000万")
        again.focus()
        page.route("**/chat", lambda route: route.fulfill(status=400, json={"message": "不行"}), times=1)
        page.keyboard.press("Enter")
        expect(page.locator("#trouble")).to_have_text("不行")
        expect(choice if pressed else page.locator("#entry")).to_be_focused()
        person.complaints.clear()


def test_who_has_not_tried_again_yet_is_not_led_away_by_what_another_tab_says(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        other = person.visit(person.new_tab())
        page.route("**/chat", lambda route: route.abort())
        person.types("3000万")
        again = page.locator("#trouble button")
        again.focus()
        other.locator('.is-current [data-choice="yes"]').click()
        person.asked("有哪些？")
        expect(again).to_be_focused()
        person.complaints.clear()


def test_a_press_that_is_refused_leaves_its_button_as_it_was(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        page.route("**/chat", lambda route: route.fulfill(status=400, json={"message": "不行"}), times=1)
        button = person.current.locator('[data-choice="yes"]')
        with page.expect_response("**/chat"):
            button.click()
        expect(page.locator("#trouble")).to_have_text("不行")
        expect(button).not_to_have_class(re.compile("is-pressed"))
        button.click()
        person.asked("有哪些？")
        person.complaints.clear()


def test_the_focus_goes_on_from_a_form_in_the_question(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, size=DESKTOP) as person:
        page = person.visit()
        person.chooses("yes")
        person.chooses("@done")
        person.types("3000万")
        person.asked("从哪年哪月开始？")
        person.current.locator(".fields input").first.focus()
        page.keyboard.type("2024")
        page.keyboard.press("Enter")
        person.asked("近三年净利润？")
        expect(person.current).to_be_focused()
