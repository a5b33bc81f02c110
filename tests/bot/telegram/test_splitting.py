from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.telegram.markup import escape
from bot.telegram.splitting import (
    CAPTION,
    MESSAGE,
    MOST_ENTITIES,
    join_and_split,
    split,
    units,
    visible_units,
)
from tests.support.telegram_api.html_texts import parse_html, utf16

TEXT = st.text(st.sampled_from("字a 。\n,<>&\"'😀𠮷é; ") | st.characters(codec="utf-8"), max_size=60)


def seen(html: str) -> str:
    """The text a person sees, as the strict reader of the tests has it."""
    return parse_html(html)[0]


@st.composite
def html(draw: st.DrawFn) -> str:
    parts = []
    for text in draw(st.lists(TEXT, max_size=25)):
        tag = draw(st.sampled_from(["", "b", "i", "blockquote expandable"]))
        inner = escape(text)
        if tag.startswith("blockquote"):
            inner = f"<b>{escape(draw(TEXT))}</b>{inner}"
        parts.append(f"<{tag}>{inner}</{tag.split(' ')[0]}>" if tag else inner)
    return "".join(parts)


@given(html())
def test_the_length_is_counted_as_telegram_counts_it(text: str) -> None:
    assert visible_units(text) == utf16(seen(text))


@given(html(), st.integers(20, 200))
def test_every_part_is_short_enough_and_valid_and_nothing_visible_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    for part in parts:
        assert utf16(seen(part)) <= limit
        assert seen(part).strip()
    assert "".join("".join(map(seen, parts)).split()) == "".join(seen(text).split())


@given(st.lists(html(), max_size=8), st.integers(20, 200))
def test_pieces_put_together_are_short_enough_too(pieces: list[str], limit: int) -> None:
    parts = join_and_split(pieces, limit)
    assert all(utf16(seen(part)) <= limit for part in parts)
    whole = "".join("".join(seen(piece) for piece in pieces).split())
    assert "".join("".join(map(seen, parts)).split()) == whole


@given(st.lists(html() | st.sampled_from(["", " ", "<b> </b>", "\n"]), max_size=8))
def test_what_fits_is_one_text_with_an_empty_line_between_its_pieces(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assume(visible_units(whole) + 2 * len(pieces) <= MESSAGE and whole.count("</") <= MOST_ENTITIES)
    first = next((place for place, piece in enumerate(pieces) if split(piece)), None)
    assert join_and_split(pieces) == (() if first is None else ("\n\n".join(pieces[first:]),))


def test_a_cut_is_made_between_paragraphs_rather_than_inside_one() -> None:
    assert join_and_split(["a" * 50, "b" * 40, "c" * 30], 100) == ("a" * 50 + "\n\n" + "b" * 40, "c" * 30)


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    parts = split("前面说的话。" * 30, 100)
    assert all(part.endswith("。") for part in parts)


def test_emphasis_goes_on_after_a_cut() -> None:
    assert split("<b>" + "字" * 150 + "</b>", 100) == (
        "<b>" + "字" * 100 + "</b>",
        "<b>" + "字" * 50 + "</b>",
    )


def test_a_folded_part_stays_folded_on_both_sides_of_a_cut() -> None:
    first, second = split(f"<blockquote expandable>{'x' * 90}\n{'y' * 90}</blockquote>", 100)
    assert first == f"<blockquote expandable>{'x' * 90}</blockquote>"
    assert second == f"<blockquote expandable>{'y' * 90}</blockquote>"


def test_an_entity_is_never_cut() -> None:
    parts = split("&lt;" * 25, 10)
    assert [visible_units(part) for part in parts] == [10, 10, 5]


def test_a_pair_of_surrogates_counts_twice_and_stays_whole() -> None:
    assert units("😀") == 2
    assert all(units(part) <= 9 for part in split("😀" * 10, 9))


def test_no_part_has_more_emphasis_than_telegram_shows() -> None:
    text = "\n".join(f"<b>{number}</b> x" for number in range(250))
    for part in split(text):
        assert len(parse_html(part)[1]) <= MOST_ENTITIES


def test_the_limits_are_those_of_messages_and_captions() -> None:
    assert [units(part) for part in split("字" * 5000, MESSAGE)] == [4096, 904]
    assert [units(part) for part in split("字" * 1500, CAPTION)] == [1024, 476]


def test_nothing_to_see_is_nothing_to_send() -> None:
    assert split("  \n ") == ()
    assert join_and_split([]) == ()
