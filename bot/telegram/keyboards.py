"""The buttons under a screen, row by row: two short ones side by side, long lists page by page, switches with ticks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.telegram.callback_data import CardPress, Look, Paper, Press, pack
from bot.telegram.date_keyboards import date_rows, offers_dates
from bot.telegram.markup import links_in
from bot.telegram.rows import Key, Rows, in_rows
from dialogs.engine.screen import Card, Choice, Screen
from locales.words import Words

MOST_AT_ONCE: Final = 12
"""More choices than these are shown page by page."""

PER_PAGE: Final = 10

SHORT: Final = 14
"""Two labels up to this width share a row; a Chinese character is two wide."""

TINY: Final = 8
"""Three labels up to this width share a row."""

READABLE: Final = 38
"""What a phone shows of a button over the whole width; a longer label is written out in the text as well."""

LONGEST_LABEL: Final = 60


@dataclass(frozen=True, slots=True)
class View:
    """What part of a keyboard is shown: a page of the choices (from 1), or something of the calendar."""

    page: int = 1
    dates: str = ""

    @classmethod
    def of(cls, text: str) -> View:
        """The view a button asked for; the first page for what is none."""
        if text.startswith("o") and text[1:].isascii() and text[1:].isdigit():
            return cls(page=int(text[1:]))
        return cls(dates=text)


def width(text: str) -> int:
    """How wide a text is shown, in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def options(screen: Screen) -> tuple[Choice, ...]:
    """The choices that are answers of their own, in the order in which their numbers count."""
    return tuple(c for c in screen.choices if c.role == "answer" and not c.key.startswith("@"))


def needs_listing(screen: Screen) -> bool:
    """Whether some option is too long for a button, so that all are written out with numbers in the text."""
    return any(width(choice.label) > READABLE for choice in options(screen))


def keyboard(screen: Screen, words: Words, view: View, today: date) -> Rows:
    """All rows of buttons of a screen."""
    if view.dates and offers_dates(screen):
        return date_rows(screen, words, view.dates, today)
    paged = [*_options(screen), *_keys(screen, (c for c in screen.choices if c.role == "edit"))]
    here, turning = _page(screen, words, paged, view.page)
    fixed = [c for c in screen.choices if c.role == "answer" and c.key.startswith("@")]
    ways = [c for c in screen.choices if c.role == "navigation"]
    papers = [Key(f"📄 {_cut(link.label)}", pack(Paper(link.path))) for link in links_in(screen.blocks)]
    return (
        *_arranged(here),
        *turning,
        *_arranged(_keys(screen, fixed)),
        *(date_rows(screen, words, "", today) if offers_dates(screen) else ()),
        *in_rows(papers, 1),
        *_arranged(_keys(screen, ways)),
    )


def card_keyboard(card: Card) -> Rows:
    """All rows of buttons of a card; its papers go between its answers and the other ways."""
    papers = [Key(f"📄 {_cut(link.label)}", pack(Paper(link.path))) for link in links_in(card.blocks)]

    def keys(*, answers: bool) -> list[Key]:
        return [
            Key(_cut(choice.label), pack(CardPress(card.card, choice.key)))
            for choice in card.choices
            if (choice.role == "answer") is answers
        ]

    return (*_arranged(keys(answers=True)), *in_rows(papers, 1), *_arranged(keys(answers=False)))


def _options(screen: Screen) -> Iterator[Key]:
    listed = needs_listing(screen)
    several = screen.expects is not None and screen.expects.kind == "choices"
    for number, choice in enumerate(options(screen), start=1):
        label = f"{number}. {choice.label}" if listed else choice.label
        if several:
            label = f"{'☑️' if choice.selected else '⬜'} {label}"
        elif choice.selected:
            label = f"✓ {label}"
        yield _key(screen, choice, label)


def _keys(screen: Screen, choices: Iterable[Choice]) -> list[Key]:
    return [
        _key(screen, choice, f"✓ {choice.label}" if choice.selected else choice.label) for choice in choices
    ]


def _key(screen: Screen, choice: Choice, label: str) -> Key:
    return Key(_cut(label), pack(Press(screen.conversation, screen.revision, choice.key)))


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _page(screen: Screen, words: Words, keys: Sequence[Key], page: int) -> tuple[Sequence[Key], Rows]:
    """The keys of one page, and the row that turns to the others."""
    if len(keys) <= MOST_AT_ONCE:
        return keys, ()
    pages = -(-len(keys) // PER_PAGE)
    page = min(max(page, 1), pages)

    def turn(label: str, to: int) -> Key:
        return Key(label, pack(Look(screen.conversation, screen.revision, f"o{to}")))

    back = [turn("◀", page - 1)] if page > 1 else []
    on = [turn("▶", page + 1)] if page < pages else []
    here = turn(words.say("Page %(page)s of %(pages)s", page=page, pages=pages), page)
    return keys[(page - 1) * PER_PAGE : page * PER_PAGE], ((*back, here, *on),)


def _arranged(keys: Sequence[Key]) -> Rows:
    """Neighbours share a row as long as all of them are short."""
    widest = max((width(key.label) for key in keys), default=0)
    if widest <= TINY:
        return in_rows(keys, 3)
    if widest <= SHORT:
        return in_rows(keys, 2)
    rows: list[tuple[Key, ...]] = []
    for key in keys:
        before = rows[-1] if rows else ()
        if len(before) == 1 and max(width(before[0].label), width(key.label)) <= SHORT:
            rows[-1] = (*before, key)
        else:
            rows.append((key,))
    return tuple(rows)
