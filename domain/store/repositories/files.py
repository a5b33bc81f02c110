"""Files people handed in, sealed with the key of the person of the chat; each has a name of our own making."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, exists, insert, or_, select, text, update

from domain.store.context import Context
from domain.store.errors import NotFound
from domain.store.instants import from_stored, to_stored
from domain.store.records import StoredFile
from domain.store.schema import KEPT, NOT_KEPT, announcement_files, announcements, file_references, files
from domain.store.statements import Row, Statement
from domain.store.upserts import insert as insert_or_change
from domain.uploads.files import EXTENSIONS, Received

_NAME_PLACE = "files.name"
_CONTENT_PLACE: Final = "files.content"
_RANDOM_BYTES: Final = 16

_FILE = select(
    files.c.id,
    files.c.chat_id,
    files.c.conversation_id,
    files.c.stored_name,
    files.c.name,
    files.c.kind,
    files.c.size,
    files.c.sha256,
    files.c.created_at,
    files.c.kept_for,
)
_GET = Statement(_FILE.where(files.c.id == bindparam("id")))
_NAMED = Statement(_FILE.where(files.c.stored_name == bindparam("stored_name")))
_OF_CHAT = Statement(_FILE.where(files.c.chat_id == bindparam("chat")).order_by(files.c.id))
_CONTENT = Statement(select(files.c.chat_id, files.c.content).where(files.c.id == bindparam("id")))
_NOT_KEPT = Statement(
    select(files.c.id, files.c.conversation_id)
    .where(text(NOT_KEPT), files.c.created_at < bindparam("before"))
    .order_by(files.c.conversation_id, files.c.id)
)
_ADD = Statement(
    insert(files)
    .values(
        chat_id=bindparam("chat_id"),
        conversation_id=bindparam("conversation_id"),
        stored_name=bindparam("stored_name"),
        name=bindparam("name"),
        kind=bindparam("kind"),
        size=bindparam("size"),
        sha256=bindparam("sha256"),
        created_at=bindparam("created_at"),
        content=bindparam("content"),
    )
    .returning(files.c.id)
)
_KEEP = Statement(
    update(files).where(files.c.id == bindparam("of_id")).values(kept_for=bindparam("new_kept_for"))
)
_LET_GO = Statement(
    update(files)
    .where(
        text(KEPT),
        files.c.kept_for.startswith("announcement:"),
        ~exists().where(
            announcement_files.c.file_id == files.c.id,
            announcements.c.id == announcement_files.c.announcement_id,
            or_(announcements.c.ended_at.is_(None), announcements.c.ended_at >= bindparam("before")),
        ),
    )
    .values(kept_for=None)
)
_REFERENCE = Statement(
    select(file_references.c.reference).where(
        file_references.c.file_id == bindparam("file"), file_references.c.place == bindparam("place")
    )
)
_CARRIED = insert_or_change(file_references).values(
    file_id=bindparam("file_id"), place=bindparam("place"), reference=bindparam("reference")
)
_REFER = Statement(
    _CARRIED.on_conflict_do_update(
        index_elements=["file_id", "place"], set_={"reference": _CARRIED.excluded.reference}
    )
)
_REMOVE = Statement(delete(files).where(files.c.id == bindparam("id"), text(NOT_KEPT)))


class Files:
    """`tx.files`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, chat_id: int, conversation_id: int | None, file: Received, now: datetime) -> StoredFile:
        """Store a file for a conversation; without one it goes within days, unless something keeps it."""
        key = self._context.chat_key(chat_id)
        stored_name = secrets.token_hex(_RANDOM_BYTES) + EXTENSIONS[file.kind]
        row = self._context.sql.one(
            _ADD,
            chat_id=chat_id,
            conversation_id=conversation_id,
            stored_name=stored_name,
            name=key.seal(file.name, _NAME_PLACE),
            kind=file.kind,
            size=file.size,
            sha256=file.sha256,
            created_at=to_stored(now),
            content=key.seal_bytes(file.content, _CONTENT_PLACE),
        )
        return StoredFile(
            row[0],
            chat_id,
            conversation_id,
            stored_name,
            file.name,
            file.kind,
            file.size,
            file.sha256,
            now,
            None,
        )

    def get(self, file_id: int) -> StoredFile | None:
        """The file with this id, whosever it is."""
        row = self._context.sql.row(_GET, id=file_id)
        return None if row is None else self._file(row)

    def named(self, stored_name: str) -> StoredFile | None:
        """The file we call so, whosever it is."""
        row = self._context.sql.row(_NAMED, stored_name=stored_name)
        return None if row is None else self._file(row)

    def of_chat(self, chat_id: int) -> tuple[StoredFile, ...]:
        """The files of a chat, oldest first."""
        return tuple(map(self._file, self._context.sql.rows(_OF_CHAT, chat=chat_id)))

    def content(self, file_id: int) -> bytes:
        """What is in a file. Raises NotFound."""
        row = self._context.sql.row(_CONTENT, id=file_id)
        if row is None:
            raise NotFound(f"file {file_id}")
        return self._context.chat_key(row[0]).open_bytes(row[1], _CONTENT_PLACE)

    def keep(self, file_id: int, kept_for: str | None) -> None:
        """Say what goes on needing a file when its conversation is over (None: nothing any more). Raises NotFound."""
        if not self._context.sql.change(_KEEP, of_id=file_id, new_kept_for=kept_for):
            raise NotFound(f"file {file_id}")

    def let_go_of_announced(self, before: datetime) -> int:
        """Nothing needs the files any more of announcements that were over before an instant, or are not there; says
        how many those were.
        """
        return self._context.sql.change(_LET_GO, before=to_stored(before))

    def reference(self, file_id: int, place: str) -> str | None:
        """What a file is called at a place where it was carried before; None where it was not."""
        row = self._context.sql.row(_REFERENCE, file=file_id, place=place)
        return None if row is None else str(row[0])

    def refer(self, file_id: int, place: str, reference: str) -> None:
        """Note what a file is called at a place; nothing for a file that is gone meanwhile."""
        if self.get(file_id) is not None:
            self._context.sql.change(_REFER, file_id=file_id, place=place, reference=reference)

    def not_kept(self, before: datetime) -> tuple[tuple[int, int | None], ...]:
        """The files from before an instant that only a conversation can need: their ids, and the conversations'."""
        rows = self._context.sql.rows(_NOT_KEPT, before=to_stored(before))
        return tuple((file_id, conversation_id) for file_id, conversation_id in rows)

    def remove(self, file_ids: Iterable[int]) -> int:
        """Remove files, but none that is kept for something; says how many those were."""
        removed = sum(self._context.sql.change(_REMOVE, id=file_id) for file_id in file_ids)
        if removed:
            self._context.sql.after_commit_checkpoint()
        return removed

    def _file(self, row: Row) -> StoredFile:
        file_id, chat_id, conversation_id, stored_name, name, kind, size, sha256, created_at, kept_for = row
        return StoredFile(
            file_id,
            chat_id,
            conversation_id,
            stored_name,
            self._context.chat_key(chat_id).open(name, _NAME_PLACE),
            kind,
            size,
            sha256,
            from_stored(created_at),
            kept_for,
        )
