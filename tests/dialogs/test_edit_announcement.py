"""Changing a draft of an announcement: part by part, looked at again, and never over what somebody else changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.announcement_acts import edit_announcement
from dialogs.engine.choosing import DONE, NONE
from dialogs.staff_commands import EditAnnouncement
from domain.announcements import (
    Announcement,
    AnnouncementAct,
    AnnouncementRefused,
    AnnouncementState,
    Audience,
    Texts,
)
from domain.rounds import Bilingual
from domain.staff import Actor, Grant, Member, NotAllowed, Role, Scope
from domain.store import StaleRevision
from tests.dialogs.test_announcement_files import (
    FORM,
    OTHER,
    SUPERVISOR,
    acts,
    files_of,
    links,
    reads,
    writes_with_file,
)
from tests.dialogs.test_announcements import cards_of, keys, on_a_working_day, somebody_who_asked, ticks
from tests.support.conversation import Person, a_person
from tests.support.staff import HANGZHOU, OF_HANGZHOU, ZHENGZHOU, another, joins, trail


def kept(person: Person, number: int = 1) -> Announcement:
    found = person.database.run(lambda tx: tx.announcements.get(number))
    assert found is not None
    return found


def drafts(officer: Person) -> str:
    """A draft with a file, and the look at it; gives our name of the file."""
    stored = writes_with_file(officer)
    officer.presses("save", "announcement:1")
    officer.is_at("announcement", "overview")
    return stored


def test_a_text_is_changed_and_everything_else_stays(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", "en")
        joins(officer, OF_HANGZHOU)
        stored = drafts(officer)
        officer.presses("edit", "text_en", DONE)
        officer.is_at("edit_announcement", "text_en")
        officer.says("It begins in May.")
        officer.is_at("edit_announcement", "preview")
        officer.sees("培训通知", "三月开班。", "It begins in May.", "发给：不足 5 人")
        assert links(officer.now_sees) == [(FORM[0], f"/files/{stored}")]
        officer.presses("save")
        officer.is_at("announcement", "overview")
        officer.sees("It begins in May.")
        after = kept(officer)
        assert (after.state, after.revision, after.texts.text.en) == (
            AnnouncementState.DRAFTED,
            2,
            "It begins in May.",
        )
        assert trail(officer)[-1][0] == "announcement_edit"
        assert trail(officer)[-1][1]["revision"] == 2
        assert cards_of(guest) == []


def test_title_texts_audience_and_file_are_changed_at_once_and_it_is_sent(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", "en", ZHENGZHOU)
        joins(officer, Grant(Role.ADMINISTRATOR))
        before = drafts(officer)
        officer.presses("edit", "programme", "title", "text_zh", "text_en", "file", DONE)
        officer.presses("zz", "everybody", "whole")
        officer.says("改期 | Moved", "五月开班。", "It begins in May.")
        officer.uploads(OTHER)
        officer.is_at("edit_announcement", "preview")
        officer.presses("send")
        ticks(officer)
        after = kept(officer)
        assert (after.audience.programme, after.revision) == (ZHENGZHOU, 4)
        (card,) = cards_of(guest)
        (old, new) = files_of(officer)
        assert (card.title, links(card)) == ("Moved", [(OTHER[0], f"/files/{new.stored_name}")])
        assert (old.kept_for, new.kept_for) == (None, "announcement:1")
        assert (reads(guest, before), reads(guest, new.stored_name)) == (None, OTHER[0])


def test_a_file_can_be_taken_away_again(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        joins(officer, OF_HANGZHOU)
        drafts(officer)
        officer.presses("edit", "file", DONE, NONE)
        assert links(officer.now_sees) == []
        officer.presses("save")
        assert (kept(officer).file, kept(officer).file_gone) == (None, False)
        assert files_of(officer)[0].kept_for is None


def test_left_as_it_was_nothing_changes(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        joins(officer, OF_HANGZHOU)
        drafts(officer)
        before = kept(officer)
        officer.presses("edit", "title", DONE)
        officer.says("改期")
        officer.presses("drop")
        officer.is_at("announcement", "overview")
        assert kept(officer) == before


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh_CN", "情况已有变化，未作任何改动，请重新查看。"), ("en", "It is not as you saw it any more.")],
)
def test_of_two_officers_at_once_the_second_sees_that_it_changed(
    tmp_path: Path, language: str, told: str
) -> None:
    with a_person(tmp_path, language) as officer:
        joins(officer, OF_HANGZHOU)
        other = another(officer, "other", language)
        joins(other, OF_HANGZHOU)
        drafts(officer)
        other.commands("menu")
        other.presses("announcements", "announcement:1")
        for one, title in ((officer, "第一"), (other, "第二")):
            one.presses("edit", "title", DONE)
            one.says(title)
            one.is_at("edit_announcement", "preview")
        officer.presses("save")
        other.presses("save")
        other.is_at("edit_announcement", "changed")
        other.sees(told)
        assert (kept(officer).texts.title.zh, kept(officer).revision) == ("第一", 2)
        other.presses("look")
        other.is_at("announcement", "overview")
        other.sees("第一")


def test_what_was_sent_meanwhile_is_not_changed_any_more(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        somebody_who_asked(officer, "guest")
        joins(officer, OF_HANGZHOU)
        drafts(officer)
        officer.presses("edit", "title", DONE)
        officer.says("改期")
        acts(officer, 1, AnnouncementAct.SEND)
        officer.presses("save")
        officer.is_at("edit_announcement", "changed")
        assert kept(officer).texts.title.zh == "培训通知"
        officer.presses("look")
        assert "edit" not in keys(officer)


def test_of_a_correction_everything_is_changed_but_for_whom_it_is(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest")
        joins(officer, OF_HANGZHOU)
        writes_with_file(officer)
        officer.presses("send")
        ticks(officer)
        ticks(officer)
        officer.presses("announcement:1", "correct")
        officer.says("更正", "四月开班。", "It begins in April.")
        officer.presses(NONE, "save", "announcement:2", "edit")
        assert "programme" not in keys(officer)
        officer.presses("text_zh", "file", DONE)
        officer.says("五月开班。")
        officer.uploads(OTHER)
        officer.presses("send")
        ticks(officer)
        assert kept(officer, 2).audience.corrects == 1
        assert [label for label, _ in links(cards_of(guest)[-1])] == [OTHER[0]]


def test_who_may_only_look_on_is_not_offered_to_change_it(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        joins(officer, OF_HANGZHOU)
        drafts(officer)
        viewer = another(officer, "viewer")
        joins(viewer, SUPERVISOR)
        viewer.commands("menu")
        viewer.presses("announcements", "announcement:1")
        assert "edit" not in keys(viewer)


def test_a_draft_is_moved_to_nowhere_its_officer_may_not_write_to(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        joins(officer, OF_HANGZHOU)
        drafts(officer)
        texts, now = Texts(Bilingual("改", ""), Bilingual("期", "")), officer.clock.now()
        of_hangzhou, of_zhengzhou = (
            Actor((Member(9, 9, Grant(Role.CITY_OFFICER, Scope(one)), now),)) for one in (HANGZHOU, ZHENGZHOU)
        )
        for actor, programme in ((of_hangzhou, ZHENGZHOU), (of_zhengzhou, ZHENGZHOU), (Actor(()), HANGZHOU)):
            command = EditAnnouncement(1, 1, texts, Audience(programme=programme))
            with pytest.raises(NotAllowed):
                officer.database.run(
                    lambda tx, actor=actor, command=command: edit_announcement(  # type: ignore[misc]  # defaults bind
                        tx, actor, command, now
                    )
                )
        stale = EditAnnouncement(1, 7, texts, Audience(programme=HANGZHOU))
        with pytest.raises(StaleRevision):
            officer.database.run(lambda tx: edit_announcement(tx, of_hangzhou, stale, now))
        empty = EditAnnouncement(1, 1, texts, Audience(programme=HANGZHOU), send=True)
        with pytest.raises(AnnouncementRefused):
            officer.database.run(lambda tx: edit_announcement(tx, of_hangzhou, empty, now))
        assert kept(officer).revision == 1
