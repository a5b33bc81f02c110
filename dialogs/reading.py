"""From what `dialogs.understanding` made of a text to what the engine's questions take: plain JSON, and words.

The JSON forms are those of `domain.facts.reading`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from dialogs.engine.answers import Json
from dialogs.engine.typed import NotUnderstood, Reader, Understood
from dialogs.understanding import result as understanding
from dialogs.understanding.dates import read_date, read_year
from dialogs.understanding.events import read_events
from dialogs.understanding.money import read_money
from dialogs.understanding.numbers import read_decimal, read_number, read_percentage, read_whole_number
from dialogs.understanding.ranks import read_rank
from dialogs.understanding.result import Ambiguous, Reason, Result, mapped
from dialogs.understanding.tables import read_year_table
from domain.facts.vocabulary import Figure
from domain.values import Event, PartialDate
from locales.words import Words, mark

T = TypeVar("T")

_REASONS: dict[Reason, str] = {
    Reason.EMPTY: mark("I see nothing here."),
    Reason.TOO_LONG: mark("That is too long for one answer."),
    Reason.NOT_RECOGNISED: mark("I did not understand that."),
    Reason.RANGE: mark("That is a range; please give one value."),
    Reason.NOT_WHOLE: mark("Please give a whole number."),
    Reason.TOO_LARGE: mark("That is larger than anything possible here."),
    Reason.FOREIGN_CURRENCY: mark("Please give the amount in yuan; I do not convert currencies."),
    Reason.IMPOSSIBLE_DATE: mark("No calendar has that day."),
    Reason.NO_SUCH_CHOICE: mark("There is no such choice."),
    Reason.WRONG_COUNT: mark("I expected another number of values."),
    Reason.WRONG_YEAR: mark("That year was not asked for, or stands twice."),
}


def why_not(reason: Reason, words: Words) -> str:
    """What to say about a text that was not understood."""
    return words.say(_REASONS[reason])


def reader(words: Words, read: Callable[[str], Result[T]], plain: Callable[[T], Json]) -> Reader:
    """A reader of `dialogs.understanding` as the engine's questions want it."""

    def read_plain(text: str) -> Understood | NotUnderstood:
        match read(text):
            case understanding.Understood(value, approximate, alternatives, _):
                return Understood(plain(value), approximate, tuple(plain(other) for other in alternatives))
            case Ambiguous(readings):
                first, *others = (plain(value) for value in readings)
                return Understood(first, others=tuple(others))
            case understanding.NotUnderstood(reason, _):
                return NotUnderstood(why_not(reason, words))

    return read_plain


def plain_number(number: Decimal | int) -> Json:
    """A number as JSON keeps it: whole ones as such, others as text so that no digit is lost."""
    return int(number) if number == int(number) else str(number)


_YUAN_TOLD = re.compile(r"[元块¥￥]|rmb|cny|yuan", re.IGNORECASE)
_FEW_YUAN: Final = 10_000
"""No organisation tells an amount below this without a unit and means yuan for certain: 万元 is as likely."""


def _in_yuan_or_ten_thousands(text: str) -> Result[int]:
    """An amount; a small one without a unit may be meant in yuan or in ten thousands of yuan."""
    result, bare = read_money(text), read_decimal(text)
    if not isinstance(result, understanding.Understood) or not isinstance(bare, understanding.Understood):
        return result
    if not _is_vague(bare.value, text):
        return result
    in_ten_thousands = int(bare.value * _FEW_YUAN)
    if bare.value % 1:
        return understanding.Understood(in_ten_thousands, approximate=True)
    return understanding.Understood(result.value, alternatives=(in_ten_thousands,))


def _is_vague(amount: int | Decimal, text: str) -> bool:
    return amount != 0 and -_FEW_YUAN < amount < _FEW_YUAN and _YUAN_TOLD.search(text) is None


def figure_reader(words: Words, figure: Figure) -> Reader:
    """Reads one figure of this kind."""
    return reader(words, read_figure(figure), plain_number)


