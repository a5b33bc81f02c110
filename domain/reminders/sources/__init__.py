"""Where reminders come from: each source finds those of some kinds. Another wing of the product adds a source here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.reminders.sources import certificates, passing, standing, texts, upkeep, windows, yearly
from domain.reminders.tools import Source

SOURCES: Final[Mapping[Source, frozenset[str]]] = {
    windows.find: frozenset({"window_opens", "window_closes", "round_announced"}),
    passing.find: frozenset({"criterion_met", "verdict_changed"}),
    texts.find: frozenset({"text_changed"}),
    certificates.find: frozenset({"certificate_expires"}),
    standing.find: frozenset({"policy_lapses", "policy_in_force"}),
    yearly.find: frozenset({"fact_to_refresh"}),
    upkeep.find: frozenset({"holiday_list_missing"}),
}
"""Every source, with the kinds it finds."""
