"""A PDF is kept when it is whole and brings along nothing that acts by itself, as far as that can be seen."""

from __future__ import annotations

import random
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.uploads import Fault, Received, Unusable, UploadLimits, examine
from tests.support import documents
from tests.support.documents import packed_objects, pdf

LIMITS = UploadLimits(most_bytes=20 * 1024 * 1024)
SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"


def described_so(beginning: bytes, end: bytes = b"") -> bytes:
    """A script in packed objects, with a dictionary that says it in a way of its own."""
    packed = zlib.compress(SCRIPT)
    usual = b"/Filter/FlateDecode/N 1/First 4/Length %d" % len(packed)
    return b"3 0 obj<<" + beginning + usual + end + b">>stream\n" + packed + b"\nendstream endobj\n"


def fault_of(content: bytes) -> Fault | None:
    found = examine("申报书.pdf", content, LIMITS)
    return found.fault if isinstance(found, Unusable) else None


HARMLESS: list[tuple[str, bytes]] = [
    ("plain", pdf()),
    ("objects packed", pdf(more=packed_objects(b"5 0 <</Type/Page>>"))),
    ("objects in a packed stream that is not packed", pdf(more=packed_objects(b"", b"", b"5 0 <</Type/Page>>"))),
    ("opened at a page", pdf(more=b"3 0 obj<</OpenAction[1 0 R/Fit]>>endobj\n")),
    ("an outline", pdf(more=b"3 0 obj<</Type/Outlines/First 4 0 R/Last 9 0 R/Count 5>>endobj\n" + b" " * 3_000)),
    ("a link", pdf(more=b"3 0 obj<</A<</S/URI/URI(https://example.com)>>>>endobj\n")),
    ("a font with a Chinese name", pdf(more=b"3 0 obj<</BaseFont/#CB#CE#CC#E5>>endobj\n")),
    ("a name that begins alike", pdf(more=b"3 0 obj<</EncryptMetadata false/LaunchPad 1>>endobj\n")),
    ("the word in a text", pdf(more="3 0 obj(JavaScript 培训 / Launch)endobj\n".encode())),
    ("a picture that has the bytes of a short name in it", pdf(more=b"3 0 obj<<>>stream\n\x01/JS\x02/XFA\x03\nendstream endobj\n")),
    ("written by a printer that adds spaces", pdf() + b" " * 1_000),
]  # fmt: skip


@pytest.mark.parametrize("content", [row[1] for row in HARMLESS], ids=[row[0] for row in HARMLESS])
def test_what_papers_are_made_of_is_kept(content: bytes) -> None:
    assert isinstance(examine("申报书.pdf", content, LIMITS), Received)


