from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.callback_data import LONGEST, Button, CardPress, Fill, Look, Paper, Press, pack, unpack
from dialogs.engine.screen import CARD_ID

NUMBERS = st.integers(0, 2**63 - 1)
REVISIONS = st.integers(0, 2**32)
KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
BUTTONS = st.one_of(
    st.builds(Press, NUMBERS, REVISIONS, KEYS),
    st.builds(Look, NUMBERS, REVISIONS, KEYS),
    st.builds(Fill, NUMBERS, REVISIONS, KEYS),
    st.builds(CardPress, st.from_regex(re.compile(CARD_ID, re.ASCII), fullmatch=True), KEYS),
)


@given(BUTTONS)
def test_every_button_fits_and_is_read_back_as_it_was(button: Button) -> None:
    data = pack(button)
    assert len(data.encode()) <= LONGEST
    assert unpack(data) == button


def test_a_page_of_the_product_is_named_by_its_path() -> None:
    assert unpack(pack(Paper("/results/123456789"))) == Paper("/results/123456789")
    assert unpack(pack(Paper("/my-data.json"))) == Paper("/my-data.json")


@given(st.text(max_size=80))
def test_what_this_product_did_not_write_is_no_button_or_reads_back_the_same(data: str) -> None:
    button = unpack(data)
    if button is not None and not isinstance(button, Paper):
        assert unpack(pack(button)) == button


@pytest.mark.parametrize(
    "data",
    [
        "",
        "p:",
        "p:1:2:",
        "x:1:2:k",
        "p:1:2:k\n",
        "p:1:2:ключ",
        "p:zzzzzzzzzzzzz:1:k",
        "d:results",
        "d:/a b",
        "c:r1:",
        "c:1:done",
        "c:rr1:done",
    ],
)
def test_data_of_another_form_is_no_button(data: str) -> None:
    assert unpack(data) is None


def test_a_path_that_is_too_long_is_refused_when_the_button_is_made() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack(Paper("/" + "a" * 80))
