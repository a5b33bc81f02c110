"""YAML as this project reads it: YAML 1.2 booleans, no duplicate keys, and the line of every value.

``yes`` and ``no`` stay words (they are keys of the test language); only ``true`` and ``false`` are
booleans. The reader is libyaml's where PyYAML was built with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

_Loader: type[yaml.SafeLoader] = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class SourceError(Exception):
    """A file that cannot be read as YAML; ``str()`` names the file, line and reason."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}:{line}: {reason}")
        self.name = name
        self.line = line
        self.reason = reason


class _Reader(_Loader):  # type: ignore[misc, valid-type]  # the base is chosen at run time
    """Safe loader with YAML 1.2 booleans and whole numbers that names the line of what it cannot construct."""


def _whole_number(_: _Reader, node: yaml.ScalarNode) -> int:
    try:
        return int(node.value.replace("_", ""))
    except ValueError:
        raise _at(node, f"{node.value} is no whole number") from None


def _day(loader: _Reader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        raise _at(node, f"{node.value} is no day") from None


def _at(node: yaml.Node, reason: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, reason, node.start_mark)


_BOOL, _INT, _DAY = (f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "timestamp"))
_MERGE = "tag:yaml.org,2002:merge"

# Not the base's: there 010 is eight and 12:30 seven hundred and fifty.
_Reader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_BOOL, _INT)]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Reader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_Reader.add_implicit_resolver(_INT, re.compile(r"^[-+]?[0-9][0-9_]*$"), list("-+0123456789"))
_Reader.add_constructor(_INT, _whole_number)
_Reader.add_constructor(_DAY, _day)

_DEEPEST = 100
_COMPACT_NESTING = re.compile(rf"(?:[-?] +){{{_DEEPEST}}}| {{{10 * _DEEPEST}}}(?=[-?\w\[{{])")


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A parsed document with the place of every value in it."""

    name: str
    data: Any
    _root: yaml.Node | None

    def line_of(self, place: Sequence[str | int]) -> int:
        """The line (from 1) of the value at ``place``, or of its nearest parent that exists."""
        node = self._root
        line = 1
        for step in place:
            found = _child(node, step)
            if found is None:
                continue  # a step that validation added (a union's tag), not one in the file
            node = found
            line = node.start_mark.line + 1
        return line


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return cast("yaml.Node", node.value[step])
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return cast("yaml.Node", value)
    return None


def parse(text: str, name: str) -> YamlSource:
    """Read one document; :class:`SourceError` tells where it is wrong."""
    _refuse_deep_nesting(text, name)
    loader = _Reader(text)
    try:
        root = loader.get_single_node()
        _refuse_odd_keys(root)
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceError(name, mark.line + 1 if mark else 1, error.problem or "not YAML") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SourceError(name, line, f"a character that cannot stand in YAML ({error.reason})") from None
    except (yaml.YAMLError, ValueError) as error:
        raise SourceError(name, 1, str(error).splitlines()[0]) from None
    finally:
        loader.dispose()
    return YamlSource(name, data, root)


def _refuse_deep_nesting(text: str, name: str) -> None:
    """What nests deeper than anybody writes by hand would exhaust the stack of the parser."""
    found = _COMPACT_NESTING.search(text)
    place = None if found is None else found.start()
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
        if depth > _DEEPEST:
            place = bracket.start()
            break
    if place is not None:
        raise SourceError(name, text.count("\n", 0, place) + 1, "nested too deeply")


def _refuse_odd_keys(root: yaml.Node | None) -> None:
    """Keys are words or numbers, and none stands twice in one mapping."""
    waiting, met = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise _at(key, "a key is a word or a number")
                if key.value in seen and key.tag != _MERGE:
                    raise _at(key, f"the key {key.value!r} stands twice")
                seen.add(key.value)
            inner = [value for _, value in node.value]
        else:
            inner = node.value if isinstance(node, yaml.SequenceNode) else []
        fresh = [child for child in inner if id(child) not in met]
        met.update(map(id, fresh))
        waiting += fresh


def read(path: Path, name: str | None = None) -> YamlSource:
    """Read the file at ``path``; errors use ``name`` (the path itself unless given)."""
    shown = name or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SourceError(shown, 1, "the file is not UTF-8 text") from None
    except OSError as error:
        raise SourceError(shown, 1, error.strerror or "cannot be read") from None
    return parse(text, shown)


def mapping(source: YamlSource) -> Mapping[str, Any]:
    """The document as a mapping; :class:`SourceError` when it is something else."""
    if not isinstance(source.data, Mapping):
        raise SourceError(source.name, 1, "expected a mapping of keys to values")
    return source.data


def faults(source: YamlSource, error: ValidationError, at: Sequence[str | int] = ()) -> Iterator[SourceError]:
    """What validation found wrong with the value at ``at``, each with its line and place."""
    for item in error.errors(include_url=False):
        steps = item[
            "loc"
        ]  # the name of a test or date rule stands twice in it: as the choice and as the key
        place = ".".join(
            str(step) for before, step in zip((None, *steps), steps, strict=False) if step != before
        )
        reason = item["msg"].removeprefix("Value error, ")
        yield SourceError(
            source.name, source.line_of([*at, *steps]), f"{place}: {reason}" if place else reason
        )
