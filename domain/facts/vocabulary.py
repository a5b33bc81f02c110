"""What can be known about an organisation: one vocabulary for all programmes.

A fact is asked once and serves every programme. Texts are Chinese source strings; other languages
come from the catalogues (``locales/<language>/policy/facts.po``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain import yaml_source

FactId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
OptionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,29}$")]

BUILT_IN = Path(__file__).parent / "vocabulary"


class FactType(StrEnum):
    """The type of a fact's value."""

    YES_NO = "yes_no"
    NUMBER = "number"
    COUNT = "count"
    MONEY = "money"  # whole yuan
    PERCENTAGE = "percentage"
    DATE = "date"  # known to the year, the month or the day
    YEAR = "year"
    CHOICE = "choice"
    CHOICES = "choices"  # many choices
    YEAR_TABLE = "year_table"  # one figure for each of several years
    EVENTS = "events"  # dated events; none is an empty list
    CERTIFICATE = "certificate"  # held or not, number, valid to


class Figure(StrEnum):
    """What the figures of a year table are."""

    NUMBER = "number"
    COUNT = "count"
    MONEY = "money"
    PERCENTAGE = "percentage"
    RANK = "rank"


class Audience(StrEnum):
    """Who can know a fact, and so whom it is asked."""

    APPLICANT = "applicant"
    STAFF = "staff"  # officers and programmes' own records; never asked in a self-check


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Frozen):
    """One answer of a choice."""

    id: OptionId
    label: str
    help: str = ""


class Fact(_Frozen):
    """One thing that can be known about an organisation."""

    id: FactId
    type: FactType
    short: str
    """A few words, for lists and results."""
    question: str
    help: str = ""
    evidence: str = ""
    """Where the evidence is usually found."""
    unit: str = ""
    """Shown after a number (家, 年, 名); money is always yuan, percentages always percent."""
    options: tuple[Option, ...] = ()
    """Answers of a choice; kinds of dated events."""
    add_options: tuple[Option, ...] = ()
    """Further options for a fact that is already defined elsewhere (an operator's own file)."""
    figure: Figure | None = None
    """For year tables: what each year's figure is."""
    years: Annotated[int, Field(ge=1, le=10)] = 3
    """For year tables: how many complete years are asked."""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    audience: Audience = Audience.APPLICANT
    asked: bool = True
    """Whether a self-check asks it; a fact that is not asked counts only when told."""
    never: str = ""
    """For dates: what to say when it never began ("not applied so far"); empty where that makes no sense."""
    refreshed: Literal["yearly"] | None = None
    """How often the answer has to be looked at again; None: it holds until it is changed."""
    future: bool = False
    """For dates: whether a day after today makes sense."""

    @property
    def option_ids(self) -> frozenset[str]:
        """The ids of all options."""
        return frozenset(option.id for option in self.options)

    @property
    def is_asked(self) -> bool:
        """Whether a self-check asks an applicant for it."""
        return self.asked and self.audience is Audience.APPLICANT

    def option(self, option_id: str) -> Option:
        """The option with this id; ``KeyError`` when there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.type in (FactType.CHOICE, FactType.CHOICES) and len(self.options) < 2:
            raise ValueError("a choice needs at least two options")
        if self.never and self.type is not FactType.DATE:
            raise ValueError("never is for dates")
        if self.options and self.type not in (FactType.CHOICE, FactType.CHOICES, FactType.EVENTS):
            raise ValueError(f"a fact of type {self.type} has no options")
        if (self.type is FactType.YEAR_TABLE) != (self.figure is not None):
            raise ValueError("figure is for year tables, and every year table has one")
        if len(self.option_ids) != len(self.options):
            raise ValueError("two options have the same id")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self


class _AddedOptions(_Frozen):
    """More options for a fact that another file defines."""

    id: FactId
    add_options: tuple[Option, ...]


class VocabularyError(Exception):
    """A vocabulary file that is wrong; ``problems`` holds one ``file:line: reason`` each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Vocabulary(Mapping[str, Fact]):
    """All facts by id, in the order of their files."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts: dict[str, Fact] = {fact.id: fact for fact in facts}

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    @classmethod
    def load(cls, *folders_or_files: Path) -> Vocabulary:
        """The built-in facts and those of ``folders_or_files`` (an operator's ``facts.yaml``)."""
        facts: dict[str, Fact] = {}
        problems: list[str] = []
        for path in _files((BUILT_IN, *folders_or_files)):
            try:
                _read_into(facts, path, problems)
            except yaml_source.SourceError as error:
                problems.append(str(error))
        if problems:
            raise VocabularyError(problems)
        return cls(facts.values())


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(place.glob("*.yaml"))
        else:
            yield place


def _read_into(facts: dict[str, Fact], path: Path, problems: list[str]) -> None:
    source = yaml_source.read(path)
    if not isinstance(source.data, list):
        raise yaml_source.SourceError(source.name, 1, "expected a list of facts")
    for index, item in enumerate(source.data):
        line = source.line_of([index])
        try:
            if isinstance(item, Mapping) and "add_options" in item:
                added = _AddedOptions.model_validate(item)
                known = facts[added.id]
                facts[added.id] = Fact.model_validate(
                    known.model_dump()
                    | {"options": [o.model_dump() for o in known.options + added.add_options]}
                )
                continue
            fact = Fact.model_validate(item)
        except KeyError:
            problems.append(f"{source.name}:{line}: no fact {item.get('id')!r} to add options to")
            continue
        except ValidationError as error:
            problems += map(str, yaml_source.faults(source, error, [index]))
            continue
        if fact.id in facts:
            problems.append(f"{source.name}:{line}: the fact {fact.id!r} is defined twice")
            continue
        facts[fact.id] = fact
