"""Somebody with an account, and the chat with the bot."""

from __future__ import annotations

from tests.support.telegram_api.model import Chat, User
from tests.support.telegram_api.world import World, private_chat


class Account:
    """An account in the world."""

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user

    @property
    def id(self) -> int:
        """The number of the account; it is the number of the chat with the bot too."""
        return self.user.id

    @property
    def chat(self) -> Chat:
        """The chat with the bot; opened when it is first looked at, but the bot may not write before the person did."""
        with self.world.lock:
            return self.world.chats.get(self.user.id) or self.world.add_chat(private_chat(self.user))
