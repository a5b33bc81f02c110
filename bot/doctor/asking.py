"""Asking what is outside, in threads that end with the program, whatever they wait for.

Names are looked up in threads of their own. Those of Python are waited for when the program ends: a name server that does not
answer would keep the doctor from ending long after everything was told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class _Unattended(ThreadPoolExecutor):
    """Every call in a thread nobody waits for."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As usual."""
        called: Future[T] = Future()

        def call() -> None:
            try:
                called.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - it is for whoever asked
                called.set_exception(error)

        Thread(target=call, daemon=True).start()
        return called

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nobody waits."""


def answer(question: Coroutine[Any, Any, T]) -> T:
    """What a question comes to; raises what it raises."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(_Unattended())
        return runner.run(question)
