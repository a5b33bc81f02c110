"""The form in which the store keeps reminders and preferences: JSON, sealed by the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time

from domain.reminders.model import Bundling, Preferences, Reminder

_DAYS = ("due", "outer", "paper_safe", "send_on", "until", "moved_from")


def reminder_to_json(reminder: Reminder) -> str:
    """A reminder, whole."""
    plain = {name: getattr(reminder, name) for name in Reminder.__dataclass_fields__}
    days = {name: None if plain[name] is None else plain[name].isoformat() for name in _DAYS}
    return json.dumps(
        {**plain, **days, "subject": dict(reminder.subject)}, ensure_ascii=False, sort_keys=True
    )


def reminder_from_json(text: str) -> Reminder:
    """A reminder out of what is kept."""
    plain = json.loads(text)
    days = {name: None if plain[name] is None else date.fromisoformat(plain[name]) for name in _DAYS}
    return Reminder(**{**plain, **days})


def preferences_to_json(preferences: Preferences) -> str:
    """Preferences without the programmes, which the store keeps by themselves."""
    return json.dumps(
        {
            "quiet_from": preferences.quiet_from.isoformat(),
            "quiet_until": preferences.quiet_until.isoformat(),
            "working_days_only": preferences.working_days_only,
            "bundling": preferences.bundling,
            "at": None if preferences.at is None else preferences.at.isoformat(),
            "kinds": dict(preferences.kinds),
            "paused": preferences.paused,
        },
        sort_keys=True,
    )


def preferences_from_json(text: str | None, programmes: Mapping[str, bool]) -> Preferences:
    """Preferences out of what is kept; what everybody begins with where nothing is."""
    if text is None:
        return Preferences(programmes=programmes)
    plain = json.loads(text)
    bundling: Bundling = "one_by_one" if plain["bundling"] == "one_by_one" else "together"
    return Preferences(
        quiet_from=time.fromisoformat(plain["quiet_from"]),
        quiet_until=time.fromisoformat(plain["quiet_until"]),
        working_days_only=plain["working_days_only"],
        bundling=bundling,
        at=None if plain["at"] is None else time.fromisoformat(plain["at"]),
        kinds=plain["kinds"],
        programmes=programmes,
        paused=plain["paused"],
    )
