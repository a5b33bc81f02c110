"""Reading programmes: the built-in ones and an operator's own, each version valid or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from domain import yaml_source
from domain.facts.vocabulary import Vocabulary, VocabularyError
from domain.programme.archive import Archived, archive
from domain.programme.cases import Cases
from domain.programme.lint import Problem, lint_programme
from domain.programme.model import Programme

BUILT_IN = Path(__file__).parent.parent / "programmes"
PROGRAMME_FILES = "programme*.yaml"
"""``programme.yaml`` and, for further versions, ``programme-<version>.yaml``."""
FACTS_FILE = "facts.yaml"
"""Facts an operator's folder adds to the vocabulary."""


class ProgrammeError(Exception):
    """Programme files that are wrong; ``problems`` tells where and why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class LoadedProgramme:
    """A programme with where it came from."""

    programme: Programme
    archived: Archived
    folder: Path

    @property
    def content_hash(self) -> str:
        """SHA-256 of the programme's content and the facts it reads."""
        return self.archived.content_hash


class Programmes(Mapping[str, tuple[LoadedProgramme, ...]]):
    """All programmes by id, each with its versions, earliest first."""

    def __init__(self, loaded: Iterable[LoadedProgramme], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._versions: dict[str, tuple[LoadedProgramme, ...]] = {}
        for item in loaded:
            known = self._versions.get(item.programme.id, ())
            self._versions[item.programme.id] = tuple(
                sorted((*known, item), key=lambda one: one.programme.in_force.since or date.min)
            )

    def __getitem__(self, programme_id: str) -> tuple[LoadedProgramme, ...]:
        return self._versions[programme_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)

    def on(self, programme_id: str, day: date) -> LoadedProgramme:
        """The version in use on a day (the nearest one where none is); ``KeyError`` for no such id."""
        versions = self._versions[programme_id]
        for item in reversed(versions):
            if item.programme.in_force.holds(day):
                return item
        begun = [v for v in versions if (v.programme.in_force.since or date.min) <= day]
        return begun[-1] if begun else versions[0]

    def all_on(self, day: date) -> tuple[LoadedProgramme, ...]:
        """Every programme in the version in use on a day, in loading order."""
        return tuple(self.on(programme_id, day) for programme_id in self)

    @classmethod
    def load(cls, own_folder: Path | None = None) -> Programmes:
        """The built-in programmes and those in an operator's folder.

        :class:`ProgrammeError` names every problem with file and line.
        """
        folders = [BUILT_IN, *([own_folder] if own_folder is not None else [])]
        vocabulary = load_vocabulary(own_folder)
        loaded: list[LoadedProgramme] = []
        problems: list[Problem] = []
        for path in (path for folder in folders for path in programme_files(folder)):
            programme, found = read_programme(path, vocabulary)
            problems += [problem for problem in found if problem.is_error]
            if programme is not None:
                loaded.append(LoadedProgramme(programme, archive(programme, vocabulary), path.parent))
        problems += _clashes(loaded)
        if problems:
            raise ProgrammeError(problems)
        return cls(loaded, vocabulary)


def load_vocabulary(own_folder: Path | None = None) -> Vocabulary:
    """The built-in vocabulary and the facts an operator's folder adds.

    :class:`ProgrammeError` names every problem.
    """
    own = [] if own_folder is None else sorted(own_folder.rglob(FACTS_FILE))
    try:
        return Vocabulary.load(*own)
    except VocabularyError as error:
        raise ProgrammeError(Problem.parse(text) for text in error.problems) from None


def own_catalogues(own_folder: Path | None) -> dict[str, Path]:
    """An operator's translations: ``en.po`` of each programme by its id, ``facts.en.po`` for their facts."""
    if own_folder is None:
        return {}
    found = {path.parent.name: path for path in sorted(own_folder.glob("*/en.po"))}
    facts = own_folder / "facts.en.po"
    return found | ({"facts": facts} if facts.is_file() else {})


def programme_files(folder: Path) -> Iterator[Path]:
    """Every programme file of a folder of programmes, or of one programme's folder."""
    if any(folder.glob(PROGRAMME_FILES)):
        yield from sorted(folder.glob(PROGRAMME_FILES))
        return
    for child in sorted(folder.iterdir()) if folder.is_dir() else ():
        if child.is_dir():
            yield from sorted(child.glob(PROGRAMME_FILES))


def cases_beside(programme_file: Path) -> Path:
    """Where the worked cases of a programme file stand, whether they exist or not."""
    return programme_file.with_name("cases" + programme_file.name.removeprefix("programme"))


def read_programme(path: Path, vocabulary: Vocabulary) -> tuple[Programme | None, tuple[Problem, ...]]:
    """One programme file: the programme when its form is right, and every problem found."""
    try:
        source = yaml_source.read(path)
        plain = yaml_source.mapping(source)
    except yaml_source.SourceError as error:
        return None, (Problem(error.name, error.line, error.reason),)
    try:
        programme = Programme.model_validate(plain)
    except ValidationError as error:
        return None, _validation_problems(error, source)
    return programme, lint_programme(programme, source, vocabulary, folder_name=path.parent.name)


def read_cases(path: Path) -> Cases:
    """A ``cases.yaml``; :class:`ProgrammeError` when it is wrong."""
    try:
        source = yaml_source.read(path)
        plain = yaml_source.mapping(source)
    except yaml_source.SourceError as error:
        raise ProgrammeError([Problem(error.name, error.line, error.reason)]) from None
    try:
        return Cases.model_validate(plain)
    except ValidationError as error:
        raise ProgrammeError(_validation_problems(error, source)) from None


def _validation_problems(error: ValidationError, source: yaml_source.YamlSource) -> tuple[Problem, ...]:
    return tuple(Problem(fault.name, fault.line, fault.reason) for fault in yaml_source.faults(source, error))


def _clashes(loaded: Iterable[LoadedProgramme]) -> Iterator[Problem]:
    """Two files that claim the same id and version, or one code for two programmes."""
    versions: dict[tuple[str, str], Path] = {}
    codes: dict[str, str] = {}
    for item in loaded:
        programme = item.programme
        key = (programme.id, programme.version)
        name = str(item.folder)
        if key in versions:
            yield Problem(name, 1, f"version {programme.version} of {programme.id} stands twice")
        versions[key] = item.folder
        if codes.setdefault(programme.code, programme.id) != programme.id:
            yield Problem(name, 1, f"the code {programme.code} is taken by {codes[programme.code]}")
