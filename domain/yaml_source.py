"""YAML as this project reads it: YAML 1.2 booleans, no duplicate keys, and the line of every value.

``yes`` and ``no`` stay words (they are keys of the test language); only ``true`` and ``false`` are
booleans. The reader is libyaml's where PyYAML was built with it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

_Loader: type[yaml.SafeLoader] = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class SourceError(Exception):
    """A file that cannot be read as YAML; ``str()`` names the file, line and reason."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}:{line}: {reason}")
        self.name = name
        self.line = line
        self.reason = reason


class _Reader(_Loader):  # type: ignore[misc, valid-type]  # the base is chosen at run time
    """Safe loader with YAML 1.2 booleans that refuses duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return cast("dict[Hashable, Any]", super().construct_mapping(node, deep=deep))


_Reader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


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
    loader = _Reader(text)
    try:
        root = loader.get_single_node()
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceError(name, mark.line + 1 if mark else 1, error.problem or "not YAML") from None
    except (yaml.YAMLError, ValueError) as error:
        raise SourceError(name, 1, str(error).splitlines()[0]) from None
    finally:
        loader.dispose()
    return YamlSource(name, data, root)


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
