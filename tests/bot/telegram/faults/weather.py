"""Five calls of a hundred go wrong, each in its own way; updates come twice and mixed."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.telegram_api import Fault, TelegramApi

KINDS = (
    (Fault.DELAY, 0.3),
    (Fault.DROP_BEFORE, 0.0),
    (Fault.DROP_AFTER, 0.0),
    (Fault.HANG_AFTER, 0.5),
    (Fault.SERVER_ERROR, 0.0),
    (Fault.SERVER_ERROR_JSON, 0.0),
    (Fault.GARBAGE, 0.0),
)


def bad_weather(api: TelegramApi, share: float = 0.05) -> Callable[[], str]:
    """Have so many calls fail, and updates come in disorder; gives what says how many did."""
    for fault, seconds in KINDS:
        api.faults.plan(fault, times=None, chance=share / len(KINDS), seconds=seconds)
    api.disorder.duplicates = 0.1
    api.disorder.mixed = True

    def struck() -> str:
        calls = len(api.record)
        failed = sum(planned.struck for planned in api.faults.planned)
        return f"{failed} of {calls} calls of the Bot API failed ({failed / max(calls, 1):.1%})"

    return struck
