"""Groups and channels, with the bot in them or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.model import Chat, ChatKind, Message, Standing
from tests.support.telegram_api.person import Person
from tests.support.telegram_api.world import World

FIRST_GROUP = 4_000_000
FIRST_SUPERGROUP = 1_000_000_000_000


class Group:
    """A group of people."""

    def __init__(self, world: World, chat: Chat, founder: Person) -> None:
        self.world = world
        self.chat = chat
        self.founder = founder

    @classmethod
    def found(cls, world: World, title: str, people: Iterable[Person], kind: ChatKind, bot: Standing) -> Self:
        """Found a group; the first of its people is its founder."""
        members = list(people)
        assert members, "a group needs somebody"
        chat = Chat(cls._number(world, kind), kind, title, members={person.id for person in members})
        chat.last_bot_spoke = True
        group = cls(world, world.add_chat(chat), members[0])
        if bot in {"member", "administrator"}:
            group.add_bot()
            chat.bot = bot
        return group

    @staticmethod
    def _number(world: World, kind: ChatKind) -> int:
        number = world.fresh_number()
        return -(FIRST_GROUP + number) if kind == "group" else -(FIRST_SUPERGROUP + number)

    @property
    def id(self) -> int:
        """The number of the chat; another one once it was upgraded."""
        return self.chat.id

    def join(self, person: Person) -> None:
        """Somebody comes."""
        with self.world.lock:
            self.chat.members.add(person.id)
            self._service(person, {"new_chat_members": [person.user.json()]})

    def mention(self, person: Person, text: str) -> Message:
        """Somebody speaks to the bot by its name."""
        return person.type(f"@{self.world.bot.username} {text}", to=self.chat)

    def add_bot(self) -> None:
        """Bring the bot in."""
        with self.world.lock:
            old = self.chat.bot
            self.chat.bot = "member"
            self.chat.members.add(self.world.bot.id)
            self.world.membership(self.chat, self.founder.user, old, "member")
            if self.chat.kind != "channel":
                self._service(self.founder, {"new_chat_members": [self.world.bot.json()]})

    def remove_bot(self) -> None:
        """Throw the bot out."""
        with self.world.lock:
            old = self.chat.bot
            if self.chat.kind != "channel":
                self._service(self.founder, {"left_chat_member": self.world.bot.json()})
            self.chat.bot = "kicked"
            self.chat.members.discard(self.world.bot.id)
            self.world.membership(self.chat, self.founder.user, old, "kicked")

    def upgrade(self) -> None:
        """Make a supergroup of it: from now on it has another number."""
        with self.world.lock:
            old = self.chat
            assert old.kind == "group"
            new = Chat(
                self._number(self.world, "supergroup"),
                "supergroup",
                old.title,
                members=set(old.members),
                bot=old.bot,
            )
            new.last_bot_spoke = old.last_bot_spoke
            self.world.add_chat(new)
            self._service(self.founder, {"migrate_to_chat_id": new.id})
            old.migrated_to = new.id
            self.chat = new
            self._service(self.founder, {"migrate_from_chat_id": old.id})

    def post(self, text: str) -> Message:
        """Put a text into a channel."""
        assert self.chat.kind == "channel"
        return self.founder.type(text, to=self.chat)

    def _service(self, by: Person, content: Json) -> None:
        self.world.say(self.chat, by.user, content)
