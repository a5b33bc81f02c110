"""The tables, for both back ends.

Only primitive column types, so that statements run on the bare driver: instants are microseconds since
1970 in UTC (integers), days are ISO text, JSON is text, and what is sealed is bytes. Every table is STRICT
on SQLite. Ids that leave the house are never used again (AUTOINCREMENT): an old link can only miss.

``sealed`` columns are AES-GCM under the data key of the person or organisation (see `sealed_rows`).
"""

from domain.store.schema.announcements import (
    AT_WORK,
    ON_ITS_WAY,
    TO_QUEUE,
    announcement_files,
    announcement_recipients,
    announcement_stops,
    announcements,
)
from domain.store.schema.columns import NAMING, Whole, metadata
from domain.store.schema.files import KEPT, NOT_KEPT, file_references, files
from domain.store.schema.people import chats, facts, organisations, people, sessions
from domain.store.schema.queues import (
    KEEPS_QUIET,
    LANES,
    OPEN,
    UNDER_WAY,
    WAITING,
    deliveries,
    holds,
    inbox,
    outbox,
    updates,
)
from domain.store.schema.reminders import (
    SAID_OR_OVER,
    TO_SAY,
    feeds,
    planned_reminders,
    planned_with,
    reminder_preferences,
    replans,
    subscriptions,
)
from domain.store.schema.rounds import round_changes, rounds
from domain.store.schema.staff import HOLDS, ROLES, invitations, staff
from domain.store.schema.talks import conversations, programme_contents, receipts
from domain.store.schema.trail import audit, audit_head, keyring

__all__ = [
    "AT_WORK",
    "HOLDS",
    "KEEPS_QUIET",
    "KEPT",
    "LANES",
    "NAMING",
    "NOT_KEPT",
    "ON_ITS_WAY",
    "OPEN",
    "ROLES",
    "SAID_OR_OVER",
    "TO_QUEUE",
    "TO_SAY",
    "UNDER_WAY",
    "WAITING",
    "Whole",
    "announcement_files",
    "announcement_recipients",
    "announcement_stops",
    "announcements",
    "audit",
    "audit_head",
    "chats",
    "conversations",
    "deliveries",
    "facts",
    "feeds",
    "file_references",
    "files",
    "holds",
    "inbox",
    "invitations",
    "keyring",
    "metadata",
    "organisations",
    "outbox",
    "people",
    "planned_reminders",
    "planned_with",
    "programme_contents",
    "receipts",
    "reminder_preferences",
    "replans",
    "round_changes",
    "rounds",
    "sessions",
    "staff",
    "subscriptions",
    "updates",
]
