"""Rounds in chat: drafted, announced with a preview of who will be told what, changed with a reason, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.rounds import Bilingual, RoundState
from domain.store import Transaction
from tests.support.conversation import Person, a_person
from tests.support.self_check import ZHENGZHOU as ANSWERS
from tests.support.self_check import answers_everything
from tests.support.staff import (
    ADMINISTRATOR,
    HANGZHOU,
    OF_HANGZHOU,
    OF_ZHENGZHOU,
    OF_ZHONGYUAN,
    TERMS,
    VIEWER,
    ZHENGZHOU,
    a_round,
    another,
    joins,
    kept_round,
    trail,
)


def keys(person: Person) -> list[str]:
    return [choice.key for choice in person.now_sees.choices]


def opens(person: Person, number: int = 1) -> None:
    person.commands("menu")
    person.presses("rounds", f"round:{number}")


def sees_programme(person: Person, programme: str = HANGZHOU) -> None:
    person.commands("start", programme)
    person.presses("dates")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh_CN",
            ("草稿只有工作人员能看到", "已办理：起草批次", "就这样办理吗", "批次已发布", "已办理：发布批次"),
        ),
        (
            "en",
            (
                "a draft is seen by staff alone",
                "Done: Draft a round",
                "Is this to be done?",
                "that the round was announced",
                "Done: Announce the round",
            ),
        ),
    ],
)
def test_a_round_from_draft_to_announcement(tmp_path: Path, language: str, words: tuple[str, ...]) -> None:
    draft_is_hidden, drafted, sure, told, announced = words
    with a_person(tmp_path, language) as officer:
        joins(officer, OF_HANGZHOU)
        officer.presses("rounds", "new", "hz", "whole")
        officer.says("2027年第一批 | First round of 2027", "2027年3月1日", "2027-04-30")
        officer.presses("skip", "skip")
        officer.says(
            "不超过5家 | 5 at most", "the district bureau | 区市场监管局", "质量发展处 0571-12345678"
        )
        officer.presses("enough")
        officer.says("通知已印发")
        officer.is_at("new_round", "preview")
        officer.sees(draft_is_hidden)
        officer.presses("save")
        officer.is_at("rounds")
        officer.sees(drafted)
        kept = kept_round(officer)
        assert kept.terms.name == Bilingual("2027年第一批", "First round of 2027")
        assert kept.terms.hand_in == Bilingual("区市场监管局", "the district bureau")
        assert (kept.opens, kept.closes_safe) == (date(2027, 3, 1), date(2027, 4, 30))

        guest = another(officer, "guest", language)
        sees_programme(guest)
        guest.does_not_see("2027年第一批", "First round of 2027")

        officer.presses("round:1", "announce")
        officer.says("已经在网站公布")
        officer.is_asked(sure)
        officer.sees(told, "2027")
        officer.presses("done")
        officer.sees(announced)
        assert kept_round(officer).state is RoundState.ANNOUNCED
        sees_programme(guest)
        guest.sees("2027年第一批" if language == "zh_CN" else "First round of 2027")
        acts = [line for line in trail(officer) if line[0].startswith("round_")]
        assert acts == [
            ("round_open", {"round": 1, "revision": 1, "by": 1}),
            ("round_announce", {"round": 1, "revision": 2, "by": 1}),
        ]


def test_what_is_missing_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        a_round(
            officer,
            terms=replace(TERMS, contact=Bilingual(), closes_safe=None, closes_outer=None),
            told=False,
        )
        opens(officer)
        officer.presses("announce")
        officer.says("published today")
        officer.is_asked("This cannot be done so.")
        officer.sees("needs a closing day", "needs a contact point")
        assert "done" not in keys(officer)
        officer.presses("kept")
        officer.is_at("round", "overview")
        assert kept_round(officer).state is RoundState.DRAFTED


def test_a_change_shows_before_and_after_and_keeps_the_reason(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        a_round(officer)
        opens(officer)
        officer.presses("change", "closes_safe", "quotas", "@done")
        officer.is_at("round", "entry_closes_safe")
        officer.sees("So far: 30 April 2027")
        officer.says("10 May 2027")
        officer.says("不超过8家")
        officer.says("many more applied than expected")
        officer.sees("30 April 2027 | 10 May 2027", "Whoever heard of a day that moves is told once")
        assert kept_round(officer).closes_safe == date(2027, 4, 30)
        officer.presses("done")
        officer.sees("Done: Change the round")
        kept = kept_round(officer)
        assert (kept.closes_safe, kept.terms.quotas) == (date(2027, 5, 10), Bilingual("不超过8家"))
        officer.sees("Reason: many more applied than expected")


def test_an_entry_is_cleared_by_leaving_it_open(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        a_round(officer)
        opens(officer)
        officer.presses("change", "quotas", "@done", "skip")
        officer.says("settled by the city government")
        officer.presses("done")
        assert kept_round(officer).terms.quotas == Bilingual()


def test_days_out_of_order_are_refused_with_the_reason(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        a_round(officer)
        opens(officer)
        officer.presses("change", "opens", "@done")
        officer.says("2027-06-01", "a slip")
        officer.sees("The days have to follow each other")
        assert "done" not in keys(officer)


def test_a_round_is_closed_and_called_off(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        a_round(officer)
        opens(officer)
        officer.presses("close")
        officer.says("all places are taken")
        officer.sees("They are told once that it is over")
        officer.presses("done")
        assert kept_round(officer).state is RoundState.CLOSED
        assert not {"announce", "change", "close"} & set(keys(officer))
        officer.presses("cancel")
        officer.says("the review was called off")
        officer.presses("done")
        assert kept_round(officer).state is RoundState.CANCELLED
        assert not {"announce", "change", "close", "cancel"} & set(keys(officer))


def test_a_draft_that_is_called_off_is_told_to_nobody(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        a_round(officer, told=False)
        opens(officer)
        officer.presses("cancel")
        officer.says("drafted by mistake")
        officer.sees("Nobody is told: the round was never announced.")
        officer.presses("done")
        officer.sees("called off")
        stranger = another(officer, "stranger", "en")
        stranger.commands("start", f"{HANGZHOU}_1")
        stranger.is_at("programme")
        stranger.does_not_see("called off")


def test_the_preview_counts_who_is_concerned(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_ZHENGZHOU)
        checker, unconsenting = another(officer, "checker"), another(officer, "unconsenting")
        for one in (checker, unconsenting):
            one.commands("start", ZHENGZHOU)
            one.presses("check", "no", "gaps")
            answers_everything(one, ANSWERS)
        subscriber, refuser = another(officer, "subscriber"), another(officer, "refuser")

        def choose(tx: Transaction) -> None:
            now = officer.clock.now()
            tx.people.set_consent(tx.chats.get(checker.chat).person_id, "given", now)
            tx.reminder_preferences.subscribe(subscriber.chat, ZHENGZHOU, wanted=True, now=now)
            tx.reminder_preferences.subscribe(refuser.chat, ZHENGZHOU, wanted=False, now=now)

        officer.database.run(choose)
        a_round(officer, ZHENGZHOU, told=False)
        opens(officer)
        officer.presses("announce")
        officer.says("published")
        officer.sees("2 chats asked to hear of this programme or checked it")
        # The text lapses before that round closes: people decide, but they are told.
        officer.sees("On the closing day the programme stands so")
        officer.presses("done")
        marked = [
            tx_chat
            for tx_chat in (checker.chat, subscriber.chat)
            if officer.database.run(lambda tx, chat=tx_chat: tx.replanning.get(chat)) is not None  # type: ignore[misc]
        ]
        assert marked == [checker.chat, subscriber.chat]


def test_officers_act_on_rounds_of_their_own_programme_alone(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_ZHENGZHOU)
        a_round(officer)
        a_round(officer, told=False)
        officer.commands("menu")
        officer.presses("rounds")
        assert "round:1" in keys(officer)
        assert "round:2" not in keys(officer)
        officer.presses("round:1")
        assert not {"announce", "change", "close", "cancel"} & set(keys(officer))
        officer.does_not_see("What was done with it")
        officer.commands("menu")
        officer.presses("rounds", "new")
        assert [key for key in keys(officer) if not key.startswith("@")] == ["zz"]


def test_a_county_officer_drafts_for_their_district_alone(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_ZHONGYUAN)
        officer.presses("rounds", "new", "zz")
        officer.sees_choices("中原区")
        assert "whole" not in keys(officer)
        officer.presses("中原区")
        officer.says("中原区推荐")
        officer.presses("enough")
        officer.says("the district hands in together")
        officer.presses("save")
        kept = kept_round(officer)
        assert (kept.programme, kept.district) == (ZHENGZHOU, "中原区")


@pytest.mark.parametrize("dialog", ["new_round"])
def test_whoever_has_no_role_is_told_so(tmp_path: Path, dialog: str) -> None:
    with a_person(tmp_path, "en") as officer:
        number = joins(officer, OF_HANGZHOU)
        officer.presses("rounds")
        officer.database.run(lambda tx: tx.staff.revoke(number, officer.clock.now(), None))
        officer.says("Draft a round")
        assert officer.now_sees.dialog != dialog or officer.now_sees.state == "refused"
        assert officer.database.run(lambda tx: tx.rounds.all()) == ()


def test_a_role_that_is_lost_between_preview_and_press_does_nothing(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        number = joins(officer, OF_HANGZHOU)
        a_round(officer)
        opens(officer)
        officer.presses("close")
        officer.says("full")
        preview = officer.now_sees
        officer.database.run(lambda tx: tx.staff.revoke(number, officer.clock.now(), None))
        officer.presses_again(preview, "done")
        assert kept_round(officer).state is RoundState.ANNOUNCED


def test_two_officers_do_not_run_over_each_other(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as one:
        joins(one, OF_HANGZHOU)
        other = another(one, "other", "en")
        joins(other, OF_HANGZHOU)
        a_round(one)
        for officer, text in ((one, "6家"), (other, "7家")):
            opens(officer)
            officer.presses("change", "quotas", "@done")
            officer.says(text, "by the city government")
        unseen = other.now_sees
        one.presses("done")
        other.presses_again(unseen, "done")
        other.is_at("round", "overview")
        assert kept_round(one).terms.quotas == Bilingual("6家")
        assert other.database.run(lambda tx: len(tx.rounds.changes(1))) == 3


def test_a_viewer_sees_drafts_and_changes_nothing(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as viewer:
        joins(viewer, VIEWER)
        a_round(viewer, told=False)
        viewer.presses("rounds", "round:1")
        viewer.sees("draft")
        assert not {"announce", "change", "close", "cancel"} & set(keys(viewer))


def test_the_yearly_window_is_shown_as_computed(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.clock.set(datetime(2026, 3, 2, 4, tzinfo=UTC))
        sees_programme(person, ZHENGZHOU)
        person.sees(
            "computed from the text's yearly window, not announced",
            "safe 31 May 2026, outer 30 June 2026",
            "papers by 29 May 2026",
        )
        person.commands("menu")
        person.sees("safe 31 May 2026, outer 30 June 2026")


def test_a_window_after_the_end_of_the_text_is_no_round_and_it_is_said_why(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        sees_programme(person, ZHENGZHOU)
        person.sees(
            "The next yearly window would close on 31 May 2027, but by then the text cannot be relied on"
        )
        person.does_not_see("computed from the text's yearly window")


def test_everybody_reads_where_to_hand_in_and_whom_to_ask(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        a_round(person)
        sees_programme(person)
        person.sees("Where and how to hand in: the district bureau", "How many: 5 at most")


def test_a_link_leads_to_a_round(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        a_round(person)
        person.commands("start", f"{HANGZHOU}_1")
        person.is_at("round", "overview")
        person.sees("safe 30 April 2027, outer 14 May 2027")
        assert not {"announce", "change", "close", "cancel"} & set(keys(person))
        a_round(person, told=False)
        for number in ("2", "3", "9" * 30):
            person.commands("start", f"{HANGZHOU}_{number}")
            person.is_at("programme")
        person.commands("start", f"{ZHENGZHOU}_1")
        person.is_at("programme")


def test_a_text_that_is_there_in_one_language_is_shown_with_a_note(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, ADMINISTRATOR)
        a_round(officer, terms=replace(TERMS, contact=Bilingual("质量发展处")))
        opens(officer)
        officer.sees("Contact point: 质量发展处 (in the other language only)")
        officer.commands("language", "zh_CN")
        officer.sees("咨询联系：质量发展处")
        officer.does_not_see("只有英文")


def test_an_announced_round_stands_among_what_to_do_next(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        a_round(person, ZHENGZHOU)
        person.commands("start", ZHENGZHOU)
        person.presses("check", "no", "gaps")
        answers_everything(person, ANSWERS)
        person.sees("2027年第一批", "稳妥")
