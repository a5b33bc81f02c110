"""What PostgreSQL reports, as the store's own errors.

Only the server's primary message is taken over: its details repeat values of rows.
"""

from __future__ import annotations

import psycopg
from psycopg import errors

from domain.store.errors import Conflict, DiskFull, Locked, ReadOnly, StoreError, Unavailable


def from_postgresql(error: psycopg.Error) -> StoreError:
    """The typed error for what PostgreSQL or its driver reported."""
    detail = f"{error.diag.message_primary or type(error).__name__} ({error.sqlstate or 'no state'})"
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


def is_worth_another_try(error: psycopg.Error) -> bool:
    """Whether the transaction only got in the way of another one, and would succeed now."""
    return isinstance(error, errors.SerializationFailure | errors.DeadlockDetected)
