"""The audit trail: who did what to which ids, in a chain that shows tampering.

Each hash covers the line and the hash before it; the head covers which line is the last. Both need the master key, so
who can only write to the database can neither change the trail nor cut off its end. A trail that was wiped out to the
last line looks like one that never began: `zhuoyue db check` prints the number of lines.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import AuditEntry
from domain.store.schema import audit, audit_head
from domain.store.statements import Row, Statement

START: Final = bytes(32)
"""The hash before the first line, and the head of a trail without lines."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9._:-]{0,79}")
_BATCH: Final = 1000

_HEAD = Statement(select(audit_head.c.sequence, audit_head.c.hash).where(audit_head.c.id == 1))
_LOCK_HEAD = Statement(
    select(audit_head.c.sequence, audit_head.c.hash).where(audit_head.c.id == 1).with_for_update()
)
_HASH_AT = Statement(select(audit.c.hash).where(audit.c.sequence == bindparam("sequence")))
_MOVE_HEAD = Statement(
    update(audit_head)
    .where(audit_head.c.id == 1)
    .values(sequence=bindparam("new_sequence"), hash=bindparam("new_hash"))
)
_APPEND = Statement(
    insert(audit).values(
        sequence=bindparam("sequence"),
        kind=bindparam("kind"),
        subject_ids=bindparam("subject_ids"),
        at=bindparam("at"),
        hash=bindparam("hash"),
    )
)
_NEXT = Statement(
    select(audit.c.sequence, audit.c.kind, audit.c.subject_ids, audit.c.at, audit.c.hash)
    .where(audit.c.sequence > bindparam("last"))
    .order_by(audit.c.sequence)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Whether the trail is whole: how many lines hold, and at which sequence it breaks, if it does."""

    entries: int
    broken_at: int | None

    @property
    def sound(self) -> bool:
        """No line was changed, removed, added or reordered outside this program."""
        return self.broken_at is None


class Audit:
    """`tx.audit`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def append(self, kind: str, subject_ids: Mapping[str, int | str], at: datetime) -> int:
        """Add a line and give its sequence number.

        Ids only: ValueError for anything that is not a number or a short lower-case ASCII id, so that no
        name, text or number of a person can get in.
        """
        for word in (kind, *subject_ids, *(v for v in subject_ids.values() if isinstance(v, str))):
            if not _ID.fullmatch(word):
                raise ValueError("the audit trail takes ids only")
        head = self._context.sql.one(_LOCK_HEAD)
        sequence, before = head[0] + 1, self._hash_at(head[0])
        whole = self._is_head(head[1], head[0], before)
        subjects = json.dumps(dict(subject_ids), sort_keys=True, separators=(",", ":"))
        moment = to_stored(at)
        chained = self._chained(before, sequence, kind, subjects, moment)
        self._context.sql.change(
            _APPEND, sequence=sequence, kind=kind, subject_ids=subjects, at=moment, hash=chained
        )
        # What was tampered with is not made good by going on.
        self._context.sql.change(
            _MOVE_HEAD, new_sequence=sequence, new_hash=self._head(sequence, chained) if whole else START
        )
        return int(sequence)

    def entries(self) -> Iterator[AuditEntry]:
        """Every line, oldest first."""
        for sequence, kind, subjects, at, _ in self._lines():
            yield AuditEntry(sequence, kind, json.loads(subjects), from_stored(at))

    def verify(self) -> AuditReport:
        """Follow the whole chain."""
        before, count = START, 0
        for sequence, kind, subjects, at, chained in self._lines():
            expected = self._chained(before, count + 1, kind, subjects, at)
            if sequence != count + 1 or not hmac.compare_digest(expected, chained):
                return AuditReport(count, count + 1)
            before, count = expected, sequence
        head = self._context.sql.row(_HEAD)
        if head is None or head[0] != count or not self._is_head(head[1], count, before):
            return AuditReport(count, count + 1)
        return AuditReport(count, None)

    def _hash_at(self, sequence: int) -> bytes:
        row = self._context.sql.row(_HASH_AT, sequence=sequence) if sequence else None
        return START if row is None else bytes(row[0])

    def _is_head(self, stored: bytes, sequence: int, last: bytes) -> bool:
        expected = self._head(sequence, last) if sequence else START
        return hmac.compare_digest(bytes(stored), expected)

    def _head(self, sequence: int, last: bytes) -> bytes:
        content = b"head" + sequence.to_bytes(8, "big") + last
        return hmac.digest(self._context.keys.master.auditing, content, hashlib.sha256)

    def _lines(self) -> Iterator[Row]:
        last = 0
        while lines := self._context.sql.rows(_NEXT, last=last, most=_BATCH):
            yield from lines
            last = lines[-1][0]

    def _chained(self, before: bytes, sequence: int, kind: str, subjects: str, at: int) -> bytes:
        line = json.dumps([sequence, kind, subjects, at], separators=(",", ":")).encode()
        return hmac.digest(self._context.keys.master.auditing, before + line, hashlib.sha256)
