"""Every worked case beside a built-in programme comes out as it was worked out by hand."""

from __future__ import annotations

import pytest

from domain.programme.cases import Case
from domain.programme.loader import BUILT_IN, read_cases
from domain.programme_cases import CaseRunner
from tests.support.programmes import BUILT_IN_IDS, calendar, programme, vocabulary

_BOOKS = {programme_id: read_cases(BUILT_IN / programme_id / "cases.yaml") for programme_id in BUILT_IN_IDS}
_CASES = [
    pytest.param(programme_id, case, id=f"{case.id}")
    for programme_id, book in _BOOKS.items()
    for case in book.cases
]


@pytest.mark.parametrize(("programme_id", "case"), _CASES)
def test_the_case_comes_out_as_worked_out_by_hand(programme_id: str, case: Case) -> None:
    book = _BOOKS[programme_id].model_copy(update={"cases": (case,)})
    runner = CaseRunner(programme(programme_id), vocabulary(), calendar())
    assert [str(difference) for difference in runner.run(book)] == []


def test_no_two_cases_of_any_programme_share_an_id() -> None:
    ids = [case.id for book in _BOOKS.values() for case in book.cases]
    assert len(set(ids)) == len(ids)
