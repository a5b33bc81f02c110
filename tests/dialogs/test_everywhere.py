"""What works in every state: commands, stale and doubled presses, odd input, repeated deliveries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dialogs.engine.choosing import DONE, NONE
from dialogs.engine.screen import Screen
from dialogs.incoming import Pressed, Typed
from domain.store import Transaction
from tests.support.conversation import Person, a_person
from tests.support.self_check import ZHENGZHOU, answers_everything, checks
from tests.support.staff import ADMINISTRATOR, a_round, invited, joins, opens_link

ZZ = "zhengzhou-incubation-base"


def at_the_menu(person: Person) -> None:
    person.commands("start")


def at_consent(person: Person) -> None:
    person.commands("start")
    person.presses("介绍贵单位")


def at_the_code(person: Person) -> None:
    at_consent(person)
    person.presses("yes")
    person.says("示例精工")


def at_a_programme(person: Person) -> None:
    person.commands("start", ZZ)


def at_the_conditions(person: Person) -> None:
    person.commands("start", ZZ)
    person.presses("conditions")


def at_the_mode(person: Person) -> None:
    person.commands("start", ZZ)
    person.presses("check", "no")


def at_a_question(person: Person) -> None:
    checks(person, ZZ)
    person.presses("@unsure")


def at_a_result(person: Person) -> None:
    checks(person, ZZ)
    answers_everything(person, ZHENGZHOU)


def at_the_answers_given(person: Person) -> None:
    at_a_result(person)
    person.presses("given")


def at_the_table_of_all(person: Person) -> None:
    person.commands("start")
    person.presses("suit", "no", "quick")
    answers_everything(person, {})


def at_my_answers(person: Person) -> None:
    person.commands("answers")


def at_my_data(person: Person) -> None:
    person.commands("data")


def at_the_last_warning(person: Person) -> None:
    person.commands("data")
    person.presses("erase")


def at_the_staff(person: Person) -> None:
    joins(person, ADMINISTRATOR)
    person.presses("staff")


def at_a_new_round(person: Person) -> None:
    joins(person, ADMINISTRATOR)
    person.presses("rounds", "new")


def at_the_preview_of_a_round(person: Person) -> None:
    joins(person, ADMINISTRATOR)
    a_round(person)
    person.presses("rounds", "round:1", "close")
    person.says("名额已满")


def at_a_new_announcement(person: Person) -> None:
    joins(person, ADMINISTRATOR)
    person.presses("announcements", "new")


def at_the_preview_of_an_announcement(person: Person) -> None:
    at_a_new_announcement(person)
    person.presses("hz", "everybody", "whole")
    person.says("培训通知 | Training", "三月开班。", "It begins in March.")
    person.presses(NONE)


def at_an_announcement(person: Person) -> None:
    at_the_preview_of_an_announcement(person)
    person.presses("save", "announcement:1")


def at_a_draft_that_is_changed(person: Person) -> None:
    at_an_announcement(person)
    person.presses("edit", "file", DONE)


def at_an_invitation(person: Person) -> None:
    opens_link(person, invited(person, ADMINISTRATOR))


SITUATIONS: list[Callable[[Person], None]] = [
    at_the_menu,
    at_consent,
    at_the_code,
    at_a_programme,
    at_the_conditions,
    at_the_mode,
    at_a_question,
    at_a_result,
    at_the_answers_given,
    at_the_table_of_all,
    at_my_answers,
    at_my_data,
    at_the_last_warning,
    at_the_staff,
    at_a_new_round,
    at_the_preview_of_a_round,
    at_a_new_announcement,
    at_the_preview_of_an_announcement,
    at_an_announcement,
    at_a_draft_that_is_changed,
    at_an_invitation,
]

situations = pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: str(one.__name__))


def standing(person: Person) -> tuple[str, str, int]:
    """Where the conversation stands, as stored."""

    def work(tx: Transaction) -> tuple[str, str, int]:
        active = tx.conversations.active(person.chat)
        assert active is not None
        return active.dialog, str(active.answers), active.revision

    return person.database.run(work)


def same_place(one: Screen, other: Screen) -> bool:
    return (one.dialog, one.state, one.conversation, one.revision) == (
        other.dialog,
        other.state,
        other.conversation,
        other.revision,
    )


@situations
def test_a_stale_press_changes_nothing_and_shows_where_the_conversation_stands(
    tmp_path: Path, situation: Callable[[Person], None]
) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        old = person.now_sees
        person.presses("data")
        situation(person)
        now, before = person.now_sees, standing(person)
        person.presses_again(old, "suit")
        assert standing(person) == before
        assert same_place(person.now_sees, now)
        person.sees("这个按钮属于前面的一步，没有改动。")


@situations
def test_a_doubled_press_is_applied_once(tmp_path: Path, situation: Callable[[Person], None]) -> None:
    with a_person(tmp_path) as person:
        situation(person)
        screen = person.now_sees
        choice = next(one for one in screen.choices if one.role != "navigation")
        pressed = Pressed(screen.conversation, screen.revision, choice.key)
        person.sends(pressed)
        now, before = person.now_sees, standing(person)
        person.sends(pressed)
        assert standing(person) == before
        assert same_place(person.now_sees, now)
        person.sees("没有改动")


@situations
def test_an_update_delivered_twice_counts_once(tmp_path: Path, situation: Callable[[Person], None]) -> None:
    with a_person(tmp_path) as person:
        situation(person)
        before = standing(person)
        first = person.sends_update("twice", Typed("不清楚"))
        after = standing(person)
        second = person.sends_update("twice", Typed("不清楚"))
        assert not first.duplicate
        assert (second.duplicate, second.outbox_ids) == (True, ())
        assert standing(person) == after
        assert before[2] <= after[2]


@situations
def test_help_where_and_language_leave_the_conversation_where_it_is(
    tmp_path: Path, situation: Callable[[Person], None]
) -> None:
    with a_person(tmp_path) as person:
        situation(person)
        now, before = person.now_sees, standing(person)
        person.says("帮助")
        person.sees("随时可以输入", "能否获得认定，只由主管部门决定。")
        person.says("我在哪")
        person.sees("您在这里：")
        person.says("English")
        assert person.now_sees.language == "en"
        assert same_place(person.now_sees, now)
        person.says("中文")
        assert person.now_sees == now.model_copy(update={"blocks": person.now_sees.blocks})
        assert standing(person) == before


@situations
def test_a_sticker_is_answered_with_what_this_step_needs(
    tmp_path: Path, situation: Callable[[Person], None]
) -> None:
    with a_person(tmp_path) as person:
        situation(person)
        now, before = person.now_sees, standing(person)
        person.sends_a("sticker")
        person.sees("收到一张贴纸", "这一步需要")
        assert same_place(person.now_sees, now)
        assert standing(person) == before
        person.sends_a("something nobody heard of")
        person.sees("收到一条消息")


@situations
@pytest.mark.parametrize("word", ["取消", "菜单"])
def test_cancel_and_menu_lead_to_the_menu(
    tmp_path: Path, situation: Callable[[Person], None], word: str
) -> None:
    with a_person(tmp_path) as person:
        situation(person)
        person.says(word)
        person.is_at("menu", "menu")


@situations
def test_back_as_often_as_one_likes_ends_at_the_menu(
    tmp_path: Path, situation: Callable[[Person], None]
) -> None:
    with a_person(tmp_path) as person:
        situation(person)
        for _ in range(120):
            if person.says("返回").dialog == "menu":
                break
        person.is_at("menu", "menu")


@situations
def test_nonsense_is_answered_and_changes_nothing(
    tmp_path: Path, situation: Callable[[Person], None]
) -> None:
    with a_person(tmp_path) as person:
        situation(person)
        if situation is at_the_code:
            return
        before = standing(person)
        for text in ("@@@", "９９９９９９９９９９９９", "\u200b", "￥" * 1000, "SELECT 1; --", "<b>hi</b>"):
            person.says(text)
        assert standing(person) == before


def test_a_press_that_was_never_offered_changes_nothing(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        screen, before = person.now_sees, standing(person)
        for key in ("@done", "@unsure", "@edit:menu", "@page:1", "@reading0", "no-such", "f:registered_city"):
            person.sends(Pressed(screen.conversation, screen.revision, key))
        assert standing(person)[0] == before[0]
        person.is_at("menu", "menu")


def test_where_lists_the_answers_and_changes_them(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        at_consent(person)
        person.presses("yes")
        person.says("示列精工", "不填")
        person.commands("where")
        person.sees("贵单位的名称是什么？", "示列精工")
        person.presses("修改：贵单位的名称是什么？")
        person.says("示例精工")
        person.is_at("organisation", "district")


def test_several_conversations_are_parked_and_taken_up_again(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        person.presses("@unsure")
        first = person.now_sees
        checks(person, "wuhu-incubation-pool")
        person.presses("@unsure", "@unsure")
        second = person.now_sees
        person.says("菜单")
        person.sees_choices("继续：自查：郑州市企业卓越绩效管理孵化基地")
        person.presses("继续：自查：郑州市企业卓越绩效管理孵化基地")
        assert same_place(person.now_sees, first)
        person.says("菜单")
        person.says("芜湖市创奖孵化池（征求意见稿）")
        person.presses("check")
        assert same_place(person.now_sees, second)


def test_a_cancelled_conversation_is_not_offered_again(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        person.presses("@unsure")
        person.says("取消")
        person.sees("已取消")
        assert not [one for one in person.now_sees.choices if one.label.startswith("继续")]


def test_the_web_is_shown_what_was_typed_and_pressed(tmp_path: Path) -> None:
    with a_person(tmp_path, channel="web") as person:
        person.commands("start")
        assert person.said == ""
        person.presses("suit")
        assert person.said == "我能申报什么？"
        person.says("暂不留资料")
        assert person.said == "暂不留资料"


def test_a_command_can_be_typed_in_both_languages_and_with_a_slash(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.says("/data")
        person.is_at("data", "overview")
        person.says("my answers")
        person.is_at("answers", "list")
        person.says("Menu!")
        person.is_at("menu")
