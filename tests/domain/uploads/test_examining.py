"""What a file is, is decided by its content alone, and what could do harm is not kept."""

from __future__ import annotations

import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.uploads import (
    ALL_KINDS,
    Fault,
    FileKind,
    Received,
    Unusable,
    UploadLimits,
    clean_name,
    examine,
    files_in,
)
from tests.support import documents

LIMITS = UploadLimits()

GOOD: dict[FileKind, bytes] = {
    "pdf": documents.pdf(),
    "png": documents.png(),
    "jpeg": documents.jpeg(),
    "docx": documents.office("docx"),
    "xlsx": documents.office("xlsx", method=zipfile.ZIP_STORED),
}


@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize("name", ["证书.pdf", "a.exe", "a.png.html", "", "no extension"])
def test_the_content_says_what_a_file_is_whatever_its_name(kind: FileKind, name: str) -> None:
    found = examine(name, GOOD[kind], LIMITS)
    assert isinstance(found, Received)
    assert (found.kind, found.size, len(found.sha256)) == (kind, len(GOOD[kind]), 64)


def test_what_telephones_put_behind_a_picture_does_no_harm() -> None:
    assert isinstance(examine("a.jpg", documents.jpeg(after=b"\0" * 40 + b"SEFT"), LIMITS), Received)


HOSTILE: list[tuple[str, bytes, Fault]] = [
    ("nothing", b"", "empty"),
    ("a program", b"MZ" + b"\0" * 500, "unknown_kind"),
    ("a page", b"<html><script>alert(1)</script></html>", "unknown_kind"),
    (
        "a drawing with a script",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "unknown_kind",
    ),
    ("text before a PDF", b"#!/bin/sh\n" + documents.pdf(), "unknown_kind"),
    ("an ordinary zip file", documents.archive({"a.txt": b"x"}), "unknown_kind"),
    ("a zip file that says it is Word", documents.archive({"word/document.xml": b"x"}), "unknown_kind"),
    ("Word before 2007", documents.old_office(), "old_office"),
    ("a bomb", documents.zip_bomb(), "unpacks_too_large"),
    ("a bomb that lies about its size", documents.lying_bomb(), "damaged"),
    ("very many entries", documents.office(more={f"x{n}": b"" for n in range(2_100)}), "unpacks_too_large"),
    ("macros by entry", documents.office(more={"word/vbaProject.bin": b"x"}), "macros"),
    (
        "macros by type",
        documents.office(
            types='<Default ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
        ),
        "macros",
    ),
    ("a way out of the folder", documents.office(more={"../../etc/passwd": b"x"}), "damaged"),
    ("an absolute path", documents.office(more={"/etc/passwd": b"x"}), "damaged"),
    (
        "Word and Excel at once",
        documents.office(
            types="<Override ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>"
        ),
        "two_in_one",
    ),
    ("a PDF with a zip file behind it", documents.pdf() + documents.archive({"a": b"x"}), "two_in_one"),
    ("a picture with a Word file behind it", documents.jpeg(after=documents.office()), "two_in_one"),
    (
        "a picture with a PDF in its comment",
        documents.jpeg()[:2] + b"\xff\xfe\x00\x0b%PDF-1.4\n" + documents.jpeg()[2:],
        "two_in_one",
    ),
    ("a PNG with something behind it", documents.png() + b"<script>", "damaged"),
    ("a PNG with a zip file behind it", documents.png() + documents.archive({"a": b"x"}), "two_in_one"),
    ("a huge PNG", documents.png(30_000, 30_000), "too_many_pixels"),
    ("a huge JPEG", documents.jpeg(60_000, 60_000), "too_many_pixels"),
    ("a picture without pixels", documents.png(0, 3), "damaged"),
    ("half a PNG", documents.png()[:-20], "damaged"),
    ("half a JPEG", documents.jpeg()[:-2], "damaged"),
    ("a Word file cut off", documents.office()[:-30], "damaged"),
]


