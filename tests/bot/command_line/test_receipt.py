from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.assembly import open_house
from bot.command_line import run, surroundings
from bot.settings import Settings
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.evaluate import Examiner
from domain.eligibility.receipts import make_receipt
from domain.programme.loader import Programmes
from domain.store import Transaction

AS_OF = date(2026, 11, 21)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ZHUOYUE_LANGUAGE", "en")
    surroundings.settings.cache_clear()
    yield Settings.load()
    surroundings.settings.cache_clear()


async def _self_check(settings: Settings, *, said: str | None = None) -> int:
    """A stored self-check of Hangzhou's award; ``said`` writes another verdict into its receipt."""
    loaded = Programmes.load().on("hangzhou-quality-award", AS_OF)
    examination = Examiner(WorkingCalendar.load()).examination(loaded.programme, AS_OF)
    receipt = make_receipt(examination.evaluate({"civil_servant_law_managed": True}), loaded.content_hash)
    plain = json.loads(receipt.to_json())
    plain["verdict"] = said or plain["verdict"]

    def work(tx: Transaction) -> int:
        chat = tx.chats.open("terminal", "a-test", "en", house.clock.now())
        return tx.receipts.add(
            chat_id=chat.id,
            organisation_id=None,
            programme=receipt.programme,
            version=receipt.version,
            content_hash=receipt.content_hash,
            as_of=AS_OF,
            verdict=receipt.verdict,
            receipt_json=json.dumps(plain),
            created_at=house.clock.now(),
        )

    async with open_house(settings) as house:
        return await house.database.run(work)


def test_with_no_receipts_there_is_nothing_to_verify(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["receipt", "verify"]) == 0
    assert capsys.readouterr().out == "There are no receipts yet.\n"


async def _made(settings: Settings) -> tuple[int, int]:
    return await _self_check(settings), await _self_check(settings, said="no_obstacle_found")


def test_a_receipt_that_was_tampered_with_comes_out_differently(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    honest, tampered = asyncio.run(_made(settings))
    assert run(["receipt", "verify", str(honest)]) == 0
    assert f"Receipt {honest} comes out the same." in capsys.readouterr().out
    assert run(["receipt", "verify"]) == 1
    out = capsys.readouterr().out
    assert f"Receipt {tampered} comes out differently:" in out
    assert "verdict: no_obstacle_found then," in out


def test_a_receipt_that_is_not_there_is_said_in_one_line(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["receipt", "verify", "77"]) == 2
    assert capsys.readouterr().err == "There is no receipt 77.\n"
