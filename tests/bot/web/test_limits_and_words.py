"""The pace a key may keep, and the language a browser asks for."""

from __future__ import annotations

import json

import pytest

from bot.web.errors import WebError
from bot.web.limits import REMEMBERED_KEYS, STRANGERS_PER_MINUTE, Paces, Rates
from bot.web.words import page_words_json, preferred_language
from locales.words import Catalogues, Language


class Stopwatch:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_burst_is_allowed_and_then_one_at_a_time() -> None:
    watch = Stopwatch()
    rates = Rates(6, seconds=watch)
    assert [rates.take("anna") for _ in range(7)] == [0] * 6 + [10]
    assert rates.take("berta") == 0
    watch.seconds += 9.9
    assert rates.take("anna") == 1
    watch.seconds += 0.2
    assert rates.take("anna") == 0
    assert rates.take("anna") == 10


def test_waiting_long_saves_up_no_more_than_a_burst() -> None:
    watch = Stopwatch()
    rates = Rates(6, seconds=watch)
    assert rates.take("anna") == 0
    watch.seconds += 1e9
    assert [rates.take("anna") for _ in range(7)] == [0] * 6 + [10]


def test_asking_while_one_has_to_wait_costs_nothing() -> None:
    watch = Stopwatch()
    rates = Rates(1, seconds=watch)
    rates.take("anna")
    for _ in range(50):
        assert rates.take("anna") > 0
    watch.seconds += 60
    assert rates.take("anna") == 0


def test_made_up_cookies_share_the_budget_of_their_address() -> None:
    watch = Stopwatch()
    paces = Paces(5, seconds=watch)
    paces.require("a session", "10.0.0.1")
    for number in range(STRANGERS_PER_MINUTE - 1):
        paces.require(f"made up {number}", "10.0.0.1")
    for nobody in ("one more", None):
        with pytest.raises(WebError) as refused:
            paces.require(nobody, "10.0.0.1")
        assert refused.value.status == 429
    paces.require("a session", "10.0.0.1")
    paces.require("made up", "10.0.0.2")


def test_memory_of_keys_is_bounded() -> None:
    rates = Rates(1, seconds=Stopwatch())
    for number in range(REMEMBERED_KEYS + 50):
        rates.take(str(number))
    assert rates.take("0") == 0, "the oldest is forgotten"
    assert rates.take(str(REMEMBERED_KEYS + 49)) > 0


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh_CN"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("en;q=0.5, zh-TW;q=0.8", "zh_CN"),
        ("de-DE,de;q=0.9,en;q=0.7,zh;q=0.1", "en"),
        ("fr", "zh_CN"),
        ("en;q=0", "zh_CN"),
        ("en;q=nonsense", "zh_CN"),
        ("*", "zh_CN"),
        (";;;,,,=", "zh_CN"),
    ],
)
def test_the_first_language_is_the_one_a_browser_prefers(accepted: str, language: Language) -> None:
    assert preferred_language(accepted, "zh_CN") == language


def test_the_words_of_the_page_are_complete_and_safe_inside_a_script_element() -> None:
    text = page_words_json(Catalogues.load())
    assert "<" not in text
    words = json.loads(text)
    assert set(words) == {"zh_CN", "en"}
    assert words["zh_CN"].keys() == words["en"].keys()
    same = {key for key in words["en"] if words["en"][key] == words["zh_CN"][key]}
    assert same == {"signs"}
    assert "{step}" in words["zh_CN"]["step_of"]
