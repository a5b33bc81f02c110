"""Files in a real browser: chosen or dropped, sent, and saved again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Route, expect

from bot.assembly import open_house
from domain.store import StoredFile, Transaction
from tests.support import documents
from tests.support.browser import Person
from tests.support.papers import dialog_with_files
from tests.support.web import Served, serve

DROP = """([target, name, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name));
  const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector(target).dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with (
        dialog_with_files(),
        serve(tmp_path / "data", open_house, rate_per_minute=10_000, max_upload_bytes=65_536) as running,
    ):
        yield running


@pytest.fixture
def person(browser: Browser, served: Served) -> Iterator[Person]:
    with Person(browser, served.url) as somebody:
        somebody.visit()
        somebody.presses("介绍贵单位")
        somebody.asked("请上传证书")
        yield somebody


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def chooses(person: Person, *files: FilePayload) -> None:
    person.current.locator("input[type=file]").set_input_files(list(files))


def test_files_are_chosen_dropped_and_saved_again(person: Person) -> None:
    chooses(person, payload("高企证书.pdf", documents.pdf()))
    person.asked("请上传照片")
    person.sees("高企证书.pdf（PDF，1 KB）")
    assert "📎 高企证书.pdf" in person.said()
    chooses(person, payload("front.jpg", documents.jpeg()), payload("back.png", documents.png()))
    person.sees("back.png（PNG 图片，1 KB）")
    dropped = person.page.evaluate(DROP, [".is-current .upload", "side.jpg", list(documents.jpeg(8, 8))])
    assert dropped
    person.sees("side.jpg（JPEG 图片，1 KB）")
    expect(person.current.locator("input[type=file]")).to_have_count(0)
    person.presses("完成（3 个文件）")
    person.asked("都齐了吗？")
    with person.page.expect_download() as waiting:
        person.current.get_by_role("link", name="高企证书.pdf").click()
    assert waiting.value.suggested_filename == "高企证书.pdf"
    assert waiting.value.path().read_bytes() == documents.pdf()


def test_what_is_refused_is_told_and_asked_again(person: Person) -> None:
    chooses(person, payload("证书.pdf", b"<script>alert(1)</script>"))
    person.sees("证书.pdf 没有接收：不论文件名是什么，从内容看不是这里接收的类型。")
    chooses(person, payload("大.pdf", documents.pdf() + b" " * 70_000))
    expect(person.page.locator("#trouble")).to_contain_text("大.pdf 太大：不能超过 0.1 MB。")
    person.asked("请上传证书")
    chooses(person, payload("证书.pdf", documents.pdf()))
    person.asked("请上传照片")
    expect(person.page.locator("#trouble")).to_be_hidden()


def test_a_file_goes_out_by_itself_when_the_server_is_back(person: Person, served: Served) -> None:
    served.stop()
    chooses(person, payload("证书.pdf", documents.pdf()))
    expect(person.page.locator("#trouble")).to_be_visible()
    served.start()
    person.asked("请上传照片")
    person.forget_lost_connections()


OPENED = """(request) => new Promise((resolve, reject) => {
  request.onupgradeneeded = () => request.result.createObjectStore("files");
  request.onerror = () => reject(request.error);
  request.onsuccess = () => resolve(request.result);
})"""

LEFT = f"""async () => {{
  const database = await ({OPENED})(indexedDB.open("zhuoyue.files", 1));
  const counted = database.transaction("files").objectStore("files").count();
  await new Promise((resolve) => (counted.onsuccess = resolve));
  database.close();
  return counted.result;
}}"""
"""How many files the browser keeps."""

KEPT_BY_ANOTHER_TAB = f"""async ([key, minutes]) => {{
  const database = await ({OPENED})(indexedDB.open("zhuoyue.files", 1));
  const writing = database.transaction("files", "readwrite");
  const since = Date.now() - minutes * 60000;
  writing.objectStore("files").put({{ file: new File(["x"], key), since }}, key);
  await new Promise((resolve) => (writing.oncomplete = resolve));
  database.close();
}}"""

NEVER_DONE = "() => { IDBFactory.prototype.open = () => ({}); }"
"""From here on the browser gets to nothing that has to do with files it keeps."""


def keeps(person: Person, files: int) -> None:
    """Sooner or later: the page does not wait until the browser has kept or forgotten a file."""
    for _ in range(200):
        if person.page.evaluate(LEFT) == files:
            return
        person.page.wait_for_timeout(50)
    raise AssertionError(f"the browser keeps {person.page.evaluate(LEFT)} files instead of {files}")


def shows_on_its_way(person: Person, name: str) -> None:
    expect(person.page.locator("#waiting .said")).to_contain_text(f"📎 {name}")


def stored(served: Served) -> list[str]:
    """The names of the files on the server."""

    def look(tx: Transaction) -> tuple[StoredFile, ...]:
        return tx.files.of_chat(1)

    return [file.name for file in served.run(lambda house: house.database.read(look))]


def waits_for(person: Person, routes: list[Route], many: int) -> None:
    """Until so many requests have come by."""
    for _ in range(200):
        if len(routes) >= many:
            return
        person.page.wait_for_timeout(50)
    raise AssertionError(f"{len(routes)} requests instead of {many}")


