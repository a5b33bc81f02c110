"""The file that goes with an announcement: handed in before the look at it, on everybody's card, and read by nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.announcement_acts import act_on_announcement, write_announcement
from dialogs.engine.choosing import NONE
from dialogs.engine.screen import Card, Link, Screen
from dialogs.giving_out import given_out
from dialogs.staff_commands import ActOnAnnouncement, WriteAnnouncement
from domain.announcements import AnnouncementAct, Audience
from domain.staff import OPERATOR, Grant, Role, Scope
from domain.store import NotFound, StoredFile, Transaction
from tests.dialogs.test_announcements import (
    TEXTS,
    cards_of,
    keys,
    on_a_working_day,
    somebody_who_asked,
    text_of,
    ticks,
)
from tests.support import documents
from tests.support.conversation import Person, a_person
from tests.support.staff import HANGZHOU, OF_HANGZHOU, OF_ZHENGZHOU, another, joins

SUPERVISOR = Grant(Role.SUPERVISOR)
"""Sees announcements and writes none."""

FORM = ("申报书.pdf", documents.pdf())
OTHER = ("更正后的申报书.pdf", documents.pdf("更正"))


def links(shown: Screen | Card) -> list[tuple[str, str]]:
    return [(block.label, block.path) for block in shown.blocks if isinstance(block, Link)]


def files_of(person: Person) -> tuple[StoredFile, ...]:
    return person.database.run(lambda tx: tx.files.of_chat(person.chat))


def reads(person: Person, stored_name: str) -> str | None:
    """What the file is called that a person is given; None where it is not for them."""

    def work(tx: Transaction) -> str | None:
        given = given_out(tx, tx.chats.get(person.chat), stored_name)
        return None if given is None else given.file.name

    return person.database.run(work)


def writes_with_file(officer: Person, file: tuple[str, bytes] = FORM) -> str:
    """Write an announcement up to the preview; gives our name of its file."""
    officer.commands("menu")
    officer.presses("announcements", "new", "hz", "everybody", "whole")
    officer.says("培训通知 | Training", "三月开班。", "It begins in March.")
    officer.is_at("new_announcement", "file")
    officer.uploads(file)
    officer.is_at("new_announcement", "preview")
    return files_of(officer)[-1].stored_name


def acts(officer: Person, number: int, act: AnnouncementAct) -> None:
    """Somebody at the command line acts on an announcement as it is."""

    def work(tx: Transaction) -> None:
        known = tx.announcements.get(number)
        assert known is not None
        act_on_announcement(tx, OPERATOR, ActOnAnnouncement(number, known.revision, act), officer.clock.now())

    officer.database.run(work)


def erased(person: Person) -> None:
    person.database.run(lambda tx: tx.privacy.erase(tx.chats.get(person.chat).person_id))


def test_the_file_is_seen_in_the_preview_and_on_the_card_and_read_by_those_it_went_to(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest, english = somebody_who_asked(officer, "guest"), somebody_who_asked(officer, "english", "en")
        outsider = another(officer, "outsider")
        joins(officer, OF_HANGZHOU)
        stored = writes_with_file(officer)
        link = (FORM[0], f"/files/{stored}")
        assert links(officer.now_sees) == [link]
        assert [reads(one, stored) for one in (officer, guest, outsider)] == [FORM[0], None, None]
        officer.presses("send")
        assert reads(guest, stored) is None, "it is not on its way yet"
        ticks(officer)
        for reader in (guest, english):
            (card,) = cards_of(reader)
            assert links(card) == [link]
            assert reads(reader, stored) == FORM[0]
        assert reads(outsider, stored) is None
        officer.presses("announcement:1")
        assert links(officer.now_sees) == [link]
        assert links(guest.answers_card("a1", "stop")) == [link]


def test_an_announcement_needs_no_file(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest")
        joins(officer, OF_HANGZHOU)
        officer.presses("announcements", "new", "hz", "everybody", "whole")
        officer.says("培训通知 | Training", "三月开班。", "It begins in March.")
        officer.presses(NONE)
        assert links(officer.now_sees) == []
        officer.presses("send")
        ticks(officer)
        assert links(cards_of(guest)[0]) == []


def test_what_is_no_sound_file_is_refused_as_everywhere(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        officer.presses("announcements", "new", "hz", "everybody", "whole")
        officer.says("Training", "三月开班。", "It begins in March.")
        for name, content in (("a.pdf", b"MZ no document"), ("b.doc", documents.old_office())):
            officer.uploads((name, content))
            officer.sees(f"{name} was not taken")
            officer.is_at("new_announcement", "file")
        assert files_of(officer) == ()


def test_officers_who_may_see_the_announcement_read_its_file_and_others_do_not(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        somebody_who_asked(officer, "guest")
        viewer, elsewhere, former = (another(officer, name) for name in ("viewer", "elsewhere", "former"))
        joins(officer, OF_HANGZHOU)
        joins(viewer, SUPERVISOR)
        joins(elsewhere, OF_ZHENGZHOU)
        member = joins(former, SUPERVISOR)
        stored = writes_with_file(officer)
        assert reads(viewer, stored) is None, "nobody sees what is not kept yet"
        officer.presses("save")
        viewer.commands("menu")
        viewer.presses("announcements", "announcement:1")
        assert links(viewer.now_sees) == [(FORM[0], f"/files/{stored}")]
        assert [reads(one, stored) for one in (viewer, former, elsewhere)] == [FORM[0], FORM[0], None]
        officer.database.run(lambda tx: tx.staff.revoke(member, officer.clock.now(), None))
        assert reads(former, stored) is None


def test_who_stopped_such_announcements_in_time_does_not_get_the_file_either(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest, refuses = (somebody_who_asked(officer, name) for name in ("guest", "refuses"))
        joins(officer, OF_HANGZHOU)
        stored = writes_with_file(officer)
        officer.presses("send")
        officer.database.run(lambda tx: tx.announcements.stop(refuses.chat, HANGZHOU))
        ticks(officer)
        assert [reads(guest, stored), reads(refuses, stored)] == [FORM[0], None]


def test_after_a_withdrawal_nobody_but_staff_reads_the_file(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest")
        viewer = another(officer, "viewer")
        now = officer.clock.now()

        def later(tx: Transaction) -> None:
            chat = tx.chats.open("telegram", "later", "en", now)
            tx.reminder_preferences.subscribe(chat.id, HANGZHOU, wanted=True, now=now)

        officer.database.run(later)
        joins(officer, OF_HANGZHOU)
        joins(viewer, SUPERVISOR)
        stored = writes_with_file(officer)
        officer.presses("send")
        ticks(officer)
        assert reads(guest, stored) == FORM[0]
        acts(officer, 1, AnnouncementAct.WITHDRAW)
        assert [reads(one, stored) for one in (guest, viewer, officer)] == [None, FORM[0], FORM[0]]
        card = guest.answers_card("a1", "stop")
        assert links(card) == []
        assert "该通知已撤回。" in text_of(card)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh_CN", "本通知原附有一个文件，该文件现已不再提供。"),
        ("en", "A file went with this; it is not there any more."),
    ],
)
def test_when_its_author_is_erased_the_announcement_stays_and_says_that_its_file_is_gone(
    tmp_path: Path, language: str, told: str
) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", language)
        viewer = another(officer, "viewer", language)
        joins(officer, OF_HANGZHOU)
        joins(viewer, SUPERVISOR)
        stored = writes_with_file(officer)
        officer.presses("send")
        erased(officer)
        ticks(officer)
        (card,) = cards_of(guest)
        assert (links(card), reads(guest, stored)) == ([], None)
        assert told in text_of(card)
        assert told in text_of(guest.answers_card("a1", "stop"))
        viewer.commands("menu")
        viewer.presses("announcements", "announcement:1")
        viewer.sees(told)


def test_a_correction_brings_a_file_of_its_own(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest, outsider = somebody_who_asked(officer, "guest"), another(officer, "outsider")
        joins(officer, OF_HANGZHOU)
        first = writes_with_file(officer)
        officer.presses("send")
        ticks(officer)
        ticks(officer)
        officer.presses("announcement:1", "correct")
        officer.says("更正 | Correction", "四月开班。", "It begins in April.")
        officer.uploads(OTHER)
        officer.presses("send")
        ticks(officer)
        second = files_of(officer)[-1].stored_name
        card = cards_of(guest)[-1]
        assert links(card) == [(OTHER[0], f"/files/{second}")]
        assert [reads(guest, one) for one in (first, second)] == [FORM[0], OTHER[0]]
        assert [reads(outsider, one) for one in (first, second)] == [None, None]


def test_nobody_sends_around_what_somebody_else_handed_in(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        somebody_who_asked(officer, "guest")
        joins(officer, OF_HANGZHOU)
        stored = writes_with_file(officer)
        (file,) = files_of(officer)
        other = another(officer, "other")
        joins(other, Grant(Role.CITY_OFFICER, Scope(HANGZHOU)))
        command = WriteAnnouncement(TEXTS, Audience(programme=HANGZHOU), file=file.id)
        for chat in (other.chat, None):
            with pytest.raises(NotFound):
                officer.database.run(
                    lambda tx, chat=chat: write_announcement(  # type: ignore[misc]  # defaults bind them
                        tx, OPERATOR, command, officer.clock.now(), chat
                    )
                )
        officer.presses("save")
        # What goes with one announcement already goes with no other.
        with pytest.raises(NotFound):
            officer.database.run(
                lambda tx: write_announcement(tx, OPERATOR, command, officer.clock.now(), officer.chat)
            )
        assert reads(other, stored) == FORM[0]


def test_the_file_of_a_draft_that_is_dropped_goes_and_what_was_sent_stays(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        somebody_who_asked(officer, "guest")
        joins(officer, OF_HANGZHOU)
        writes_with_file(officer)
        officer.presses("save")
        writes_with_file(officer, OTHER)
        officer.presses("send")
        assert [one.kept_for for one in files_of(officer)] == ["announcement:1", "announcement:2"]
        officer.presses("announcement:1", "withdraw", "done")
        assert [one.kept_for for one in files_of(officer)] == [None, "announcement:2"]
        assert "send" not in keys(officer)
