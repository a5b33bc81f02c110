"""The plan: every reminder that follows from a situation. Pure, deterministic, each key once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from domain.reminders.model import Reminder, Situation
from domain.reminders.sources import SOURCES
from domain.reminders.tools import HORIZON, Source, Tools


def plan(
    situation: Situation,
    tools: Tools,
    *,
    kinds: Collection[str] | None = None,
    sources: Mapping[Source, frozenset[str]] = SOURCES,
) -> tuple[Reminder, ...]:
    """What is to be said from `situation.as_of` on, as far as can be seen, by day and key.

    `kinds`: only these, and only the sources that find them are asked. Reminders whose day to say them has passed are
    among them as long as saying them makes sense: whether they were said is known to the store.
    """
    if situation.preferences.paused:
        return ()
    wanted = [source for source, found in sources.items() if kinds is None or not found.isdisjoint(kinds)]
    last = situation.as_of + HORIZON
    in_sight = (
        reminder
        for source in wanted
        for reminder in source(situation, tools)
        if reminder.until >= situation.as_of
        and reminder.send_on <= last
        and (kinds is None or reminder.kind in kinds)
        and is_on(reminder.kind, situation, tools)
    )
    return _each_once(in_sight)


def is_on(kind_id: str, situation: Situation, tools: Tools) -> bool:
    """Whether the person wants to hear of a kind."""
    return situation.preferences.kinds.get(kind_id, tools.kinds[kind_id].on)


def _each_once(reminders: Iterable[Reminder]) -> tuple[Reminder, ...]:
    found: dict[str, Reminder] = {}
    for reminder in reminders:
        if reminder.key in found:
            raise ValueError(f"two reminders with the key {reminder.key}")
        found[reminder.key] = reminder
    return tuple(sorted(found.values(), key=lambda one: (one.send_on, one.key)))
