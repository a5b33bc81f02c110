"""What the bot is and where it is: getMe, getChat, leaveChat."""

from __future__ import annotations

from tests.support.telegram_api.answers import Granted
from tests.support.telegram_api.call import Call, method


@method("getMe")
def get_me(call: Call) -> Granted:
    """The bot itself."""
    return Granted(
        {
            **call.world.bot.json(),
            "can_join_groups": True,
            "can_read_all_group_messages": not call.world.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
    )


@method("getChat")
def get_chat(call: Call) -> Granted:
    """A chat in full."""
    chat = call.known_chat()
    if chat.person is None:
        chat = call.chat()
    return Granted(
        {
            **chat.json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }
    )


@method("leaveChat")
def leave_chat(call: Call) -> Granted:
    """Leave a group."""
    chat = call.chat()
    if chat.person is None:
        chat.bot = "left"
        chat.members.discard(call.world.bot.id)
        call.world.say(chat, call.world.bot, {"left_chat_member": call.world.bot.json()})
        call.world.membership(chat, call.world.bot, "member", "left")
    return Granted(result=True)
