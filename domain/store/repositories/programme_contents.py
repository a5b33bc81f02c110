"""The content of programme versions, by hash, so that a receipt can be replayed for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from domain.store.context import Context
from domain.store.instants import to_stored
from domain.store.schema import programme_contents
from domain.store.statements import Statement
from domain.store.upserts import insert

_KEEP = Statement(
    insert(programme_contents)
    .values(
        content_hash=bindparam("content_hash"),
        programme=bindparam("programme"),
        version=bindparam("version"),
        content=bindparam("content"),
        kept_at=bindparam("kept_at"),
    )
    .on_conflict_do_nothing(index_elements=["content_hash"])
)
_GET = Statement(
    select(programme_contents.c.content).where(programme_contents.c.content_hash == bindparam("content_hash"))
)


class ProgrammeContents:
    """`tx.programme_contents`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def keep(self, *, content_hash: str, programme: str, version: str, content: str, now: datetime) -> None:
        """Keep a content under its hash; one that is kept already stays as it is."""
        self._context.sql.change(
            _KEEP,
            content_hash=content_hash,
            programme=programme,
            version=version,
            content=content,
            kept_at=to_stored(now),
        )

    def get(self, content_hash: str) -> str | None:
        """The content with this hash."""
        row = self._context.sql.row(_GET, content_hash=content_hash)
        return None if row is None else row[0]
