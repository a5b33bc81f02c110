"""The buttons under a screen, row by row: two short ones side by side, long lists page by page, switches with ticks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from bot.telegram.callback_data import Binding, CardPress, Paper, pack
from bot.telegram.date_keyboards import date_rows, offers_dates
from bot.telegram.markup import links_in
from bot.telegram.rows import Key, Rows, in_rows
from dialogs.engine.screen import Card, Choice, Screen
from domain.made_often import made_often
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


class _Doubled(dict[int, str]):
    """Each character as it is, or twice when it is shown twice as wide; what was looked up once is kept."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        shown = self[code] = character * (2 if unicodedata.east_asian_width(character) in "WF" else 1)
        return shown


_DOUBLED: Final = _Doubled()


@made_often(frozen=True, slots=True)
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
    return len(text) if text.isascii() else len(text.translate(_DOUBLED))


class Sorted(NamedTuple):
    """The choices of a screen by where their buttons stand; `options` are answers of their own, whose numbers count."""

    options: list[Choice]
    edits: list[Choice]
    fixed: list[Choice]
    ways: list[Choice]

    @classmethod
    def of(cls, screen: Screen) -> Sorted:
        """Those of a screen."""
        by_place = options, edits, fixed, ways = cls([], [], [], [])
        for choice in screen.choices:
            role = choice.role
            if role == "navigation":
                ways.append(choice)
            elif role == "edit":
                edits.append(choice)
            elif choice.key[0] == "@":
                fixed.append(choice)
            else:
                options.append(choice)
        return by_place


def needs_listing(options: Iterable[Choice]) -> bool:
    """Whether some option is too long for a button, so that all are written out with numbers in the text."""
    for choice in options:  # noqa: SIM110 -- asked of every screen: a third of the time of `any`
        if not _fits(choice.label, READABLE):
            return True
    return False


def keyboard(screen: Screen, choices: Sorted, words: Words, view: View, today: date, *, listed: bool) -> Rows:
    """All rows of buttons of a screen with these choices; `listed`: whether its options are written out with numbers."""
    dated = offers_dates(screen)
    if dated and view.dates:
        return date_rows(screen, words, view.dates, today)
    binding = Binding(screen.conversation, screen.revision)
    keys = _options(screen, choices.options, binding, listed)
    if choices.edits:
        keys += _keys(binding, choices.edits)
    here, turning = _page(keys, words, binding, view.page)
    rows = [*_arranged(here), *turning]
    if choices.fixed:
        rows += _arranged(_keys(binding, choices.fixed))
    if dated:
        rows += date_rows(screen, words, "", today)
    for link in links_in(screen.blocks):
        rows.append((Key(f"📄 {_cut(link.label)}", pack(Paper(link.path))),))
    rows += _arranged(_keys(binding, choices.ways))
    return tuple(rows)


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


def _options(screen: Screen, answers: Sequence[Choice], binding: Binding, listed: bool) -> list[Key]:
    several = screen.expects is not None and screen.expects.kind == "choices"
    if not several and not listed:
        return _keys(binding, answers)
    keys = []
    for number, choice in enumerate(answers, start=1):
        label = f"{number}. {choice.label}" if listed else choice.label
        if several:
            label = f"{'☑️' if choice.selected else '⬜'} {label}"
        elif choice.selected:
            label = f"✓ {label}"
        keys.append(Key(_cut(label), binding.pressing + choice.key))
    return keys


def _keys(binding: Binding, choices: Iterable[Choice]) -> list[Key]:
    pressing, keys = binding.pressing, []
    for choice in choices:
        label = choice.label
        if choice.selected:
            label = f"✓ {label}"
        keys.append(Key(label if len(label) <= LONGEST_LABEL else _cut(label), pressing + choice.key))
    return keys


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _page(keys: Sequence[Key], words: Words, binding: Binding, page: int) -> tuple[Sequence[Key], Rows]:
    """The keys of one page, and the row that turns to the others."""
    if len(keys) <= MOST_AT_ONCE:
        return keys, ()
    pages = -(-len(keys) // PER_PAGE)
    page = min(max(page, 1), pages)

    def turn(label: str, to: int) -> Key:
        return Key(label, binding.look(f"o{to}"))

    back = [turn("◀", page - 1)] if page > 1 else []
    on = [turn("▶", page + 1)] if page < pages else []
    here = turn(words.say("Page %(page)s of %(pages)s", page=page, pages=pages), page)
    return keys[(page - 1) * PER_PAGE : page * PER_PAGE], ((*back, here, *on),)


def _arranged(keys: Sequence[Key]) -> Rows:
    """Neighbours share a row as long as all of them are short."""
    shape = tuple([_width_class(label) for label, _ in keys])
    rows: list[tuple[Key, ...]] = []
    first = 0
    for many in _row_lengths(shape):
        rows.append(tuple(keys[first : first + many]))
        first += many
    return tuple(rows)


def _width_class(label: str) -> int:
    """How many buttons with labels like this share a row."""
    length = len(label)
    if length > SHORT:
        return 1
    if not label.isascii() and 2 * length > TINY:
        length = width(label)
    return 3 if length <= TINY else 2 if length <= SHORT else 1


@lru_cache(1024)
def _row_lengths(shape: tuple[int, ...]) -> tuple[int, ...]:
    """How many buttons stand in each row, told from how many of each would share one."""
    if not shape:
        return ()
    if (per_row := min(shape)) > 1:
        whole, rest = divmod(len(shape), per_row)
        return (per_row,) * whole + ((rest,) if rest else ())
    rows: list[int] = []
    room = False
    for width_class in shape:
        is_short = width_class > 1
        if room and is_short:
            rows[-1] = 2
            room = False
        else:
            rows.append(1)
            room = is_short
    return tuple(rows)


def _fits(label: str, most: int) -> bool:
    """Whether a label is at most so wide. No character is wider than two, so mostly its length says that."""
    length = len(label)
    return 2 * length <= most or (length <= most and width(label) <= most)
