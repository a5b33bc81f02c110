"""A question for one figure a year, asked year by year or answered all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Expectation, Paragraph, Span, plain, strong
from dialogs.engine.typed import NotUnderstood, Reader, Understood
from dialogs.engine.unsure import UNCLEAR_VALUE, UNSURE, noted_as_unsure, says_unsure, unsure_choice
from dialogs.engine.which import Which
from locales.words import Words

_SKIPPED = "unclear"
_WHICH = "@which"


@dataclass(frozen=True, slots=True)
class AskYearTable:
    """One figure for each of ``years``; a year that is not known is marked so.

    The draft holds the figures so far by year; where a text can be read in several ways, also what it may mean.
    """

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
        if (asked_back := self._which.prompt(_meant(draft), expects)) is not None:
            return asked_back
        if not table:
            first = self.words.say("Begin with %(year)s, or tell all years at once.", year=year)
            return Prompt((unsure_choice(self.words),), expects, (Paragraph(spans=plain(first)),))
        so_far = (*plain(self.words.say("So far: ")), *strong(self._told(table)))
        title = self.words.say("And in %(year)s?", year=year)
        return Prompt((unsure_choice(self.words),), expects, (Paragraph(spans=so_far),), title)

    def press(self, key: str, draft: Json) -> Reading | None:
        """*Not sure* for the year that is asked; for the whole table while nothing is filled in."""
        table = _table(draft)
        if _meant(draft):
            return self._settled(table, self._which.press(key, _meant(draft)))
        return self._skip(table, self.words.say("Not sure")) if key == UNSURE else None

    def type(self, text: str, draft: Json) -> Reading:
        """A figure for the year that is asked, or several at once."""
        table = _table(draft)
        if (said := self._which.type(text, _meant(draft))) is not None:
            return self._settled(table, said) or said
        if says_unsure(text):
            return self._skip(table, text)
        if text.strip() in map(str, self.years):
            return Refused(
                plain(self.words.say("%(year)s is a year; which figure is it?", year=text.strip()))
            )
        match self.read_table(text):
            case Understood(dict() as several, approximate, others) if several:
                return self._meaning(table, [several, *others], text, ask=approximate)
            case _:
                pass
        match self.read_figure(text):
            case Understood(value, approximate, others):
                year = str(self._open(table))
                return self._meaning(table, [{year: one} for one in (value, *others)], text, ask=approximate)
            case NotUnderstood(reason):
                example = self.words.say("For example: %(example)s", example=self.example)
                return Refused(plain(f"{reason or self.words.say('I did not understand that.')} {example}"))

    @property
    def _which(self) -> Which:
        return Which(self.words, lambda more: self._told(_table(more)))

    def _meaning(self, table: dict[str, Json], readings: list[Json], said: str, *, ask: bool) -> Reading:
        """The only possible reading, or the question which one is meant."""
        possible = [more for more in readings if self.valid({**table, **_table(more)})]
        if ask or len(possible) > 1:
            return Drafted({**table, _WHICH: possible}, said) if possible else self._impossible()
        return self._with(table, _table(possible[0] if possible else readings[0]), said)

    def _settled(self, table: dict[str, Json], reading: Reading | None) -> Reading | None:
        """What follows once it is settled what a text meant."""
        match reading:
            case Took(value, said):
                return self._with(table, _table(value), said)
            case Drafted(_, said):
                return Drafted(dict(table) or None, said)
            case _:
                return reading

    def _impossible(self) -> Refused:
        return Refused(plain(self.words.say("Such a figure is not possible here.")))

    def _open(self, table: dict[str, Json]) -> int:
        return next((year for year in self.years if str(year) not in table), self.years[-1])

    def _skip(self, table: dict[str, Json], said: str) -> Reading:
        if not table:
            return Took(UNCLEAR_VALUE, said)
        return self._with(table, {str(self._open(table)): _SKIPPED}, said)

    def _with(self, table: dict[str, Json], more: dict[str, Json], said: str) -> Reading:
        merged = {**table, **more}
        if not self.valid(merged):
            return self._impossible()
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
        say = self.words.say
        figures = (
            say("%(year)s: %(figure)s", year=year, figure=self._figure(figure))
            for year, figure in sorted(table.items())
        )
        return say("; ").join(figures)

    def _figure(self, figure: Json) -> str:
        return self.words.say("Not sure") if figure == _SKIPPED else self.tell(figure)


def _table(draft: Json) -> dict[str, Json]:
    return (
        {year: figure for year, figure in draft.items() if year != _WHICH} if isinstance(draft, dict) else {}
    )


def _meant(draft: Json) -> Json:
    """What a text may have meant, where that is still to be settled."""
    return draft.get(_WHICH) if isinstance(draft, dict) else None
