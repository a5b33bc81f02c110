"""Everything the bot asked for, in the order it was asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.telegram_api.answers import Json

SENDS = frozenset({"sendmessage", "senddocument", "sendphoto"})
"""Methods that put a new message before somebody."""


@dataclass(slots=True)
class Request:
    """One request and what became of it."""

    number: int
    method: str
    chat_id: int | None
    at: float
    parameters: Json
    status: int | None = None
    description: str = ""
    result: object = None
    fault: str = ""
    carried_out: bool = False
    """Whether the method took effect, whatever the bot was told."""

    early: bool = False
    """Whether it came inside a time the bot had been told to wait."""

    @property
    def ok(self) -> bool:
        """Whether the bot was told that it worked."""
        return self.status == 200


@dataclass(slots=True)
class Record:
    """The requests of a run; `counting` keeps only numbers, for runs of hundreds of thousands."""

    counting: bool = False
    requests: list[Request] = field(default_factory=list)
    counts: dict[tuple[str, int | None], int] = field(default_factory=dict)
    early: int = 0
    _number: int = 0

    def begin(self, method: str, chat_id: int | None, at: float, parameters: Json) -> Request:
        """Write down a request that just came."""
        self._number += 1
        request = Request(self._number, method, chat_id, at, {} if self.counting else parameters)
        if not self.counting:
            self.requests.append(request)
        return request

    def end(self, request: Request, status: int | None) -> None:
        """Write down what the bot was told; nothing when the connection was dropped."""
        request.status = status
        key = (request.method.lower(), status)
        self.counts[key] = self.counts.get(key, 0) + 1
        self.early += request.early

    def of(self, method: str, chat_id: int | None = None) -> list[Request]:
        """The requests of a method, in one chat or in all."""
        return [
            request
            for request in list(self.requests)
            if request.method.lower() == method.lower() and chat_id in {None, request.chat_id}
        ]

    def sends(self, chat_id: int | None = None) -> list[Request]:
        """The requests that put a new message before somebody and took effect."""
        return [
            request
            for request in list(self.requests)
            if request.method.lower() in SENDS and request.carried_out and chat_id in {None, request.chat_id}
        ]

    def count(self, method: str, status: int | None = 200) -> int:
        """How many requests of a method were answered with a status; None counts dropped connections."""
        return self.counts.get((method.lower(), status), 0)

    def latest(self, most: int) -> list[Request]:
        """The last requests, oldest first."""
        return self.requests[-most:]

    def clear(self) -> None:
        """Forget what was written down."""
        self.requests.clear()
        self.counts.clear()
        self.early = 0

    def __iter__(self) -> Iterator[Request]:
        return iter(list(self.requests))

    def __len__(self) -> int:
        return len(self.requests)
