"""The living message of a chat: which messages show the screen that can be pressed now, and since when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from domain.made_often import made_often
from domain.store import Living

OLD: Final = timedelta(hours=24)
"""After so long people look for news at the end of a chat."""

BURIED: Final = 0
"""No conversation: what is shown may no longer be edited in place."""

_REF: Final = re.compile(r"(\d+(?:,\d+)*)@(\d+)(?:/(\d+))?(!)?(?:\+(\d+))?(?:~(\d+))?", re.ASCII)


@made_often(frozen=True, slots=True)
class Shown:
    """The messages of one screen, in order; the buttons are under the last.

    `phone_key` is the message that brought the key to share one's phone number, while there is one. `keep`: what they
    show is worth finding again, so that another conversation does not take their place. `begun`: these are only the first
    parts of that message of the outbox; what is left of it is still to be sent. `prompt` is the line below that asks to write.
    """

    messages: tuple[int, ...]
    at: datetime
    phone_key: int | None = None
    keep: bool = False
    begun: int | None = None
    prompt: int | None = None

    @staticmethod
    def of(living: Living | None) -> Shown | None:
        """What is noted with a chat."""
        return None if living is None else _noted(living.message_ref)

    def note(self, conversation: int) -> Living:
        """How it is noted with a chat."""
        numbers = ",".join(str(number) for number in self.messages)
        key = f"/{self.phone_key}" if self.phone_key is not None else ""
        begun = f"+{self.begun}" if self.begun is not None else ""
        prompt = f"~{self.prompt}" if self.prompt is not None else ""
        ref = f"{numbers}@{int(self.at.timestamp())}{key}{'!' if self.keep else ''}{begun}{prompt}"
        return Living(conversation, ref, self.messages[-1])

    def gives_way_to(self, conversation: int, living: Living, now: datetime) -> bool:
        """Whether a screen of this conversation may be shown in their place."""
        if living.conversation == BURIED or now - self.at > OLD:
            return False
        return living.conversation == conversation or not self.keep


@lru_cache(512)
def _noted(ref: str) -> Shown | None:
    """What a note says. While somebody presses buttons it stays as it is, and is asked for twice in every turn."""
    found = _REF.fullmatch(ref)
    if found is None:
        return None
    return Shown(
        tuple([int(number) for number in found[1].split(",")]),
        datetime.fromtimestamp(int(found[2]), UTC),
        int(found[3]) if found[3] else None,
        bool(found[4]),
        int(found[5]) if found[5] else None,
        int(found[6]) if found[6] else None,
    )


def buried(living: Living | None, pressed: int | None) -> Living | None:
    """What to note once something came in; None when nothing has to change.

    Only a press on the living message itself leaves it where the person looks: a message sends it up, and who presses an
    older button looks elsewhere.
    """
    if living is None or living.conversation == BURIED:
        return None
    shown = _noted(living.message_ref)
    return None if shown is None or shown.messages[-1] == pressed else living.buried
