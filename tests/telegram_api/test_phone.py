"""The telephone on a page, and the fake as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.support.browser import Person as Visitor
from tests.support.browser import chromium
from tests.support.telegram_api import TelegramApi
from tests.support.telegram_api.demo.phone import Phone
from tests.telegram_api.asking import ask


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    shown = TelegramApi()
    shown.more_routes = Phone(shown).routes
    with shown:
        yield shown


@pytest.fixture
def page(api: TelegramApi, browser: Browser) -> Iterator[Page]:
    with Visitor(browser, api.url, size=(1000, 800)) as visitor:
        visitor.page.goto(api.url)
        yield visitor.page


def type_text(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.keyboard.press("Enter")
    expect(page.locator("#messages li:not(.bot)").last).to_have_text(text)


def last_chat(api: TelegramApi) -> int:
    updates: list[dict[str, Any]] = ask(api, "getUpdates", timeout=5)["result"]
    chat: int = updates[-1]["message"]["chat"]["id"]
    return chat


def test_one_can_type_press_and_read(page: Page, api: TelegramApi) -> None:
    type_text(page, "/start")
    chat = last_chat(api)
    keyboard = {"inline_keyboard": [[{"text": "自查", "callback_data": "check"}]]}
    sent = ask(
        api,
        "sendMessage",
        chat_id=chat,
        text="🏟 <b>您好</b> &lt;i&gt;",
        parse_mode="HTML",
        reply_markup=keyboard,
    )["result"]
    expect(page.locator("#messages .bot")).to_contain_text("🏟 您好 <i>")
    expect(page.locator("#messages .bot b")).to_have_text("您好")
    page.get_by_role("button", name="自查").click()
    query = ask(api, "getUpdates", offset=-1, timeout=5)["result"][0]["callback_query"]
    assert query["data"] == "check"
    ask(api, "answerCallbackQuery", callback_query_id=query["id"], text="好的")
    expect(page.locator("#toast")).to_have_text("好的")
    ask(api, "editMessageText", chat_id=chat, message_id=sent["message_id"], text="第一问")
    expect(page.locator("#messages .bot")).to_contain_text("第一问")
    expect(page.get_by_role("button", name="自查")).to_have_count(0)


def test_the_menu_the_own_number_and_files_are_at_hand(page: Page, api: TelegramApi) -> None:
    ask(api, "setMyCommands", commands=[{"command": "help", "description": "帮助"}])
    type_text(page, "/start")
    chat = last_chat(api)
    page.get_by_role("button", name="/", exact=True).click()
    page.get_by_role("button", name="/help – 帮助").click()
    expect(page.locator("#messages li").last).to_have_text("/help")
    keys = {"keyboard": [[{"text": "发送本人号码", "request_contact": True}]]}
    ask(api, "sendMessage", chat_id=chat, text="号码？", reply_markup=keys)
    page.locator("#keyboard button").click()
    expect(page.locator("#messages li").last).to_contain_text("+86")
    page.set_input_files(
        "#file", FilePayload(name="证书.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4")
    )
    expect(page.locator("#messages li").last).to_contain_text("证书.pdf")
    document = ask(api, "getUpdates", offset=-1)["result"][0]["message"]["document"]
    assert (document["file_name"], document["file_size"]) == ("证书.pdf", 8)


def test_the_next_answer_can_be_made_to_fail_and_people_can_block(page: Page, api: TelegramApi) -> None:
    type_text(page, "/start")
    chat = last_chat(api)
    page.select_option("#fault", "SERVER_ERROR_JSON")
    api.wait_until(lambda: bool(api.faults.planned))
    assert ask(api, "sendMessage", chat_id=chat, text="一")["error_code"] == 502
    expect(page.locator("#requests .bad").first).to_contain_text("502")
    page.click("#block")
    expect(page.locator("#block")).to_have_text("解除")
    assert ask(api, "sendMessage", chat_id=chat, text="二")["error_code"] == 403
    type_refused(page)
    page.click("#block")
    expect(page.locator("#messages li").last).to_have_text("/start")


def type_refused(page: Page) -> None:
    """The page says why a text cannot be sent; the browser notes the answer too, which is no complaint here."""
    page.fill("#text", "在吗")
    with page.expect_response("**/phone/act") as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 200
    assert not answered.value.json()["done"]
    expect(page.locator("#toast")).to_contain_text("blocked")


def test_several_people_can_use_the_bot(page: Page, api: TelegramApi) -> None:
    type_text(page, "/start")
    first = last_chat(api)
    page.click("#new-person")
    expect(page.locator("#messages li")).to_have_count(0)
    type_text(page, "您好")
    assert last_chat(api) != first
    expect(page.locator("#people option")).to_have_count(2)


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.telegram_api", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    return iter(process.stdout)


def test_the_fake_can_be_a_process_of_its_own() -> None:
    with started("--counting") as process, httpx.Client(trust_env=False) as client:
        told = json.loads(next(lines(process)))
        assert (
            client.get(f"{told['url']}/bot{told['token']}/getMe").json()["result"]["username"]
            == told["username"]
        )
        person = client.post(f"{told['url']}/phone/act", json={"action": "type", "text": "/start"}).json()[
            "person"
        ]
        updates = client.get(f"{told['url']}/bot{told['token']}/getUpdates").json()["result"]
        assert [update["message"]["chat"]["id"] for update in updates] == [person]


def test_the_demonstration_starts_the_product_which_answers() -> None:
    with started("--demo", "--port", "0") as process, httpx.Client(trust_env=False, timeout=30) as client:
        url = next(line.split()[0] for line in lines(process) if "http://" in line)
        client.post(f"{url}/phone/act", json={"action": "type", "text": "/start"})
        screen: dict[str, Any] = {"messages": []}
        looks = iter(range(-1, 200))
        while not any(message["from_bot"] for message in screen["messages"]):
            screen = client.get(f"{url}/phone/screen", params={"version": next(looks)}).json()
        said = [message for message in screen["messages"] if message["from_bot"]]
        assert said[0]["rows"], "the first screen has buttons"
        while not screen["menu"]:
            screen = client.get(f"{url}/phone/screen", params={"version": next(looks)}).json()
