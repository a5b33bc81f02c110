"""The dates of a chat as a calendar that other programs read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from dialogs.calendar_file import CalendarFiles, calendar_of
from dialogs.reminding import Coming
from locales.words import Catalogues
from tests.support.conversation import Person, a_person
from tests.support.reminder_cards import SITUATION, Told, a_reminder, renderer
from tests.support.reminding import HANGZHOU, ZHENGZHOU, tools


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    """Somebody who asked for two programmes; a round of one closes in two weeks."""
    with a_person(tmp_path) as person:
        for programme in (HANGZHOU, ZHENGZHOU):
            person.commands("start", programme)
            person.presses("dates", "remind")
        somebody = Told(person)
        somebody.announces(date(2026, 12, 6), opens=date(2026, 11, 30), closes_outer=date(2026, 12, 10))
        yield somebody


def written(person: Person) -> bytes:
    files = CalendarFiles(tools().programmes, tools().examiner, Catalogues.load(), tools().kinds)
    return person.database.run(lambda tx: files.of_chat(tx, tx.chats.get(person.chat), person.clock.now()))


def events(content: bytes) -> dict[str, Any]:
    """The events of a calendar by their UID."""
    calendar = Calendar.from_ical(content.decode())
    assert isinstance(calendar, Calendar)
    found = {str(event["uid"]): event for event in calendar.events}
    assert len(found) == len(calendar.events), "no UID stands twice"
    return found


def test_every_date_is_one_event_on_its_safe_day(told: Told) -> None:
    found = events(written(told.person))
    days = {uid.split(":")[0]: event["dtstart"].dt for uid, event in found.items()}
    assert days == {
        "window_closes": date(2026, 12, 6),
        "window_opens": date(2026, 11, 30),
        "policy_lapses": date(2027, 1, 9),
    }
    for event in found.values():
        assert event["dtend"].dt == event["dtstart"].dt + timedelta(days=1)
        assert event["dtstamp"].dt == datetime(2026, 11, 20, 16, tzinfo=UTC)
        assert (event["transp"], event["status"]) == ("TRANSPARENT", "CONFIRMED")


def test_an_event_says_what_and_by_when_with_the_clause(told: Told) -> None:
    found = events(written(told.person))
    closing = next(event for uid, event in found.items() if uid.startswith("window_closes"))
    assert str(closing["summary"]) == "杭州市政府质量奖 一批：申报截止"
    description = str(closing["description"])
    for said in (
        "稳妥截止日：2026年12月6日",
        "最迟界限（不宜依赖）：2026年12月10日",
        "市局",
        "以主管部门为准",
    ):
        assert said in description
    lapsing = next(event for uid, event in found.items() if uid.startswith("policy_lapses"))
    assert "第二十四条" in str(lapsing["description"])


def test_the_day_for_papers_stands_in_the_title() -> None:
    world = renderer().world(SITUATION, "zh_CN")
    reminder = a_reminder("window_closes", paper_safe=date(2026, 12, 4))
    (event,) = events(calendar_of(world, SITUATION, (Coming(reminder, ()),))).values()
    assert str(event["summary"]) == "杭州市政府质量奖 2027年第一批：申报截止（纸质材料2026年12月4日前）"


def test_what_is_called_off_is_cancelled_in_the_calendar_too() -> None:
    world = renderer().world(SITUATION, "zh_CN")
    reminder = a_reminder("window_closes", called_off=True)
    (event,) = events(calendar_of(world, SITUATION, (Coming(reminder, ()),))).values()
    assert event["status"] == "CANCELLED"


def test_it_follows_the_language_of_the_chat(told: Told) -> None:
    told.person.commands("language", "en")
    content = written(told.person)
    assert "last day to apply" in content.decode().replace("\r\n ", "")
    assert {event["summary"].params["LANGUAGE"] for event in events(content).values()} == {"en"}


def test_lines_are_folded_and_text_is_escaped_as_the_standard_wants(told: Told) -> None:
    content = written(told.person)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")


def test_the_same_day_gives_the_same_bytes(told: Told) -> None:
    before = written(told.person)
    told.person.clock.advance(timedelta(hours=3))
    assert written(told.person) == before
    told.person.clock.advance(timedelta(days=1))
    assert written(told.person) != before


def test_a_date_that_moves_keeps_its_event(told: Told) -> None:
    before = events(written(told.person))
    told.moves(date(2026, 12, 20))
    after = events(written(told.person))
    assert set(after) == set(before)
    uid = next(uid for uid in after if uid.startswith("window_closes"))
    assert after[uid]["dtstart"].dt == date(2026, 12, 20)


def test_a_date_that_is_done_is_gone_and_so_is_a_kind_that_was_stopped(told: Told) -> None:
    cards = [*told.at(date(2026, 11, 23)), *told.at(date(2026, 11, 27))]
    closing = next(card for card in cards if "申报截止" in card.title)
    told.person.answers_card(closing.card, "done")
    assert not any(uid.startswith("window_closes") for uid in events(written(told.person)))
    told.person.commands("reminders")
    told.person.presses("settings", "kinds", "政策到期", "@done")
    assert not any(uid.startswith("policy_lapses") for uid in events(written(told.person)))


def test_without_dates_there_is_a_calendar_without_events(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        assert events(written(person)) == {}
