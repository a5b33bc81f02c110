from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.organisations import Organisation, Person
from domain.store import Chat, ConsentMissing, Database, FactStatement, NotFound, Transaction
from tests.store.conftest import NOW

LATER = NOW + timedelta(days=3)
FIRM = Organisation(
    name="青禾精密制造有限公司",
    credit_code="91410100MA0000001R",
    district="金水区",
    industry="manufacturing",
    size="small",
)


def speaks_for(tx: Transaction, person_id: int, organisation: Organisation = FIRM) -> int:
    tx.people.set_consent(person_id, "given", NOW)
    organisation_id = tx.organisations.create(organisation)
    tx.people.set_organisation(person_id, organisation_id)
    return organisation_id


async def test_nothing_is_known_about_a_new_person(database: Database, chat: Chat) -> None:
    person = await database.read(lambda tx: tx.people.get(chat.person_id))
    assert person == Person(id=chat.person_id, consent="unasked")


async def test_contact_details_are_kept_after_consent(database: Database, chat: Chat) -> None:
    def leave(tx: Transaction) -> None:
        tx.people.set_consent(chat.person_id, "given", NOW)
        tx.people.set_contact(chat.person_id, name="林知远", phone="+8613800000000", email=None)

    await database.run(leave)
    assert await database.read(lambda tx: tx.people.get(chat.person_id)) == Person(
        id=chat.person_id, consent="given", consent_at=NOW, name="林知远", phone="+8613800000000"
    )


@pytest.mark.parametrize("consent", ["unasked", "refused"])
async def test_without_consent_nothing_personal_is_stored(
    database: Database, chat: Chat, consent: str
) -> None:
    if consent == "refused":
        await database.run(lambda tx: tx.people.set_consent(chat.person_id, "refused", NOW))
    with pytest.raises(ConsentMissing):
        await database.run(
            lambda tx: tx.people.set_contact(chat.person_id, name="林知远", phone=None, email=None)
        )
    with pytest.raises(ConsentMissing):
        await database.run(
            lambda tx: tx.people.set_organisation(chat.person_id, tx.organisations.create(FIRM))
        )
    person = await database.read(lambda tx: tx.people.get(chat.person_id))
    assert (person.name, person.organisation_id) == (None, None)
    assert await database.read(lambda tx: tx.organisations.with_credit_code("91410100MA0000001R")) == ()


async def test_withdrawn_consent_takes_the_details_and_the_organisation_along(
    database: Database, chat: Chat
) -> None:
    organisation_id = await database.run(lambda tx: speaks_for(tx, chat.person_id))
    await database.run(
        lambda tx: tx.people.set_contact(chat.person_id, name="林知远", phone=None, email="lin@example.org")
    )
    await database.run(lambda tx: tx.people.set_consent(chat.person_id, "refused", LATER))
    assert await database.read(lambda tx: tx.people.get(chat.person_id)) == Person(
        id=chat.person_id, consent="refused", consent_at=LATER
    )
    with pytest.raises(NotFound):
        await database.read(lambda tx: tx.organisations.get(organisation_id))


async def test_an_organisation_comes_back_as_it_was_entered(database: Database, chat: Chat) -> None:
    organisation_id = await database.run(lambda tx: speaks_for(tx, chat.person_id))
    stored = await database.read(lambda tx: tx.organisations.get(organisation_id))
    assert stored == Organisation(
        id=organisation_id,
        name=FIRM.name,
        credit_code=FIRM.credit_code,
        district="金水区",
        industry="manufacturing",
        size="small",
    )
    renamed = Organisation(id=organisation_id, name="青禾智造有限公司")
    await database.run(lambda tx: tx.organisations.update(renamed))
    assert await database.read(lambda tx: tx.organisations.get(organisation_id)) == renamed


async def test_an_organisation_is_found_by_its_credit_code(database: Database) -> None:
    first = await database.run(lambda tx: tx.organisations.create(FIRM))
    second = await database.run(lambda tx: tx.organisations.create(FIRM))
    await database.run(lambda tx: tx.organisations.create(Organisation(name="无码合作社")))
    assert await database.read(lambda tx: tx.organisations.with_credit_code("91410100MA0000001R")) == (
        first,
        second,
    )
    assert await database.read(lambda tx: tx.organisations.with_credit_code("91410100MA0000002R")) == ()


