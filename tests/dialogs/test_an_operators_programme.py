"""A programme an operator brings as data is shown and checked like any other, without a line of Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.programme_parts import PARTS
from domain.clock import FixedClock
from domain.programme.loader import Programmes, own_catalogues
from locales.words import Catalogues
from tests.support.conversation import THE_DAY, Person
from tests.support.database import SynchronousDatabase
from tests.support.self_check import answers_everything

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "programmes"
ID = "qinghe-quality-pioneer"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_it_is_listed_told_checked_and_leaves_a_receipt(tmp_path: Path, language: str) -> None:
    with SynchronousDatabase(tmp_path) as database:
        person = Person(
            database,
            FixedClock(THE_DAY),
            language,
            programmes=Programmes.load(EXAMPLES),
            catalogues=Catalogues.load(own_catalogues(EXAMPLES)),
        )
        person.commands("start")
        assert f"p:{ID}" in [choice.key for choice in person.now_sees.choices]
        person.commands("start", ID)
        for part in PARTS:
            person.presses(part, "@back")
        person.presses("check", "no", "gaps")
        answers_everything(person, {})
        person.is_at("check", "result")
        assert [receipt.programme for receipt in person.receipts()] == [ID]
        person.presses("others", "gaps")
        answers_everything(person, {})
        assert len({receipt.programme for receipt in person.receipts()}) == 5
