"""What SQLite writes together: rows of many turns that share a commit, in one statement for all of them.

A statement by itself costs SQLite more than the row it writes. So what a turn leaves behind waits in the session until
something could tell the difference: a statement that names the same tables, a part that fails alone, the end of the work. Who
waits for what is worked out from the statements themselves.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.sql.elements import ClauseElement

Pile = Literal["answers", "messages"]
"""What waits together: answers of conversations, and messages with their deliveries."""

PILES: Final[tuple[Pile, ...]] = ("answers", "messages")

ROWS_AT_ONCE: Final = 16
"""Rows in one statement."""

_ANSWERS: Final = re.compile(r"\bconversations\b")
_MESSAGES: Final = re.compile(r"\b(?:outbox|deliveries)\b")


def minds(statement: ClauseElement, text: str) -> tuple[Pile, ...]:
    """What has to be written before a statement with this text is run."""
    if isinstance(statement, Delete):
        # Rows of other tables go with it.
        return PILES
    found: list[Pile] = []
    if _ANSWERS.search(text):
        found.append("answers")
    # Whether a message waits or is dropped depends on whether its chat is blocked.
    if _MESSAGES.search(text) or (isinstance(statement, Update) and "blocked_at=" in text):
        found.append("messages")
    return tuple(found)
