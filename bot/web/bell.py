"""Wakes the streams of a chat when something new was committed for it, and ends them when the server stops."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class Stream:
    """One open stream: `woken` is set when there may be something new or the stream has to end."""

    chat: int
    session: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    displaced: bool = False


class Bell:
    """The streams of this process. Only the event loop's thread touches it."""

    def __init__(self, per_session: int, in_all: int) -> None:
        self._per_session = per_session
        self._in_all = in_all
        self._open = 0
        self._of_chat: defaultdict[int, list[Stream]] = defaultdict(list)
        self.closed = False

    @property
    def full(self) -> bool:
        """Whether there are as many streams as this process may hold."""
        return self._open >= self._in_all

    @contextmanager
    def listening(self, chat: int, session: str) -> Iterator[Stream]:
        """A new stream; when its session has too many, the oldest gives way to it.

        Browsers open few connections to one server, and every stream holds one: without this, one tab too many
        would leave none to send with.
        """
        streams = self._of_chat[chat]
        mine = [stream for stream in streams if stream.session == session and not stream.displaced]
        for old in mine[: max(0, len(mine) + 1 - self._per_session)]:
            old.displaced = True
            old.woken.set()
        stream = Stream(chat, session)
        streams.append(stream)
        self._open += 1
        try:
            yield stream
        finally:
            self._open -= 1
            streams.remove(stream)
            if not streams:
                self._of_chat.pop(chat, None)

    def ring(self, chat: int) -> None:
        """Something new was committed for this chat."""
        for stream in self._of_chat.get(chat, ()):
            stream.woken.set()

    def close(self) -> None:
        """The server stops: every stream ends, and the pages come back to the next process."""
        self.closed = True
        for streams in self._of_chat.values():
            for stream in streams:
                stream.woken.set()
