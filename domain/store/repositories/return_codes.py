"""Return codes: made from what is stored, stored nowhere."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from domain.privacy.return_codes import ReturnCode, make_return_code, same_code
from domain.store.context import Context
from domain.store.schema import chats, people
from domain.store.statements import Statement

_NOBODY = 0
"""No person has this id: a code for a chat that has none is compared all the same, and never fits."""

_BEHIND_CHAT = Statement(
    select(people.c.id, people.c.consent_at)
    .join_from(chats, people, chats.c.person_id == people.c.id)
    .where(
        chats.c.id == bindparam("chat"),
        chats.c.channel == bindparam("channel"),
        people.c.consent == "given",
    )
)


class ReturnCodes:
    """`tx.return_codes`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def of_chat(self, chat_id: int, channel: str) -> ReturnCode | None:
        """The code of a chat on a channel; None unless the person behind it agreed that data is kept."""
        row = self._context.sql.row(_BEHIND_CHAT, chat=chat_id, channel=channel)
        return None if row is None else self._code(chat_id, row[0], row[1])

    def fits(self, code: ReturnCode, channel: str) -> bool:
        """Whether this is the code of its chat on this channel, in about the same time whatever the answer."""
        row = self._context.sql.row(_BEHIND_CHAT, chat=code.chat_id, channel=channel)
        person_id, consent_at = (_NOBODY, 0) if row is None else row
        fits = same_code(code, self._code(code.chat_id, person_id, consent_at))
        return fits and row is not None

    def _code(self, chat_id: int, person_id: int, consent_at: int | None) -> ReturnCode:
        return make_return_code(self._context.keys.master, chat_id, person_id, consent_at or 0)