def read_figure(figure: Figure) -> Callable[[str], Result[int | Decimal]]:
    """How a figure of this kind is understood."""
    match figure:
        case Figure.MONEY:
            return lambda text: mapped(_in_yuan_or_ten_thousands(text), _number)
        case Figure.PERCENTAGE:
            return lambda text: mapped(read_percentage(text), _number)
        case Figure.COUNT:
            return lambda text: mapped(read_whole_number(text), _number)
        case Figure.RANK:
            return lambda text: mapped(read_rank(text), _number)
        case Figure.NUMBER:
            return read_number


def table_reader(words: Words, years: tuple[int, ...], figure: Figure, this_year: int) -> Reader:
    """Reads a figure for each of ``years`` in one text."""

    def read(text: str) -> Result[dict[int, int | Decimal]]:
        if _DATE.fullmatch(text):
            return understanding.NotUnderstood(Reason.NOT_RECOGNISED)
        result = read_year_table(text, years, read_figure(figure), this_year=this_year)
        return _table_of_money(result, text) if figure is Figure.MONEY else result

    return reader(
        words, read, lambda table: {str(year): plain_number(number) for year, number in table.items()}
    )


_DATE = re.compile(r"\s*(?:(?:19|20)\d\d([/.-])\d{1,2}\1\d{1,2}|\d{1,2}([/.-])\d{1,2}\2(?:19|20)\d\d)\s*")


def _table_of_money(result: Result[dict[int, int | Decimal]], text: str) -> Result[dict[int, int | Decimal]]:
    """A table; where all its figures are small and without a unit, also the one in ten thousands of yuan."""
    if not isinstance(result, understanding.Understood):
        return result
    told = [figure for figure in result.value.values() if figure]
    if not told or not all(_is_vague(figure, text) for figure in told):
        return result
    larger = {year: figure * _FEW_YUAN for year, figure in result.value.items()}
    return understanding.Understood(result.value, alternatives=(larger,))


def events_reader(words: Words, today: date) -> Reader:
    """Reads dated events; what is still to come is refused."""
    plain = reader(
        words, lambda text: read_events(text, today), lambda events: [_event(event) for event in events]
    )

    def read(text: str) -> Understood | NotUnderstood:
        result = plain(text)
        if not isinstance(result, Understood):
            return result
        possible = [told for told in (result.value, *result.others) if _all_begun(told, today)]
        if not possible:
            return NotUnderstood(words.say("That day is still to come; the question is about the past."))
        return Understood(possible[0], result.approximate, tuple(possible[1:]))

    return read


def _event(event: Event) -> Json:
    plain: dict[str, Json] = {"date": str(event.date)}
    return {**plain, "note": event.note} if event.note else plain


def _number(number: Decimal | int) -> int | Decimal:
    return number


def date_reader(words: Words, today: date, *, past: bool) -> Reader:
    """Reads a date, in the precision it is told in; one after today is refused where only the past makes sense."""
    plain = reader(words, lambda text: read_date(text, today, past=past), str)

    def read(text: str) -> Understood | NotUnderstood:
        result = plain(text)
        if not past or not isinstance(result, Understood):
            return result
        possible = [value for value in (result.value, *result.others) if _begun(value, today)]
        if not possible:
            return NotUnderstood(words.say("That day is still to come; the question is about the past."))
        return Understood(possible[0], result.approximate, tuple(possible[1:]))

    return read


def year_reader(words: Words, today: date) -> Reader:
    """Reads a calendar year."""
    return reader(words, lambda text: read_year(text, today), plain_number)


def _all_begun(events: Json, today: date) -> bool:
    told = events if isinstance(events, list) else []
    return all(_begun(event.get("date"), today) for event in told if isinstance(event, dict))


def _begun(value: Json, today: date) -> bool:
    return isinstance(value, str) and PartialDate.parse(value).earliest <= today
