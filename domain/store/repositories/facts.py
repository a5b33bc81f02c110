"""Facts about organisations: statements that are only ever added."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from domain.privacy.sealing import DataKey
from domain.store.context import Context
from domain.store.instants import from_stored, to_stored
from domain.store.records import FactStatement, Json, Source
from domain.store.schema import facts
from domain.store.statements import Row, Statement

_PLACE = "facts.value"

_STATEMENT = select(
    facts.c.id, facts.c.fact, facts.c.value, facts.c.stated_at, facts.c.source, facts.c.stated_by
)
_CURRENT = Statement(
    _STATEMENT.where(
        facts.c.id.in_(
            select(func.max(facts.c.id))
            .where(facts.c.organisation_id == bindparam("organisation"), facts.c.value.is_not(None))
            .group_by(facts.c.fact)
        )
    ).order_by(facts.c.fact)
)
_HISTORY = Statement(
    _STATEMENT.where(
        facts.c.organisation_id == bindparam("organisation"),
        facts.c.fact == bindparam("fact"),
        facts.c.value.is_not(None),
    ).order_by(facts.c.id)
)
_RECORD = Statement(
    insert(facts)
    .values(
        organisation_id=bindparam("organisation_id"),
        fact=bindparam("fact"),
        value=bindparam("value"),
        stated_at=bindparam("stated_at"),
        source=bindparam("source"),
        stated_by=bindparam("stated_by"),
    )
    .returning(facts.c.id)
)
_FORGET = Statement(
    update(facts)
    .where(
        facts.c.organisation_id == bindparam("organisation"),
        facts.c.fact == bindparam("forgotten"),
        facts.c.value.is_not(None),
    )
    .values(value=None)
)


class Facts:
    """`tx.facts`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def current(self, organisation_id: int) -> dict[str, FactStatement]:
        """What is known now: for each fact the latest statement that was not forgotten."""
        key = self._context.organisation_key(organisation_id)
        rows = self._context.sql.rows(_CURRENT, organisation=organisation_id)
        return {statement.fact: statement for statement in (_statement(row, key) for row in rows)}

    def record(
        self, organisation_id: int, fact: str, value_json: Json, at: datetime, source: Source, by: str
    ) -> int:
        """Add a statement and give its id. `by` is an id such as ``person:12``, never a name."""
        key = self._context.organisation_key(organisation_id)
        row = self._context.sql.one(
            _RECORD,
            organisation_id=organisation_id,
            fact=fact,
            value=key.seal(json.dumps(value_json, ensure_ascii=False), _PLACE),
            stated_at=to_stored(at),
            source=source,
            stated_by=by,
        )
        statement_id: int = row[0]
        return statement_id

    def history(self, organisation_id: int, fact: str) -> tuple[FactStatement, ...]:
        """Every statement about one fact that was not forgotten, oldest first."""
        key = self._context.organisation_key(organisation_id)
        rows = self._context.sql.rows(_HISTORY, organisation=organisation_id, fact=fact)
        return tuple(_statement(row, key) for row in rows)

    def forget(self, organisation_id: int, fact: str) -> int:
        """Forget what was stated about one fact so far, and say how many statements that were.

        The values are destroyed; that something was stated, when and by whom, stays on record.
        """
        self._context.sql.after_commit_checkpoint()
        return self._context.sql.change(_FORGET, organisation=organisation_id, forgotten=fact)


def _statement(row: Row, key: DataKey) -> FactStatement:
    statement_id, fact, value, stated_at, source, stated_by = row
    opened: Json = json.loads(key.open(value, _PLACE))
    return FactStatement(statement_id, fact, opened, from_stored(stated_at), source, stated_by)
