"""What a failed turn says: whether it is the update that fails or the database, and what the operator is told."""

from __future__ import annotations

import traceback

from domain.store import StoreError
from scheduler.settling import may_pass


def is_of_the_update(error: BaseException) -> bool:
    """Whether an update has failed; else the database cannot do its work now, and the update simply waits."""
    return isinstance(error, Exception) and not (isinstance(error, StoreError) and may_pass(error))


def for_the_operator(error: BaseException) -> str:
    """What, and where. It is sealed, because it may repeat what the person said."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
