"""My dates: what is coming, how one wants to hear of it, and the button "remind me"."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from domain.reminders.model import Preferences
from domain.staff import Grant, Role
from tests.support.conversation import Person, a_person
from tests.support.reminding import HANGZHOU, ZHENGZHOU
from tests.support.self_check import ZHENGZHOU as ANSWERS
from tests.support.self_check import answers_everything


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    with a_person(tmp_path) as somebody:
        yield somebody


def wishes(person: Person) -> Preferences:
    return person.database.run(lambda tx: tx.reminder_preferences.get(person.chat))


def kept(folder: Path) -> dict[str, int]:
    """How many rows there are that could say something about somebody, by table."""
    tables = (
        "reminder_preferences",
        "subscriptions",
        "planned_reminders",
        "facts",
        "organisations",
        "receipts",
    )
    with closing(sqlite3.connect(folder / "zhuoyue.sqlite3")) as database:
        counts = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608
    return {name: count for name, count in counts.items() if count}


def consents(person: Person) -> None:
    """Agree that details are kept, and begin the check of the Zhengzhou base."""
    person.commands("start", ZHENGZHOU)
    person.presses("check", "同意保存")
    person.says("示例精工")
    person.presses("skip", "skip", "skip", "skip", "no", "保存", "gaps")


@pytest.mark.parametrize("said", ["我的提醒", "提醒", "/reminders", "My deadlines"])
def test_the_dates_are_shown_from_everywhere(person: Person, said: str) -> None:
    person.commands("start", f"check_{HANGZHOU}")
    person.says(said)
    person.is_at("reminders", "dates")
    person.sees("目前没有需要留意的日期")
    person.commands("menu")
    person.presses("我的日期与提醒")
    person.is_at("reminders", "dates")
    person.commands("where")
    person.commands("reminders")
    person.is_at("reminders", "dates")


def test_reminding_without_consent_keeps_the_programme_and_nothing_else(
    person: Person, tmp_path: Path
) -> None:
    person.commands("start", ZHENGZHOU)
    person.presses("dates", "到期提醒我")
    person.is_asked("已设好提醒")
    person.sees("2027年1月9日", "政策即将到期", "第二十四条", "最迟 2027年1月17日", "只记下项目和提醒类别")
    assert wishes(person).programmes == {ZHENGZHOU: True}
    assert kept(tmp_path) == {"subscriptions": 1}
    person.commands("reminders")
    person.sees("2027年1月9日", "下次提醒")


def test_where_no_date_is_known_that_is_said(person: Person) -> None:
    person.commands("start", HANGZHOU)
    person.presses("dates", "remind")
    person.sees("目前还没有确定的日期", "施行中")
    assert wishes(person).programmes == {HANGZHOU: True}


def test_asking_twice_changes_nothing(person: Person) -> None:
    person.commands("start", HANGZHOU)
    person.presses("dates", "remind")
    marked = person.database.run(lambda tx: tx.replanning.get(person.chat))
    person.clock.advance(timedelta(hours=1))
    person.commands("help")
    person.presses("@back", "remind")
    assert person.database.run(lambda tx: tx.replanning.get(person.chat)) == marked


def test_every_wish_is_kept_and_told(person: Person) -> None:
    person.commands("reminders")
    person.presses("settings", "quiet")
    person.says("晚上10点到早上7点半")
    person.sees("已保存。免打扰：22:00 至 07:30")
    person.presses("days", "每天都可以提醒")
    person.sees("已保存。每天都可以提醒")
    person.presses("bundling", "每个日期单独一条")
    person.presses("at", "12:00")
    person.presses("kinds", "申报开始", "@done")
    person.sees("类别：全部，申报开始除外", "时间：12:00", "每个日期单独一条")
    assert wishes(person) == Preferences(
        quiet_from=time(22),
        quiet_until=time(7, 30),
        working_days_only=False,
        bundling="one_by_one",
        at=time(12),
        kinds={kind: kind != "window_opens" for kind in wishes(person).kinds},
    )
    assert "holiday_list_missing" not in wishes(person).kinds
    person.presses("at", "早上，免打扰时段结束后")
    person.presses("quiet", "不设免打扰")
    person.sees("免打扰：不设免打扰")
    assert wishes(person).at is None
    assert wishes(person).quiet_from == wishes(person).quiet_until


def test_quiet_hours_that_are_none_are_asked_again(person: Person) -> None:
    person.commands("reminders")
    person.presses("settings", "quiet")
    person.says("晚一点")
    person.is_at("reminders", "quiet")
    person.sees("22:30-7:30")
    assert wishes(person) == Preferences()


def test_programmes_are_switched_on_and_off(person: Person) -> None:
    person.commands("reminders")
    person.presses("programmes", "全国质量标杆遴选", "杭州市政府质量奖", "@done")
    person.sees("项目：杭州市政府质量奖和全国质量标杆遴选")
    person.presses("programmes", "杭州市政府质量奖", "@done")
    assert wishes(person).programmes == {HANGZHOU: False, "national-quality-benchmark": True}


def test_everything_can_be_paused(person: Person) -> None:
    person.commands("start", ZHENGZHOU)
    person.presses("dates", "remind", "settings", "暂停全部提醒")
    person.sees("已暂停", "2027年1月9日")
    assert wishes(person).paused
    person.presses("恢复提醒")
    person.does_not_see("已暂停")
    assert not wishes(person).paused


def test_a_result_offers_to_remind_on_the_day_on_which_time_alone_is_enough(person: Person) -> None:
    person.clock.set(date(2026, 3, 1))
    consents(person)
    answers_everything(person, {**ANSWERS, "excellence_model_since": "2024年6月20日"})
    person.is_at("check", "result")
    person.presses("2026年6月20日提醒我")
    person.is_at("check", "remind")
    person.sees("2026年5月31日", "申报截止", "2026年6月20日", "自查结果将有变化", "政策即将到期")
    assert wishes(person).programmes == {ZHENGZHOU: True}
    person.presses("@back")
    person.is_at("check", "result")


def test_no_day_is_promised_on_which_the_programme_is_over(person: Person) -> None:
    consents(person)
    answers_everything(person, {**ANSWERS, "excellence_model_since": "2025年3月20日"})
    person.sees("2027年3月20日")
    person.presses("到期提醒我")
    person.does_not_see("2027年3月20日")


def test_a_result_without_an_obstacle_offers_to_remind_in_time(person: Person) -> None:
    consents(person)
    answers_everything(person, ANSWERS)
    person.presses("到期提醒我")
    person.commands("reminders")
    person.sees("2027年1月9日")


def test_one_of_several_results_offers_it_as_well(person: Person) -> None:
    person.commands("start", "check")
    if person.now_sees.state == "consent":
        person.presses("no")
    person.presses("quick")
    for _ in range(200):
        if not person.now_sees.state.startswith("f:"):
            break
        person.presses("@unsure")
    person.presses("杭州市政府质量奖", "remind")
    person.is_at("check", f"remind:{HANGZHOU}")
    assert wishes(person).programmes == {HANGZHOU: True}


def test_programmes_that_are_over_offer_no_reminder(person: Person) -> None:
    person.commands("start", "check_shenzhen-quality-promotion")
    if person.now_sees.state == "consent":
        person.presses("no")
    while person.now_sees.state != "result":
        person.presses(
            "@unsure" if person.now_sees.state.startswith("f:") else person.now_sees.choices[0].key
        )
    assert "remind" not in [choice.key for choice in person.now_sees.choices]


def test_the_calendar_is_offered_once_there_is_a_date(person: Person) -> None:
    person.commands("reminders")
    assert "calendar" not in [choice.key for choice in person.now_sees.choices]
    person.commands("start", ZHENGZHOU)
    person.presses("dates", "remind")
    person.commands("reminders")
    person.presses("加入我的日历")
    person.sees("/my-dates.ics")
    person.does_not_see("私密地址可让")


def test_an_address_that_is_in_use_can_be_let_go_in_the_chat(tmp_path: Path) -> None:
    with a_person(tmp_path, channel="web") as person:
        person.commands("start", ZHENGZHOU)
        person.presses("dates", "remind")
        person.database.run(lambda tx: tx.feeds.open(person.chat, "a" * 64, person.clock.now()))
        person.commands("reminders")
        person.presses("calendar")
        person.sees("私密地址自2026年11月21日起使用", "/calendar")
        person.presses("停用私密地址")
        person.sees("日历的私密地址已停用")
        assert person.database.run(lambda tx: tx.feeds.find("a" * 64)) is None


def test_staff_are_asked_about_their_own_kinds_as_well(person: Person) -> None:
    person.database.run(
        lambda tx: tx.staff.add(
            tx.chats.get(person.chat).person_id, Grant(Role.ADMINISTRATOR), person.clock.now(), None
        )
    )
    person.commands("reminders")
    person.presses("settings", "kinds")
    person.sees_choices("节假日安排未载入")


def test_in_english(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start", ZHENGZHOU)
        person.presses("dates", "Remind me in time")
        person.sees("9 January 2027 (Saturday), in 49 days", "outer limit 17 January 2027")
        person.commands("reminders")
        person.presses("What and when I am reminded", "Quiet hours")
        person.says("from 10 pm until 7:15")
        person.sees("Saved. Quiet: 22:00 to 07:15")


def test_dates_that_are_past_are_gone(person: Person) -> None:
    person.commands("start", ZHENGZHOU)
    person.presses("dates", "remind")
    person.clock.set(date(2027, 1, 17))
    person.commands("reminders")
    person.sees("2027年1月9日", "最迟 2027年1月17日")
    person.clock.set(date(2027, 1, 18))
    person.commands("menu")
    person.commands("reminders")
    person.does_not_see("2027年1月9日")
