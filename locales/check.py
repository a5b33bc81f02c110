"""``python -m locales.check``: every text has its translation, and every translation is sound (part of ``make check``)."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from locales import catalogues, po
from locales.languages import plural_categories
from locales.po import Source
from locales.sources import SourceError, Use, as_sources, has_chinese

PROJECT = Path(__file__).parent.parent

SAME_IN_CHINESE: Final = frozenset({"Zhuoyue", "English", "JSON", "CSV", "PDF"})
"""Texts of the interface that are written the same way in Chinese."""

_PLACEHOLDER: Final = re.compile(r"%(?:%|\((\w+)\)([#0\- +]*\d*(?:\.\d+)?[a-zA-Z]))")
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
# Names of documents and institutions stand in Chinese beside their English form: in brackets, in quotation marks,
# or as a document number.
_OFFICIAL: Final = re.compile(
    r"\([^()]*\)|（[^（）]*）|《[^《》]*》|“[^“”]*”|\"[^\"]*\"|[\u4e00-\u9fff]+〔\d{4}〕\d+号"
)


def problems(root: Path) -> Iterator[str]:
    """Everything wrong with the catalogues of the project at ``root``, one line each, naming file and text."""
    said: dict[str, tuple[Path, tuple[str, ...]]] = {}
    for catalogue in catalogues.of_project(root):
        file = po.read(catalogue.path, catalogue.language)
        name = _shown(catalogue.path, root)
        yield from source_problems(catalogue)
        yield from entry_problems(catalogue, file, name)
        if not catalogue.policy:
            for entry in file.entries.values():
                first = said.setdefault(entry.id, (catalogue.path, entry.forms))
                if first[1] != entry.forms:
                    other = _shown(first[0], root)
                    yield f"{name}:{entry.line}: said another way in {other}: {_short(entry.id)}"


def source_problems(catalogue: catalogues.Catalogue) -> Iterator[str]:
    """What is wrong with the texts where they are used."""
    plurals: dict[str, str] = {}
    for use in catalogue.uses:
        place = f"{use.file}:{use.line}"
        if not use.literal:
            yield f"{place}: a text put together at run time cannot be translated: {_short(use.id)}"
            continue
        if not use.id:
            yield f"{place}: an empty text"
            continue
        if catalogue.policy:
            continue
        # English text may quote Chinese, as in an example of what can be typed.
        if has_chinese(use.id) and not _WORD.search(use.id):
            yield f"{place}: interface texts are written in English: {_short(use.id)}"
        if use.plural and plurals.setdefault(use.id, use.plural) != use.plural:
            yield f"{place}: the same singular has two plurals: {_short(use.id)}"
        yield from _value_problems(use, place)


def _value_problems(use: Use, place: str) -> Iterator[str]:
    if use.values is None:
        return
    named = set(placeholders(use.id)) | set(placeholders(use.plural or ""))
    if not named and "%%" in use.id:
        yield f"{place}: %% without placeholders is shown as it stands, write %: {_short(use.id)}"
    if named - use.values:
        yield f"{place}: no value for {', '.join(sorted(named - use.values))}: {_short(use.id)}"
    if use.values - named - {"n"}:
        yield f"{place}: no place for {', '.join(sorted(use.values - named - {'n'}))}: {_short(use.id)}"


def entry_problems(catalogue: catalogues.Catalogue, file: po.CatalogueFile, name: str) -> Iterator[str]:
    """What is wrong with the translations of one catalogue."""
    sources = {source.id: source for source in as_sources(catalogue.uses)}
    for source in sources.values():
        if source.id not in file.entries:
            yield f"{name}: missing, used in {source.files[0]}: {_short(source.id)}"
    for entry in file.duplicates:
        yield f"{name}:{entry.line}: duplicate: {_short(entry.id)}"
    for entry in file.obsolete.values():
        yield f"{name}: unused, kept as a comment (make words PRUNE=1 forgets it): {_short(entry.id)}"
    for entry in file.entries.values():
        known = sources.get(entry.id)
        for problem in ["unused"] if known is None else _translation_problems(catalogue, known, entry):
            yield f"{name}:{entry.line}: {problem}: {_short(entry.id)}"


def _translation_problems(catalogue: catalogues.Catalogue, source: Source, entry: po.Entry) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy"
    if source.plural != entry.plural:
        yield "plural differs from the source"
    if entry.plural and len(entry.forms) != len(plural_categories(catalogue.language)):
        yield "wrong number of plural forms"
    for text in entry.forms:
        if not text.strip():
            yield "not translated"
        elif catalogue.policy:
            yield from _english_problems(text)
        else:
            yield from _chinese_problems(entry, text)


def _chinese_problems(entry: po.Entry, text: str) -> Iterator[str]:
    wanted = set(placeholders(entry.id).items()) | set(placeholders(entry.plural or "").items())
    # A plural form may spell its number out in one language and not in the other.
    free = {("n", "s")} if entry.plural else set()
    if (set(placeholders(text).items()) ^ wanted) - free:
        yield "placeholders differ"
    if wanted and "%" in _PLACEHOLDER.sub("", text):
        yield "a single % among placeholders must be written %%"
    if text == entry.id and text not in SAME_IN_CHINESE and _WORD.search(_PLACEHOLDER.sub("", text)):
        yield "still English"


def _english_problems(text: str) -> Iterator[str]:
    rest = _OFFICIAL.sub("", text)
    if not _WORD.search(rest) and not re.search(r"\d", rest):
        yield "no English in it"
    elif has_chinese(rest):
        yield "Chinese outside brackets and quotation marks"


def placeholders(text: str) -> dict[str, str]:
    """The placeholders of ``text``: name to conversion."""
    return {found[1]: found[2] for found in _PLACEHOLDER.finditer(text) if found[1]}


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 80 else f"{line[:77]}...")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when all is well, 1 when something is wrong, 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m locales.check", description=__doc__)
    parser.add_argument("--root", type=Path, default=PROJECT, help="the project")
    chosen = parser.parse_args(arguments)
    try:
        found = list(problems(chosen.root))
    except (po.CatalogueError, SourceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join([*found, f"catalogues: {len(found)} problems" if found else "catalogues: all complete"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
