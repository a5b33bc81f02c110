"""Messages people got twice, and why each of them could be: nobody knew that the first had arrived."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from bot.telegram.callback_data import Press, unpack
from bot.telegram.notes import outgoing
from dialogs.engine.screen import ScreenMessage
from tests.bot.telegram.faults.looking_back import Kept
from tests.support.telegram_api.record import Record, Request

LOST_ANSWERS = frozenset({"DROP_AFTER", "HANG_AFTER", "GARBAGE"})
"""Faults after which the message is there and the sender cannot know."""

WINDOW_SECONDS = 20.0
"""Between Telegram's taking a message and the commit that says so: a call, and a commit."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many messages were sent, how many of them once more, and the reasons."""

    sends: int
    after_lost_answer: int
    after_kill: int
    unexplained: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.sends} messages sent, {self.after_lost_answer} of them again because Telegram's answer was lost, "
            f"{self.after_kill} because the process died between sending and noting it, {len(self.unexplained)} otherwise"
        )


def repeats(record: Record, kills: list[float], chats: Mapping[int, Kept]) -> Repeats:
    """Find what was sent more often than it was put into the outbox. `kills` are instants of the fake's clock."""
    screens: dict[tuple[int, int, int], list[Request]] = defaultdict(list)
    sends = record.sends()
    for request in sends:
        place = _place(request)
        if place is not None:
            screens[(request.chat_id or 0, *place)].append(request)
    put = _put(chats)
    lost = killed = 0
    unexplained: list[str] = []
    for where, same in screens.items():
        reasons = [_reason(first, second, kills) for first, second in pairwise(same)]
        lost += reasons.count("lost answer")
        killed += reasons.count("kill")
        # Who presses an old button is told once more where the conversation stands: a message of its own.
        if reasons.count("") > put[where] - 1:
            numbers = [(request.number, request.fault, request.status) for request in same]
            unexplained.append(f"chat, conversation, revision {where}: {numbers}")
    return Repeats(len(sends), lost, killed, tuple(unexplained))


def _reason(first: Request, second: Request, kills: list[float]) -> str:
    if first.fault in LOST_ANSWERS:
        return "lost answer"
    if any(first.at <= kill <= min(second.at, first.at + WINDOW_SECONDS) for kill in kills):
        return "kill"
    return ""


def _put(chats: Mapping[int, Kept]) -> Counter[tuple[int, int, int]]:
    """How many messages show a screen, by chat, conversation and revision; an edit is no further one."""
    shown: set[tuple[int, int, int, str]] = set()
    for chat, kept in chats.items():
        for row in kept.rows:
            message = outgoing(row.message_json)
            if isinstance(message, ScreenMessage):
                screen = message.screen
                shown.add((chat, screen.conversation, screen.revision, kept.refs[row.id]))
    return Counter(place[:3] for place in shown)


def _place(request: Request) -> tuple[int, int] | None:
    """Conversation and revision of the screen a request shows."""
    markup = request.parameters.get("reply_markup")
    rows = (json.loads(markup) if isinstance(markup, str) else markup or {}).get("inline_keyboard", [])
    for row in rows:
        for button in row:
            carried = unpack(button.get("callback_data") or "")
            if isinstance(carried, Press):
                return carried.conversation, carried.revision
    return None
