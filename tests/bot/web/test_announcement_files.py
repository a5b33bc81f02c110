"""The file of an announcement on the web: given to those it went to and to staff, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assembly import open_house
from dialogs.announcement_acts import act_on_announcement
from dialogs.announcement_cards import AnnouncementCards
from dialogs.engine.screen import Card, Link, message_from_json
from dialogs.staff_commands import ActOnAnnouncement
from domain.announcements import AnnouncementAct
from domain.clock import FixedClock
from domain.staff import OPERATOR, Grant
from domain.store import Transaction
from locales.words import Catalogues
from scheduler.announcing import Announcer
from tests.bot.web.test_uploads import hands_in, state
from tests.support import documents
from tests.support.programmes import examiner, programmes
from tests.support.reminding import HANGZHOU
from tests.support.staff import OF_HANGZHOU, OF_ZHENGZHOU
from tests.support.web import Served, Visitor, serve

FRIDAY = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data", open_house, rate_per_minute=10_000) as running:
        yield running


def run(served: Served, work: object) -> object:
    return served.run(lambda house: house.database.run(work))  # type: ignore[arg-type]


def comes(served: Served, chat: int, grant: Grant | None = None) -> Visitor:
    """Somebody opens the page: the chat with this number, who holds a role or asked to hear of the programme."""
    visitor = Visitor(served.url)
    visitor.open()
    visitor.post({"kind": "command", "name": "start"})
    visitor.messages()

    def known(tx: Transaction) -> None:
        if grant is None:
            tx.reminder_preferences.subscribe(chat, HANGZHOU, wanted=True, now=FRIDAY)
        else:
            tx.staff.add(tx.chats.get(chat).person_id, grant, FRIDAY, None)

    run(served, known)
    return visitor


def announces(officer: Visitor) -> None:
    officer.post({"kind": "command", "name": "menu"})
    officer.messages()
    for key in ("announcements", "new", "hz", "everybody", "whole"):
        officer.press(key)
        officer.messages()
    for text in ("培训通知 | Training", "三月开班。", "It begins in March."):
        officer.type(text)
        officer.messages()
    assert state(officer) == "file"
    hands_in(officer, "申报书.pdf", documents.pdf())
    assert state(officer) == "preview"
    officer.press("send")
    officer.messages()


def is_sent_to(served: Served, chat: int) -> str:
    """The announcement goes out; gives the path of the file on the card of a chat."""
    announcer = Announcer(AnnouncementCards(programmes(), examiner(), Catalogues.load()), examiner().calendar)

    def send(tx: Transaction) -> str:
        announcer.list_more(tx, 1)
        for recipient in tx.recipients.due(1, FRIDAY, 10):
            announcer.queue(tx, recipient, 1, FixedClock(FRIDAY).now())
        cards = [message_from_json(row.message_json) for row in tx.outbox.all(chat)]
        links = [
            block
            for card in cards
            if isinstance(card, Card)
            for block in card.blocks
            if isinstance(block, Link)
        ]
        return links[0].path

    path = run(served, send)
    assert isinstance(path, str)
    return path


def test_it_is_given_to_those_it_went_to_and_to_staff_who_see_it(served: Served) -> None:
    with (
        comes(served, 1, OF_HANGZHOU) as officer,
        comes(served, 2) as reader,
        comes(served, 3, OF_ZHENGZHOU) as elsewhere,
        comes(served, 4, OF_HANGZHOU) as colleague,
    ):
        announces(officer)
        path = is_sent_to(served, 2)
        found = {
            name: one.client.get(path)
            for name, one in {
                "officer": officer,
                "reader": reader,
                "elsewhere": elsewhere,
                "colleague": colleague,
            }.items()
        }
        assert {name: answer.status_code for name, answer in found.items()} == {
            "officer": 200, "reader": 200, "elsewhere": 404, "colleague": 200,
        }  # fmt: skip
        assert found["reader"].content == documents.pdf()
        assert found["reader"].headers["content-disposition"].startswith("attachment;")
        assert found["reader"].headers["x-content-type-options"] == "nosniff"

        def withdraw(tx: Transaction) -> None:
            away = ActOnAnnouncement(1, 2, AnnouncementAct.WITHDRAW)
            act_on_announcement(tx, OPERATOR, away, FRIDAY)

        run(served, withdraw)
        assert [one.client.get(path).status_code for one in (reader, colleague)] == [404, 200]
