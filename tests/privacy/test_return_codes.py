"""Return codes: easy to copy by hand, impossible to make up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy import MasterKey, ReturnCode, read_return_code
from domain.privacy.return_codes import ALPHABET, make_return_code, same_code

MASTER = MasterKey(bytes(range(32)))
CODE = make_return_code(MASTER, 17, 4, 1_000_000)
WRITTEN = str(CODE)


def test_a_code_is_the_chat_and_four_groups_of_four_letters_that_look_like_nothing_else() -> None:
    assert re.fullmatch(rf"17(-[{ALPHABET}]{{4}}){{4}}", WRITTEN)
    assert not set("ILOU") & set(ALPHABET)
    assert len(ALPHABET) ** 16 == 2**80


@given(st.integers(1, 2**53 - 1), st.integers(1, 2**40), st.integers(0, 2**60))
def test_every_code_can_be_read_back(chat: int, person: int, consent_at: int) -> None:
    code = make_return_code(MASTER, chat, person, consent_at)
    assert read_return_code(str(code)) == code


@pytest.mark.parametrize(
    "entered",
    [
        WRITTEN.lower(),
        WRITTEN.replace("-", ""),
        WRITTEN.replace("-", " "),
        f"  {WRITTEN.replace('-', ' – ')}\n",
        WRITTEN.replace("-", "—"),
        "".join(chr(ord(c) + 0xFEE0) for c in WRITTEN),
        WRITTEN.replace("17-", "I7-"),
        WRITTEN.replace("17-", "l7 "),
    ],
)
def test_however_it_is_copied_it_is_understood(entered: str) -> None:
    assert read_return_code(entered) == CODE


def test_zeros_and_ones_may_be_read_as_letters() -> None:
    assert read_return_code("1O-oiIl-0011-ABCD-EFGH") == ReturnCode(10, "01110011ABCDEFGH")


@pytest.mark.parametrize(
    "entered",
    ["", "17", "17-ABCD-EFGH", WRITTEN + "AAAA", WRITTEN.replace("17", "0"), WRITTEN.replace("17", "-"),
     "9" * 17 + WRITTEN, "17-UUUU-UUUU-UUUU-UUUU", "17/" + WRITTEN[3:], "1" * 10_000],
)  # fmt: skip
def test_what_cannot_be_a_code_is_none(entered: str) -> None:
    assert read_return_code(entered) is None


@given(st.text(max_size=200))
def test_nothing_entered_does_any_harm(entered: str) -> None:
    code = read_return_code(entered)
    assert code is None or len(code.proof) == 16


def test_chat_person_consent_and_key_are_all_in_it() -> None:
    others = [
        make_return_code(MASTER, 18, 4, 1_000_000),
        make_return_code(MASTER, 17, 5, 1_000_000),
        make_return_code(MASTER, 17, 4, 1_000_001),
        make_return_code(MasterKey.new(), 17, 4, 1_000_000),
    ]
    assert len({CODE.proof, *(other.proof for other in others)}) == 5
    assert same_code(CODE, ReturnCode(17, CODE.proof))
    assert not same_code(CODE, others[1])


def test_a_code_does_not_get_into_logs() -> None:
    assert CODE.proof not in repr(CODE)
