"""Updates wait here until the bot confirms them, 24 hours at most."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.clock import DrivenTime

RETENTION_SECONDS: Final = 24 * 3600
QUIET_SECONDS: Final = 7 * 24 * 3600
"""After a week without updates Telegram counts on from a random number."""

KINDS: Final = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    ]
)
NOT_BY_DEFAULT: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

Lane = tuple[str, int]
"""What a webhook keeps in order: the messages of one chat, the presses of one person."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update as it waits."""

    id: int
    kind: str
    payload: Json
    lane: Lane
    expires_at: float

    def json(self) -> Json:
        """As the Bot API writes it."""
        return {"update_id": self.id, self.kind: self.payload}


@dataclass(slots=True)
class Disorder:
    """What a queue may do that its documentation does not exclude: repeat updates, mix chats."""

    duplicates: float = 0.0
    """Chance that an update that was delivered comes once more, in the same batch or a later one."""

    mixed: bool = False
    """Whether the updates of a batch come in any order between chats; inside one chat it is kept."""

    random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable on purpose


class UpdateQueue:
    """The queue of one bot."""

    def __init__(self, clock: DrivenTime, disorder: Disorder) -> None:
        self._clock = clock
        self._disorder = disorder
        self._waiting: deque[Update] = deque()
        self._lanes: dict[Lane, deque[Update]] = {}
        self._confirmed: deque[Update] = deque(maxlen=1_000)
        self._earliest_end = float("inf")
        self._next_id = disorder.random.randint(100_000_000, 999_999_999)
        self._last_at = clock.now()
        self.allowed = KINDS - NOT_BY_DEFAULT
        self.allowed_as_told: list[str] | None = None
        self.changed: Callable[[], None] = lambda: None
        self.total = 0

    def __len__(self) -> int:
        self._expire()
        return len(self._waiting)

    @property
    def waiting(self) -> list[Update]:
        """What is not confirmed."""
        self._expire()
        return list(self._waiting)

    def put(self, kind: str, payload: Json, lane: Lane, seconds: float = RETENTION_SECONDS) -> Update | None:
        """Add an update, unless the bot does not want its kind."""
        if kind not in self.allowed:
            return None
        self._expire()
        now = self._clock.now()
        if now - self._last_at > QUIET_SECONDS:
            self._next_id = self._disorder.random.randint(1, 999_999_999)
        self._last_at = now
        update = Update(self._next_id, kind, payload, lane, now + seconds)
        self._next_id += 1
        self.total += 1
        self._waiting.append(update)
        self._lanes.setdefault(lane, deque()).append(update)
        self._earliest_end = min(self._earliest_end, update.expires_at)
        self.changed()
        return update

    def allow(self, kinds: list[str] | None) -> None:
        """Choose which updates are made from now on; nothing keeps the choice, an empty list is the default."""
        if kinds is None:
            return
        known = KINDS & {kind.lower() for kind in kinds}
        self.allowed = known or KINDS - NOT_BY_DEFAULT
        self.allowed_as_told = sorted(known) or None

    def confirm(self, offset: int) -> None:
        """Forget what is before an offset, or for a negative one all but the last so many."""
        self._expire()
        if offset < 0:
            while len(self._waiting) > -offset:
                self._forget(self._waiting.popleft())
        elif offset <= self._next_id:  # an offset from the future is ignored
            while self._waiting and self._waiting[0].id < offset:
                self._forget(self._waiting.popleft())

    def drop(self, update: Update) -> None:
        """Forget one update, for it was delivered."""
        if update in self._waiting:
            self._waiting.remove(update)
            self._forget(update)

    def clear(self) -> None:
        """Forget everything that waits."""
        self._waiting.clear()
        self._lanes.clear()

    @property
    def lanes(self) -> list[Lane]:
        """The lanes in which something waits."""
        self._expire()
        return list(self._lanes)

    def first(self, lane: Lane) -> Update | None:
        """The oldest update of a lane."""
        self._expire()
        waiting = self._lanes.get(lane)
        return waiting[0] if waiting else None

    def batch(self, limit: int) -> list[Update]:
        """The next updates, with what disorder is asked for."""
        self._expire()
        found = [self._waiting[index] for index in range(min(limit, len(self._waiting)))]
        return self._disordered(found) if found else found

    def _disordered(self, batch: list[Update]) -> list[Update]:
        chance, dice = self._disorder.duplicates, self._disorder.random
        if chance:
            again = [update for update in batch if dice.random() < chance]
            if self._confirmed and dice.random() < chance:
                again.append(dice.choice(self._confirmed))
            batch = sorted([*batch, *again], key=lambda update: update.id)
        if self._disorder.mixed:
            chats = [update.lane[1] for update in batch]
            dice.shuffle(chats)
            lanes = {chat: [update for update in batch if update.lane[1] == chat] for chat in chats}
            batch = [lanes[chat].pop(0) for chat in chats]
        return batch

    def _forget(self, update: Update) -> None:
        """An update left the row; it was the first of its lane."""
        self._confirmed.append(update)
        lane = self._lanes[update.lane]
        lane.popleft()
        if not lane:
            del self._lanes[update.lane]

    def _expire(self) -> None:
        now = self._clock.now()
        if now < self._earliest_end:
            return
        kept = [update for update in self._waiting if update.expires_at > now]
        self._waiting = deque(kept)
        self._lanes = {}
        for update in kept:
            self._lanes.setdefault(update.lane, deque()).append(update)
        self._earliest_end = min((update.expires_at for update in kept), default=float("inf"))
