"""How the Bot API says no: a code, a description and sometimes parameters that tell what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_SET: Final = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE: Final = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Refusal(Exception):  # noqa: N818 - an answer of the API, not a fault of ours
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(description: str, parameters: Json | None = None) -> Refusal:
    """400: what was asked cannot be done."""
    return Refusal(400, f"Bad Request: {description}", parameters)


def forbidden(description: str) -> Refusal:
    """403: the chat does not want the bot."""
    return Refusal(403, f"Forbidden: {description}")


def too_many_requests(seconds: int) -> Refusal:
    """429: wait so many seconds."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


@dataclass(frozen=True, slots=True)
class Granted:
    """An answer with ``ok: true``; a few methods add a description."""

    result: Any
    description: str | None = None


def body_of(answer: Granted | Refusal) -> bytes:
    """The answer as it goes over the wire."""
    content: Json
    if isinstance(answer, Granted):
        content = {"ok": True, "result": answer.result}
        if answer.description:
            content["description"] = answer.description
    else:
        content = {"ok": False, "error_code": answer.code, "description": answer.description}
        if answer.parameters:
            content["parameters"] = answer.parameters
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