async def test_an_organisation_nobody_speaks_for_any_more_is_removed(database: Database, chat: Chat) -> None:
    first = await database.run(lambda tx: speaks_for(tx, chat.person_id))
    await database.run(lambda tx: tx.facts.record(first, "founded", "2015", NOW, "self_stated", "person:1"))
    second = await database.run(
        lambda tx: speaks_for(tx, chat.person_id, Organisation(name="云岭茶业有限公司"))
    )
    with pytest.raises(NotFound):
        await database.read(lambda tx: tx.organisations.get(first))
    assert (await database.read(lambda tx: tx.organisations.get(second))).name == "云岭茶业有限公司"


async def test_unknown_people_and_organisations_are_said_to_be_unknown(database: Database) -> None:
    for work in (
        lambda tx: tx.people.get(99),
        lambda tx: tx.people.set_consent(99, "given", NOW),
        lambda tx: tx.people.set_contact(99, name=None, phone=None, email=None),
        lambda tx: tx.organisations.get(99),
        lambda tx: tx.organisations.update(Organisation(id=99, name="无")),
        lambda tx: tx.facts.current(99),
    ):
        with pytest.raises(NotFound):
            await database.run(work)


async def test_the_latest_statement_about_a_fact_holds(database: Database) -> None:
    firm = await database.run(lambda tx: tx.organisations.create(FIRM))
    await database.run(lambda tx: tx.facts.record(firm, "employees", 80, NOW, "self_stated", "person:1"))
    await database.run(
        lambda tx: tx.facts.record(firm, "net_profit", {"2023": -5}, NOW, "self_stated", "person:1")
    )
    latest = await database.run(
        lambda tx: tx.facts.record(firm, "employees", 85, LATER, "document", "person:2")
    )
    current = await database.read(lambda tx: tx.facts.current(firm))
    assert set(current) == {"employees", "net_profit"}
    assert current["employees"] == FactStatement(latest, "employees", 85, LATER, "document", "person:2")
    assert current["net_profit"].value_json == {"2023": -5}
    history = await database.read(lambda tx: tx.facts.history(firm, "employees"))
    assert [one.value_json for one in history] == [80, 85]


async def test_a_forgotten_fact_is_unknown_until_it_is_stated_again(database: Database) -> None:
    firm = await database.run(lambda tx: tx.organisations.create(FIRM))
    await database.run(lambda tx: tx.facts.record(firm, "employees", 80, NOW, "self_stated", "person:1"))
    assert await database.run(lambda tx: tx.facts.forget(firm, "employees")) == 1
    assert await database.read(lambda tx: tx.facts.current(firm)) == {}
    assert await database.read(lambda tx: tx.facts.history(firm, "employees")) == ()
    await database.run(lambda tx: tx.facts.record(firm, "employees", 90, LATER, "self_stated", "person:1"))
    assert (await database.read(lambda tx: tx.facts.current(firm)))["employees"].value_json == 90


async def test_facts_of_one_organisation_say_nothing_about_another(database: Database) -> None:
    firm = await database.run(lambda tx: tx.organisations.create(FIRM))
    other = await database.run(lambda tx: tx.organisations.create(FIRM))
    await database.run(lambda tx: tx.facts.record(firm, "employees", 80, NOW, "self_stated", "person:1"))
    assert await database.read(lambda tx: tx.facts.current(other)) == {}


async def test_a_receipt_keeps_its_exact_text(database: Database, chat: Chat) -> None:
    firm = await database.run(lambda tx: tx.organisations.create(FIRM))
    text = '{"b": 1,\n "a": "净利润"}'

    def add(tx: Transaction) -> int:
        return tx.receipts.add(
            chat_id=chat.id,
            organisation_id=firm,
            programme="imaginary-award",
            version="2024",
            content_hash="0" * 64,
            as_of=date(2024, 6, 30),
            verdict="no_obstacle_found",
            receipt_json=text,
            created_at=NOW,
        )

    receipt_id = await database.run(add)
    receipt = await database.read(lambda tx: tx.receipts.get(receipt_id))
    assert receipt is not None
    assert (receipt.receipt_json, receipt.as_of, receipt.created_at) == (text, date(2024, 6, 30), NOW)
    assert await database.read(lambda tx: tx.receipts.of_chat(chat.id)) == (receipt,)
    assert await database.read(lambda tx: tx.receipts.of_organisation(firm)) == (receipt,)
    assert await database.read(lambda tx: tx.receipts.get(receipt_id + 1)) is None
