from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from domain.organisations import CreditCode, WrongCharacter, WrongCheckDigit, WrongLength, read_credit_code

BODY = "91410100MA0000001"
CODE = BODY + uscc.calc_check_digit(BODY)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        f"  {CODE}\n",
        f"{CODE[:2]} {CODE[2:8]} {CODE[8:17]} {CODE[17]}",
        f"{CODE[:2]}-{CODE[2:8]}—{CODE[8:]}",
        "".join(chr(ord(character) + 0xFEE0) for character in CODE),
        f"{CODE[:9]}\u200b{CODE[9:]}",
        f"{CODE[:9]}\u3000{CODE[9:]}",
    ],
)
def test_a_right_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_credit_code(typed) == CreditCode(CODE)


@pytest.mark.parametrize(("typed", "found"), [("", 0), (CODE[:-1], 17), (CODE + "0", 19), ("没有", 2)])
def test_a_code_of_another_length_says_how_long_it_is(typed: str, found: int) -> None:
    assert read_credit_code(typed) == WrongLength(found)


@pytest.mark.parametrize(
    ("position", "typed", "probably"),
    [(10, "I", "1"), (11, "O", "0"), (12, "S", "5"), (13, "Z", "2"), (9, "V", "U")],
)
def test_a_letter_the_code_never_has_says_what_it_is_confused_with(
    position: int, typed: str, probably: str
) -> None:
    wrong = CODE[: position - 1] + typed + CODE[position:]
    assert read_credit_code(wrong) == WrongCharacter(position, typed, probably, digits_only=False)


@pytest.mark.parametrize(
    ("typed", "probably"), [("O", "0"), ("B", "8"), ("A", None), ("V", None), ("I", "1"), ("郑", None)]
)
def test_the_region_is_written_in_digits(typed: str, probably: str | None) -> None:
    assert read_credit_code(CODE[:4] + typed + CODE[5:]) == WrongCharacter(
        5, typed, probably, digits_only=True
    )


@pytest.mark.parametrize("typed", ["中", "?", "_", "é"])
def test_any_other_character_is_named_with_its_place(typed: str) -> None:
    assert read_credit_code(CODE[:10] + typed + CODE[11:]) == WrongCharacter(
        11, typed.upper(), None, digits_only=False
    )


def test_two_digits_in_each_others_place_are_noticed() -> None:
    swapped = CODE[:2] + CODE[3] + CODE[2] + CODE[4:]
    assert swapped != CODE
    assert read_credit_code(swapped) == WrongCheckDigit()


@given(st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(position: int, digit: str) -> None:
    typed = CODE[:position] + digit + CODE[position + 1 :]
    assert read_credit_code(typed) == (CreditCode(CODE) if typed == CODE else WrongCheckDigit())


@given(st.text())
def test_no_text_makes_the_reading_fail(text: str) -> None:
    read_credit_code(text)


@given(
    st.text("0123456789", min_size=8, max_size=8),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9),
)
def test_it_agrees_with_the_library_on_every_code_made_by_the_rule(region: str, rest: str) -> None:
    code = region + rest + uscc.calc_check_digit(region + rest)
    assert uscc.is_valid(code)
    assert read_credit_code(code) == CreditCode(code)
