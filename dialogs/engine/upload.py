"""A question answered with files: one or several, of kinds that are told by their content.

An answer is a list of entries ``{"file": id, "stored": our name, "name": theirs, "kind": …, "size": bytes, "sha256": …}``, with
a ``"note"`` where somebody wrote one under it.
Storing a file is not the engine's business: it is handed entries of files that are stored already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeGuard

from dialogs.engine.answers import Json
from dialogs.engine.choosing import DONE, NONE, folded
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import (
    Block,
    Choice,
    Expectation,
    ExpectedFiles,
    Item,
    Items,
    Link,
    Paragraph,
    Span,
    plain,
    strong,
)
from domain.uploads import ALL_KINDS, Arrived, Fault, FileKind, Unusable, UploadLimits
from domain.uploads.files import MEGABYTE
from locales.words import Words, mark

_REMOVE: Final = "remove:"
_KILOBYTE: Final = 1024
_SHOWN: Final = 200
"""So much of a note is shown; all of it is kept."""
_ENOUGH: Final = frozenset({"完成", "好了", "就这些", "没有了", "done", "that is all", "no more"})

_KINDS: Final[Mapping[FileKind, str]] = {
    "pdf": mark("PDF"),
    "png": mark("PNG picture"),
    "jpeg": mark("JPEG picture"),
    "docx": mark("Word file (.docx)"),
    "xlsx": mark("Excel file (.xlsx)"),
}

_FAULTS: Final[Mapping[Fault, str]] = {
    "empty": mark("the file is empty"),
    "too_large": mark("the file is too large"),
    "unknown_kind": mark("its content is of no kind that is taken here, whatever its name says"),
    "old_office": mark(
        "it is an old Word or Excel file, or one with a password; please save it as .docx, .xlsx or PDF without a password"
    ),
    "macros": mark("it contains macros; please save it without them, or as PDF"),
    "active": mark(
        "it has scripts, files inside or other things that act by themselves, or may have; please print it to a new PDF"
    ),
    "encrypted": mark(
        "it is protected by a password or against copying; please save it without, or print it to a new PDF"
    ),
    "two_in_one": mark("it is two kinds of file in one"),
    "too_many_pixels": mark("the picture has too many pixels; please make it smaller"),
    "unpacks_too_large": mark("it unpacks to far too much"),
    "damaged": mark("it is damaged or incomplete"),
    "vanished": mark("it could not be fetched; please send it once more"),
}


@dataclass(frozen=True, slots=True)
class AskUpload:
    """One file, or up to ``most``; an ``optional`` one can be left out, which is an empty list."""

    words: Words
    limits: UploadLimits
    kinds: tuple[FileKind, ...] = ALL_KINDS
    most: int = 1
    optional: bool = False

    @property
    def toggles(self) -> bool:
        """Several files are gathered on one screen, and *back* leaves it."""
        return self.most > 1

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """What may be sent; of several, those that are there, each with a button that removes it."""
        say = self.words.say
        there = self.held(draft if draft is not None or not self.toggles else answer)
        room = max(0, self.most - len(there))
        expects = Expectation(
            kind="upload",
            example="",
            files=ExpectedFiles(kinds=self.kinds, room=room, most_bytes=self.limits.most_bytes),
        )
        blocks: list[Block] = []
        choices: list[Choice] = []
        if there:
            blocks.append(
                Items(items=tuple(Item(mark="info", spans=plain(self._tell(entry))) for entry in there))
            )
            label = self.words.count("Done (%(n)s file)", "Done (%(n)s files)", len(there))
            choices.append(Choice(key=DONE, label=label))
            choices += [
                Choice(
                    key=f"{_REMOVE}{entry['file']}",
                    label=say("Remove %(name)s", name=entry["name"]),
                    role="edit",
                )
                for entry in there
            ]
        elif self.optional:
            choices.append(Choice(key=NONE, label=say("Go on without a file")))
        if room:
            blocks.append(Paragraph(spans=plain(self.wants())))
        return Prompt(tuple(choices), expects, tuple(blocks))

    def press(self, key: str, draft: Json) -> Reading | None:
        """Finish, go on without, or remove one."""
        there = self.held(draft)
        if key == DONE and there:
            return self._took(there)
        if key == NONE and self.optional and not there:
            return Took([], self.words.say("Go on without a file"))
        left = [entry for entry in there if f"{_REMOVE}{entry['file']}" != key]
        if len(left) == len(there):
            return None
        return Drafted([*left], self.words.say("Removed"))

    def type(self, text: str, draft: Json) -> Reading:
        """Words are no file; of several, they can say that these are all."""
        there = self.held(draft)
        if there and folded(text) in _ENOUGH:
            return self._took(there)
        if self.optional and not there and folded(text) == folded(self.words.say("Go on without a file")):
            return Took([], text)
        return Refused(plain(self.words.say("This question is answered with a file, not with words.")))

    def problem(self, file: Arrived, there: Sequence[Mapping[str, Json]]) -> tuple[Span, ...]:
        """Why a file cannot be added to those that are there; nothing when it can."""
        say = self.words.say
        if isinstance(file, Unusable):
            reason = say(_FAULTS[file.fault])
        elif file.kind not in self.kinds:
            reason = say("a %(kind)s is not taken here", kind=say(_KINDS[file.kind]))
        elif file.size > self.limits.most_bytes:
            reason = say(_FAULTS["too_large"])
        elif any(entry["sha256"] == file.sha256 for entry in there):
            return plain(say("%(name)s is there already.", name=file.name))
        elif len(there) >= self.most:
            reason = self.words.count(
                "only %(n)s file is taken here", "only %(n)s files are taken here", self.most
            )
        else:
            return ()
        # What is expected instead stands below, with the question.
        return plain(say("%(name)s was not taken: %(reason)s.", name=file.name, reason=reason))

    def take(self, entries: Sequence[Mapping[str, Json]], draft: Json) -> Reading:
        """Files that were stored for this question."""
        told = ", ".join(str(entry["name"]) for entry in entries)
        if not self.toggles:
            return self._took(entries[:1])
        added: list[Json] = [dict(entry) for entry in entries]
        return Drafted([*self.held(draft), *added], told)

    def wants(self) -> str:
        """What is expected, in one sentence."""
        kinds = self.words.items([self.words.say(_KINDS[kind]) for kind in self.kinds])
        size = size_words(self.words, self.limits.most_bytes)
        if self.most == 1:
            return self.words.say("Please send a file: %(kinds)s, at most %(size)s.", kinds=kinds, size=size)
        return self.words.say(
            "Please send up to %(n)s files: %(kinds)s, at most %(size)s each.",
            n=self.most,
            kinds=kinds,
            size=size,
        )

    def held(self, value: Json) -> list[dict[str, Json]]:
        """The entries in an answer or a draft."""
        return [entry for entry in value if _is_entry(entry)] if isinstance(value, list) else []

    def holds(self, value: Json) -> bool:
        """Whether these are files this question takes."""
        if not isinstance(value, list) or not (value or self.optional) or len(value) > self.most:
            return False
        return all(_is_entry(entry) and entry["kind"] in self.kinds for entry in value)

    def echo(self, value: Json) -> tuple[Span, ...]:
        """The name, size and kind of each."""
        there = self.held(value)
        if not there:
            return strong(self.words.say("No file"))
        told = self.words.say("; ").join(self._tell(entry) for entry in there)
        return (*plain(self.words.say("Received: ")), *strong(told))

    def _took(self, entries: Sequence[Mapping[str, Json]]) -> Took:
        return Took([dict(entry) for entry in entries], ", ".join(str(entry["name"]) for entry in entries))

    def _tell(self, entry: Mapping[str, Json]) -> str:
        kind = next(label for kind, label in _KINDS.items() if kind == entry["kind"])
        size = entry["size"] if isinstance(entry["size"], int) else 0
        told = self.words.say(
            "%(name)s (%(kind)s, %(size)s)",
            name=entry["name"],
            kind=self.words.say(kind),
            size=size_words(self.words, size),
        )
        note = " ".join(str(entry.get("note", "")).split())
        if len(note) > _SHOWN:
            note = note[: _SHOWN - 1] + "…"
        return self.words.say("%(file)s, with your note “%(note)s”", file=told, note=note) if note else told


def size_words(words: Words, size: int) -> str:
    """A number of bytes as people say it."""
    if size < MEGABYTE:
        return f"{words.number(max(1, round(size / _KILOBYTE)))} KB"
    return f"{words.number(round(Decimal(size) / MEGABYTE, 1))} MB"


def links_to(value: Json) -> tuple[Link, ...]:
    """Where the files of an answer can be had again."""
    entries = value if isinstance(value, list) else []
    return tuple(
        Link(label=str(entry["name"]), path=f"/files/{entry['stored']}")
        for entry in entries
        if _is_entry(entry)
    )


def _is_entry(entry: Json) -> TypeGuard[dict[str, Json]]:
    return (
        isinstance(entry, dict)
        and type(entry.get("file")) is int
        and entry.get("kind") in ALL_KINDS
        and all(isinstance(entry.get(name), str) for name in ("stored", "name", "sha256"))
        and isinstance(entry.get("note", ""), str)
        and type(entry.get("size")) is int
    )
