"""Finding the texts to translate: in Python and page templates (English), and in the YAML of policies (Chinese)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

from locales.po import Source

PACKAGES: Final = ("bot", "dialogs", "domain", "scheduler")
"""The packages whose interface texts are collected, each into a catalogue of its own name."""

SINGULAR: Final = frozenset({"say", "mark"})
"""Calls whose first argument is a text."""

PLURAL: Final = frozenset({"count"})
"""Calls whose first two arguments are the forms for one and for many."""

UNTRANSLATED_KEYS: Final = frozenset({"term", "number", "sources"})
"""YAML keys whose values stay Chinese in every language: official terms, document numbers, references to originals."""

_TEMPLATES: Final = (".html", ".jinja", ".j2")
_CJK: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def has_chinese(text: str) -> bool:
    """Whether ``text`` contains a Chinese character; punctuation does not count."""
    return _CJK.search(text) is not None


class SourceError(ValueError):
    """A source file that cannot be read; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a text is used.

    ``values`` are the names given to fill its placeholders, or ``None`` where that cannot be told from the source.
    ``literal`` is false when what stands in the place of the text is put together at run time (an f-string).
    """

    file: str
    line: int
    id: str
    plural: str | None = None
    values: frozenset[str] | None = None
    comment: str = ""
    literal: bool = True


def interface_uses(root: Path, package: str) -> tuple[Use, ...]:
    """Every use of an interface text in ``package`` under ``root``, by file and then in order of occurrence."""
    found: list[Use] = []
    for path in sorted((root / package).rglob("*")):
        file = path.relative_to(root).as_posix()
        if path.suffix == ".py":
            found += python_uses(path, file)
        elif path.suffix in _TEMPLATES:
            found += template_uses(path, file)
    return tuple(found)


def policy_files(root: Path) -> dict[str, tuple[Path, ...]]:
    """The YAML files of each policy catalogue: ``facts``, ``reminders`` (their kinds), and one per programme."""
    facts = tuple(sorted((root / "domain/facts/vocabulary").glob("*.yaml")))
    kinds = tuple(sorted((root / "domain/reminders").glob("*.yaml")))
    folders = sorted({path.parent for path in (root / "domain/programmes").glob("*/programme*.yaml")})
    shared = {"facts": facts, "reminders": kinds}
    return {name: files for name, files in shared.items() if files} | {
        folder.name: programme_versions(folder) for folder in folders
    }


def programme_versions(folder: Path) -> tuple[Path, ...]:
    """The file of each version of a programme; one catalogue serves them all."""
    return tuple(sorted(folder.glob("programme*.yaml"), key=lambda path: path.stem))


def policy_uses(paths: Sequence[Path], root: Path) -> tuple[Use, ...]:
    """Every Chinese text of the YAML files ``paths``, in order of occurrence."""
    return tuple(use for path in paths for use in yaml_uses(path, path.relative_to(root).as_posix()))


def as_sources(uses: Sequence[Use]) -> tuple[Source, ...]:
    """One message per text, in the order of first use."""
    grouped: dict[str, list[Use]] = {}
    for use in uses:
        if use.literal and use.id:
            grouped.setdefault(use.id, []).append(use)
    return tuple(
        Source(
            id=text,
            plural=next((use.plural for use in places if use.plural), None),
            files=tuple(dict.fromkeys(use.file for use in places)),
            comments=tuple(dict.fromkeys(use.comment for use in places if use.comment)),
        )
        for text, places in grouped.items()
    )


def python_uses(path: Path, file: str) -> Iterator[Use]:
    """The texts said in one Python file; raises :class:`SourceError` when it does not parse."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise SourceError(f"{file}:{getattr(error, 'lineno', 0)}: {error}") from error
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        values = _given(call)
        if name in SINGULAR and call.args:
            given = None if name == "mark" else values
            for text, literal in _texts(call.args[0]):
                yield Use(file, call.lineno, text, values=given, literal=literal)
        elif name in PLURAL and len(call.args) >= 3:
            forms = [_texts(argument) for argument in call.args[:2]]
            if [len(texts) for texts in forms] == [1, 1]:
                (one, first), (many, second) = forms[0][0], forms[1][0]
                given = None if values is None else values | {"n"}
                yield Use(file, call.lineno, one, many, given, literal=first and second)


def _texts(argument: ast.expr) -> list[tuple[str, bool]]:
    """The texts an argument can be, each with whether it is a plain text; empty for what is not written there."""
    match argument:
        case ast.Constant(value=str(text)):
            return [(text, True)]
        case ast.JoinedStr():
            return [(ast.unparse(argument), False)]
        case ast.IfExp(body=body, orelse=otherwise):
            return _texts(body) + _texts(otherwise)
        case _:
            return []


def _given(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def template_uses(path: Path, file: str) -> Iterator[Use]:
    """The texts said in one page template; raises :class:`SourceError` when it does not parse."""
    try:
        tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    except TemplateSyntaxError as error:
        raise SourceError(f"{file}:{error.lineno}: {error.message}") from error
    for call in tree.find_all(nodes.Call):
        name = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
        texts = [argument.value for argument in call.args if isinstance(argument, nodes.Const)]
        values = None if call.dyn_kwargs else frozenset(keyword.key for keyword in call.kwargs)
        if name in SINGULAR and texts and isinstance(texts[0], str):
            yield Use(file, call.lineno, texts[0], values=values)
        elif name in PLURAL and len(texts) >= 2 and isinstance(texts[0], str) and isinstance(texts[1], str):
            yield Use(file, call.lineno, texts[0], texts[1], None if values is None else values | {"n"})


def yaml_uses(path: Path, file: str) -> Iterator[Use]:
    """The Chinese texts of one YAML file, each with the keys that lead to it; raises :class:`SourceError`."""
    try:
        tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SourceError(f"{file}: {' '.join(str(error).split())}") from error
    if tree is not None:
        yield from _walk(tree, file, ())


def _walk(node: yaml.Node, file: str, keys: tuple[str, ...]) -> Iterator[Use]:
    if isinstance(node, yaml.ScalarNode):
        if has_chinese(node.value):
            yield Use(file, node.start_mark.line + 1, node.value, comment=".".join(keys))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            name = _id(item)
            yield from _walk(item, file, (*keys, name) if name else keys)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in UNTRANSLATED_KEYS:
                yield from _walk(value, file, (*keys, str(key.value)))


def _id(node: yaml.Node) -> str:
    """The ``id`` of a list item, which says where a text belongs better than its position."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "id" and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    return ""
