"""Which message lives, and when another takes its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.living import BURIED, OLD, Shown, buried
from domain.store import Living

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SHOWN = Shown((12, 13), NOW)


@given(
    st.builds(
        Shown,
        st.lists(st.integers(1, 2**52), min_size=1, max_size=5).map(tuple),
        st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
        st.none() | st.integers(1, 2**52),
        st.booleans(),
        st.none() | st.integers(1, 2**52),
    )
)
def test_what_is_noted_is_read_back(shown: Shown) -> None:
    assert Shown.of(shown.note(7)) == shown


@pytest.mark.parametrize("ref", ["", "x", "12", "12@", "@5", "12,@5"])
def test_a_note_of_another_form_is_none(ref: str) -> None:
    assert Shown.of(Living(7, ref)) is None


def test_a_screen_takes_the_place_of_the_one_before() -> None:
    assert SHOWN.gives_way_to(7, SHOWN.note(7), NOW)
    assert SHOWN.gives_way_to(8, SHOWN.note(7), NOW)


def test_a_result_keeps_its_place_when_another_conversation_begins() -> None:
    result = Shown((12,), NOW, keep=True)
    assert result.gives_way_to(7, result.note(7), NOW)
    assert not result.gives_way_to(8, result.note(7), NOW)


def test_what_is_old_or_buried_keeps_its_place() -> None:
    assert not SHOWN.gives_way_to(7, SHOWN.note(7), NOW + OLD + timedelta(seconds=1))
    assert not SHOWN.gives_way_to(7, SHOWN.note(BURIED), NOW)


def test_a_message_buries_what_was_shown_and_a_press_on_it_does_not() -> None:
    living = SHOWN.note(7)
    assert buried(living, None) == Living(BURIED, living.message_ref)
    assert buried(living, 12) == Living(BURIED, living.message_ref), "an older button"
    assert buried(living, 13) is None
    assert buried(SHOWN.note(BURIED), None) is None
    assert buried(None, None) is None
