"""A strict Bot API of our own, over real HTTP, with people who use the bot.

Written from https://core.telegram.org/bots/api; where that is silent, from what Telegram's own open server does.

    with TelegramApi() as api:
        wang = api.person("王芳")
        wang.start()
        wang.wait_for("您好")
        wang.press("自查")
"""

from tests.support.telegram_api.api import TOKEN, TelegramApi
from tests.support.telegram_api.faults import Fault, Faults
from tests.support.telegram_api.group import Group
from tests.support.telegram_api.person import Person
from tests.support.telegram_api.sight import Button, Seen

__all__ = ["TOKEN", "Button", "Fault", "Faults", "Group", "Person", "Seen", "TelegramApi"]
