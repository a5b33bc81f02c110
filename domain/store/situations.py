"""What decides of what somebody is reminded, read from what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.clock import day_in_shanghai
from domain.eligibility.receipts import Receipt
from domain.facts.reading import FactValueError, read_value
from domain.facts.vocabulary import Fact
from domain.reminders.model import Known, Situation
from domain.store.records import Chat
from domain.store.transaction import Transaction


def situation_of(tx: Transaction, vocabulary: Mapping[str, Fact], chat: Chat, now: datetime) -> Situation:
    """All that decides what the person of a chat is reminded of. Without consent nothing is read about them."""
    person = tx.people.get(chat.person_id)
    facts: dict[str, Known] = {}
    receipts: dict[str, Receipt] = {}
    district = ""
    if person.consent == "given":
        receipts = _receipts(tx, chat)
        if person.organisation_id is not None:
            district = tx.organisations.get(person.organisation_id).district
            facts = _facts(tx, vocabulary, person.organisation_id)
    return Situation(
        as_of=day_in_shanghai(now),
        district=district,
        facts=facts,
        receipts=receipts,
        preferences=tx.reminder_preferences.get(chat.id),
        rounds=tuple(one for one in tx.rounds.all() if one.public),
        roles=frozenset(member.grant.role for member in tx.staff.of_person(chat.person_id)),
    )


def _facts(tx: Transaction, vocabulary: Mapping[str, Fact], organisation_id: int) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for name, statement in tx.facts.current(organisation_id).items():
        fact = vocabulary.get(name)
        if fact is None:
            continue
        try:
            value = read_value(fact, statement.value_json)
        except FactValueError:
            # The fact means something else today: it counts as not answered.
            continue
        found[name] = Known(value, day_in_shanghai(statement.stated_at))
    return found


def _receipts(tx: Transaction, chat: Chat) -> dict[str, Receipt]:
    found: dict[str, Receipt] = {}
    for stored in tx.receipts.latest_of_chat(chat.id):
        try:
            found[stored.programme] = Receipt.from_json(stored.receipt_json)
        except ValueError:
            # Written by another version of the product: the person checks again some day.
            continue
    return found
