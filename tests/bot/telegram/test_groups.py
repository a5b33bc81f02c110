"""In groups the bot answers when it is called, shows nothing of anybody, and leads on to a private chat."""

from __future__ import annotations

from tests.support.telegram import Bot, Chatter

PROGRAMME = "zhengzhou-incubation-base"


def test_in_a_group_it_leads_to_a_private_chat(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    wang.chooses("zhengzhou")
    group = bot.api.group("质量奖交流", wang.person)
    wang.person.type(f"/start@{bot.api.username} {PROGRAMME}", to=group.chat)
    answer = wang.person.wait_for("私聊", chat=group.chat)
    assert answer.buttons[0].url == f"https://t.me/{bot.api.username}?start={PROGRAMME}"
    assert "郑州" not in answer.text
    group.mention(wang.person, "怎么申报？")
    wang.person.wait_for("私聊", chat=group.chat, after=answer.id)


def test_in_a_group_it_minds_its_own_business(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    group = bot.api.group("质量奖交流", wang.person)
    wang.person.type("大家好", to=group.chat)
    wang.person.type("/help@some_other_bot", to=group.chat)
    wang.types("/help")
    assert wang.person.received(group.chat) == []


def test_a_group_that_becomes_a_supergroup_is_followed(bot: Bot) -> None:
    wang = Chatter(bot)
    group = bot.api.group("质量奖交流", wang.person)
    wang.person.type(f"/help@{bot.api.username}", to=group.chat)
    wang.person.wait_for("私聊", chat=group.chat)
    group.upgrade()
    wang.person.type(f"/help@{bot.api.username}", to=group.chat)
    wang.person.wait_for("私聊", chat=group.chat)


def test_a_channel_hears_nothing(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    channel = bot.api.group("公告", wang.person, kind="channel")
    channel.post(f"@{bot.api.username} 你好")
    wang.types("/help")
    assert wang.person.received(channel.chat) == []
