"""Long lists, a page at a time."""

from __future__ import annotations

from typing import Final, TypeVar

from dialogs.engine.choosing import Option
from dialogs.engine.turn import page_key
from dialogs.world import World

A_PAGE: Final = 10
"""Entries on one page: what a phone shows without getting lost."""

T = TypeVar("T")


def page_count(length: int) -> int:
    """How many pages a list of this length has; at least one."""
    return max(1, -(-length // A_PAGE))


def shown_page(page: int, length: int) -> int:
    """The page that is shown when ``page`` is asked for: the last one where there are fewer."""
    return min(max(page, 0), page_count(length) - 1)


def paged(entries: tuple[T, ...], page: int) -> tuple[T, ...]:
    """The entries of a page."""
    first = shown_page(page, len(entries)) * A_PAGE
    return entries[first : first + A_PAGE]


def page_options(world: World, length: int) -> list[Option]:
    """Buttons to the page before and after, where there are any."""
    page, say = shown_page(world.page, length), world.words.say
    options = []
    if page > 0:
        options.append(
            Option(page_key(page - 1), say("Previous page"), page_key(page - 1), role="navigation")
        )
    if page + 1 < page_count(length):
        options.append(Option(page_key(page + 1), say("Next page"), page_key(page + 1), role="navigation"))
    return options


def page_title(world: World, title: str, length: int) -> str:
    """The title, with the page where there are several."""
    pages = page_count(length)
    if pages == 1:
        return title
    page = shown_page(world.page, length) + 1
    return world.words.say("%(title)s (page %(page)s of %(pages)s)", title=title, page=page, pages=pages)
