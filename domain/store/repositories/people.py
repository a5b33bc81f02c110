"""People, their consent, and the contact details they agreed to leave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from domain.organisations import Consent, Person
from domain.privacy.sealing import DataKey, new_wrapped_key
from domain.store.context import Context
from domain.store.errors import ConsentMissing, NotFound
from domain.store.instants import from_stored, to_stored
from domain.store.repositories.organisations import remove_if_nobodys
from domain.store.repositories.staff import forget_person
from domain.store.schema import chats, people, planned_reminders
from domain.store.statements import Insertion, Row, Statement

_ADD = Insertion(insert(people).values(data_key=bindparam("data_key"), consent="unasked"))
_REMOVE = Statement(delete(people).where(people.c.id == bindparam("person")))
PERSON_COLUMNS = (
    people.c.data_key,
    people.c.consent,
    people.c.consent_at,
    people.c.name,
    people.c.phone,
    people.c.email,
    people.c.organisation_id,
)
"""What `read_person` needs."""

_GET = Statement(select(*PERSON_COLUMNS).where(people.c.id == bindparam("id")))
_GIVE_CONSENT = Statement(
    update(people)
    .where(people.c.id == bindparam("person"))
    .values(consent="given", consent_at=bindparam("new_consent_at"))
)
_WITHHOLD_CONSENT = Statement(
    update(people)
    .where(people.c.id == bindparam("person"))
    .values(
        consent=bindparam("new_consent"),
        consent_at=bindparam("new_consent_at"),
        name=None,
        phone=None,
        email=None,
        organisation_id=None,
    )
)
_FORGET_REMINDERS = Statement(
    delete(planned_reminders).where(
        planned_reminders.c.chat_id.in_(select(chats.c.id).where(chats.c.person_id == bindparam("person")))
    )
)
_SET_CONTACT = Statement(
    update(people)
    .where(people.c.id == bindparam("person"), people.c.consent == "given")
    .values(name=bindparam("new_name"), phone=bindparam("new_phone"), email=bindparam("new_email"))
)
_SET_ORGANISATION = Statement(
    update(people)
    .where(people.c.id == bindparam("person"), people.c.consent == "given")
    .values(organisation_id=bindparam("new_organisation"))
)


def add_person(context: Context) -> int:
    """A new person nobody knows anything about, with a data key of their own."""
    return context.sql.added(_ADD, data_key=new_wrapped_key(context.keys.master, "person"))


def remove_person(context: Context, person_id: int) -> None:
    """Remove a person's row and with it the data key, and end the roles they hold."""
    forget_person(context, person_id)
    context.sql.change(_REMOVE, person=person_id)


class People:
    """`tx.people`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, person_id: int) -> Person:
        """The person with this id, contact details opened. Raises NotFound."""
        row = self._context.sql.row(_GET, id=person_id)
        if row is None:
            raise NotFound(f"person {person_id}")
        return read_person(self._context, person_id, row)

    def set_consent(self, person_id: int, consent: Consent, at: datetime) -> None:
        """Record what the person said about storing personal data. Raises NotFound.

        Anything but ``given`` also removes name, phone, e-mail, reminders, the link to the organisation, and the
        organisation itself when nobody else speaks for it.
        """
        person = self.get(person_id)
        if consent == "given":
            self._context.sql.change(_GIVE_CONSENT, person=person_id, new_consent_at=to_stored(at))
            return
        self._context.sql.change(
            _WITHHOLD_CONSENT, person=person_id, new_consent=consent, new_consent_at=to_stored(at)
        )
        # What follows from facts and self-checks is as personal as they are.
        self._context.sql.change(_FORGET_REMINDERS, person=person_id)
        self._context.sql.after_commit_checkpoint()
        if person.organisation_id is not None:
            remove_if_nobodys(self._context, person.organisation_id)

    def set_contact(self, person_id: int, *, name: str | None, phone: str | None, email: str | None) -> None:
        """Replace the contact details (None: not told). Raises ConsentMissing, NotFound."""
        key = self._context.person_key(person_id)
        changed = self._context.sql.change(
            _SET_CONTACT,
            person=person_id,
            new_name=None if name is None else key.seal(name, "people.name"),
            new_phone=None if phone is None else key.seal(phone, "people.phone"),
            new_email=None if email is None else key.seal(email, "people.email"),
        )
        if not changed:
            raise ConsentMissing(f"person {person_id}")

    def set_organisation(self, person_id: int, organisation_id: int | None) -> None:
        """Say for which organisation the person speaks. Raises ConsentMissing, NotFound.

        The one before is removed when nobody speaks for it any more.
        """
        before = self.get(person_id).organisation_id
        changed = self._context.sql.change(
            _SET_ORGANISATION, person=person_id, new_organisation=organisation_id
        )
        if not changed:
            raise ConsentMissing(f"person {person_id}")
        if before is not None and before != organisation_id:
            remove_if_nobodys(self._context, before)


def read_person(context: Context, person_id: int, row: Row) -> Person:
    """The person of a row of `PERSON_COLUMNS`."""
    wrapped, consent, consent_at, name, phone, email, organisation_id = row
    key = context.keys.person(wrapped, person_id)
    return Person(
        id=person_id,
        consent=consent,
        consent_at=None if consent_at is None else from_stored(consent_at),
        name=_opened(key, name, "people.name"),
        phone=_opened(key, phone, "people.phone"),
        email=_opened(key, email, "people.email"),
        organisation_id=organisation_id,
    )


def _opened(key: DataKey, sealed: bytes | None, place: str) -> str | None:
    return None if sealed is None else key.open(sealed, place)
