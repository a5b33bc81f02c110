"""Numbers of people in announcements: what each one stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.announcements import Audience
from domain.store import Transaction
from domain.store.repositories.announcement_recipients import Recipients
from tests.dialogs.test_announcements import on_a_working_day, sent, somebody_who_asked, ticks, written
from tests.support.conversation import a_person
from tests.support.staff import OF_HANGZHOU, joins


@pytest.mark.parametrize(
    ("language", "told", "untold"),
    [
        ("zh_CN", "期间不再列入发送对象：不足 5 人", "停收"),
        ("en", "left out in the meantime: fewer than 5 people", "stopped"),
    ],
)
def test_who_was_erased_is_not_said_to_have_stopped_announcements(
    tmp_path: Path, language: str, told: str, untold: str
) -> None:
    with a_person(tmp_path, language) as officer:
        guest, erased = (somebody_who_asked(officer, one) for one in ("guest", "erased"))
        joins(officer, OF_HANGZHOU)
        sent(officer)
        ticks(officer)  # A day off: it is listed whom it is for, and nobody is told yet.

        def erase(tx: Transaction) -> None:
            chat = tx.chats.get(erased.chat)
            assert chat is not None
            tx.privacy.erase(chat.person_id)

        officer.database.run(erase)
        on_a_working_day(guest)
        ticks(officer)
        officer.presses("announcements", "announcement:1")
        officer.sees(told)
        officer.does_not_see(untold)


def test_people_are_counted_for_the_preview_that_shows_them_and_for_no_other_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Audience] = []
    count = Recipients.count

    def counts(recipients: Recipients, audience: Audience, most: int | None = None) -> int:
        if most is None:
            counted.append(audience)
        return count(recipients, audience, most)

    monkeypatch.setattr(Recipients, "count", counts)
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        somebody_who_asked(officer, "guest")
        joins(officer, OF_HANGZHOU)
        written(officer)
        officer.is_at("new_announcement", "preview")
        assert len(counted) == 1
        officer.presses("send")
        officer.sees("being sent")
        assert len(counted) == 1
