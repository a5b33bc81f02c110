"""The stored answers of a conversation: all there is to know about where it stands.

An answer is keyed by the state that asked for it. Three kinds of entry sit beside the answers proper, so that
everything a turn changes is in the one list that is stored:

* a *draft*, keyed ``<state>~``: what has been given so far to a question that takes several steps, or an
  approximate value waiting to be confirmed;
* the *edit mark*, keyed ``@edit``: the state whose answer is being changed; its old answer stays until it is
  replaced;
* an *opened* answer, whose value is null: given once and taken back. The state is asked again even where the
  answer would otherwise be known from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import NamedTuple

from domain.made_often import made_often
from domain.store.records import StoredAnswer

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

EDIT = "@edit"
PAGE = "@page"
_DRAFT = "~"


Answer = StoredAnswer
"""One stored entry: the state that asked, the value as JSON, the person's own words, and when (UTC)."""


class _Sorted(NamedTuple):
    """The entries of a conversation as they are looked up."""

    by_name: dict[str, Answer]
    given: dict[str, Answer]
    opened: frozenset[str]


@made_often(frozen=True, slots=True)
class Answers:
    """The entries of one conversation in the order they were first given."""

    entries: tuple[Answer, ...] = ()
    _found: _Sorted | None = field(default=None, init=False, repr=False, compare=False)
    """Worked out when it is first needed: a turn looks at the same answers many times."""

    _stood: tuple[object, object] | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, entries: Iterable[Answer]) -> Answers:
        """The answers held by ``entries``."""
        return cls(tuple(entries))

    def get(self, name: str) -> Answer | None:
        """The entry of ``name``, opened ones included."""
        return self._sorted().by_name.get(name)

    def given(self) -> Mapping[str, Answer]:
        """The answers proper, in the order they were first given."""
        return self._sorted().given

    def opened(self) -> frozenset[str]:
        """The states whose answer was taken back."""
        return self._sorted().opened

    def _sorted(self) -> _Sorted:
        found = self._found
        if found is None:
            by_name: dict[str, Answer] = {}
            given: dict[str, Answer] = {}
            opened = []
            for entry in self.entries:
                name = entry.state
                by_name.setdefault(name, entry)
                if name.endswith(_DRAFT):
                    continue
                if entry.value is None:
                    opened.append(name)
                elif not name.startswith("@"):
                    given[name] = entry
            found = _Sorted(by_name, given, frozenset(opened))
            object.__setattr__(self, "_found", found)
        return found

    def stood(self, dialog: object) -> object | None:
        """The position that was noted for this very dialog."""
        known = self._stood
        return known[1] if known is not None and known[0] is dialog else None

    def note(self, dialog: object, position: object) -> None:
        """Note where these answers lead in a dialog; only for one that outlives its turn anyway."""
        object.__setattr__(self, "_stood", (dialog, position))

    def draft(self, name: str) -> Json:
        """What has been given so far to the question of ``name``, or null."""
        entry = self.get(name + _DRAFT)
        return None if entry is None else entry.value

    def editing(self) -> str | None:
        """The state whose answer is being changed."""
        entry = self.get(EDIT)
        return entry.value if entry is not None and isinstance(entry.value, str) else None

    def page(self) -> int:
        """The page of a long list that is shown, from 0."""
        entry = self.get(PAGE)
        return entry.value if entry is not None and isinstance(entry.value, int) else 0

    def put(self, name: str, value: Json, said: str, at: datetime) -> Answers:
        """With the entry of ``name`` set; a replaced entry keeps its place in the order."""
        new = Answer(name, value, said, at)
        known = self._sorted()
        if name in known.by_name:
            return Answers(tuple([new if entry.state == name else entry for entry in self.entries]))
        after = Answers((*self.entries, new))
        if value is not None and not name.startswith("@") and not name.endswith(_DRAFT):
            # Nothing but the new one has to be sorted in.
            found = _Sorted({**known.by_name, name: new}, {**known.given, name: new}, known.opened)
            object.__setattr__(after, "_found", found)
        return after

    def without(self, *names: str) -> Answers:
        """Without any trace of ``names``."""
        if self._sorted().by_name.keys().isdisjoint(names):
            return self
        return Answers(tuple([entry for entry in self.entries if entry.state not in names]))

    def with_draft(self, name: str, value: Json, said: str, at: datetime) -> Answers:
        """With ``value`` as what has been given so far to the question of ``name``; null drops it."""
        key = name + _DRAFT
        return self.without(key) if value is None else self.put(key, value, said, at)

    def without_marks(self, name: str) -> Answers:
        """Without the draft of ``name``, the edit mark and the page."""
        return self.without(name + _DRAFT, EDIT, PAGE)

    def open(self, name: str, at: datetime) -> Answers:
        """With the answer of ``name`` taken back; asked again, it goes to the end of the order."""
        return Answers((*self.without(name, name + _DRAFT).entries, Answer(name, None, "", at)))
