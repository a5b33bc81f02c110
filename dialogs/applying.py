"""Carrying out the commands of dialogs, inside the transaction of the turn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from dialogs import commands as c
from dialogs.engine.answers import Answers, Json
from dialogs.engine.screen import forget_what_is_in_mind
from dialogs.organisation import THEN
from dialogs.reminder_acts import apply_wish
from dialogs.staff_commands import StaffCommand
from dialogs.staff_turns import carry_out
from dialogs.talk import Talk
from domain.eligibility.receipts import Receipt
from domain.organisations import Organisation
from locales.languages import LANGUAGES

RECEIPTS = "receipts"
"""In the subject of a conversation: the receipts it has, as ``{programme: {"id": ..., "digest": ...}}``."""
_NOTES = frozenset({RECEIPTS, THEN, "greet"})
"""Entries of a subject that do not say what the conversation is about."""
_NEEDS_INTRODUCTION = frozenset({"check"})
"""Dialogs that begin with the question who is asking, unless it was asked before."""
_MOST_ROUNDS = 10
"""A safeguard: no turn passes through more outcomes than this."""


def settle(talk: Talk) -> None:
    """Follow outcomes until the chat stands at a state, and do what arriving there asks for."""
    for _ in range(_MOST_ROUNDS):
        talk.refresh()
        if talk.position.outcome is None:
            break
        _conclude(talk)
    else:
        talk.start(talk.library.home, {})
    state = talk.position.state
    arrival = talk.dialog.on_arrival.get(state.name) if state is not None else None
    if arrival is not None:
        apply(talk, arrival(talk.position.here))
        talk.refresh()
    talk.save()


def _conclude(talk: Talk) -> None:
    here, dialog, before = talk.position.here, talk.dialog, talk.conversation.id
    build = dialog.outcomes.get(talk.position.name)
    ways_on = () if build is None else build(here)
    apply(talk, dialog.on_leave(here))
    carried = talk.answers
    talk.end()
    apply(talk, ways_on, carried)
    if talk.conversation.id == before:
        talk.start(talk.library.home, {})


def leave(talk: Talk) -> None:
    """Turn away from the conversation, keeping what it has to keep."""
    if talk.can_be_parked:
        apply(talk, talk.dialog.on_leave(talk.position.here))
    talk.leave()


def apply(talk: Talk, commands: tuple[c.Command, ...], carried: Answers | None = None) -> None:
    """Carry out commands in order."""
    for command in commands:
        if isinstance(command, StaffCommand):
            carry_out(talk, command)
        else:
            _apply(talk, command, carried or Answers())


def _apply(talk: Talk, command: c.Personal, carried: Answers) -> None:
    match command:
        case c.Start():
            _start(talk, command, carried)
        case c.Resume(conversation):
            if not talk.resume(conversation):
                talk.start(talk.library.home, {})
        case c.GoToMenu(notices):
            talk.notices.extend(notices)
            talk.start(talk.library.home, {})
        case c.SwitchLanguage():
            others = [language for language in LANGUAGES if language != talk.chat.language]
            talk.set_language(others[0])
        case c.SetConsent(consent):
            talk.tx.people.set_consent(talk.chat.person_id, consent, talk.now)
            talk.tx.audit.append(f"consent_{consent}", {"person": talk.chat.person_id}, talk.now)
            talk.tx.replanning.of_person(talk.chat.person_id, "consent", talk.now)
            talk.learnt()
        case c.SaveOrganisation() | c.SaveContact():
            _save(talk, command)
        case c.RecordFacts(facts):
            _record(talk, facts)
        case c.KeepReceipts(receipts):
            _keep(talk, receipts)
        case c.SetReminders() | c.RemindOf() | c.CloseFeed():
            apply_wish(talk, command)
        case c.EraseMe():
            _erase(talk)
        case _:
            assert_never(command)


def _erase(talk: Talk) -> None:
    for member in talk.tx.staff.of_person(talk.chat.person_id):
        talk.tx.audit.append("staff_erased", {"staff": member.id}, talk.now)
    talk.tx.audit.append("person_erased", {"person": talk.chat.person_id}, talk.now)
    talk.tx.privacy.erase(talk.chat.person_id)
    forget_what_is_in_mind()
    talk.erased()


def _start(talk: Talk, command: c.Start, carried: Answers) -> None:
    dialog, subject = command.dialog, dict(command.subject)
    talk.notices.extend(command.notices)
    if dialog in _NEEDS_INTRODUCTION and talk.world.person.consent == "unasked":
        subject = {THEN: {"dialog": dialog, "subject": subject}}
        dialog = "organisation"
    parked = next(
        (
            one.id
            for one in talk.tx.conversations.parked(talk.chat.id)
            if one.dialog == dialog and _about(one.subject) == _about(subject)
        ),
        None,
    )
    if parked is None or not talk.resume(parked):
        talk.start(dialog, subject)
    if command.carry:
        _carry(talk, command.carry, carried)


def _about(subject: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in subject.items() if name not in _NOTES}


def _carry(talk: Talk, prefix: str, carried: Answers) -> None:
    answers = talk.answers
    for name, answer in carried.given().items():
        if name.startswith(prefix) and name not in answers.given():
            answers = answers.put(name, answer.value, answer.said, answer.at)
    talk.take(answers)


def _save(talk: Talk, command: c.SaveOrganisation | c.SaveContact) -> None:
    match command:
        case c.SaveOrganisation(organisation):
            _save_organisation(talk, organisation)
        case c.SaveContact(name, phone, email):
            talk.tx.people.set_contact(talk.chat.person_id, name=name, phone=phone, email=email)
            talk.learnt()
        case _:
            assert_never(command)


def _save_organisation(talk: Talk, organisation: Organisation) -> None:
    talk.learnt()
    known = talk.tx.people.get(talk.chat.person_id).organisation_id
    if known is not None:
        talk.tx.organisations.update(replace(organisation, id=known))
        talk.tx.replanning.of_organisation(known, "facts", talk.now)
        return
    created = talk.tx.organisations.create(organisation)
    talk.tx.people.set_organisation(talk.chat.person_id, created)


def _record(talk: Talk, facts: Mapping[str, c.Statement]) -> None:
    """Record what is new or different. Without consent nothing is recorded."""
    if not talk.world.consented:
        return
    organisation = talk.world.organisation
    if organisation is None:
        _save_organisation(talk, Organisation(name=""))
        talk.refresh()
        organisation = talk.world.organisation
    if organisation is None:
        return
    known = talk.tx.facts.current(organisation.id)
    by = f"person:{talk.chat.person_id}"
    for fact, statement in facts.items():
        if fact not in known or known[fact].value_json != statement.value:
            talk.tx.facts.record(organisation.id, fact, statement.value, statement.at, "self_stated", by)
            talk.tx.replanning.of_organisation(organisation.id, "facts", talk.now)
            talk.learnt()


def _keep(talk: Talk, receipts: tuple[Receipt, ...]) -> None:
    kept = talk.conversation.subject.get(RECEIPTS)
    now_kept: dict[str, Json] = dict(kept) if isinstance(kept, dict) else {}
    for receipt in receipts:
        text = receipt.to_json()
        digest = hashlib.sha256(text.encode()).hexdigest()
        before = now_kept.get(receipt.programme)
        if isinstance(before, dict) and before.get("digest") == digest:
            continue
        organisation = talk.world.organisation
        receipt_id = talk.tx.receipts.add(
            chat_id=talk.chat.id,
            organisation_id=None if organisation is None else organisation.id,
            programme=receipt.programme,
            version=receipt.version,
            content_hash=receipt.content_hash,
            as_of=receipt.as_of,
            verdict=receipt.verdict,
            receipt_json=text,
            created_at=talk.now,
        )
        now_kept[receipt.programme] = {"id": receipt_id, "digest": digest}
    if now_kept != (kept or {}):
        talk.tx.replanning.mark(talk.chat.id, "check", talk.now)
        talk.set_subject(RECEIPTS, now_kept)
