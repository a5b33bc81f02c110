"""Taking a role on Telegram: by a deep link, once, by a press."""

from __future__ import annotations

from bot.house import House
from dialogs import staff_acts
from domain.staff import OPERATOR, Grant, Role, Scope, start_argument
from domain.store import Transaction
from tests.support.telegram import Bot, Chatter

OFFICER = Grant(Role.COUNTY_OFFICER, Scope("zhengzhou-incubation-base", "中原区"))


def invited(bot: Bot) -> str:
    async def work(house: House) -> tuple[str, str]:
        made = await house.database.run(
            lambda tx: staff_acts.invite(tx, OPERATOR, OFFICER, house.clock.now())
        )
        return made.token, house.addresses.of_invitation(made.token)[0]

    async def first_link(house: House) -> str:
        return house.addresses.of_invitation("x")[0]

    # The name of the bot is known as soon as Telegram has answered for the first time.
    bot.api.wait_until(
        lambda: bot.run(first_link).startswith("https://t.me/"), what="the bot did not learn its name"
    )
    token, link = bot.run(work)
    assert link.endswith(f"?start={start_argument(token)}")
    return start_argument(token)


def held(bot: Bot) -> list[tuple[Grant, int | None]]:
    def work(tx: Transaction) -> list[tuple[Grant, int | None]]:
        return [(one.grant, one.person_id) for one in tx.staff.all() if one.holds]

    return bot.read(work)


def test_a_deep_link_leads_to_the_question_and_a_press_to_the_role(bot: Bot) -> None:
    argument = invited(bot)
    wang = Chatter(bot)
    wang.starts(argument)
    wang.sees("您受邀担任一个角色", "区县工作人员", "中原区")
    assert held(bot) == []
    wang.chooses("accept")
    wang.sees("您现在是：区县工作人员")
    assert [grant for grant, _ in held(bot)] == [OFFICER]

    jo = Chatter(bot, "Jo", "en-GB")
    jo.starts(argument)
    jo.sees("This invitation was used already.")
    assert len(held(bot)) == 1


def test_what_carried_the_token_is_forgotten_once_it_is_handled(bot: Bot) -> None:
    argument = invited(bot)
    wang = Chatter(bot)
    wang.starts(argument)

    def payloads(tx: Transaction) -> list[str]:
        return [row.payload_json for row in tx.updates.list("done", 100)]

    assert all(argument not in payload for payload in bot.read(payloads))


def test_an_administrator_invites_from_telegram_with_a_link_of_the_bot(bot: Bot) -> None:
    def give(tx: Transaction) -> None:
        chat = wang.chat
        assert chat is not None
        tx.staff.add(tx.chats.get(chat).person_id, Grant(Role.ADMINISTRATOR), bot.clock.now(), None)

    wang = Chatter(bot)
    wang.starts()
    bot.run(lambda house: house.database.run(give))
    wang.types("/menu")
    wang.chooses("staff")
    wang.chooses("invite")
    wang.chooses("administrator")
    wang.chooses("yes")
    wang.sees("https://t.me/", "?start=i_")
