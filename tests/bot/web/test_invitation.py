"""Taking a role in the web chat: by a link whose token no server log, no history and no other page gets to see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from bot.assembly import open_house
from dialogs import staff_acts
from dialogs.addresses import INVITATION_PATH
from domain.clock import FixedClock
from domain.staff import OPERATOR, Grant, Role, Scope, start_argument
from domain.store import Transaction
from tests.support.browser import Person
from tests.support.web import Served, Visitor, serve

OFFICER = Grant(Role.COUNTY_OFFICER, Scope("zhengzhou-incubation-base", "中原区"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    clock = FixedClock(date(2026, 11, 21))
    with serve(tmp_path / "data", open_house, clock=clock, rate_per_minute=10_000) as running:
        yield running


def invited(served: Served) -> str:
    """The part of a link that stands behind ``#``."""
    token = served.run(
        lambda house: house.database.run(
            lambda tx: staff_acts.invite(tx, OPERATOR, OFFICER, house.clock.now()).token
        )
    )
    return start_argument(token)


def held(served: Served) -> list[Grant]:
    def work(tx: Transaction) -> list[Grant]:
        return [one.grant for one in tx.staff.all() if one.holds]

    return served.run(lambda house: house.database.run(work))


@pytest.mark.parametrize(
    ("locale", "asked", "joined"),
    [
        ("zh-CN", "您受邀担任一个角色，接受吗？", "您现在是：区县工作人员"),
        ("en-GB", "You are invited to take a role. Do you take it?", "You are now: county officer"),
    ],
)
def test_the_link_leads_to_the_question_and_a_press_to_the_role(
    served: Served, browser: Browser, locale: str, asked: str, joined: str, capfd: pytest.CaptureFixture[str]
) -> None:
    argument = invited(served)
    with Person(browser, served.url, locale) as person:
        requests: list[Request] = []

        def note(request: Request) -> None:
            requests.append(request)

        person.page.on("request", note)
        person.page.goto(f"{served.url}{INVITATION_PATH}#{argument}")
        person.asked(asked)
        person.sees("中原区")
        assert held(served) == []
        assert person.page.evaluate("location.href") == f"{served.url}/"
        person.chooses("accept")
        person.sees(joined)
        assert held(served) == [OFFICER]
        # It was said to the assistant once, and stood in no address and no referrer.
        said = [request for request in requests if argument in (request.post_data or "")]
        assert [request.url for request in said] == [f"{served.url}/chat"]
        assert all(argument not in request.url for request in requests)
        assert all(argument not in request.headers.get("referer", "") for request in requests)
        assert argument not in person.page.content()
        person.page.reload()
        expect(person.current).to_have_attribute("data-state", "menu")
    shown = capfd.readouterr()
    assert argument not in shown.out + shown.err


def test_the_page_of_invitations_is_the_chat_and_asks_nothing_without_one(
    served: Served, browser: Browser
) -> None:
    with Person(browser, served.url) as person:
        for hash_ in ("", "#", "#i_short", "#<img src=x onerror=alert(1)>"):
            person.page.goto("about:blank")
            person.page.goto(f"{served.url}{INVITATION_PATH}{hash_}")
            expect(person.current).to_have_attribute("data-state", "menu")
            assert person.page.evaluate("location.href") == f"{served.url}/"


def test_the_page_is_served_with_the_same_guards_as_the_chat(served: Served) -> None:
    with Visitor(served.url) as visitor:
        page, chat = visitor.client.get(INVITATION_PATH), visitor.client.get("/")
        assert page.status_code == 200
        assert page.text == chat.text
        for header in ("Content-Security-Policy", "Referrer-Policy", "X-Frame-Options"):
            assert page.headers[header] == chat.headers[header]
