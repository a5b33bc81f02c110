"""Reading and writing catalogue files (gettext PO), through Babel.

Several people work on these files at once, so what is written depends on nothing but their content: entries stand in the
order of their sources, without line numbers, dates or names of tools.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, generate_po

from locales.languages import Language, plural_categories

_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


class CatalogueError(ValueError):
    """A catalogue file that cannot be read; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a catalogue with its translation.

    ``forms`` holds one text, or as many as the language has plural forms when ``plural`` is given.
    """

    id: str
    forms: tuple[str, ...]
    plural: str | None = None
    line: int = 0
    fuzzy: bool = False
    comments: tuple[str, ...] = ()

    @property
    def translated(self) -> bool:
        """Whether every form has a text and nobody marked it as doubtful."""
        return not self.fuzzy and all(self.forms)


@dataclass(frozen=True, slots=True)
class Source:
    """One message as it stands in the sources: where it is used, in order, and what a translator should know."""

    id: str
    plural: str | None = None
    files: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """What one catalogue file holds."""

    path: Path
    entries: Mapping[str, Entry] = field(default_factory=dict)
    duplicates: tuple[Entry, ...] = ()
    obsolete: Mapping[str, Entry] = field(default_factory=dict)


class _CountingCatalog(Catalog):
    """A catalogue that remembers entries given twice, which Babel merges silently."""

    def __init__(self, language: Language) -> None:
        super().__init__(locale=language, charset="utf-8")
        self.duplicates: list[Message] = []

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:  # noqa: A002 - Babel's own name
        if id and self.get(id if isinstance(id, str) else id[0]) is not None:
            self.duplicates.append(message)
        super().__setitem__(id, message)


def read(path: Path, language: Language) -> CatalogueFile:
    """Read the catalogue at ``path``; an absent file is an empty catalogue.

    Raises :class:`CatalogueError` naming file and line when the file is not well formed.
    """
    if not path.exists():
        return CatalogueFile(path)
    catalog = _CountingCatalog(language)
    parser = PoFileParser(catalog, abort_invalid=True)
    try:
        with path.open(encoding="utf-8") as lines:
            parser.parse(lines)
    except PoFileError as error:
        line = getattr(error, "lineno", 0)
        raise CatalogueError(f"{path}:{line + 1}: {error}") from error
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    return CatalogueFile(
        path=path,
        entries={entry.id: entry for entry in map(_entry, catalog) if entry.id},
        duplicates=tuple(map(_entry, catalog.duplicates)),
        obsolete={entry.id: entry for entry in map(_entry, catalog.obsolete.values())},
    )


def write(
    path: Path, language: Language, sources: Iterable[Source], kept: CatalogueFile, *, prune: bool
) -> bool:
    """Write the catalogue of ``sources``, with the translations ``kept`` holds; tell whether the file changed.

    Translations whose source is gone stay as ``#~`` comments, so that a text that moves keeps its translation, unless
    ``prune`` is set.
    """
    catalog = Catalog(locale=language, charset="utf-8")
    known = {**kept.obsolete, **kept.entries}
    for source in sources:
        entry = known.pop(source.id, None)
        message = Message(
            (source.id, source.plural) if source.plural else source.id,
            _forms(source, entry, language),
            [(file, 0) for file in source.files],
            ["fuzzy"] if entry and entry.fuzzy else [],
            source.comments,
            entry.comments if entry else (),
        )
        message.flags -= {"python-format", "python-brace-format"}
        catalog[message.id] = message
    if not prune:
        for entry in known.values():
            if any(entry.forms):
                ids = (entry.id, entry.plural) if entry.plural else entry.id
                catalog.obsolete[entry.id] = Message(ids, entry.forms if entry.plural else entry.forms[0])
    text = _HEADER.format(language=language) + "".join(
        generate_po(catalog, omit_header=True, include_lineno=False, width=0)
    )
    text = text.rstrip("\n") + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".po.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return True


def _forms(source: Source, entry: Entry | None, language: Language) -> str | tuple[str, ...]:
    """The texts to write for ``source``: those ``entry`` has, as far as their number fits."""
    old: Sequence[str] = entry.forms if entry else ()
    if source.plural is None:
        return old[0] if old else ""
    wanted = len(plural_categories(language))
    return tuple((*old, *[""] * wanted)[:wanted])


def _entry(message: Message) -> Entry:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    texts = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
    return Entry(
        id=ids[0],
        plural=ids[1] if len(ids) > 1 else None,
        forms=tuple(texts),
        line=message.lineno or 0,
        fuzzy=message.fuzzy,
        comments=tuple(message.user_comments),
    )
