"""A programme version as it is kept for ever: its content and the facts it reads, under one hash.

A receipt names the hash; with the archived content the same self-check can be replayed after the
programme's text has moved on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from domain.facts.vocabulary import Fact, Vocabulary
from domain.programme.expressions import Expression, facts_of
from domain.programme.model import Programme

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Archived:
    """The archived content (canonical JSON) and its SHA-256."""

    content: str
    content_hash: str


def archive(programme: Programme, vocabulary: Vocabulary) -> Archived:
    """The programme with the definitions of the facts its rules read."""
    used = sorted({fact for fact in _facts_used(programme) if fact in vocabulary})
    content = json.dumps(
        {
            "format": FORMAT,
            "programme": programme.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "facts": [vocabulary[fact].model_dump(mode="json", exclude_defaults=True) for fact in used],
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return Archived(content, hash_of(content))


def hash_of(content: str) -> str:
    """SHA-256 of an archived content, in hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()


def restore(content: str) -> tuple[Programme, Vocabulary]:
    """The programme and facts of an archived content; ``ValueError`` when it cannot be read."""
    plain = json.loads(content)
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise ValueError("archived content of a format this version does not know")
    try:
        programme = Programme.model_validate(plain["programme"])
        return programme, Vocabulary(Fact.model_validate(fact) for fact in plain["facts"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"archived content that is not whole: {error}") from None


def _facts_used(programme: Programme) -> Iterator[str]:
    for rule in programme.rules():
        expressions: tuple[Expression | None, ...] = (
            rule.test,
            rule.alternative,
            rule.applies_when,
        )
        for expression in expressions:
            if expression is not None:
                yield from facts_of(expression)