def hold_the_first(person: Person, many: int) -> list[Route]:
    """Sendings of files that get no further; those after them do. (Without any route the browser lets all of them go.)"""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if len(held) < many:
            held.append(route)
        else:
            route.continue_()

    person.page.route("**/files", hold)
    return held


def test_a_file_on_its_way_is_there_again_after_a_reload_and_goes_on(person: Person, served: Served) -> None:
    held = hold_the_first(person, 2)
    chooses(person, payload("证书.pdf", documents.pdf()))
    shows_on_its_way(person, "证书.pdf")
    keeps(person, 1)
    person.visit()
    shows_on_its_way(person, "证书.pdf")
    keeps(person, 1)
    person.visit()
    person.asked("请上传照片")
    person.sees("证书.pdf（PDF，1 KB）")
    expect(person.page.locator("#waiting .said")).to_have_count(0)
    assert stored(served) == ["证书.pdf"]
    keeps(person, 0)
    assert len(held) == 2


def test_a_file_whose_answer_was_lost_in_a_reload_is_not_taken_twice(person: Person, served: Served) -> None:
    answers: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.status)
        if len(answers) > 1:
            route.fulfill(response=answer)

    person.page.route("**/files", lose_the_first_answer)
    chooses(person, payload("证书.pdf", documents.pdf()))
    person.asked("请上传照片")
    keeps(person, 1)
    with person.page.expect_response("**/files"):
        person.visit()
    expect(person.page.locator("#waiting .said")).to_have_count(0)
    person.asked("请上传照片")
    assert stored(served) == ["证书.pdf"]
    keeps(person, 0)
    assert answers == [202, 202]


def test_what_is_said_before_the_page_is_ready_lets_no_file_after_it_get_lost(
    browser: Browser, served: Served
) -> None:
    with Person(browser, served.url) as person:
        late: list[Route] = []
        early: list[Route] = []
        lost: list[Route] = []

        def lose_the_first(route: Route) -> None:
            if lost:
                route.continue_()
            else:
                lost.append(route)

        person.page.route("**/chat/events**", lambda route: late.append(route))  # noqa: PLW0108 -- a method of a list cannot be marked
        person.page.route("**/chat", lambda route: early.append(route))  # noqa: PLW0108 -- a method of a list cannot be marked
        person.page.route("**/files", lose_the_first)
        person.page.goto(served.url)
        person.types("介绍贵单位")
        waits_for(person, early, 1)
        waits_for(person, late, 1)
        late[0].continue_()
        expect(person.page.locator("#log")).not_to_have_attribute("aria-busy", "true")
        # Whatever the page does now, the words are on their way once.
        person.page.wait_for_timeout(300)
        assert len(early) == 1
        early[0].continue_()
        person.asked("请上传证书")
        chooses(person, payload("证书.pdf", documents.pdf()))
        waits_for(person, lost, 1)
        lost[0].abort("connectionrefused")
        person.asked("请上传照片")
        assert stored(served) == ["证书.pdf"]
        keeps(person, 0)
        person.forget_lost_connections()


def test_a_file_the_browser_had_no_time_to_forget_is_forgotten_by_the_next_page(person: Person) -> None:
    held = hold_the_first(person, 1)
    chooses(person, payload("证书.pdf", documents.pdf()))
    shows_on_its_way(person, "证书.pdf")
    keeps(person, 1)
    person.page.evaluate(NEVER_DONE)
    held[0].continue_()
    person.asked("请上传照片")
    expect(person.page.locator("#waiting .said")).to_have_count(0)
    person.visit()
    keeps(person, 0)
    assert len(held) == 1


def test_a_file_nobody_came_back_for_within_a_day_is_forgotten_by_any_page(person: Person) -> None:
    person.page.evaluate(KEPT_BY_ANOTHER_TAB, ["abandoned", 24 * 60 + 1])
    person.page.evaluate(KEPT_BY_ANOTHER_TAB, ["on its way", 24 * 60 - 1])
    keeps(person, 2)
    person.visit()
    keeps(person, 1)


def test_where_the_browser_keeps_nothing_the_person_is_told_and_can_choose_again(
    browser: Browser, served: Served
) -> None:
    with Person(browser, served.url) as person:
        person.page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
        person.visit()
        person.presses("介绍贵单位")
        person.asked("请上传证书")
        hold_the_first(person, 1)
        chooses(person, payload("证书.pdf", documents.pdf()))
        shows_on_its_way(person, "证书.pdf")
        person.visit()
        expect(person.page.locator("#trouble")).to_contain_text("证书.pdf 可能没有送到")
        expect(person.page.locator("#waiting .said")).to_have_count(0)
        chooses(person, payload("证书.pdf", documents.pdf()))
        person.asked("请上传照片")


def test_a_file_dropped_beside_its_place_opens_nothing(person: Person) -> None:
    assert person.page.evaluate(DROP, ["header", "a.pdf", [1, 2, 3]])
    person.asked("请上传证书")


def test_the_place_for_files_can_be_used_by_everybody(person: Person) -> None:
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    entry = person.page.get_by_label("选择一个文件")
    entry.focus()
    expect(entry).to_be_focused()
