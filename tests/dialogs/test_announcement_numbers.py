"""Numbers of people in announcements: what each one stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.store import Transaction
from tests.dialogs.test_announcements import on_a_working_day, sent, somebody_who_asked, ticks
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