@pytest.mark.parametrize(("content", "fault"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_what_cannot_be_kept_is_told_by_its_content(content: bytes, fault: Fault) -> None:
    assert examine("申报书.docx", content, LIMITS) == Unusable("申报书.docx", fault)


TAIL = b"PK\x05\x06" + bytes(8) + (3_000_000).to_bytes(4, "little")
"""The end of a directory that is said to have begun far before."""


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (documents.many_entries(100_000), "unpacks_too_large"),
        (documents.jpeg()[:-2] + b" " * 4_000_000 + TAIL * 4_000, "damaged"),
    ],
    ids=["a directory of very many entries", "very many ends of directories"],
)
def test_what_is_made_to_take_long_is_neither_read_nor_copied(content: bytes, fault: Fault) -> None:
    tracemalloc.start()
    try:
        found = examine("申报书.docx", content, LIMITS)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == Unusable("申报书.docx", fault)
    assert most < 1024 * 1024


def test_the_limit_is_the_last_size_that_is_kept() -> None:
    content = documents.pdf()
    assert isinstance(examine("a", content, UploadLimits(most_bytes=len(content))), Received)
    assert examine("a", content, UploadLimits(most_bytes=len(content) - 1)) == Unusable("a", "too_large")
    picture = documents.png(100, 50)
    assert isinstance(examine("a", picture, UploadLimits(most_pixels=5_000)), Received)
    assert examine("a", picture, UploadLimits(most_pixels=4_999)) == Unusable("a", "too_many_pixels")


def test_no_limit_is_above_what_telegram_hands_out() -> None:
    with pytest.raises(ValueError, match="20971520"):
        UploadLimits(most_bytes=20 * 1024 * 1024 + 1)


STARTS = st.sampled_from(
    [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF-1.7", *GOOD.values()]
)


@settings(max_examples=400)
@given(start=STARTS, rest=st.binary(max_size=400), end=st.sampled_from([b"", b"%%EOF", *GOOD.values()]))
def test_no_content_makes_examining_raise(start: bytes, rest: bytes, end: bytes) -> None:
    found = examine("a", start + rest + end, LIMITS)
    assert found.name == "a"


@settings(max_examples=400)
@given(
    kind=st.sampled_from(ALL_KINDS),
    at=st.integers(min_value=0),
    put=st.binary(max_size=8),
    cut=st.integers(min_value=0, max_value=8),
)
def test_a_damaged_file_is_refused_or_still_of_its_kind(
    kind: FileKind, at: int, put: bytes, cut: int
) -> None:
    content = GOOD[kind]
    place = at % len(content)
    found = examine("a", content[:place] + put + content[place + cut :], LIMITS)
    assert isinstance(found, Unusable) or found.kind == kind


@settings(max_examples=100)
@given(one=st.sampled_from(ALL_KINDS), other=st.sampled_from(ALL_KINDS), between=st.binary(max_size=20))
def test_two_files_in_one_are_never_the_second(one: FileKind, other: FileKind, between: bytes) -> None:
    found = examine("a", GOOD[one] + between + GOOD[other], LIMITS)
    assert isinstance(found, Unusable) or found.kind == one


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("证书.pdf", "证书.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\王\\证书.pdf", "证书.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("  a \t b.pdf ", "a b.pdf"),
        ("", "file"),
        ("...", "file"),
        ("长" * 300 + ".pdf", "长" * 115 + "….pdf"),
    ],
)
def test_a_name_is_shown_without_what_could_deceive(given_name: str, shown: str) -> None:
    assert clean_name(given_name) == shown


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_one_on_one_line(name: str) -> None:
    shown = clean_name(name)
    assert 0 < len(shown) <= 120
    assert len(shown.splitlines()) == 1
    assert "/" not in shown


def test_the_files_an_answer_names_are_found_wherever_they_are() -> None:
    answer = [{"file": 3, "name": "a"}, {"more": [{"file": 4}], "file": True}, "file", 5]
    assert files_in(answer) == {3, 4}
    assert files_in({"a": {"b": {"file": 1}}, "file": 2}) == {1, 2}
    assert files_in(None) == frozenset()
