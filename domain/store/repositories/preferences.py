"""How people want to be reminded, and which programmes they asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from domain.reminders.kept import preferences_from_json, preferences_to_json
from domain.reminders.model import Preferences
from domain.store.context import Context
from domain.store.repositories.outbox import Outbox
from domain.store.repositories.replanning import Replanning
from domain.store.schema import reminder_preferences, subscriptions
from domain.store.statements import Statement
from domain.store.upserts import insert

_PLACE = "reminder_preferences.settings"

_GET = Statement(
    select(reminder_preferences.c.settings).where(reminder_preferences.c.chat_id == bindparam("chat"))
)
_PROGRAMMES = Statement(
    select(subscriptions.c.programme, subscriptions.c.wanted)
    .where(subscriptions.c.chat_id == bindparam("chat"))
    .order_by(subscriptions.c.programme)
)
_ADD = insert(reminder_preferences).values(chat_id=bindparam("chat_id"), settings=bindparam("settings"))
_SAVE = Statement(
    _ADD.on_conflict_do_update(index_elements=["chat_id"], set_={"settings": _ADD.excluded.settings})
)
_ASK = insert(subscriptions).values(
    chat_id=bindparam("chat_id"), programme=bindparam("programme"), wanted=bindparam("wanted")
)
_SUBSCRIBE = Statement(
    _ASK.on_conflict_do_update(index_elements=["chat_id", "programme"], set_={"wanted": _ASK.excluded.wanted})
)
_UNDO = Statement(
    delete(subscriptions).where(
        subscriptions.c.chat_id == bindparam("chat"), subscriptions.c.programme == bindparam("of_programme")
    )
)


class ReminderPreferences:
    """`tx.reminder_preferences`. A change also asks for the chat to be planned for anew."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, chat_id: int) -> Preferences:
        """What the person of a chat wants; what everybody begins with where they chose nothing."""
        row = self._context.sql.row(_GET, chat=chat_id)
        settings = None if row is None else self._context.chat_key(chat_id).open(row[0], _PLACE)
        return preferences_from_json(settings, self._programmes(chat_id))

    def save(self, chat_id: int, preferences: Preferences, now: datetime) -> None:
        """Keep what the person wants, their programmes among it."""
        sealed = self._context.chat_key(chat_id).seal(preferences_to_json(preferences), _PLACE)
        self._context.sql.change(_SAVE, chat_id=chat_id, settings=sealed)
        before = self._programmes(chat_id)
        for programme in {*before, *preferences.programmes}:
            wanted = preferences.programmes.get(programme)
            if wanted != before.get(programme):
                self._set(chat_id, programme, wanted)
        self._changed(chat_id, now)

    def subscribe(self, chat_id: int, programme: str, wanted: bool | None, now: datetime) -> None:
        """Hear of a programme or not; None: as for everybody, when it was checked."""
        self._set(chat_id, programme, wanted)
        self._changed(chat_id, now)

    def _changed(self, chat_id: int, now: datetime) -> None:
        Replanning(self._context).mark(chat_id, "preferences", now)
        # What is on its way was said as they wanted it before.
        Outbox(self._context).doubt(chat_id)

    def _programmes(self, chat_id: int) -> Mapping[str, bool]:
        rows = self._context.sql.rows(_PROGRAMMES, chat=chat_id)
        return {programme: bool(wanted) for programme, wanted in rows}

    def _set(self, chat_id: int, programme: str, wanted: bool | None) -> None:
        if wanted is None:
            self._context.sql.change(_UNDO, chat=chat_id, of_programme=programme)
        else:
            self._context.sql.change(_SUBSCRIBE, chat_id=chat_id, programme=programme, wanted=int(wanted))
