"""Organisations; name and credit code are sealed, the code is found again by its blind index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from domain.organisations import Organisation
from domain.privacy.sealing import DataKey, blind_index, new_wrapped_key
from domain.store.context import Context
from domain.store.errors import NotFound
from domain.store.schema import facts, organisations, people, receipts
from domain.store.statements import Statement

_CODE_PLACE = "organisations.credit_code"
_NAME_PLACE = "organisations.name"

_ADD = Statement(
    insert(organisations)
    .values(data_key=bindparam("data_key"), name=b"", district="", industry="", size="")
    .returning(organisations.c.id)
)
_UPDATE = Statement(
    update(organisations)
    .where(organisations.c.id == bindparam("organisation"))
    .values(
        name=bindparam("new_name"),
        credit_code=bindparam("new_credit_code"),
        credit_code_index=bindparam("new_credit_code_index"),
        district=bindparam("new_district"),
        industry=bindparam("new_industry"),
        size=bindparam("new_size"),
    )
)
_GET = Statement(
    select(
        organisations.c.data_key,
        organisations.c.name,
        organisations.c.credit_code,
        organisations.c.district,
        organisations.c.industry,
        organisations.c.size,
    ).where(organisations.c.id == bindparam("id"))
)
_WITH_CODE = Statement(
    select(organisations.c.id)
    .where(organisations.c.credit_code_index == bindparam("code_index"))
    .order_by(organisations.c.id)
)
_SPEAKER = Statement(select(people.c.id).where(people.c.organisation_id == bindparam("id")).limit(1))
_FORGET_FACTS = Statement(delete(facts).where(facts.c.organisation_id == bindparam("organisation")))
_UNLINK_RECEIPTS = Statement(
    update(receipts)
    .where(receipts.c.organisation_id == bindparam("organisation"))
    .values(organisation_id=None)
)
_REMOVE = Statement(delete(organisations).where(organisations.c.id == bindparam("organisation")))


def remove_if_nobodys(context: Context, organisation_id: int) -> bool:
    """Remove an organisation, its facts and its data key, unless somebody still speaks for it."""
    if context.sql.row(_SPEAKER, id=organisation_id) is not None:
        return False
    context.sql.change(_UNLINK_RECEIPTS, organisation=organisation_id)
    context.sql.change(_FORGET_FACTS, organisation=organisation_id)
    context.sql.change(_REMOVE, organisation=organisation_id)
    context.forget_keys()
    context.sql.after_commit_checkpoint()
    return True


class Organisations:
    """`tx.organisations`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def create(self, organisation: Organisation) -> int:
        """Store a new organisation (its `id` is ignored) and give its id.

        The credit code need not be unique: two people may both say they speak for the same organisation,
        and as long as nobody verified that, neither may see what the other stated.
        """
        wrapped = new_wrapped_key(self._context.keys.master, "organisation")
        row = self._context.sql.one(_ADD, data_key=wrapped)
        organisation_id: int = row[0]
        self._write(self._context.keys.organisation(wrapped, organisation_id), organisation_id, organisation)
        return organisation_id

    def get(self, organisation_id: int) -> Organisation:
        """The organisation with this id. Raises NotFound."""
        row = self._context.sql.row(_GET, id=organisation_id)
        if row is None:
            raise NotFound(f"organisation {organisation_id}")
        wrapped, name, credit_code, district, industry, size = row
        key = self._context.keys.organisation(wrapped, organisation_id)
        return Organisation(
            id=organisation_id,
            name=key.open(name, _NAME_PLACE),
            credit_code=None if credit_code is None else key.open(credit_code, _CODE_PLACE),
            district=district,
            industry=industry,
            size=size,
        )

    def update(self, organisation: Organisation) -> None:
        """Replace what is known of `organisation.id`. Raises NotFound."""
        self._write(self._context.organisation_key(organisation.id), organisation.id, organisation)

    def with_credit_code(self, credit_code: str) -> tuple[int, ...]:
        """The ids of the organisations with this normalised credit code, oldest first."""
        rows = self._context.sql.rows(_WITH_CODE, code_index=self._index(credit_code))
        return tuple(row[0] for row in rows)

    def _write(self, key: DataKey, organisation_id: int, organisation: Organisation) -> None:
        code = organisation.credit_code
        values: dict[str, Any] = {
            "new_name": key.seal(organisation.name, _NAME_PLACE),
            "new_credit_code": None if code is None else key.seal(code, _CODE_PLACE),
            "new_credit_code_index": None if code is None else self._index(code),
            "new_district": organisation.district,
            "new_industry": organisation.industry,
            "new_size": organisation.size,
        }
        self._context.sql.change(_UPDATE, organisation=organisation_id, **values)

    def _index(self, credit_code: str) -> bytes:
        return blind_index(self._context.keys.master, credit_code, _CODE_PLACE)
