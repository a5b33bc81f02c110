"""The page of a receipt holds all of a self-check, of the day it was made, for paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from dialogs.receipt_pages import ReceiptPages
from locales.words import Catalogues
from tests.support.conversation import a_person, block_lines
from tests.support.programmes import calendar, programmes
from tests.support.self_check import ZHENGZHOU, answers_everything, checks


def test_it_has_the_programme_the_day_the_verdict_every_criterion_and_the_answers(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, "zhengzhou-incubation-base")
        answers_everything(person, ZHENGZHOU)
        (receipt,) = person.receipts()
        pages = ReceiptPages(programmes(), calendar())
        for language, told in (
            (
                "zh_CN",
                (
                    "2026年11月21日",
                    "需要向主管部门确认",
                    "已满足：",
                    "注册地 | 郑州市",
                    "最终以主管部门审核为准",
                ),
            ),
            (
                "en",
                (
                    "21 November 2026",
                    "To be confirmed with the authority",
                    "Met:",
                    "The authority's review decides",
                ),
            ),
        ):
            blocks = pages.blocks(receipt, Catalogues.load().words(language))  # type: ignore[arg-type]
            text = "\n".join(line for block in blocks for line in block_lines(block))
            for expected in told:
                assert expected in text
            assert not [block for block in blocks if block.block == "details"]


def test_it_stays_what_it_was_when_days_have_passed(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, "zhengzhou-incubation-base")
        answers_everything(person, {**ZHENGZHOU, "excellence_model_since": "2024年12月1日"})
        person.clock.set(date(2027, 6, 1))
        (receipt,) = person.receipts()
        blocks = ReceiptPages(programmes(), calendar()).blocks(receipt, Catalogues.load().words("zh_CN"))
        text = "\n".join(line for block in blocks for line in block_lines(block))
        assert "今天有 1 项条件不满足" in text
        assert "按 2026年11月21日的规定" in text


def test_of_a_version_that_is_no_longer_loaded_it_shows_what_was_recorded(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, "zhengzhou-incubation-base")
        answers_everything(person, ZHENGZHOU)
        (receipt,) = person.receipts()
        older = replace(receipt, content_hash="0" * 64)
        blocks = ReceiptPages(programmes(), calendar()).blocks(older, Catalogues.load().words("zh_CN"))
        text = "\n".join(line for block in blocks for line in block_lines(block))
        assert "此后办法文本有更新" in text
        assert "ZZ-E02：满足" in text or "ZZ-E02: 满足" in text
