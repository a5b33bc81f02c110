"""Numbers of people in announcements: what each one stands for."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from dialogs.engine.choosing import NONE
from dialogs.reminder_reasons import VERDICTS
from domain.announcements import FEW, AnnouncementRefused, Audience, Looked
from domain.organisations import Organisation
from domain.programme.parts import Verdict
from domain.staff import Grant, Role, Scope
from domain.store import Transaction
from domain.store.repositories import announcement_audiences, announcement_candidates
from domain.store.repositories.announcement_audiences import Audiences
from tests.dialogs.test_announcements import keys, on_a_working_day, sent, somebody_who_asked, ticks, written
from tests.support.conversation import Person, a_person, block_lines
from tests.support.staff import HANGZHOU, OF_HANGZHOU, joins


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
    glance = Audiences.glance

    def counts(audiences: Audiences, audience: Audience) -> Looked:
        counted.append(audience)
        return glance(audiences, audience)

    monkeypatch.setattr(Audiences, "glance", counts)
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


def firms(officer: Person, number: int, verdict: Verdict) -> None:
    """Firms of a district that checked the programme, all with the same result."""

    def come(tx: Transaction) -> None:
        now = officer.clock.now()
        for one in range(number):
            chat = tx.chats.open("terminal", f"firm-{verdict}-{one}", "en", now)
            tx.people.set_consent(chat.person_id, "given", now)
            firm = tx.organisations.create(Organisation(name=f"青禾精密{one}", district="西湖区"))
            tx.people.set_organisation(chat.person_id, firm)
            tx.receipts.add(
                chat_id=chat.id,
                organisation_id=firm,
                programme=HANGZHOU,
                version="1",
                content_hash="0" * 64,
                as_of=date(2026, 11, 20),
                verdict=verdict.value,
                receipt_json="{}",
                created_at=now,
            )

    officer.database.run(come)


def screen_of(officer: Person) -> str:
    """What is seen, whatever result is named."""
    screen = officer.now_sees
    told = [line for block in screen.blocks for line in block_lines(block)]
    text = "\n".join([*told, *(choice.label for choice in screen.choices)])
    for name in VERDICTS.values():
        text = text.replace(name, "…")
    return re.sub(r"No. \d|\d\d:\d\d", "…", text)


def test_an_officer_does_not_learn_the_result_of_the_only_firm_of_a_district(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        firms(officer, 1, Verdict.OBSTACLE_FOUND)
        joins(officer, Grant(Role.COUNTY_OFFICER, Scope(HANGZHOU, "西湖区")))
        previews, pages = set(), set()
        for number, verdict in enumerate(Verdict, 1):
            written(officer, whom=("verdict", verdict.value, "西湖区"))
            officer.sees("It goes to fewer than 5 people.")
            previews.add(screen_of(officer))
            officer.presses("send")
            ticks(officer)
            ticks(officer)
            officer.presses(f"announcement:{number}")
            officer.sees("sent", "Meant for fewer than 5 people.")
            pages.add(screen_of(officer))
        assert (len(previews), len(pages)) == (1, 1)
        officer.presses("correct")
        officer.says("Correction")
        officer.says("四月开班。", "It begins in April.")
        officer.presses(NONE)
        officer.sees("It goes to fewer than 5 people.")


def test_to_nobody_of_nobody_and_to_nobody_of_enough_nothing_is_sent(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        joins(officer, Grant(Role.COUNTY_OFFICER, Scope(HANGZHOU, "西湖区")))
        audience = Audience(programme=HANGZHOU, district="西湖区", verdict=Verdict.NO_OBSTACLE_FOUND)
        for number, refused in ((0, True), (1, False), (FEW - 1, False), (FEW, True)):
            firms(officer, number, Verdict.OBSTACLE_FOUND)
            written(officer, whom=("verdict", Verdict.NO_OBSTACLE_FOUND.value, "西湖区"))
            officer.sees("It goes to nobody." if refused else "It goes to fewer than 5 people.")
            assert ("send" in keys(officer)) is not refused
            officer.presses("drop")
            if refused:
                with pytest.raises(AnnouncementRefused):
                    sent(officer, audience)
            else:
                assert sent(officer, audience)


@pytest.mark.parametrize(
    ("language", "told", "nobody"),
    [
        ("zh_CN", "在最先查看的 5,000 人中找到：7 人。", "在最先查看的 5,000 人中找到：不足 5 人。"),
        (
            "en",
            "Found among the first 5,000 people looked at: 7 people.",
            "Found among the first 5,000 people looked at: fewer than 5 people.",
        ),
    ],
)
def test_where_not_everybody_was_looked_at_the_preview_says_so_and_it_can_be_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, told: str, nobody: str
) -> None:
    monkeypatch.setattr(announcement_audiences, "GLANCE", 1)
    monkeypatch.setattr(announcement_candidates, "PORTION", 7)
    with a_person(tmp_path, language) as officer:
        on_a_working_day(officer)
        for one in range(9):
            somebody_who_asked(officer, f"guest-{one}")
        joins(officer, Grant(Role.ADMINISTRATOR))
        written(officer)
        officer.sees(told)
        officer.presses("drop")
        officer.presses("new", "hz", "everybody")
        officer.says("西湖区", "培训通知 | Training", "三月开班。", "It begins in March.")
        officer.presses(NONE)
        officer.sees(nobody)
        assert "send" in keys(officer)
        officer.presses("send")
        ticks(officer)
        ticks(officer)
        officer.presses("announcement:1")
        officer.is_at("announcement", "overview")
        assert officer.database.run(lambda tx: tx.recipients.progress(1).total) == 0
