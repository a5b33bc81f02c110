"""One connection to the Bot API: what is an answer, what is none, and that nothing is asked twice."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram import connection as of_one
from bot.telegram.connection import Answer
from bot.telegram.failures import AnswerLostError, NotSentError
from tests.support.wire import ANSWERS, CHUNKED, HI, LOST, OK, REQUEST, Said, Wire, head


@pytest.fixture(autouse=True)
async def _nothing_goes_wrong_unseen() -> AsyncIterator[None]:
    seen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))
    yield
    await asyncio.sleep(0)
    assert seen == []


async def told(pieces: Iterable[bytes], *, is_end: bool) -> tuple[Answer | None, bool]:
    """The answer, or None if it was lost, and whether the connection can be used again."""
    wire = Wire()
    asker = wire.ask()
    await wire.say(*pieces)
    if is_end:
        await wire.end()
    keeps = wire.is_usable()
    assert asker.done()
    assert wire.written == [REQUEST]
    error = asker.exception()
    assert error is None or isinstance(error, AnswerLostError)
    wire.close()
    await wire.connection.gone
    return (None if error else asker.result()), keeps


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_is_the_same_wherever_it_is_cut(said: Said) -> None:
    text = said.answer
    for at in range(len(text)):
        assert await told((text[:at], text[at:]), is_end=said.is_end) == (said.meant, said.keeps), text[:at]
    assert await told([bytes([byte]) for byte in text], is_end=said.is_end) == (said.meant, said.keeps)


@given(st.sampled_from(sorted(ANSWERS)), st.lists(st.integers(0, 300)))
async def test_an_answer_is_the_same_in_however_many_pieces(name: str, cuts: list[int]) -> None:
    said = ANSWERS[name]
    ends = [0, *sorted(cuts), len(said.answer)]
    pieces = [said.answer[a:b] for a, b in pairwise(ends)]
    assert await told(pieces, is_end=said.is_end) == (said.meant, said.keeps)


@pytest.mark.parametrize("text", LOST.values(), ids=LOST)
async def test_what_is_no_answer_is_a_lost_one_wherever_it_is_cut(text: bytes) -> None:
    for at in range(len(text) + 1):
        assert await told((text[:at], text[at:]), is_end=True) == (None, False), text[:at]


async def test_the_beginning_of_an_answer_is_never_taken_for_another() -> None:
    for said in ANSWERS.values():
        if not said.is_end:
            for at in range(len(said.answer)):
                answer, keeps = await told((said.answer[:at],), is_end=True)
                assert answer in {None, said.meant}, said.answer[:at]
                assert not keeps


async def test_an_answer_that_breaks_off_is_not_taken_to_be_at_its_end() -> None:
    for error in (None, ConnectionResetError()):
        wire = Wire()
        asker = wire.ask()
        await wire.say(head() + b"hi")
        wire.break_off(error)
        with pytest.raises(AnswerLostError):
            await asker
        assert not wire.is_usable()


async def test_questions_follow_each_other_and_what_was_said_stays_with_its_question() -> None:
    wire = Wire()
    for name in ("a length", "chunks with more", "no content", "hints first", "a length of nothing") * 2:
        asker = wire.ask()
        await wire.say(ANSWERS[name].answer)
        assert await asker == ANSWERS[name].meant
        assert wire.is_usable()
    assert wire.written == [REQUEST] * 10
    asker = wire.ask()
    await wire.say(b"HTTP/1.1 200 OK\r\n")
    await wire.end()
    with pytest.raises(AnswerLostError):
        await asker


@pytest.mark.parametrize("unasked", [OK, b"HTTP/1.1 408 Request Timeout\r\n", b"H", b"\r\n", b"\0"])
async def test_a_connection_on_which_unasked_bytes_came_is_not_used(unasked: bytes) -> None:
    for asked_before in (False, True):
        wire = Wire()
        if asked_before:
            asker = wire.ask()
            await wire.say(OK)
            assert await asker == HI
        assert wire.is_usable()
        await wire.say(unasked)
        assert not wire.is_usable()
        await wire.connection.gone


async def test_a_connection_that_was_hung_up_on_is_not_used() -> None:
    wire = Wire()
    assert wire.is_usable()
    wire.connection.eof_received()
    wire.close()
    # Not even before it is told that nothing is left.
    assert not wire.is_usable()
    await wire.connection.gone
    assert not wire.is_usable()


async def test_a_head_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_one, "LARGEST_HEAD", 400)
    line = b"A: " + b"b" * 95 + b"\r\n"
    good = b"HTTP/1.1 200 OK\r\n" + line * 3 + b"Content-Length: 2\r\n\r\n"
    assert await told((good, b"hi"), is_end=False) == (HI, True)
    for endless in (line, b"b" * 100, head(status="100 Continue") * 4, head("A: b", status="103 Hints") * 3):
        begin = b"HTTP/1.1 200 OK\r\nA: " if endless[:1] == b"b" else b"HTTP/1.1 100 \r\n"
        assert await told((begin, *[endless] * 20), is_end=False) == (None, False), endless
        assert await told((begin + endless * 20,), is_end=False) == (None, False), endless


async def test_interim_answers_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_one, "LARGEST_HEAD", 400)
    again = head(status="100 Continue")
    assert await told((*[again] * 10, OK), is_end=False) == (HI, True)
    assert await told([again] * 40, is_end=False) == (None, False)


async def test_what_follows_the_last_chunk_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_one, "LARGEST_HEAD", 400)
    monkeypatch.setattr(of_one, "LARGEST_ANSWER", 400)
    for endless in (b"A: b\r\n" * 20, b"b" * 100):
        assert await told((CHUNKED + b"2\r\nhi\r\n0\r\nA: ", *[endless] * 100), is_end=False) == (None, False)


async def test_a_body_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_one, "LARGEST_ANSWER", 100)
    full = Answer(200, b"b" * 100)
    for begin, piece, end in (
        (head("Content-Length: 100"), b"b" * 10, b""),
        (CHUNKED, b"a\r\n" + b"b" * 10 + b"\r\n", b"0\r\n\r\n"),
    ):
        assert await told((begin, *[piece] * 10, end), is_end=False) == (full, True)
    for begin, piece in (
        (head("Content-Length: 101"), b"b" * 10),
        (CHUNKED, b"a\r\n" + b"b" * 10 + b"\r\n"),
        (head(), b"b" * 10),
    ):
        assert await told((begin, *[piece] * 11), is_end=False) == (None, False)
        assert await told((begin + piece * 11,), is_end=False) == (None, False)


async def test_what_comes_with_an_interim_answer_is_no_part_of_the_answer() -> None:
    for status in ("100 Continue", "103 Early Hints", "099 Nobody"):
        answer, _ = await told((head("Content-Length: 3", status=status) + b"abc" + OK,), is_end=True)
        assert answer in {None, HI}


async def test_who_waits_too_long_gives_up_for_good() -> None:
    for begun in (b"", b"HTTP/1.1 200 OK\r\nContent-", head("Content-Length: 3") + b"hi"):
        wire = Wire()
        asker = wire.ask(0.01)
        await wire.say(begun)
        with pytest.raises(AnswerLostError):
            await asker
        assert wire.written == [REQUEST]
        assert wire.is_closing()
        assert not wire.is_usable()
        await wire.connection.gone


async def test_an_answer_in_time_ends_the_waiting() -> None:
    wire = Wire()
    asker = wire.ask(0.05)
    await wire.say(OK)
    assert await asker == HI
    slow = wire.ask()
    await asyncio.sleep(0.1)
    await wire.say(OK)
    assert await slow == HI


@pytest.mark.parametrize("answered", ["never", "before", "after", "broken"])
async def test_a_connection_that_was_given_up_is_closed_whenever_its_answer_comes(answered: str) -> None:
    wire = Wire()
    asker = wire.ask()
    await asyncio.sleep(0)
    if answered == "before":
        wire.connection.data_received(OK)
    asker.cancel()
    if answered == "after":
        wire.connection.data_received(OK)
    elif answered == "broken":
        wire.connection.data_received(b"?")
    with pytest.raises(asyncio.CancelledError):
        await asker
    assert wire.is_closing()
    assert not wire.is_usable()
    await wire.connection.gone


async def test_closing_lets_nobody_wait() -> None:
    wire = Wire()
    asker = wire.ask()
    await asyncio.sleep(0)
    wire.connection.abort()
    with pytest.raises(AnswerLostError):
        await asker
    assert wire.is_closing()
    idle = Wire()
    idle.connection.abort()
    assert not idle.is_usable()
    await idle.connection.gone


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """An answer in which something was taken out, put in or said again."""
    text = draw(st.sampled_from([said.answer for said in ANSWERS.values()] + list(LOST.values())))
    for _ in range(draw(st.integers(1, 4))):
        a, b = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        text = text[:a] + draw(st.binary(max_size=8) | st.just(text[a:b] * 2) | st.just(b"\r\n")) + text[b:]
    return text


@settings(max_examples=400)
@given(st.binary(max_size=300) | spoilt(), st.lists(st.integers(0, 300), max_size=6), st.booleans())
async def test_whatever_comes_there_is_an_answer_or_none(text: bytes, cuts: list[int], is_end: bool) -> None:
    wire = Wire()
    asker = wire.ask()
    ends = [0, *sorted(cuts), len(text)]
    await wire.say(*[text[a:b] for a, b in pairwise(ends)])
    if asker.done() and wire.is_usable():
        # What is used again is as good as new.
        assert asker.exception() is None
        again = wire.ask()
        await wire.say(OK)
        assert await again == HI
    if is_end:
        await wire.end()
    wire.break_off(ConnectionResetError())
    await wire.connection.gone
    await asyncio.sleep(0)
    assert asker.done()
    assert isinstance(asker.exception() or asker.result(), AnswerLostError | Answer)
    assert not wire.is_usable()


async def test_an_answer_before_all_was_said_is_the_last_one() -> None:
    wire = Wire()
    asker = wire.ask()
    await asyncio.sleep(0)
    wire.unwritten = 1
    await wire.say(OK)
    assert await asker == HI
    assert not wire.is_usable()


async def test_nothing_is_said_over_a_connection_that_ended_while_nobody_looked() -> None:
    wire = Wire()
    await wire.end()
    with pytest.raises(NotSentError):
        await wire.ask()
    assert not wire.written


async def test_who_says_no_more_is_not_asked_again() -> None:
    wire = Wire()
    wire.connection.eof_received()
    # TLS says farewell after this, and so the end comes later.
    assert not wire.is_closing()
    assert not wire.is_usable()


async def test_who_hangs_up_without_an_answer_lets_nobody_wait_for_one() -> None:
    wire = Wire()
    asker = wire.ask()
    await wire.say()
    # What is left to be written would still be written, and nothing read.
    wire.connection.eof_received()
    await asyncio.sleep(0)
    assert isinstance(asker.exception(), AnswerLostError)
    wire.close()


async def test_an_error_keeps_nothing_of_what_was_said() -> None:
    wire = Wire()
    asker = wire.ask()
    await wire.say(b"?")
    await wire.connection.gone
    gc.disable()
    try:
        with pytest.raises(AnswerLostError) as raised:
            await asker
        lost = weakref.ref(raised.value)
        del asker, raised
        assert lost() is None
    finally:
        gc.enable()
