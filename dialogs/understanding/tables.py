"""A figure for each of several years, in one text.

Either years and figures (``2023: 120万，2024 -30万; 2025年 0``) or figures alone in the order of the years
asked (``120万、-30万、0``). A year may be left out of the first form and is then unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from dialogs.understanding.answers import read_answer
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood
from dialogs.understanding.text import LONG, prepared
from domain.values import UNCLEAR

N = TypeVar("N")

_YEAR = re.compile(
    r"(?<![\d.,])(?:(?P<year>(?:19|20)\d\d)(?: ?(?:年度?|fy)|(?= ?[:=])|(?= [^年\d]?)|$)|(?P<short>\d\d)年度?|"
    r"(?P<told>大前年|前年|去年|今年))(?:的?(?:净?利润|收入|金额|数))?[ ]*[:=]?[ ]*",
    re.ASCII,
)
_EACH: Final = re.compile(
    r"(?:(?:每年|各年|历年|近?三年|这几年)(?:全都|全部|一直|都|均)?|全都|全部|一直|都|均|全)(?:是|为|排)?"
    r"(?=[第\d零〇一二两三四五六七八九十-])|each year |every year "
)
_STRONG = re.compile(r"[;|/\n\t]+|[,、](?=[ \D])|[,、](?!\d{3}(?!\d))|(?<=[^\d ])[,、]")
_SPACES = re.compile(r" +(?![万亿元年%])")
_ANY = re.compile(r"[,、]")
_LINES = re.compile(r"[\r\n\t]+|(?<=\S)，|；")
_LARGE_UNIT = re.compile(r"[万亿]|million|billion|thousand|(?<=\d)(?:[kmbw]|mn|bn)\b")
_SMALL_AND_BARE = re.compile(r"-?[1-9]\d{0,3}(?:\.\d+)?", re.ASCII)
_MARKS: Final = " ,、;。.和"
_TOLD: Final = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}
_MOST_YEARS: Final = 20


def read_year_table(
    text: str, years: Sequence[int], read_figure: Callable[[str], Result[N]], *, this_year: int
) -> Result[dict[int, N]]:
    """The figures of ``years``, each read by ``read_figure`` (an amount, a number, a rank).

    Figures without years must be as many as the years asked; ``都是0`` or "each year 0" gives all one. A figure
    answered "not sure" leaves its year out.
    """
    plain = prepared(_LINES.sub("; ", text[: 2 * LONG]), LONG)
    if isinstance(plain, NotUnderstood):
        return plain
    if len(years) > _MOST_YEARS:
        return NotUnderstood(Reason.WRONG_COUNT, str(len(years)))
    if _label(plain, years, this_year) is not None:
        return _labelled(plain, years, read_figure, this_year)
    if found := _EACH.match(plain):
        return _figures([(year, plain[found.end() :]) for year in years], read_figure)
    return _in_order(plain, years, read_figure)


def _label(text: str, years: Sequence[int], this_year: int) -> re.Match[str] | None:
    """The year a text begins with. A bare number is one only where that year was asked about."""
    found = _YEAR.match(text)
    if found is None or found.end() >= len(text):
        return None
    explicit = found["year"] is None or not found[0].strip().isdigit()
    return found if explicit or _year_of(found, this_year) in years else None


def _year_of(found: re.Match[str], this_year: int) -> int:
    if found["told"]:
        return this_year - _TOLD[found["told"]]
    return int(found["year"]) if found["year"] else 2000 + int(found["short"])


def _labelled(
    text: str, years: Sequence[int], read_figure: Callable[[str], Result[N]], this_year: int
) -> Result[dict[int, N]]:
    marks = [found for found in _YEAR.finditer(text) if _label(text[found.start() :], years, this_year)]
    pieces: list[tuple[int, str]] = []
    for found, following in zip(marks, [*marks[1:], None], strict=True):
        end = len(text) if following is None else following.start()
        pieces.append((_year_of(found, this_year), text[found.end() : end]))
    told = [year for year, _ in pieces]
    for year in told:
        if year not in years or told.count(year) > 1:
            return NotUnderstood(Reason.WRONG_YEAR, str(year))
    return _figures(pieces, read_figure)


def _in_order(
    text: str, years: Sequence[int], read_figure: Callable[[str], Result[N]]
) -> Result[dict[int, N]]:
    wanted = len(years)
    pieces = _pieces(_STRONG.split(text))
    if len(pieces) == 1 and wanted > 1:
        pieces = _pieces(_SPACES.split(text))
    if len(pieces) != wanted:
        # 120,300,500 is one number in groups, or three numbers: the count says it is three, and yet.
        if len(_pieces(_ANY.split(text))) == wanted:
            return NotUnderstood(Reason.NOT_RECOGNISED)
        if len(pieces) > 1 and all(isinstance(read_figure(piece), Understood) for piece in pieces):
            return NotUnderstood(Reason.WRONG_COUNT, str(len(pieces)))
        single = read_figure(text)
        return (
            single
            if isinstance(single, NotUnderstood)
            else NotUnderstood(Reason.WRONG_COUNT, str(len(pieces)))
        )
    return _figures(list(zip(years, pieces, strict=True)), read_figure)


def _pieces(parts: Sequence[str]) -> list[str]:
    return [part.strip(_MARKS) for part in parts if part.strip(_MARKS)]


def _figures(
    pieces: Sequence[tuple[int, str]], read_figure: Callable[[str], Result[N]]
) -> Result[dict[int, N]]:
    table: dict[int, N] = {}
    approximate = _mixed([piece.strip(_MARKS) for _, piece in pieces])
    for year, piece in pieces:
        figure = piece.strip(_MARKS)
        match read_figure(figure):
            case Understood(value, about, others):
                table[year] = value
                approximate = approximate or about or bool(others)
            case Ambiguous():
                return NotUnderstood(Reason.NOT_RECOGNISED, figure[:40])
            case NotUnderstood(reason):
                answer = read_answer(figure)
                if not (isinstance(answer, Understood) and answer.value is UNCLEAR):
                    return NotUnderstood(reason, figure[:40])
    return Understood(table, approximate)


def _mixed(figures: Sequence[str]) -> bool:
    """Whether some figures have a large unit and small ones have none, as in 120、30、50万元."""
    return any(map(_LARGE_UNIT.search, figures)) and any(map(_SMALL_AND_BARE.fullmatch, figures))
