"""What waits: updates of platforms, and messages on their way to people."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

from domain.store.schema.columns import Whole, one_of, own_id, partial, required, table, to

LANES: Final = ("reply", "reminder", "broadcast")

WAITING: Final = "state = 'waiting'"

UNDER_WAY: Final = "state = 'waiting' OR state = 'sending'"

KEEPS_QUIET: Final = "state = 'waiting' AND not_after IS NOT NULL"

OPEN: Final = "state = 'waiting' OR state = 'sending' OR state = 'unknown' OR state = 'dead'"

inbox: Final = table(
    "inbox",
    own_id(),
    to("chat_id", "chats", index=False),
    required("update_key"),
    required("accepted_at", Whole),
    UniqueConstraint("chat_id", "update_key"),
    Index("ix_inbox_accepted_at", "accepted_at"),
)

outbox: Final = table(
    "outbox",
    own_id(),
    to("chat_id", "chats", index=False),
    required("lane"),
    required("message", LargeBinary),
    required("created_at", Whole),
    Column("unique_key", Text),
    one_of("lane", *LANES),
    Index("ix_outbox_chat_id_id", "chat_id", "id"),
    Index("ix_outbox_created_at", "created_at"),
    partial("uq_outbox_unique_key", "unique_key IS NOT NULL", "unique_key", unique=True),
    growing_ids=True,
)

updates: Final = table(
    "updates",
    own_id(),
    required("channel"),
    required("update_id", Whole),
    required("order_key"),
    Column("payload", LargeBinary),
    required("received_at", Whole),
    required("state"),
    Column("due_at", Whole),
    required("attempts", Integer),
    Column("error", LargeBinary),
    UniqueConstraint("channel", "update_id"),
    one_of("state", "waiting", "done", "set_aside"),
    partial("ix_updates_due", WAITING, "channel", "due_at", "id"),
    partial("ix_updates_line", WAITING, "channel", "order_key", "id"),
    partial("ix_updates_set_aside", "state = 'set_aside'", "channel", "order_key", "id"),
    Index("ix_updates_received_at", "received_at"),
    growing_ids=True,
)
"""What platforms delivered. Of the waiting ones of a platform's chat only the first has a ``due_at``: a claim
looks at heads of lines alone, however long the lines are. Once done, a row keeps nothing but its ids."""

deliveries: Final = table(
    "deliveries",
    Column(
        "outbox_id",
        Whole,
        ForeignKey("outbox.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    required("channel"),
    required("chat_id", Whole),
    required("lane"),
    required("planned", Integer),
    required("state"),
    Column("due_at", Whole),
    required("attempts", Integer),
    Column("lease_until", Whole),
    required("fence", Integer),
    required("repeatable", Integer),
    Column("error", LargeBinary),
    Column("message_ref", Text),
    Column("not_after", Whole),
    one_of("lane", *LANES),
    one_of("state", "waiting", "sending", "sent", "unknown", "dead", "dropped"),
    partial("ix_deliveries_open", OPEN, "channel", "lane", "state", "due_at", "outbox_id"),
    partial("ix_deliveries_line", UNDER_WAY, "chat_id", "lane", "planned", "outbox_id"),
    partial("ix_deliveries_lease", "state = 'sending'", "lease_until"),
    partial("ix_deliveries_not_after", KEEPS_QUIET, "not_after"),
    partial("uq_deliveries_sending", "state = 'sending'", "chat_id", unique=True),
)
"""How messages of the outbox fare on their way to chats they are carried to.

The messages of a lane of a chat stand in line: only the first has a ``due_at``. What is ``planned`` for later stands in no
line and is due at its own time. What was not sent before ``not_after`` (quiet hours begin, the day is over) is not sent
any more but taken back, and decided about anew by what put it there. One message of a chat is being sent at most: the schema itself refuses a second one.
``chat_id`` is that of the outbox row, through which it is a foreign key.
"""

holds: Final = table(
    "holds",
    required("channel"),
    required("chat_id", Whole),
    required("asked_at", Whole),
    required("until", Whole),
    PrimaryKeyConstraint("channel", "chat_id"),
)
"""What a platform asked us to wait for; chat 0 stands for all of its chats."""
