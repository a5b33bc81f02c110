"""The kinds of reminders, as data: when each is said, whether it waits for a working day, who it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain import yaml_source

BUILT_IN = Path(__file__).parent / "kinds.yaml"

Offset = Annotated[int, Field(ge=0, le=366)]
"""Days before the day a reminder is about."""


class Kind(BaseModel):
    """One kind of reminder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,39}$")]
    title: Annotated[str, Field(min_length=1, max_length=40)]
    """A few Chinese words, for lists and switches."""
    offsets: tuple[Offset, ...] = ()
    at_once: bool = False
    """Said as soon as it is known, as there is no day to count from."""
    urgent_within: int = Field(default=-1, ge=-1, le=366)
    """Urgent from so many days before the day on; -1: never."""
    on_days_off: Literal["earlier", "later"] = "later"
    """What is not urgent and falls on a day off is said on the working day before, or on the one after."""
    told_when_moved: bool = False
    """Whoever heard of the day hears once more when it moves."""
    for_staff: bool = False
    on: bool = True
    """Whether it is said to people who chose nothing."""

    @model_validator(mode="after")
    def _has_a_time(self) -> Self:
        if self.at_once == bool(self.offsets):
            raise ValueError("give offsets, or say at_once")
        if len(set(self.offsets)) != len(self.offsets):
            raise ValueError("an offset stands twice")
        return self

    def is_urgent(self, offset: int) -> bool:
        """Whether it is urgent so many days before its day."""
        return offset <= self.urgent_within


class KindsError(Exception):
    """A file of kinds that is wrong; ``problems`` holds one ``file:line: reason`` each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Kinds(Mapping[str, Kind]):
    """All kinds by id, in the order of the file."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._kinds: dict[str, Kind] = {kind.id: kind for kind in kinds}

    def __getitem__(self, kind_id: str) -> Kind:
        return self._kinds[kind_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> Kinds:
        """The kinds of a file. Raises KindsError, which names every problem with its line."""
        try:
            source = yaml_source.read(path)
        except yaml_source.SourceError as error:
            raise KindsError([str(error)]) from None
        if not isinstance(source.data, list):
            raise KindsError([f"{source.name}:1: expected a list of kinds"])
        kinds: list[Kind] = []
        problems: list[str] = []
        for index, item in enumerate(source.data):
            try:
                kind = Kind.model_validate(item)
            except ValidationError as error:
                problems += map(str, yaml_source.faults(source, error, [index]))
                continue
            if any(kind.id == other.id for other in kinds):
                problems.append(f"{source.name}:{source.line_of([index])}: the kind {kind.id!r} stands twice")
            kinds.append(kind)
        if problems:
            raise KindsError(problems)
        return cls(kinds)
