"""All that is kept about one person, as JSON they can take away."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from domain.reminders.kept import preferences_to_json, reminder_to_json
from domain.store.context import Context
from domain.store.instants import from_stored
from domain.store.records import FactStatement, Json, OutboxRow, StoredConversation, StoredFile, StoredReceipt
from domain.store.repositories.announcement_recipients import Recipients
from domain.store.repositories.announcements import Announcements
from domain.store.repositories.conversations import Conversations
from domain.store.repositories.facts import Facts
from domain.store.repositories.feeds import Feeds
from domain.store.repositories.files import Files
from domain.store.repositories.organisations import Organisations
from domain.store.repositories.outbox import Outbox
from domain.store.repositories.people import People
from domain.store.repositories.preferences import ReminderPreferences
from domain.store.repositories.receipts import Receipts
from domain.store.repositories.reminders import Reminders
from domain.store.repositories.staff import Staff
from domain.store.repositories.updates import Updates
from domain.store.schema import chats, facts, sessions
from domain.store.statements import Row, Statement

_MOST_CONTENT: Final = 20 * 1024 * 1024
"""Bytes of files written out in one chat's part of an export; what is beyond is named with where to get it."""

_CHATS = Statement(
    select(chats.c.id, chats.c.channel, chats.c.address, chats.c.language, chats.c.created_at)
    .where(chats.c.person_id == bindparam("person"))
    .order_by(chats.c.id)
)
_SESSIONS = Statement(
    select(sessions.c.created_at, sessions.c.used_at, sessions.c.absolute_end)
    .where(sessions.c.chat_id == bindparam("chat"))
    .order_by(sessions.c.created_at)
)
_FACT_NAMES = Statement(
    select(facts.c.fact)
    .where(facts.c.organisation_id == bindparam("organisation"))
    .distinct()
    .order_by(facts.c.fact)
)


def export_person(context: Context, person_id: int) -> dict[str, Json]:
    """Everything kept about a person, opened. Instants are ISO 8601 in UTC. Raises NotFound."""
    person = People(context).get(person_id)
    return {
        "person": {
            "id": person.id,
            "consent": person.consent,
            "consent_at": _iso(person.consent_at),
            "name": person.name,
            "phone": person.phone,
            "email": person.email,
        },
        "organisation": None
        if person.organisation_id is None
        else _organisation(context, person.organisation_id),
        "roles": [
            {
                "role": one.grant.role.value,
                "programme": one.grant.scope.programme,
                "district": one.grant.scope.district,
                "joined_at": _iso(one.joined_at),
            }
            for one in Staff(context).of_person(person_id)
        ],
        "chats": [_chat(context, row) for row in context.sql.rows(_CHATS, person=person_id)],
    }


def _organisation(context: Context, organisation_id: int) -> Json:
    organisation = Organisations(context).get(organisation_id)
    names = [row[0] for row in context.sql.rows(_FACT_NAMES, organisation=organisation_id)]
    statements = Facts(context)
    return {
        "name": organisation.name,
        "credit_code": organisation.credit_code,
        "district": organisation.district,
        "industry": organisation.industry,
        "size": organisation.size,
        "facts": {name: [_fact(one) for one in statements.history(organisation_id, name)] for name in names},
    }


def _fact(statement: FactStatement) -> Json:
    return {
        "value": statement.value_json,
        "stated_at": _iso(statement.stated_at),
        "source": statement.source,
        "stated_by": statement.stated_by,
    }


def _chat(context: Context, row: Row) -> Json:
    chat_id, channel, address, language, created_at = row
    return {
        "channel": channel,
        "address": address,
        "language": language,
        "created_at": _iso(from_stored(created_at)),
        "conversations": [_conversation(one) for one in Conversations(context).of_chat(chat_id)],
        "messages": [_message(one) for one in Outbox(context).all(chat_id)],
        "not_handled_yet": [
            {"received_at": _iso(one.received_at), "update": _parsed(one.payload_json)}
            for one in Updates(context).of_chat(channel, address)
        ],
        "files": list(_files(context, chat_id)),
        "receipts": [_receipt(one) for one in Receipts(context).of_chat(chat_id)],
        "reminders": _reminders(context, chat_id),
        "announcements": {
            "meant_for": [
                {"announcement": number, "state": state}
                for number, state in Recipients(context).of_chat(chat_id)
            ],
            "stopped": sorted(Announcements(context).stopped(chat_id)),
        },
        "sessions": [
            {
                "created_at": _iso(from_stored(opened)),
                "used_at": _iso(from_stored(used)),
                "ends_at": _iso(from_stored(end)),
            }
            for opened, used, end in context.sql.rows(_SESSIONS, chat=chat_id)
        ],
    }


def _reminders(context: Context, chat_id: int) -> Json:
    preferences = ReminderPreferences(context).get(chat_id)
    return {
        "preferences": _parsed(preferences_to_json(preferences)),
        "programmes": dict(preferences.programmes),
        "calendar_since": _iso(Feeds(context).since(chat_id)),
        "reminders": [
            {
                "reminder": _parsed(reminder_to_json(one.reminder)),
                "state": one.state,
                "reason": one.reason,
                "send_at": _iso(one.send_at),
                "told": one.told,
                "told_at": _iso(one.told_at),
            }
            for one in Reminders(context).of_chat(chat_id)
        ],
    }


def _conversation(conversation: StoredConversation) -> Json:
    return {
        "dialog": conversation.dialog,
        "subject": dict(conversation.subject),
        "status": conversation.status,
        "started_at": _iso(conversation.started_at),
        "updated_at": _iso(conversation.updated_at),
        "answers": [
            {"state": a.state, "value": a.value, "said": a.said, "at": _iso(a.at)}
            for a in conversation.answers
        ],
    }


def _message(message: OutboxRow) -> Json:
    return {"created_at": _iso(message.created_at), "message": _parsed(message.message_json)}


def _files(context: Context, chat_id: int) -> Iterator[Json]:
    left = _MOST_CONTENT
    stored = Files(context)
    for file in stored.of_chat(chat_id):
        fits = file.size <= left
        left -= file.size if fits else 0
        content = base64.b64encode(stored.content(file.id)).decode() if fits else None
        yield {**_file(file), "content_base64": content}


def _file(file: StoredFile) -> dict[str, Json]:
    return {
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "created_at": _iso(file.created_at),
        "kept_for": file.kept_for,
        "download": f"/files/{file.stored_name}",
    }


def _receipt(receipt: StoredReceipt) -> Json:
    return {
        "programme": receipt.programme,
        "version": receipt.version,
        "as_of": receipt.as_of.isoformat(),
        "verdict": receipt.verdict,
        "created_at": _iso(receipt.created_at),
        "receipt": _parsed(receipt.receipt_json),
    }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