HOSTILE: list[tuple[str, bytes, Fault]] = [
    ("cut off", pdf()[:-8], "damaged"),
    ("without a place of its directory", pdf().replace(b"startxref", b"startnone"), "damaged"),
    ("begun and ended alone", b"%PDF-1.7\n%%EOF\n", "damaged"),
    ("ended long ago", pdf() + b"\0" * 4_000, "damaged"),
    ("a script", pdf(more=b"3 0 obj" + SCRIPT + b"endobj\n"), "active"),
    ("scripts by name", pdf(more=b"3 0 obj<</Names<</JavaScript 4 0 R>>>>endobj\n"), "active"),
    ("a script in a name with numbers", pdf(more=b"3 0 obj<</S/J#61va#53cript>>endobj\n"), "active"),
    ("a script from its first letter", pdf(more=b"3 0 obj<</S/#4aavaScript>>endobj\n"), "active"),
    ("a program to start", pdf(more=b"3 0 obj<</S/Launch/F(cmd.exe)>>endobj\n"), "active"),
    ("a file inside", pdf(more=b"3 0 obj<</Type/EmbeddedFile>>stream\nMZ\nendstream endobj\n"), "active"),
    ("a form that is sent", pdf(more=b"3 0 obj<</S /SubmitForm /F(https://example.com)>>endobj\n"), "active"),
    ("a form of scripts", pdf(more=b"3 0 obj<</AcroForm<</XFA[4 0 R]>>>>endobj\n"), "active"),
    ("a script in packed objects", pdf(more=packed_objects(b"4 0 " + SCRIPT)), "active"),
    ("a script at the end of packed objects", pdf(more=packed_objects(b"4 0 /JavaScript")), "active"),
    ("a script far into packed objects", pdf(more=packed_objects(b" " * 262_130 + SCRIPT + b" " * 300_000)), "active"),
    ("packed objects whose type has numbers", pdf(more=packed_objects(SCRIPT).replace(b"ObjStm", b"Obj#53tm")), "active"),
    ("packed objects that break off", pdf(more=packed_objects(b"", packed=zlib.compress(SCRIPT * 9)[:-7] + b"\xff" * 9)), "active"),
    ("objects packed in another way", pdf(more=packed_objects(b"", b"/Filter/LZWDecode", b"\x80\x0b")), "active"),
    ("objects packed twice", pdf(more=packed_objects(b"", b"/Filter[/ASCIIHexDecode/FlateDecode]", b"789c")), "active"),
    ("objects written in differences", pdf(more=packed_objects(b"5 0", b"/Filter/FlateDecode/DecodeParms<</Predictor 12>>")), "active"),
    ("packed objects described at length", pdf(more=described_so(b"/Type/ObjStm" + b" " * 3_000)), "active"),
    ("packed objects with the end of one in a text", pdf(more=described_so(b"/Type/ObjStm/X(\\) (endobj) )")), "active"),
    ("packed objects with a stream in a text", pdf(more=described_so(b"/Type/ObjStm/X(stream)")), "active"),
    ("packed objects with a stream in a comment", pdf(more=described_so(b"/Type/ObjStm%stream\n")), "active"),
    ("packed objects that do not say what they are", pdf(more=described_so(b"/Type 9 0 R")), "active"),
    ("a password", pdf(trailer=b"/Encrypt 9 0 R"), "encrypted"),
    ("packed to very much", pdf(more=packed_objects(b"0" * 40_000_000)), "unpacks_too_large"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "fault"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_what_could_do_harm_or_cannot_be_looked_into_is_not_kept(content: bytes, fault: Fault) -> None:
    assert fault_of(content) == fault


@pytest.mark.parametrize("place", [262_144 - 60, 262_144 - 48, 262_144 - 40, 262_144 * 2 - 45])
def test_a_script_is_seen_wherever_it_stands_in_a_long_file(place: int) -> None:
    assert fault_of(pdf(more=b" " * place + SCRIPT)) == "active"
    assert fault_of(pdf(more=b" " * place + b"/J#61vaScript ")) == "active"


MOST = 19_000_000

LONG: dict[str, bytes] = {
    "slashes": b"/" * MOST,
    "beginnings of names": b"/EmbeddedFil" * (MOST // 12),
    "names that go on": b"/XFAx" * (MOST // 5),
    "names with numbers": b"/#41" * (MOST // 4),
    "types of packed objects": b"/ObjStm " * (MOST // 8),
    "packed objects of nothing": packed_objects(b"") * 9_000,
    "objects that are not packed": (b"/Type/ObjStm>>stream" + b" " * 1_900) * 9_000,
    "slashes packed": packed_objects(b"/" * 32_000_000),
    "packed far too much": packed_objects(b"0" * 300_000_000),
    "chance": random.Random(1).randbytes(MOST),  # noqa: S311
}


@pytest.mark.parametrize("content", LONG.values(), ids=LONG.keys())
def test_nothing_takes_long_to_look_through(content: bytes) -> None:
    begun = time.process_time()
    examine("a.pdf", pdf(more=content), LIMITS)
    # Under a tenth of that where nothing else runs; what grows with the square of the content takes minutes.
    assert time.process_time() - begun < 12


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"/ObjStm", b"/J#", b"#4", b"stream\n", b"endobj", b"\xff", b"/Encrypt", b"x\x9c", b" "]
        )
    )
)
def test_no_content_makes_looking_raise(parts: list[bytes]) -> None:
    assert fault_of(pdf(more=b"".join(parts))) in {None, "active", "encrypted"}


def test_a_picture_in_a_pdf_is_not_taken_for_an_attachment() -> None:
    picture = zlib.compress(documents.jpeg(40, 30))
    more = (
        b"3 0 obj<</Type/XObject/Filter[/FlateDecode/DCTDecode]>>stream\n" + picture + b"\nendstream endobj\n"
    )
    assert fault_of(pdf(more=more)) is None
