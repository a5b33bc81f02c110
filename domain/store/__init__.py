"""The store: the only place that knows SQL.

One transaction is one plain function::

    handled = await database.run(lambda tx: assistant.handle(tx, incoming))

What it returned reaches the caller only after the commit reached the disk. When it raises, everything it
did is undone and its exception reaches the caller. A work must be safe to run again (it is repeated when
PostgreSQL reports a deadlock) and must not wait for anything but the database.
"""

from domain.store.database import Database
from domain.store.errors import (
    BadBackup,
    Conflict,
    ConsentMissing,
    DiskFull,
    InUse,
    Locked,
    MissingKey,
    NewerSchema,
    NotFound,
    OlderSchema,
    ReadOnly,
    StaleRevision,
    StoreError,
    Unavailable,
    WrongKey,
)
from domain.store.outcomes import Done, Failed, Outcome
from domain.store.records import (
    LANES,
    AuditEntry,
    Chat,
    Claimed,
    ClaimedDelivery,
    ConversationStatus,
    DeliveryRow,
    DeliveryState,
    Depth,
    FactStatement,
    Hold,
    Json,
    Lane,
    Living,
    OutboxRow,
    RoundChange,
    Session,
    Source,
    StoredAnswer,
    StoredConversation,
    StoredFile,
    StoredReceipt,
    UpdateRow,
    UpdateState,
    Visit,
)
from domain.store.repositories.audit import AuditReport
from domain.store.repositories.standing import Standing, Waiting
from domain.store.transaction import Transaction

__all__ = [
    "LANES",
    "AuditEntry",
    "AuditReport",
    "BadBackup",
    "Chat",
    "Claimed",
    "ClaimedDelivery",
    "Conflict",
    "ConsentMissing",
    "ConversationStatus",
    "Database",
    "DeliveryRow",
    "DeliveryState",
    "Depth",
    "DiskFull",
    "Done",
    "FactStatement",
    "Failed",
    "Hold",
    "InUse",
    "Json",
    "Lane",
    "Living",
    "Locked",
    "MissingKey",
    "NewerSchema",
    "NotFound",
    "OlderSchema",
    "OutboxRow",
    "Outcome",
    "ReadOnly",
    "RoundChange",
    "Session",
    "Source",
    "StaleRevision",
    "Standing",
    "StoreError",
    "StoredAnswer",
    "StoredConversation",
    "StoredFile",
    "StoredReceipt",
    "Transaction",
    "Unavailable",
    "UpdateRow",
    "UpdateState",
    "Visit",
    "Waiting",
    "WrongKey",
]
