"""How a self-check ends: from the hard criteria alone, under both readings, and never as a promise."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from domain.eligibility.evaluate import Examination
from domain.programme.parts import Result, Verdict
from tests.support.judging import STANDS, THE_DAY, checked
from tests.support.programmes import calendar, small_programme

N, K, C, S, M = (Result.NOT_MET, Result.UNKNOWN, Result.UNCLEAR, Result.SELF_STATED, Result.MET)
TOLD = {"famous": True}


def verdict(conservative: Result, alternative: Result, **more: Any) -> str:
    return checked(STANDS[conservative], TOLD, alternative=STANDS[alternative], **more).verdict.value


@pytest.mark.parametrize(("one", "other"), [*product(STANDS, repeat=2)])
def test_an_obstacle_is_one_only_when_both_readings_see_it(one: Result, other: Result) -> None:
    if one is other is N:
        expected = "obstacle_found"
    elif K in (one, other):
        expected = "more_answers_needed"
    elif one is other and one in (S, M):
        expected = "no_obstacle_found"
    else:
        expected = "confirm_with_authority"
    assert verdict(one, other) == expected


@pytest.mark.parametrize("force", ["preference", "soft", "form_only"])
@pytest.mark.parametrize("stands", STANDS)
def test_what_is_no_condition_never_changes_the_verdict(force: str, stands: Result) -> None:
    assert checked(STANDS[stands], TOLD, force=force).verdict is Verdict.NO_OBSTACLE_FOUND


def test_the_result_is_what_both_readings_agree_on() -> None:
    found = checked(STANDS[N], TOLD, alternative=STANDS[M]).outcomes[0]
    assert (found.conservative, found.alternative, found.result) == (N, M, C)
    assert found.differs
    assert checked(STANDS[M], TOLD, alternative=STANDS[M]).outcomes[0].result is M


@pytest.mark.parametrize(
    ("applies", "stands", "result"),
    [
        (M, N, Result.NOT_MET),
        (S, N, Result.NOT_MET),
        (M, M, Result.MET),
        (N, N, Result.NOT_APPLICABLE),
        (N, M, Result.NOT_APPLICABLE),
        (N, K, Result.NOT_APPLICABLE),
        (K, N, Result.UNKNOWN),
        (K, C, Result.UNKNOWN),
        (C, N, Result.UNCLEAR),
        (C, S, Result.UNCLEAR),
        # met anyway: then it does not matter whether it applies
        (K, M, Result.MET),
        (C, M, Result.MET),
    ],
)
def test_a_criterion_may_apply_to_some_only(applies: Result, stands: Result, result: Result) -> None:
    assert checked(STANDS[stands], TOLD, applies_when=STANDS[applies]).outcomes[0].result is result


@pytest.mark.parametrize(
    ("status", "uncapped", "capped"),
    [
        (M, "no_obstacle_found", "confirm_with_authority"),
        (C, "confirm_with_authority", "confirm_with_authority"),
        (K, "more_answers_needed", "more_answers_needed"),
        (N, "obstacle_found", "obstacle_found"),
    ],
)
def test_a_standing_can_hold_a_verdict_back_but_makes_none_worse(
    status: Result, uncapped: str, capped: str
) -> None:
    statuses = [
        {"status": "in_force", "until": "2026-05-20", "note": "有效。"},
        {"status": "contested", "since": "2026-05-21", "note": "有争议。", "most": "confirm_with_authority"},
    ]
    last, first = date(2026, 5, 20), date(2026, 5, 21)
    assert checked(STANDS[status], TOLD, last, statuses=statuses).verdict == uncapped
    assert checked(STANDS[status], TOLD, first, statuses=statuses).verdict == capped


class TestRounds:
    """A call adds its own conditions, and is over after its last day."""

    @pytest.fixture
    def examined(self) -> dict[tuple[str | None, date], Examination]:
        common = {"title": "条件", "clause": "第二条", "kind": "evidence", "force": "hard"}
        own = {"id": "XX-E02", "round": "call", "test": STANDS[N], **common}
        open_call = {"id": "XX-E03", "standing_only": True, "test": STANDS[C], **common}
        programme = small_programme(
            STANDS[M],
            rounds=[{"id": "call", "name": "通知", "closes_outer": "2026-05-31", "note": "通知。"}],
        )
        plain = programme.model_dump(mode="json", by_alias=True)
        programme = type(programme).model_validate(plain | {"criteria": [*plain["criteria"], own, open_call]})
        return {
            (name, day): Examination(programme, day, calendar(), name)
            for name in (None, "call")
            for day in (date(2026, 5, 31), date(2026, 6, 1))
        }

    def test_its_conditions_count_in_it_alone(
        self, examined: dict[tuple[str | None, date], Examination]
    ) -> None:
        for (name, _), examination in examined.items():
            ids = [outcome.rule.id for outcome in examination.evaluate({}).outcomes]
            assert ids == (["XX-E01", "XX-E03"] if name is None else ["XX-E01", "XX-E02"])

    def test_it_is_over_the_day_after_its_last(
        self, examined: dict[tuple[str | None, date], Examination]
    ) -> None:
        over = {key: examination.round_is_over for key, examination in examined.items()}
        assert over == {key: key == ("call", date(2026, 6, 1)) for key in examined}

    def test_a_round_that_is_not_there_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            Examination(small_programme(STANDS[M]), THE_DAY, calendar(), "call")
