"""What keeps a serving process small: it holds for months what it has once loaded, and most of that is never used.

Nothing here changes what the program does. Figures were measured on CPython 3.11 for Linux.
"""

from __future__ import annotations

import ctypes
import gc
import linecache
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FunctionType
from typing import Final

from babel import core

from locales.languages import WRITING, babel_locale, plural_categories

NOT_NEEDED: Final = ("rich", "pygments", "greenlet")
"""What libraries load only because it is there: structlog and httpx for colours (6 MB), SQLAlchemy for an interface of its own
that nobody calls (1 MB). Each of them does without.
"""


@contextmanager
def without_what_is_not_needed() -> Iterator[None]:
    """Import libraries inside of this, before anything else has; later imports find everything as usual."""
    hidden = [name for name in NOT_NEEDED if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # the import system's own way to say "not there"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


_CODE: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ [1-9]\d* +/")
"""A line of /proc/self/maps: code of a program or library, mapped from its file."""

_NOT_NEEDED_NOW: Final = 4
"""MADV_DONTNEED of Linux."""

DOCUMENTED: Final = (
    "sqlalchemy",
    "telegram",
    "pydantic",
    "babel",
    "jinja2",
    "aiohttp",
    "httpx",
    "attr",
    "cryptography",
)
"""Libraries whose descriptions of themselves take the most room (4 MB together). None of them reads its own while it works, or
while another part of it is loaded later; Python's ``email``, for one, does."""


def forget_documentation() -> None:
    """Let go of what these libraries say about themselves; once all is imported, so that what is made next takes its room."""
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and _is_documented(one):
            code = one.__code__
            if code.co_consts and code.co_consts[0] is one.__doc__:
                one.__code__ = code.replace(co_consts=(None, *code.co_consts[1:]))
            one.__doc__ = None
            if not one.__module__.startswith("pydantic"):  # which does read annotations
                del one.__annotations__
        elif isinstance(one, type) and _is_documented(one) and isinstance(one.__dict__.get("__doc__"), str):
            with suppress(AttributeError, TypeError):  # a type that was not made in Python
                one.__doc__ = None


def _is_documented(one: FunctionType | type) -> bool:
    return str(one.__module__).partition(".")[0] in DOCUMENTED


COLLECTED_EVERY: Final = (10_000, 20, 100)
"""How many values that may hold others are made before the youngest are looked through, and how often that happens before older
ones are. A turn makes some hundreds and leaves next to nothing in circles, which is all the collector is for. With Python's own
(700, 10, 10) it took an eighth of the time of a turn."""


def rest_the_collector() -> None:
    """Leave what is there alone until the end, and look through what comes later in larger lots."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_EVERY)


def settle_down() -> None:
    """Once everything is there and before the work begins: leave what is to last alone, and give back what is free."""
    for language in WRITING:
        babel_locale(language)
        plural_categories(language)
    # Babel's table of all languages and countries (2 MB). It needed that to find ours, and reads it again should it ever have to.
    core._global_data = None  # noqa: SLF001 -- there is no other way
    linecache.clearcache()
    sys.path_importer_cache.clear()
    rest_the_collector()
    if sys.platform == "linux":
        _give_back()


def _give_back() -> None:
    """Give the system what is free, and the machine code that only the start needed: what is run again comes from its file."""
    system = ctypes.CDLL(None)
    trim = getattr(system, "malloc_trim", None)
    if trim is not None:  # glibc
        trim(0)
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        found = _CODE.match(line)
        if found is not None:
            first, past = int(found[1], 16), int(found[2], 16)
            # Nobody writes to it, so nothing is lost; should the system not want to, nothing is either.
            system.madvise(ctypes.c_void_p(first), ctypes.c_size_t(past - first), _NOT_NEEDED_NOW)
