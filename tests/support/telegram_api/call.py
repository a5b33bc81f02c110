"""One call of a method, with what it needs to be carried out, and the table of all methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.telegram_api.answers import Granted, Refusal, bad_request, forbidden
from tests.support.telegram_api.model import Chat, Message
from tests.support.telegram_api.parameters import Parameters
from tests.support.telegram_api.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """What a method works with."""

    world: World
    parameters: Parameters

    def chat(self) -> Chat:
        """The chat the call is about, where the bot may write."""
        chat = self.known_chat()
        if chat.migrated_to is not None:
            raise bad_request(
                "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.migrated_to}
            )
        if chat.person is not None:
            if chat.person.deactivated:
                raise forbidden("user is deactivated")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if chat.bot == "left":
                raise forbidden("bot can't initiate conversation with a user")
        elif chat.bot == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        elif chat.bot == "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        return chat

    def known_chat(self) -> Chat:
        """The chat the call is about."""
        identifier = (self.parameters.text("chat_id") or "").strip()
        if not identifier:
            raise bad_request("chat_id is empty")
        try:
            chat = self.world.chats.get(int(identifier))
        except ValueError:
            chat = None  # names of public chats are nobody's here
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def own_message(self, absent: str, not_mine: str) -> Message:
        """A message of the bot the call is about."""
        chat = self.chat()
        number = self.parameters.integer("message_id")
        if number is None:
            raise bad_request("message identifier is not specified")
        message = chat.messages.get(number)
        if message is None or message.deleted:
            raise bad_request(absent)
        if message.sender is not self.world.bot:
            raise bad_request(not_mine)
        return message


Method = Callable[[Call], Granted]

METHODS: dict[str, Method] = {}
"""Methods by name in small letters: Telegram does not mind the case."""


def method(name: str) -> Callable[[Method], Method]:
    """Enter a function as a method of the Bot API; it runs with the world locked."""

    def entered(function: Method) -> Method:
        METHODS[name.lower()] = function
        return function

    return entered


def known(name: str) -> Method:
    """A method by name."""
    found = METHODS.get(name.lower())
    if found is None:
        raise Refusal(404, "Not Found: method not found")
    return found
