"""Whole self-checks on Telegram, in each language, with the product as it is served."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.self_check import ZHENGZHOU, Told
from tests.support.telegram import Bot, Chatter

PROGRAMME = "zhengzhou-incubation-base"

IN_ENGLISH: Mapping[str, Told] = {
    "registered_city": "Zhengzhou",
    "excellence_model_since": "March 2025",
    "excellence_model_uninterrupted": "yes",
    "sales_revenue_rank": "1, 2, 3",
    "net_profit": "2023: 1.2 million; 2024: 0; 2025: 3 million",
    "government_quality_award_level": "[county",
    "government_quality_award_kind": "[organisation",
    "government_quality_award_ended": "no",
    "base_management_systems": ("[culture", "[market_network", "[@done"),
    "iso_9001_certificate": "1 March 2028",
    "iso_14001_certificate": ("[yes", "1 March 2028"),
    "committed_incubatees": "12",
}


def test_a_whole_self_check_in_chinese_from_the_menu_to_the_paper(bot: Bot) -> None:
    wang = Chatter(bot)
    menu = wang.starts()
    wang.sees("您好", "您想做什么")
    wang.chooses(f"p:{PROGRAMME}")
    assert wang.person.last.id == menu.id, "the menu gives way to the programme"
    wang.chooses("check")
    wang.chooses("no")
    wang.chooses("gaps")
    wang.answers_everything(ZHENGZHOU)
    assert wang.state == "result"
    wang.sees("没有发现", "第六条")
    paper = wang.presses("打印")
    assert paper.file_name is not None
    assert paper.file_name.startswith(f"zhuoyue-{PROGRAMME}-")
    assert paper.file_name.endswith(".html")


def test_a_whole_self_check_in_english_finds_the_obstacle_and_when_it_goes(bot: Bot) -> None:
    jo = Chatter(bot, "Jo", "en-GB")
    jo.begins(PROGRAMME)
    jo.answers_everything(IN_ENGLISH)
    assert jo.state == "result"
    jo.sees("not met today", "March 2025; 4 months 10 days short of 2 years", "1 March 2027")


def test_after_a_restart_in_the_middle_the_answers_are_there_and_the_old_buttons_work(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    for _ in range(5):
        wang.answers(ZHENGZHOU)
    state, shown = wang.state, wang.living
    bot.restart()
    assert wang.state == state
    wang.chooses("@unsure", on=shown)
    assert wang.state != state
    wang.answers_everything(ZHENGZHOU)
    assert wang.state == "result"


def test_what_was_said_while_nobody_listened_is_answered_afterwards(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    bot.stop()
    wang.person.type("郑州市")
    bot.start()
    wang.person.wait_for("郑州市")


def test_an_earlier_answer_is_changed_from_where_the_conversation_stands(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    wang.chooses("zhengzhou")
    wang.chooses("@edit:f:registered_city")
    assert "✓ 郑州市" in wang.living.labels
    wang.chooses("hangzhou")
    wang.sees("✏️", "杭州市")


def test_buttons_edit_one_message_and_typed_texts_bring_a_new_one(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    first = wang.living
    wang.chooses("@unsure")
    assert wang.living.id == first.id
    wang.types("是的")
    second = wang.living
    assert second.id > first.id
    assert [message.buttons for message in wang.person.received() if message.id == first.id] == [()]
    wang.chooses("@unsure")
    assert wang.living.id == second.id


def test_a_date_is_chosen_by_buttons_alone(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    while wang.state != "f:excellence_model_since":
        wang.answers({})
    for label in ("🗓", "2024年", "2024年5月", "20"):
        wang.presses(label, on=wang.living)
    wang.sees("2024年5月20日")
    assert wang.state != "f:excellence_model_since"


def test_several_answers_are_ticked_in_place(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    while wang.state != "f:base_management_systems":
        wang.answers(ZHENGZHOU)
    key = next(choice.key for choice in wang.screen.choices if not choice.key.startswith("@"))
    assert not any(label.startswith("☑️") for label in wang.living.labels)
    before = wang.living.id
    wang.chooses(key)
    assert wang.living.id == before
    assert sum(label.startswith("☑️") for label in wang.living.labels) == 1


def test_which_programmes_suit_us_comes_as_cards(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts("check")
    wang.chooses("no")
    if wang.state == "mode":
        wang.chooses("quick")
    wang.answers_everything({"registered_city": "[hangzhou"})
    wang.sees("• ", "深圳")


def test_my_data_comes_as_a_file_and_can_be_erased(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    wang.types("/data")
    file = wang.presses("📄")
    assert file.file_name == "zhuoyue-my-data.json"
    wang.chooses("erase")
    wang.chooses("yes")
    wang.sees("删除")


def test_the_language_is_that_of_telegram_first_and_then_what_the_person_chose(bot: Bot) -> None:
    jo = Chatter(bot, "Jo", "de")
    jo.starts()
    jo.sees("Hello")
    jo.types("/language")
    jo.sees("您想做什么")
    jo.types("/menu")
    assert jo.screen.language == "zh_CN"
