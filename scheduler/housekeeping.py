"""What is thrown away when its time is over: sessions, old deliveries, conversations that ended or nobody agreed to keep,
files nothing refers to, and all about people nobody has heard of for years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.store import Transaction
from domain.uploads import files_in
from scheduler.clockwork import Chore

AT_ONCE: Final = timedelta(minutes=1)
OFTEN: Final = timedelta(minutes=10)
DAILY: Final = timedelta(days=1)

ERASED_AT_ONCE: Final = 500
"""People erased in one transaction at most; the others follow with the next tick."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept."""

    session_idle: timedelta
    unconsented: timedelta
    consented: timedelta

    updates: timedelta = timedelta(days=30)
    """Far longer than any channel goes on delivering an update again."""

    messages: timedelta = timedelta(days=90)
    """As long as the longest session: a page can show its whole transcript."""

    ended: timedelta = timedelta(days=90)
    """What was said in a conversation that ended, as long as the messages about it; facts and results stay."""

    links: timedelta = timedelta(minutes=10)
    """The link of an invitation, in a chat where one reads it. Where messages are carried to it goes with the delivery."""

    loose_files: timedelta = timedelta(days=1)
    """A file nothing refers to: it was replaced, or its conversation came to nothing."""


def housekeeping(retention: Retention) -> tuple[Chore, ...]:
    """The chores that keep the store clean."""

    def end_sessions(tx: Transaction, now: datetime) -> int:
        return tx.sessions.purge(now, now - retention.session_idle)

    def forget_unconsented(tx: Transaction, now: datetime) -> int:
        return tx.privacy.purge_unconsented(now - retention.unconsented)

    def erase_silent(tx: Transaction, now: datetime) -> int:
        silent = tx.privacy.silent(now - retention.consented, ERASED_AT_ONCE)
        for person in silent:
            for member in tx.staff.of_person(person):
                tx.audit.append("staff_erased", {"staff": member.id}, now)
            tx.audit.append("person_outstayed", {"person": person}, now)
            tx.privacy.erase(person)
        return len(silent)

    def forget_updates(tx: Transaction, now: datetime) -> int:
        return tx.inbox.purge(now - retention.updates) + tx.updates.purge(now - retention.updates)

    def forget_messages(tx: Transaction, now: datetime) -> int:
        return tx.outbox.purge(now - retention.messages)

    def forget_links(tx: Transaction, now: datetime) -> int:
        # As long as the messages that may hold one.
        return tx.invitations.forget_links(now - retention.messages, now - retention.links)

    def forget_ended(tx: Transaction, now: datetime) -> int:
        return tx.conversations.purge_ended(now - retention.ended)

    def forget_loose_files(tx: Transaction, now: datetime) -> int:
        return tx.files.remove(_loose(tx, now - retention.loose_files))

    return (
        Chore("end_sessions", OFTEN, end_sessions),
        Chore("forget_unconsented", OFTEN, forget_unconsented),
        Chore("erase_silent", OFTEN, erase_silent),
        Chore("forget_updates", DAILY, forget_updates),
        Chore("forget_messages", DAILY, forget_messages),
        Chore("forget_links", AT_ONCE, forget_links),
        Chore("forget_ended", DAILY, forget_ended),
        Chore("forget_loose_files", DAILY, forget_loose_files),
    )


def _loose(tx: Transaction, before: datetime) -> list[int]:
    """The files from before an instant that no conversation names."""
    named: dict[int | None, frozenset[int]] = {}
    found: list[int] = []
    for file, conversation in tx.files.not_kept(before):
        if conversation not in named:
            named[conversation] = _files_named(tx, conversation)
        if file not in named[conversation]:
            found.append(file)
    return found


def _files_named(tx: Transaction, conversation_id: int | None) -> frozenset[int]:
    """The files the answers of a conversation name, as long as it is not over."""
    conversation = None if conversation_id is None else tx.conversations.get(conversation_id)
    if conversation is None or conversation.status == "ended":
        return frozenset()
    return frozenset[int]().union(*(files_in(answer.value) for answer in conversation.answers))
