"""Official holiday lists: which days off and which weekend days at work a year has.

The lists that are out come with the chinesecalendar package. The list of a coming year is
published in autumn, often between two releases of this software, so an operator can load it from
a file, and can correct a year with it::

    years:
      2027:
        holidays:                     # days off: a day, or first..last
          - 2027-01-01..2027-01-03
          - 2027-02-05
        workdays:                     # weekend days at work (调休上班)
          - 2027-02-14

A year in the file replaces the whole year. A list may also name days of the December before it
(the New Year holiday can begin there); those are added to what that December has. The file is
YAML; JSON, which YAML contains, does as well.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from chinese_calendar.constants import holidays, workdays

EARLIEST_YEAR: Final = 1990
LATEST_YEAR: Final = 2100
_LONGEST_RANGE: Final = timedelta(days=31)
_MOST_BYTES: Final = 1_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class HolidayFileError(ValueError):
    """A holiday file that cannot be used; the message names the file, the place and the reason."""

    def __init__(self, file: Path, place: str, reason: str) -> None:
        self.file = file
        self.place = place
        self.reason = reason
        super().__init__(": ".join(part for part in (str(file), place, reason) if part))


@dataclass(frozen=True, slots=True)
class HolidayLists:
    """Days off, weekend days at work, and the years whose list is known."""

    off: frozenset[date] = field(default=frozenset())
    work: frozenset[date] = field(default=frozenset())
    years: frozenset[int] = field(default=frozenset())

    def overlaid_by(self, other: HolidayLists) -> HolidayLists:
        """These lists with the years of ``other`` put in their place."""

        def joined(
            mine: frozenset[date], theirs: frozenset[date], against: frozenset[date]
        ) -> frozenset[date]:
            kept = (day for day in mine if day.year not in other.years and day not in against)
            return theirs.union(kept)

        return HolidayLists(
            off=joined(self.off, other.off, other.work),
            work=joined(self.work, other.work, other.off),
            years=self.years | other.years,
        )


def official_lists() -> HolidayLists:
    """The lists published so far, as the chinesecalendar package holds them."""
    return HolidayLists(
        off=frozenset(holidays),
        work=frozenset(workdays),
        years=frozenset(day.year for day in holidays),
    )


def read_holiday_file(file: Path) -> HolidayLists:
    """Read an operator's holiday file; :class:`HolidayFileError` when it cannot be used."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise HolidayFileError(file, "", error.strerror or "cannot be read") from error
    if len(raw) > _MOST_BYTES:
        raise HolidayFileError(file, "", f"is larger than {_MOST_BYTES} bytes")
    try:
        content = yaml.load(raw, Loader=_Loader)  # noqa: S506 - a SafeLoader, only stricter
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise HolidayFileError(file, _line_of(error), _first_line_of(error)) from error
    return _Reader(file).lists(content)


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name} is given twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


class _Reader:
    """Checks what a holiday file says, place by place."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def lists(self, content: object) -> HolidayLists:
        years = self._mapping(content, "", allowed={"years", "source"}).get("years")
        off: set[date] = set()
        work: set[date] = set()
        known: set[int] = set()
        for key, entry in self._mapping(years, "years").items():
            place = f"years.{key}"
            year = self._year(key, place)
            if year in known:
                raise self._error(place, "is given twice")
            known.add(year)
            lists = self._mapping(entry, place, allowed={"holidays", "workdays"})
            if not lists.get("holidays"):
                raise self._error(f"{place}.holidays", "needs at least one day")
            free = set(self._days(lists["holidays"], f"{place}.holidays", year))
            busy = set(self._days(lists.get("workdays") or [], f"{place}.workdays", year))
            for day in sorted(free & busy):
                raise self._error(f"{place}.workdays", f"{day} is listed as a day off as well")
            for day in sorted(busy):
                if day.weekday() < 5:
                    raise self._error(f"{place}.workdays", f"{day} is no Saturday or Sunday")
            off |= free
            work |= busy
        for day in sorted(off & work):
            raise self._error("years", f"{day} is a day off in one year's list and at work in the other's")
        return HolidayLists(frozenset(off), frozenset(work), frozenset(known))

    def _days(self, entries: object, place: str, year: int) -> Iterator[date]:
        if not isinstance(entries, list):
            raise self._error(place, "must be a list of days")
        for position, entry in enumerate(entries):
            here = f"{place}[{position}]"
            first, last = self._range(entry, here)
            if last < first:
                raise self._error(here, f"{last} lies before {first}")
            if last - first > _LONGEST_RANGE:
                raise self._error(here, f"is longer than {_LONGEST_RANGE.days} days")
            for offset in range((last - first).days + 1):
                day = first + timedelta(days=offset)
                if day.year != year and (day.year, day.month) != (year - 1, 12):
                    raise self._error(here, f"{day} lies neither in {year} nor in the December before")
                yield day

    def _range(self, entry: object, place: str) -> tuple[date, date]:
        if isinstance(entry, datetime):
            raise self._error(place, "must be a day without a time")
        if isinstance(entry, date):
            return entry, entry
        if not isinstance(entry, str):
            raise self._error(place, "must be YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD")
        first, separator, last = entry.partition("..")
        begin = self._day(first, place)
        return begin, self._day(last, place) if separator else begin

    def _day(self, text: str, place: str) -> date:
        text = text.strip()
        if not _DAY.fullmatch(text):
            raise self._error(place, "must be YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD")
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self._error(place, f"there is no {text}") from None

    def _year(self, key: object, place: str) -> int:
        text = str(key)
        if not re.fullmatch(r"\d{4}", text, re.ASCII) or not EARLIEST_YEAR <= int(text) <= LATEST_YEAR:
            raise self._error(place, f"must be a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
        return int(text)

    def _mapping(self, value: object, place: str, allowed: set[str] | None = None) -> Mapping[Any, Any]:
        if not isinstance(value, dict) or not value:
            wanted = (
                "years:" if not place else "years as keys" if place == "years" else "holidays: and workdays:"
            )
            raise self._error(place, f"must be a mapping with {wanted}")
        for key in value:
            if allowed is not None and key not in allowed:
                raise self._error(
                    f"{place}.{key}".lstrip("."), f"is unknown; {', '.join(sorted(allowed))} may stand here"
                )
        return value

    def _error(self, place: str, reason: str) -> HolidayFileError:
        return HolidayFileError(self._file, place, reason)


def _line_of(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark is not None else ""


def _first_line_of(error: Exception) -> str:
    reason = getattr(error, "problem", None) or str(error) or type(error).__name__
    return str(reason).splitlines()[0]
