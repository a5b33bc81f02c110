"""What PostgreSQL reports, as the store's own errors.

Only the server's primary message is taken over: its details repeat values of rows. When no connection came about
there is none, and the driver says why (host, port, user; never the password).
"""

from __future__ import annotations

import psycopg
from psycopg import errors

from domain.store.errors import Conflict, DiskFull, Locked, ReadOnly, StoreError, Unavailable


def from_postgresql(error: psycopg.Error) -> StoreError:
    """The typed error for what PostgreSQL or its driver reported."""
    detail = f"{error.diag.message_primary or _without_server(error)} ({error.sqlstate or 'no state'})"
    match error:
        case errors.DiskFull():
            return DiskFull(detail)
        case (
            errors.LockNotAvailable()
            | errors.QueryCanceled()
            | errors.SerializationFailure()
            | errors.DeadlockDetected()
        ):
            return Locked(detail)
        case errors.ReadOnlySqlTransaction():
            return ReadOnly(detail)
        case psycopg.IntegrityError() | psycopg.DataError():
            return Conflict(detail)
        case _:
            return Unavailable(detail)


def from_driver(error: BaseException | None) -> StoreError:
    """The same for whatever came up from below SQLAlchemy."""
    return from_postgresql(error) if isinstance(error, psycopg.Error) else Unavailable(type(error).__name__)


def is_worth_another_try(error: psycopg.Error) -> bool:
    """Whether the transaction only got in the way of another one, and would succeed now."""
    return isinstance(error, errors.SerializationFailure | errors.DeadlockDetected)


def _without_server(error: psycopg.Error) -> str:
    """What the driver itself found. Only of the connection: other errors of its own can repeat a value."""
    reason = str(error).strip().splitlines() if isinstance(error, psycopg.OperationalError) else []
    return reason[0] if reason else type(error).__name__
