"""Reminders as cards: what, by when (the safe day first), why you, with the clause; and what their buttons do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.telegram.callback_data import CardPress, pack
from dialogs.engine.screen import Card
from dialogs.reminder_cards import KIND_AGAIN, MOST_KINDS, STOP_KIND, kind_choices
from domain.clock import SHANGHAI
from domain.reminders.kinds import Kinds
from domain.reminders.model import DueReminder, Preferences, Situation, StoredReminder
from tests.support.conversation import Person, a_person, block_lines
from tests.support.reminder_cards import (
    DAY,
    SITUATION,
    SUBJECTS,
    Told,
    a_reminder,
    as_card,
    rendered,
    renderer,
)
from tests.support.reminding import HANGZHOU, ZHENGZHOU, tools

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def text_of(card: Card) -> str:
    """All text of a card, its buttons too."""
    lines = [card.title, *(line for block in card.blocks for line in block_lines(block))]
    return "\n".join([*lines, *(choice.label for choice in card.choices)])


def keys_of(card: Card) -> list[str]:
    return [choice.key for choice in card.choices]


# What they say ---------------------------------------------------------------------------------------


def test_every_kind_of_reminder_is_under_test() -> None:
    assert set(SUBJECTS) == set(Kinds.load())


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_kind_says_what_by_when_and_why_in_both_languages(kind: str) -> None:
    chinese, english = rendered(a_reminder(kind)), rendered(a_reminder(kind), "en")
    assert chinese.card == english.card == "r12"
    assert "2026年12月7日" in text_of(chinese)
    assert "7 December 2026 (Monday)" in text_of(english)
    assert not CHINESE.search(re.sub(r"§[^)\s]*|HZ-X99", "", text_of(english))), text_of(english)
    assert "%(" not in text_of(chinese) + text_of(english)
    assert "eligible" not in text_of(english).lower()
    assert keys_of(chinese) == ["open", "done", "in:3", "later", "stop"]
    if kind != "holiday_list_missing":
        assert "§三(一)" in text_of(chinese)


def test_a_closing_round_names_the_safe_day_first_then_papers_and_the_outer_day() -> None:
    reminder = a_reminder("window_closes", paper_safe=date(2026, 12, 4), outer=date(2026, 12, 10))
    card = rendered(reminder)
    assert card.title == "杭州市政府质量奖 2027年第一批：申报截止 · 还有 14 天"
    told = text_of(card)
    places = [told.index(day) for day in ("2026年12月7日（周一）", "2026年12月4日（周五）", "2026年12月10日")]
    assert places == sorted(places)
    for said in ("市场监管局，纸质一式三份", "质量发展处", "须先通过市级培训", "您要求提醒这个项目"):
        assert said in told


@pytest.mark.parametrize(
    ("paper_safe", "language", "on_the_card", "in_a_list"),
    [
        (
            DAY,
            "en",
            "On paper: by 23 November 2026 (Monday), the last working day",
            "papers by 23 November 2026",
        ),
        (
            DAY - timedelta(days=3),
            "en",
            "On paper: the last working day for it was 20 November 2026 (Friday) and has passed",
            "the day for papers has passed: 20 November 2026",
        ),
        (
            DAY,
            "zh_CN",
            "纸质材料：最晚 2026年11月23日（周一）（此前最后一个工作日）",
            "纸质材料 2026年11月23日前",
        ),
        (
            DAY - timedelta(days=3),
            "zh_CN",
            "纸质材料：最后一个工作日 2026年11月20日（周五）已过",
            "纸质材料的截止日已过：2026年11月20日",
        ),
    ],
)
def test_once_the_day_for_papers_has_passed_it_is_said_to_have(
    paper_safe: date, language: str, on_the_card: str, in_a_list: str
) -> None:
    reminder = a_reminder("window_closes", due=DAY + timedelta(days=1), paper_safe=paper_safe)
    assert on_the_card in text_of(rendered(reminder, language))
    several = [DueReminder(id=number, reminder=reminder) for number in (1, 2)]
    told = text_of(as_card(renderer().digest(several, SITUATION, language)))
    assert told.count(in_a_list) == len(several)
    assert ("has passed" in told or "已过" in told) == (paper_safe < DAY)


def test_a_computed_round_says_that_it_is_not_announced() -> None:
    subject = {**SUBJECTS["window_closes"], "round": 0, "computed": True}
    reminder = a_reminder("window_closes", programme=ZHENGZHOU, subject=subject, provisional=True)
    told = text_of(rendered(reminder))
    assert "本年度批次尚未发布" in told
    assert "暂定：放假安排尚未公布" in told
    assert "2027年1月9日前可放心引用" in told


def test_what_became_of_a_date_is_said_first() -> None:
    moved = a_reminder("window_closes", moved_from=date(2026, 12, 1), at_once=True)
    assert rendered(moved).title == "杭州市政府质量奖 2027年第一批：日期有变"
    assert "原为2026年12月1日" in text_of(rendered(moved))
    off = a_reminder("window_closes", called_off=True)
    assert rendered(off).title == "杭州市政府质量奖 2027年第一批：已取消"
    assert "纸质一式三份" not in text_of(rendered(off))


def test_what_changed_is_told_with_its_clause() -> None:
    told = text_of(rendered(a_reminder("text_changed"), "en"))
    assert "Before: no obstacle found. From then on: to be confirmed with the authority." in told
    assert "not met → met (Part 3(2)3)" in told
    assert "new condition: to be verified" in told
    assert "no longer asked for" in told
    assert "and 1 more condition" in told


def test_a_late_reminder_says_so() -> None:
    assert "迟了 3 天" in text_of(rendered(a_reminder("policy_in_force"), late_days=3))
    assert "迟了" not in text_of(rendered(a_reminder("policy_in_force")))


def test_it_is_not_offered_later_than_it_makes_sense() -> None:
    soon = a_reminder("window_closes", due=DAY + timedelta(days=2), until=DAY + timedelta(days=2))
    assert keys_of(rendered(soon)) == ["open", "done", "later", "stop"]
    today = a_reminder("window_closes", due=DAY, until=DAY)
    assert keys_of(rendered(today)) == ["open", "done", "stop"]
    assert rendered(today).title.endswith("今天")


def test_a_programme_that_is_gone_and_a_round_that_is_gone_are_no_hindrance() -> None:
    gone = a_reminder("window_closes", programme="no-such-programme")
    assert "no-such-programme" in text_of(rendered(gone))
    assert "申报截止" in text_of(
        rendered(a_reminder("window_closes"), situation=replace(SITUATION, rounds=()))
    )


def test_a_kind_of_another_wing_is_told_by_its_programme_and_day() -> None:
    card = rendered(replace(a_reminder("policy_in_force"), kind="report_due", subject={}))
    assert "杭州市政府质量奖" in card.title
    assert "2026年12月7日" in text_of(card)


def test_several_dates_are_one_card_the_nearest_first() -> None:
    kinds = list(SUBJECTS)
    due = [
        DueReminder(id=n, reminder=a_reminder(kind, due=DAY + timedelta(days=30 - n)), late_days=n % 3)
        for n, kind in enumerate(kinds, start=1)
    ]
    card = as_card(renderer().digest(list(reversed(due)), SITUATION, "en"))
    assert card.card == f"g{len(kinds)}"
    assert card.title == "11 dates for you"
    assert "We could not reach you for 2 days" in text_of(card)
    days = re.findall(r"in (\d+) days", text_of(card))
    assert days[: len(kinds)] == sorted(days[: len(kinds)], key=int)
    assert keys_of(card) == ["open", "in:3", "later", "done", "kinds"]


def test_a_long_list_is_cut_and_counted() -> None:
    due = [
        DueReminder(id=n, reminder=a_reminder("window_closes", key=f"k{n}", thread=f"t{n}"))
        for n in range(1, 31)
    ]
    told = text_of(as_card(renderer().digest(due, SITUATION, "zh_CN")))
    assert "另有 18 项" in told
    assert told.count("申报截止") == 12


def test_nothing_of_the_organisation_is_needed() -> None:
    told = text_of(rendered(a_reminder("window_closes"), situation=Situation(as_of=DAY)))
    assert "自查过" not in told


# What their buttons do -------------------------------------------------------------------------------


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    """Somebody who asked to be reminded of the Hangzhou award, and was told that a round closes in two weeks."""
    with a_person(tmp_path) as person:
        person.commands("start", HANGZHOU)
        person.presses("dates", "remind", "settings", "kinds", "申报批次发布", "@done")
        somebody = Told(person)
        somebody.announces(date(2026, 12, 7))
        yield somebody


def the_card(told: Told) -> Card:
    cards = told.at(DAY)
    assert [card.title for card in cards] == ["杭州市政府质量奖 一批：申报截止 · 还有 14 天"]
    return cards[0]


def stored(person: Person, card: Card) -> StoredReminder:
    found = person.database.run(lambda tx: tx.reminders.get(int(card.card[1:])))
    assert found is not None
    return found


def test_done_is_done_once_and_nothing_more_is_said(told: Told) -> None:
    card = the_card(told)
    assert "已记下：此事已办好，不再提醒这个日期" in text_of(told.person.answers_card(card.card, "done"))
    again = told.person.answers_card(card.card, "done")
    assert "之前已记下：此事已办好" in text_of(again)
    assert keys_of(again) == ["open"]
    assert stored(told.person, card).state == "done"
    assert [one for day in range(1, 15) for one in told.at(DAY + timedelta(days=day))] == []


def test_later_asks_when_and_it_is_said_again_then(told: Told) -> None:
    card = the_card(told)
    when = told.person.answers_card(card.card, "later")
    assert keys_of(when) == ["in:1", "in:3", "in:7", "in:14", "keep"]
    assert keys_of(told.person.answers_card(card.card, "keep")) == keys_of(card)
    put_off = told.person.answers_card(card.card, "in:3")
    assert "2026年11月26日再提醒您" in text_of(put_off)
    assert stored(told.person, card).send_at == datetime(2026, 11, 26, 8, 30, tzinfo=SHANGHAI)
    assert told.at(DAY + timedelta(days=2)) == []
    assert [one.card for one in told.at(DAY + timedelta(days=3))] == [card.card]


def test_a_day_after_the_last_is_refused(told: Told) -> None:
    card = the_card(told)
    refused = told.person.answers_card(card.card, "in:30")
    assert "那时已过最后一天" in text_of(refused)
    assert stored(told.person, card).state == "sent"


def test_a_kind_is_stopped_and_taken_up_again(told: Told) -> None:
    card = the_card(told)
    stopped = told.person.answers_card(card.card, "stop")
    assert "不再提醒“申报截止”" in text_of(stopped)
    assert keys_of(stopped) == ["again", "open"]
    assert told.at(date(2026, 11, 30)) == []
    back = told.person.answers_card(card.card, "again")
    assert "已恢复提醒“申报截止”" in text_of(back)
    assert [one.title for one in told.at(date(2026, 12, 4))] == [
        "杭州市政府质量奖 一批：申报截止 · 还有 3 天"
    ]


def test_opening_leads_to_the_programme_and_any_other_button_nowhere(told: Told) -> None:
    card = the_card(told)
    told.person.commands("reminders")
    before = told.person.now_sees
    for choice in ("later", "keep", "in:3", "stop", "again", "done", "nonsense", "in:9999", "in:x"):
        told.person.answers_card(card.card, choice)
        assert told.person.now_sees is before, "a card does not move the conversation"
    told.person.presses("settings")
    told.person.is_at("reminders", "settings")
    told.person.answers_card(card.card, "open")
    told.person.is_at("programme", "overview")


def test_a_card_is_told_in_the_language_of_now(told: Told) -> None:
    card = the_card(told)
    told.person.commands("language", "en")
    assert told.person.answers_card(card.card, "keep").title == (
        "Hangzhou Government Quality Award, A round: last day to apply – in 14 days"
    )


def test_nobody_answers_the_cards_of_others(told: Told, tmp_path: Path) -> None:
    card = the_card(told)
    other = Person(told.person.database, told.person.clock, address="somebody else")
    for choice in ("done", "stop", "in:3", "open"):
        answer = other.answers_card(card.card, choice)
        assert "已经过时" in text_of(answer)
        assert answer.choices == ()
    assert stored(told.person, card).state == "sent"
    assert other.database.run(lambda tx: tx.reminder_preferences.get(other.chat)) == Preferences()


@pytest.mark.parametrize("card", ["r999", "g999", "z1", "r0"])
def test_a_card_that_never_was_says_that_it_is_out_of_date(told: Told, card: str) -> None:
    assert "已经过时" in text_of(told.person.answers_card(card, "done"))


def test_a_date_that_is_called_off_says_so_on_its_card(told: Told) -> None:
    card = the_card(told)
    told.person.database.run(lambda tx: tx.reminders.snooze(int(card.card[1:]), told.person.clock.now()))
    told.person.database.run(lambda tx: tx.reminders.end(int(card.card[1:]), "withdrawn"))
    answer = told.person.answers_card(card.card, "in:3")
    assert "此事已不再适用" in text_of(answer)
    assert keys_of(answer) == ["open"]


def test_a_digest_is_answered_as_a_whole(told: Told) -> None:
    told.announces(date(2026, 12, 8), opens=date(2026, 11, 30))
    cards = told.at(date(2026, 12, 1))
    digest = next(card for card in cards if card.card.startswith("g"))
    assert "与您有关的" in digest.title
    members = told.person.database.run(lambda tx: tx.reminders.bundle(told.person.chat, int(digest.card[1:])))
    assert len(members) > 1
    later = told.person.answers_card(digest.card, "in:1")
    assert f"2026年12月2日再提醒您这 {len(members)} 个日期" in text_of(later)
    told.person.answers_card(digest.card, "open")
    told.person.is_at("reminders", "dates")
    done = told.person.answers_card(digest.card, "done")
    assert "全部办好" in text_of(done)
    assert done.choices == ()
    assert told.at(date(2026, 12, 5)) == []
    assert "之前已经记下了" in text_of(told.person.answers_card(digest.card, "done"))


def test_a_digest_stops_the_kinds_in_it_one_by_one(told: Told) -> None:
    told.announces(date(2026, 12, 8), opens=date(2026, 11, 30))
    digest = next(card for card in told.at(date(2026, 12, 1)) if card.card.startswith("g"))
    members = told.person.database.run(lambda tx: tx.reminders.bundle(told.person.chat, int(digest.card[1:])))
    kinds = {one.reminder.kind for one in members}
    assert {"window_closes", "window_opens"} <= kinds
    asked = told.person.answers_card(digest.card, "kinds")
    assert set(keys_of(asked)) == {*(f"stop:{kind}" for kind in kinds), "settings", "keep"}
    assert "不再提醒“申报开始”" in [one.label for one in asked.choices]
    stopped = told.person.answers_card(digest.card, "stop:window_opens")
    assert "不再提醒“申报开始”。" in text_of(stopped)
    assert "again:window_opens" in keys_of(stopped)
    assert "stop:window_closes" in keys_of(stopped)
    wishes = told.person.database.run(lambda tx: tx.reminder_preferences.get(told.person.chat))
    assert wishes.kinds["window_opens"] is False
    assert wishes.kinds["window_closes"] is True
    # Twice is once; and it can be had back where it was stopped.
    told.person.answers_card(digest.card, "stop:window_opens")
    again = told.person.answers_card(digest.card, "again:window_opens")
    assert "stop:window_opens" in keys_of(again)
    wishes = told.person.database.run(lambda tx: tx.reminder_preferences.get(told.person.chat))
    assert wishes.kinds["window_opens"] is True
    back = told.person.answers_card(digest.card, "keep")
    assert keys_of(back) == keys_of(digest)
    told.person.answers_card(digest.card, "settings")
    told.person.is_at("reminders", "settings")


@pytest.mark.parametrize("choice", ["stop:certificate_expires", "stop:", "again:nothing", "window_closes"])
def test_a_digest_stops_nothing_that_is_not_in_it(told: Told, choice: str) -> None:
    told.announces(date(2026, 12, 8), opens=date(2026, 11, 30))
    digest = next(card for card in told.at(date(2026, 12, 1)) if card.card.startswith("g"))
    before = told.person.database.run(lambda tx: tx.reminder_preferences.get(told.person.chat))
    assert keys_of(told.person.answers_card(digest.card, choice)) == keys_of(digest)
    wishes = told.person.database.run(lambda tx: tx.reminder_preferences.get(told.person.chat))
    assert wishes == before


def test_however_many_kinds_there_are_a_few_have_a_button_and_all_fit_into_a_press() -> None:
    kinds = {kind.id: True for kind in tools().kinds.values()}
    offered = kind_choices(renderer().catalogues.words("en"), kinds, {kind: kind for kind in kinds})
    assert len(offered) == MOST_KINDS + 2
    for kind in kinds:
        for begin in (STOP_KIND, KIND_AGAIN):
            assert len(pack(CardPress("g9999999999", f"{begin}{kind}")).encode()) <= 64
