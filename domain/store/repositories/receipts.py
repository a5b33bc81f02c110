"""Receipts of evaluations: the exact text that was made, sealed with the key of the person of the chat."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, func, insert, select

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import StoredReceipt
from domain.store.schema import receipts
from domain.store.statements import Row, Statement

_PLACE = "receipts.receipt"

_RECEIPT = select(
    receipts.c.id,
    receipts.c.chat_id,
    receipts.c.organisation_id,
    receipts.c.programme,
    receipts.c.version,
    receipts.c.content_hash,
    receipts.c.as_of,
    receipts.c.verdict,
    receipts.c.receipt,
    receipts.c.created_at,
)
_GET = Statement(_RECEIPT.where(receipts.c.id == bindparam("id")))
_OF_CHAT = Statement(_RECEIPT.where(receipts.c.chat_id == bindparam("chat")).order_by(receipts.c.id))
_LATEST_OF_CHAT = Statement(
    _RECEIPT.where(
        receipts.c.id.in_(
            select(func.max(receipts.c.id))
            .where(receipts.c.chat_id == bindparam("chat"))
            .group_by(receipts.c.programme)
        )
    ).order_by(receipts.c.id)
)
_OF_ORGANISATION = Statement(
    _RECEIPT.where(receipts.c.organisation_id == bindparam("organisation")).order_by(receipts.c.id)
)
_IDS = Statement(select(receipts.c.id).order_by(receipts.c.id))
_ADD = Statement(
    insert(receipts)
    .values(
        chat_id=bindparam("chat_id"),
        organisation_id=bindparam("organisation_id"),
        programme=bindparam("programme"),
        version=bindparam("version"),
        content_hash=bindparam("content_hash"),
        as_of=bindparam("as_of"),
        verdict=bindparam("verdict"),
        receipt=bindparam("receipt"),
        created_at=bindparam("created_at"),
    )
    .returning(receipts.c.id)
)


class Receipts:
    """`tx.receipts`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(
        self,
        *,
        chat_id: int,
        organisation_id: int | None,
        programme: str,
        version: str,
        content_hash: str,
        as_of: date,
        verdict: str,
        receipt_json: str,
        created_at: datetime,
    ) -> int:
        """Store a receipt and give its id."""
        row = self._context.sql.one(
            _ADD,
            chat_id=chat_id,
            organisation_id=organisation_id,
            programme=programme,
            version=version,
            content_hash=content_hash,
            as_of=as_of.isoformat(),
            verdict=verdict,
            receipt=self._context.chat_key(chat_id).seal(receipt_json, _PLACE),
            created_at=to_stored(created_at),
        )
        receipt_id: int = row[0]
        return receipt_id

    def get(self, receipt_id: int) -> StoredReceipt | None:
        """The receipt with this id, whoever asked for it."""
        row = self._context.sql.row(_GET, id=receipt_id)
        return None if row is None else self._receipt(row)

    def ids(self) -> tuple[int, ...]:
        """The ids of all receipts, oldest first."""
        return tuple(row[0] for row in self._context.sql.rows(_IDS))

    def of_chat(self, chat_id: int) -> tuple[StoredReceipt, ...]:
        """The receipts of a chat, oldest first."""
        return tuple(map(self._receipt, self._context.sql.rows(_OF_CHAT, chat=chat_id)))

    def latest_of_chat(self, chat_id: int) -> tuple[StoredReceipt, ...]:
        """The latest receipt of each programme of a chat."""
        return tuple(map(self._receipt, self._context.sql.rows(_LATEST_OF_CHAT, chat=chat_id)))

    def of_organisation(self, organisation_id: int) -> tuple[StoredReceipt, ...]:
        """The receipts about an organisation, oldest first."""
        return tuple(
            map(self._receipt, self._context.sql.rows(_OF_ORGANISATION, organisation=organisation_id))
        )

    def _receipt(self, row: Row) -> StoredReceipt:
        (
            receipt_id,
            chat_id,
            organisation_id,
            programme,
            version,
            content_hash,
            as_of,
            verdict,
            sealed,
            at,
        ) = row
        return StoredReceipt(
            receipt_id,
            chat_id,
            organisation_id,
            programme,
            version,
            content_hash,
            date.fromisoformat(as_of),
            verdict,
            self._context.chat_key(chat_id).open(sealed, _PLACE),
            from_stored(at),
        )
