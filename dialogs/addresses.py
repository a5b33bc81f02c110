"""Where the product is reached from outside, for links that somebody opens on another device."""

from __future__ import annotations

from dataclasses import dataclass

from domain.staff import start_argument

INVITATION_PATH = "/invitation"


@dataclass(slots=True)
class Addresses:
    """The address of the web chat, and the name of the bot once Telegram has said it; empty where there is none."""

    web: str = ""
    bot: str = ""

    def of_invitation(self, token: str) -> tuple[str, ...]:
        """The links of an invitation. The token stands behind ``#``, which browsers keep to themselves."""
        argument = start_argument(token)
        links = [f"https://t.me/{self.bot}?start={argument}"] if self.bot else []
        return (*links, f"{self.web}{INVITATION_PATH}#{argument}")
