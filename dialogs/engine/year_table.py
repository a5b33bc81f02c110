"""A question for one figure a year, asked year by year or answered all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Expectation, Paragraph, Span, plain, strong
from dialogs.engine.typed import NotUnderstood, Reader, Understood
from dialogs.engine.unsure import UNCLEAR_VALUE, UNSURE, noted_as_unsure, says_unsure, unsure_choice
from locales.words import Words

_SKIPPED = "unclear"


@dataclass(frozen=True, slots=True)
class AskYearTable:
    """One figure for each of ``years``; a year that is not known is marked so."""

    words: Words
    years: tuple[int, ...]
    read_figure: Reader
    read_table: Reader
    """Reads figures of several years at once, as JSON by year."""
    tell: Callable[[Json], str]
    example: str
    valid: Callable[[Json], bool]
    toggles: bool = field(default=False, init=False)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """The first year that is still open."""
        table = _table(draft)
        year = self._open(table)
        expects = Expectation(kind="year_table", example=self.example, years=self.years)
        if not table:
            first = self.words.say("Begin with %(year)s, or tell all years at once.", year=year)
            return Prompt((unsure_choice(self.words),), expects, (Paragraph(spans=plain(first)),))
        so_far = (*plain(self.words.say("So far: ")), *strong(self._told(table)))
        title = self.words.say("And in %(year)s?", year=year)
        return Prompt((unsure_choice(self.words),), expects, (Paragraph(spans=so_far),), title)

    def press(self, key: str, draft: Json) -> Reading | None:
        """*Not sure* for the year that is asked; for the whole table while nothing is filled in."""
        return self._skip(_table(draft), self.words.say("Not sure")) if key == UNSURE else None

    def type(self, text: str, draft: Json) -> Reading:
        """A figure for the year that is asked, or several at once."""
        table = _table(draft)
        if says_unsure(text):
            return self._skip(table, text)
        match self.read_table(text):
            case Understood(dict() as several) if several:
                return self._with(table, several, text)
            case _:
                pass
        match self.read_figure(text):
            case Understood(value):
                return self._with(table, {str(self._open(table)): value}, text)
            case NotUnderstood(reason):
                example = self.words.say("For example: %(example)s", example=self.example)
                return Refused(plain(f"{reason or self.words.say('I did not understand that.')} {example}"))

    def _open(self, table: dict[str, Json]) -> int:
        return next((year for year in self.years if str(year) not in table), self.years[-1])

    def _skip(self, table: dict[str, Json], said: str) -> Reading:
        if not table:
            return Took(UNCLEAR_VALUE, said)
        return self._with(table, {str(self._open(table)): _SKIPPED}, said)

    def _with(self, table: dict[str, Json], more: dict[str, Json], said: str) -> Reading:
        merged = {**table, **more}
        if not self.valid(merged):
            return Refused(plain(self.words.say("Such a figure is not possible here.")))
        if any(str(year) not in merged for year in self.years):
            return Drafted(merged, said)
        whole: dict[str, Json] = {str(year): merged[str(year)] for year in self.years}
        if all(figure == _SKIPPED for figure in whole.values()):
            return Took(UNCLEAR_VALUE, said)
        return Took(whole, said)

    def holds(self, value: Json) -> bool:
        """Whether it is a table that says something about one of the years asked."""
        if value == UNCLEAR_VALUE:
            return True
        return (
            isinstance(value, dict) and any(str(year) in value for year in self.years) and self.valid(value)
        )

    def echo(self, value: Json) -> tuple[Span, ...]:
        """Every year with its figure."""
        if not isinstance(value, dict):
            return noted_as_unsure(self.words)
        return (*plain(self.words.say("Noted: ")), *strong(self._told(value)))

    def _told(self, table: dict[str, Json]) -> str:
        return "; ".join(f"{year}: {self._figure(figure)}" for year, figure in sorted(table.items()))

    def _figure(self, figure: Json) -> str:
        return self.words.say("Not sure") if figure == _SKIPPED else self.tell(figure)


def _table(draft: Json) -> dict[str, Json]:
    return dict(draft) if isinstance(draft, dict) else {}
