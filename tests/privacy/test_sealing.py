from __future__ import annotations

import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy import BrokenSeal, MasterKey, blind_index, hash_token, new_token
from domain.privacy.sealing import new_wrapped_key, unwrap

MASTER = MasterKey(bytes(range(32)))
WRAPPED = new_wrapped_key(MASTER, "person")
KEY = unwrap(MASTER, WRAPPED, "person", 12)


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    assert KEY.open(KEY.seal(text, "people.name"), "people.name") == text


def test_the_same_text_is_sealed_differently_every_time() -> None:
    assert KEY.seal("林知远", "people.name") != KEY.seal("林知远", "people.name")


def test_no_two_values_are_ever_sealed_alike_however_many_and_in_whatever_process() -> None:
    sealed = {KEY.seal("林知远", "people.name")[1:13] for _ in range(2000)}
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"".join(KEY.seal("", "people.name")[1:13] for _ in range(100)))
        os._exit(0)
    os.waitpid(child, 0)
    others = os.read(reading, 12 * 100)
    os.close(reading)
    os.close(writing)
    sealed |= {others[place : place + 12] for place in range(0, len(others), 12)}
    sealed |= {KEY.seal("", "people.name")[1:13] for _ in range(200)}
    assert len(sealed) == 2300


def test_a_sealed_value_opens_in_its_own_column_only() -> None:
    with pytest.raises(BrokenSeal):
        KEY.open(KEY.seal("林知远", "people.name"), "people.phone")


def test_a_sealed_value_opens_in_the_row_of_its_owner_only() -> None:
    other_row = unwrap(MASTER, WRAPPED, "person", 13)
    with pytest.raises(BrokenSeal):
        other_row.open(KEY.seal("林知远", "people.name"), "people.name")


def test_a_sealed_value_opens_with_its_own_key_only() -> None:
    other_key = unwrap(MASTER, new_wrapped_key(MASTER, "person"), "person", 12)
    with pytest.raises(BrokenSeal):
        other_key.open(KEY.seal("林知远", "people.name"), "people.name")


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_bit_is_noticed(position: int, change: int) -> None:
    sealed = bytearray(KEY.seal("林知远", "people.name"))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(BrokenSeal):
        KEY.open(bytes(sealed), "people.name")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(11), b"plain text that was never sealed"])
def test_what_was_never_sealed_is_said_to_be_broken(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        KEY.open(sealed, "people.name")


def test_a_data_key_is_of_no_use_without_the_master_key() -> None:
    with pytest.raises(BrokenSeal):
        unwrap(MasterKey.new(), WRAPPED, "person", 12)


def test_the_key_of_a_person_is_no_key_of_an_organisation() -> None:
    with pytest.raises(BrokenSeal):
        unwrap(MASTER, WRAPPED, "organisation", 12)


def test_a_data_key_shows_its_owner_and_nothing_else() -> None:
    assert repr(KEY) == "DataKey(person:12, …)"


def test_a_blind_index_is_the_same_for_the_same_value_place_and_key_only() -> None:
    index = blind_index(MASTER, "91410100MA0000001R", "organisations.credit_code")
    assert index == blind_index(MASTER, "91410100MA0000001R", "organisations.credit_code")
    assert index != blind_index(MASTER, "91410100MA0000002R", "organisations.credit_code")
    assert index != blind_index(MASTER, "91410100MA0000001R", "people.phone")
    assert index != blind_index(MasterKey.new(), "91410100MA0000001R", "organisations.credit_code")


def test_a_token_is_long_new_every_time_and_hashed_with_sha_256() -> None:
    token = new_token()
    assert len(token) >= 43
    assert token != new_token()
    assert hash_token(token) == hashlib.sha256(token.encode()).hexdigest()
