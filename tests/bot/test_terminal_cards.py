"""Cards in a terminal: shown when somebody looks again, and answered by what stands before their buttons."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.settings import Settings
from dialogs.engine.screen import Card, message_to_json
from domain.clock import SystemClock
from domain.store import Transaction
from tests.bot.test_terminal import talk
from tests.support.scripted import a_card
from tests.support.web import scripted_house


def brings(folder: Path, *cards: Card) -> None:
    """Cards come by themselves while nobody looks."""
    settings = Settings(data_dir=folder / "data", _env_file=None)

    def put(tx: Transaction) -> None:
        for card in cards:
            tx.outbox.put(1, message_to_json(card), SystemClock().now(), "reminder")

    async def bring() -> None:
        async with scripted_house(settings, SystemClock()) as house:
            await house.database.run(put)

    asyncio.run(bring())


def test_what_came_meanwhile_is_shown_before_where_the_chat_stands(tmp_path: Path) -> None:
    talk(tmp_path, ["1"])
    brings(tmp_path, a_card(), a_card("g2", "Two dates are near"))
    shown = talk(tmp_path, [])
    places = [shown.index(text) for text in ("▌ Hand in by 31 May", "▌ Two dates are near", "有哪些？")]
    assert places == sorted(places)
    assert "  /r1 done) It is done" in shown
    assert "  /g2 later:3) In three days" in shown


def test_a_card_is_answered_beside_the_question(tmp_path: Path) -> None:
    talk(tmp_path, ["1"])
    brings(tmp_path, a_card())
    shown = talk(tmp_path, ["/r1 done"])
    after = shown[shown.index("有哪些？") :]
    assert "Pressed done" in after
    assert after.count("有哪些？") == 1, "the question is not asked again"


def test_what_was_seen_or_answered_is_not_shown_again(tmp_path: Path) -> None:
    talk(tmp_path, ["1"])
    brings(tmp_path, a_card())
    assert "Hand in by 31 May" in talk(tmp_path, ["/r1 done"])
    assert "Hand in by 31 May" not in talk(tmp_path, [])


def test_a_card_nobody_was_shown_is_a_text_like_any_other(tmp_path: Path) -> None:
    shown = talk(tmp_path, ["/r77 done"])
    assert "Pressed" not in shown
    assert "贵单位是制造业企业吗？" in shown
