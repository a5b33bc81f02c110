"""A message that was just written is not read again by whoever sends it: for exactly its text, and once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.telegram.notes import outgoing
from dialogs.engine import screen
from dialogs.engine.screen import MINDED, Said, in_mind, keep_in_mind, message_from_json, message_to_json


@pytest.fixture(autouse=True)
def _nothing_in_mind() -> Iterator[None]:
    screen._minded.clear()
    yield
    screen._minded.clear()


def test_it_is_the_same_as_if_it_were_read_and_is_forgotten_with_that() -> None:
    said = Said(text="是 \U0001f600")
    text = message_to_json(said)
    keep_in_mind(text, said)
    assert outgoing(bytes(text, "utf-8").decode()) is said
    assert in_mind(text) is None
    assert outgoing(text) == message_from_json(text) == said


def test_another_text_is_read() -> None:
    keep_in_mind(message_to_json(Said(text="a")), Said(text="a"))
    assert outgoing(message_to_json(Said(text="b"))) == Said(text="b")


def test_no_more_is_kept_than_is_on_its_way() -> None:
    texts = [message_to_json(Said(text=str(number))) for number in range(MINDED + 2)]
    for text in texts:
        keep_in_mind(text, message_from_json(text))
    assert [in_mind(text) is None for text in texts[:3]] == [True, True, False]
    assert len(screen._minded) == MINDED - 1
