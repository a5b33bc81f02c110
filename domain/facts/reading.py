"""Plain data (JSON, YAML) to typed values of facts and back.

The plain forms: yes/no ``true``/``false`` (or ``"yes"``/``"no"``), not sure ``"unclear"``, numbers,
money in whole yuan, dates ``"2024"``, ``"2024-10"``, ``"2024-10-20"`` (``"never"`` where it may never
have begun), a choice as its option id, choices as a list of them, year tables ``{"2023": 0}``, events
``[{"date": ..., "kind": ...}]`` and certificates ``{"held": true, "valid_to": ...}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, assert_never

from domain.facts.vocabulary import Fact, FactType, Figure, Vocabulary
from domain.values import NEVER, UNCLEAR, Certificate, Event, Never, PartialDate, Unclear, Value

EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
LARGEST = Decimal(10) ** 15
MOST_EVENTS = 100


Place = tuple[str | int, ...]
"""Where a value stands: the fact, then keys and positions inside its value."""


class FactValueError(ValueError):
    """A plain value that does not fit its fact; ``place`` names where, ``reason`` why, in one line."""

    def __init__(self, steps: Place, reason: str) -> None:
        self.steps = steps
        self.place = _shown(steps)
        self.reason = reason
        super().__init__(f"{self.place}: {reason}")


def _shown(steps: Place) -> str:
    first, *rest = (step if isinstance(step, int) else " ".join(step.split())[:80] for step in steps)
    return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)


def read_facts(plain: object, vocabulary: Vocabulary) -> dict[str, Value]:
    """A mapping of fact ids to plain values, read; :class:`FactValueError` for the first error."""
    if not isinstance(plain, Mapping):
        raise FactValueError(("facts",), "expected a mapping of fact ids to values")
    facts: dict[str, Value] = {}
    for fact_id, value in plain.items():
        fact = vocabulary.get(str(fact_id))
        if fact is None:
            raise FactValueError((str(fact_id),), "no such fact (see: zhuoyue fact list)")
        if value is None:
            continue
        facts[fact.id] = read_value(fact, value)
    return facts


def read_value(fact: Fact, plain: object) -> Value:
    """One plain value, read as the type of ``fact``; :class:`FactValueError` when it does not fit."""
    where: Place = (fact.id,)
    if plain == "unclear":
        return UNCLEAR
    match fact.type:
        case FactType.YES_NO:
            return _yes_no(plain, where)
        case FactType.NUMBER | FactType.COUNT | FactType.MONEY | FactType.PERCENTAGE:
            return _within(fact, _number(plain, where, Figure(fact.type.value)), where)
        case FactType.YEAR:
            return _year(plain, where)
        case FactType.DATE:
            return NEVER if plain == NEVER.value and fact.never else _date(plain, where)
        case FactType.CHOICE:
            return _option(fact, plain, where)
        case FactType.CHOICES:
            items = _sequence(plain, where, "a list of options")
            return frozenset(_option(fact, item, (*where, i)) for i, item in enumerate(items))
        case FactType.YEAR_TABLE:
            return _year_table(fact, plain, where)
        case FactType.EVENTS:
            items = _sequence(plain, where, "a list of dated events ([] for none)")
            if len(items) > MOST_EVENTS:
                raise FactValueError(where, f"at most {MOST_EVENTS} events")
            return tuple(_event(fact, item, (*where, i)) for i, item in enumerate(items))
        case FactType.CERTIFICATE:
            return _certificate(plain, where)
        case _:
            assert_never(fact.type)


def plain_value(value: Value) -> Any:
    """The plain (JSON) form of a value; the inverse of :func:`read_value`."""
    match value:
        case Unclear() | Never():
            return value.value
        case bool() | int() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case PartialDate():
            return str(value)
        case frozenset():
            return sorted(value)
        case tuple():
            return [_plain_event(event) for event in value]
        case Certificate():
            plain: dict[str, Any] = {"held": value.held}
            if value.number:
                plain["number"] = value.number
            if value.valid_to is not None:
                plain["valid_to"] = str(value.valid_to)
            return plain
        case Mapping():
            return {str(year): plain_value(figure) for year, figure in sorted(value.items())}
        case _:
            assert_never(value)


def _plain_event(event: Event) -> dict[str, str]:
    plain = {"date": str(event.date)}
    if event.kind:
        plain["kind"] = event.kind
    if event.note:
        plain["note"] = event.note
    return plain


def _yes_no(plain: object, where: Place) -> bool:
    if isinstance(plain, bool):
        return plain
    if isinstance(plain, str) and plain in ("yes", "no"):
        return plain == "yes"
    raise FactValueError(where, 'expected true, false or "unclear"')


def _number(plain: object, where: Place, figure: Figure) -> int | Decimal:
    number: Decimal
    if isinstance(plain, bool) or not isinstance(plain, int | float | str | Decimal):
        raise FactValueError(where, "expected a number")
    try:
        number = Decimal(str(plain))
    except InvalidOperation:
        raise FactValueError(where, "expected a number") from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise FactValueError(where, "the number is out of range")
    whole = number == number.to_integral_value()
    match figure:
        case Figure.COUNT | Figure.RANK:
            least = 1 if figure is Figure.RANK else 0
            if not whole or number < least:
                raise FactValueError(where, f"expected a whole number, at least {least}")
        case Figure.MONEY:
            if not whole:
                raise FactValueError(where, "expected whole yuan")
        case Figure.PERCENTAGE:
            if not 0 <= number <= 100:
                raise FactValueError(where, "expected a percentage from 0 to 100")
        case Figure.NUMBER:
            pass
        case _:
            assert_never(figure)
    return int(number) if whole else number


def _within(fact: Fact, number: int | Decimal, where: Place) -> int | Decimal:
    if fact.minimum is not None and number < fact.minimum:
        raise FactValueError(where, f"at least {fact.minimum}")
    if fact.maximum is not None and number > fact.maximum:
        raise FactValueError(where, f"at most {fact.maximum}")
    return number


def _year(plain: object, where: Place) -> int:
    try:
        year = int(plain) if isinstance(plain, str | int) and not isinstance(plain, bool) else 0
    except ValueError:
        year = 0
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise FactValueError(where, f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return year


def _date(plain: object, where: Place) -> PartialDate:
    found: PartialDate | None = None
    if isinstance(plain, date) and not isinstance(plain, datetime):
        found = PartialDate.of(plain)
    elif isinstance(plain, int | str) and not isinstance(plain, bool):
        try:
            found = PartialDate.parse(str(plain))
        except ValueError:
            found = None
    if found is None:
        raise FactValueError(where, "expected a date: YYYY-MM-DD, YYYY-MM or YYYY")
    _year(found.year, where)
    return found


def _option(fact: Fact, plain: object, where: Place) -> str:
    chosen = str(plain)
    if not isinstance(plain, str | int) or chosen not in fact.option_ids:
        options = ", ".join(option.id for option in fact.options)
        raise FactValueError(where, f"expected one of: {options}")
    return chosen


def _sequence(plain: object, where: Place, what: str) -> Sequence[object]:
    if isinstance(plain, Sequence) and not isinstance(plain, str):
        return plain
    raise FactValueError(where, f"expected {what}")


def _year_table(fact: Fact, plain: object, where: Place) -> dict[int, int | Decimal | Unclear]:
    if not isinstance(plain, Mapping):
        raise FactValueError(where, "expected a figure for each year, such as {2023: 0, 2024: 1}")
    table: dict[int, int | Decimal | Unclear] = {}
    for key, figure in plain.items():
        year = _year(key, (*where, str(key)))
        if year in table:
            raise FactValueError((*where, str(key)), "the year stands twice")
        if figure is None:
            continue  # a year not told is a year unknown
        if figure == UNCLEAR.value:
            table[year] = UNCLEAR
            continue
        place = (*where, str(key))
        table[year] = _within(fact, _number(figure, place, fact.figure or Figure.NUMBER), place)
    return table


def _event(fact: Fact, plain: object, where: Place) -> Event:
    if not isinstance(plain, Mapping):
        raise FactValueError(where, 'expected an event such as {"date": "2023-05"}')
    unknown = set(plain) - {"date", "kind", "note"}
    if unknown:
        raise FactValueError((*where, min(map(str, unknown))), "not part of an event")
    if "date" not in plain:
        raise FactValueError(where, "the event needs a date")
    kind = str(plain.get("kind") or "")
    if kind and kind not in fact.option_ids:
        options = ", ".join(option.id for option in fact.options) or "none"
        raise FactValueError((*where, "kind"), f"expected one of: {options}")
    return Event(_date(plain["date"], (*where, "date")), kind, str(plain.get("note") or ""))


def _certificate(plain: object, where: Place) -> Certificate:
    if isinstance(plain, bool):
        return Certificate(plain)
    if not isinstance(plain, Mapping):
        raise FactValueError(where, 'expected {"held": true, "valid_to": "YYYY-MM-DD"}')
    unknown = set(plain) - {"held", "number", "valid_to"}
    if unknown:
        raise FactValueError((*where, min(map(str, unknown))), "not part of a certificate")
    held = _yes_no(plain.get("held"), (*where, "held"))
    valid_to = plain.get("valid_to")
    return Certificate(
        held,
        str(plain.get("number") or ""),
        None if valid_to is None else _date(valid_to, (*where, "valid_to")),
    )
