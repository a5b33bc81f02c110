"""What may be done with a round: in which state, with what reason, and what has to be known before people are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.rounds import (
    LEADS_FROM,
    Bilingual,
    Change,
    Problem,
    Round,
    RoundAct,
    RoundRefused,
    RoundState,
    Terms,
    announce,
    cancel,
    change,
    close,
    differences,
    is_link,
    open_round,
)
from domain.rounds.kept import terms_from, terms_from_json, terms_to_json, texts_to_json
from domain.staff import Act

TODAY = date(2026, 11, 22)
READY = Terms(
    name=Bilingual("2027年第一批", "First round of 2027"),
    opens=date(2027, 1, 4),
    closes_safe=date(2027, 5, 31),
    closes_outer=date(2027, 6, 30),
    decision_due=date(2027, 9, 30),
    quotas=Bilingual("不超过10家"),
    hand_in=Bilingual("所在区县市场监管局"),
    contact=Bilingual("质量科"),
    conditions=(Bilingual("已通过市级培训"),),
    source_link="https://example.org/call",
)
DAYS = st.none() | st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=400))
TEXTS = st.builds(Bilingual, st.sampled_from(["", "文字", "字" * 130]), st.sampled_from(["", "words"]))
ANY_TERMS = st.builds(
    Terms,
    name=TEXTS,
    opens=DAYS,
    closes_safe=DAYS,
    closes_outer=DAYS,
    decision_due=DAYS,
    quotas=TEXTS,
    hand_in=TEXTS,
    contact=TEXTS,
    conditions=st.lists(TEXTS, max_size=3).map(tuple),
    source_link=st.sampled_from(["", "https://example.org/a", "javascript:alert(1)"]),
)


def drafted(terms: Terms = READY) -> Round:
    return replace(open_round("wuhu-incubation-pool", "", terms, "新一批").after, id=1)


def announced(terms: Terms = READY) -> Round:
    return announce(drafted(terms), "通知已印发", TODAY).after


def problems(call: object, *arguments: object) -> set[Problem]:
    assert callable(call)
    with pytest.raises(RoundRefused) as refused:
        call(*arguments)
    return set(refused.value.problems)


def test_a_round_is_drafted_announced_and_closed_each_with_a_reason() -> None:
    draft = open_round("wuhu-incubation-pool", " 鸠江区 ", READY, " 新一批 ")
    assert (draft.before, draft.after.state, draft.reason) == (None, RoundState.DRAFTED, "新一批")
    assert (draft.after.district, draft.after.revision) == ("鸠江区", 1)
    assert not draft.after.public
    told = announce(draft.after, "通知已印发", TODAY)
    assert (told.after.state, told.after.revision, told.after.public) == (RoundState.ANNOUNCED, 2, True)
    closed = close(told.after, "名额已满")
    assert closed.after.state is RoundState.CLOSED
    assert closed.after.is_over(TODAY)
    assert cancel(closed.after, "评审取消").after.state is RoundState.CANCELLED


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_done_without_a_reason(reason: str) -> None:
    other = replace(READY, quotas=Bilingual("5家"))
    assert problems(open_round, "p", "", READY, reason) == {Problem.NO_REASON}
    assert problems(announce, drafted(), reason, TODAY) == {Problem.NO_REASON}
    assert problems(change, announced(), other, reason, TODAY) == {Problem.NO_REASON}
    assert problems(close, announced(), reason) == {Problem.NO_REASON}
    assert problems(cancel, announced(), reason) == {Problem.NO_REASON}
    assert problems(cancel, announced(), "长" * 501) == {Problem.REASON_TOO_LONG}


def test_what_people_plan_by_is_known_before_they_are_told() -> None:
    bare = Terms(name=Bilingual("草稿"))
    assert problems(announce, drafted(bare), "印发", TODAY) == {
        Problem.NO_CLOSING_DAY,
        Problem.NO_HAND_IN,
        Problem.NO_CONTACT,
    }
    only_english = replace(READY, hand_in=Bilingual("", "the county bureau"))
    assert problems(announce, drafted(only_english), "印发", TODAY) == {Problem.NO_HAND_IN}
    # What was announced cannot be changed into something that could not have been announced.
    assert problems(change, announced(), bare, "更正", TODAY) >= {Problem.NO_CLOSING_DAY}
    assert change(drafted(), bare, "重写", TODAY).after.terms == bare


def test_a_round_that_is_over_is_not_announced() -> None:
    assert problems(announce, drafted(), "印发", date(2027, 7, 1)) == {Problem.OVER_ALREADY}
    assert announce(drafted(), "印发", date(2027, 6, 30)).after.public


@pytest.mark.parametrize(
    "changes",
    [
        {"opens": date(2027, 6, 1)},
        {"closes_outer": date(2027, 5, 30)},
        {"decision_due": date(2027, 6, 29)},
        {"closes_safe": None},
    ],
)
def test_days_follow_each_other(changes: dict[str, date | None]) -> None:
    terms = replace(READY, **changes)  # type: ignore[arg-type]
    assert problems(open_round, "p", "", terms, "新一批") == {Problem.NOT_IN_ORDER}


def test_texts_links_and_numbers_of_conditions_have_limits() -> None:
    assert problems(open_round, "p", "", replace(READY, name=Bilingual("", "English")), "新") == {
        Problem.NO_NAME
    }
    long_name = replace(READY, name=Bilingual("名" * 121))
    assert problems(open_round, "p", "", long_name, "新") == {Problem.TEXT_TOO_LONG}
    long_text = replace(READY, conditions=(Bilingual("条" * 2001),))
    assert problems(open_round, "p", "", long_text, "新") == {Problem.TEXT_TOO_LONG}
    many = replace(READY, conditions=(Bilingual("条"),) * 21)
    assert problems(open_round, "p", "", many, "新") == {Problem.TOO_MANY_CONDITIONS}
    assert problems(open_round, "p", "", replace(READY, source_link="javascript:alert(1)"), "新") == {
        Problem.BAD_LINK
    }


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org", True),
        ("//example.org", False),
        ("https:///path", False),
        ("ftp://example.org", False),
        ("https://example.org/a b", False),
        ("https://[broken", False),
        ("https://example.org/" + "a" * 500, False),
    ],
)
def test_a_link_is_one_a_browser_may_be_sent_to(link: str, good: bool) -> None:
    assert is_link(link) is good


def test_a_change_that_changes_nothing_is_refused() -> None:
    assert problems(change, announced(), READY, "更正", TODAY) == {Problem.NOTHING_CHANGED}


def test_a_change_says_what_is_different_and_whether_dates_moved() -> None:
    later = replace(READY, closes_safe=date(2027, 6, 10), quotas=Bilingual("5家"))
    changed = change(announced(), later, "延期", TODAY)
    assert changed.moves_dates
    assert [(one.entry, one.before, one.after) for one in differences(READY, later)] == [
        ("closes_safe", date(2027, 5, 31), date(2027, 6, 10)),
        ("quotas", Bilingual("不超过10家"), Bilingual("5家")),
    ]
    assert not change(announced(), replace(READY, quotas=Bilingual("5家")), "更正", TODAY).moves_dates


def test_a_text_is_shown_in_the_other_language_where_it_is_missing() -> None:
    only_chinese = Bilingual("质量科")
    assert only_chinese.text("en") == "质量科"
    assert not only_chinese.is_in("en")
    both = Bilingual("质量科", "Quality office")
    assert (both.text("en"), both.text("zh_CN")) == ("Quality office", "质量科")


def test_a_computed_round_is_nobodys_to_change() -> None:
    computed = replace(announced(), computed=True, id=0)
    assert problems(close, computed, "结束") == {Problem.WRONG_STATE}
    assert problems(change, computed, replace(READY, opens=None), "更正", TODAY) == {Problem.WRONG_STATE}


@given(ANY_TERMS)
@settings(deadline=None)
def test_what_is_kept_of_the_terms_is_all_of_them(terms: Terms) -> None:
    days = tuple(None if day is None else day.isoformat() for day in (terms.opens, terms.closes_safe))
    rest = tuple(None if day is None else day.isoformat() for day in (terms.closes_outer, terms.decision_due))
    assert terms_from(texts_to_json(terms), (*days, *rest), terms.source_link) == terms
    assert terms_from_json(terms_to_json(terms)) == terms


def test_every_act_on_a_round_has_a_permission_of_its_own() -> None:
    assert {act.staff_act for act in RoundAct} == {act for act in Act if act.value.endswith("_round")}


class AnyLifeOfARound(RuleBasedStateMachine):
    """Whatever is tried with a round, it only ever moves along, and what people were told of can be kept."""

    def __init__(self) -> None:
        super().__init__()
        self.round: Round | None = None
        self.seen: list[RoundState] = []

    def _try(self, act: RoundAct, attempt: object) -> None:
        before = self.round
        assert callable(attempt)
        try:
            done: Change = attempt()
        except RoundRefused:
            return
        assert before is None or before.state in LEADS_FROM[act]
        assert done.after.revision == (0 if before is None else before.revision) + 1
        assert done.reason
        self.round = done.after
        self.seen.append(done.after.state)

    @precondition(lambda self: self.round is None)
    @rule(terms=ANY_TERMS)
    def opens(self, terms: Terms) -> None:
        self._try(RoundAct.OPEN, lambda: open_round("p", "", terms, "开"))

    @precondition(lambda self: self.round is None)
    @rule()
    def opens_well(self) -> None:
        self._try(RoundAct.OPEN, lambda: open_round("p", "", READY, "开"))

    @precondition(lambda self: self.round is not None)
    @rule()
    def announces(self) -> None:
        assert self.round is not None
        known = self.round
        self._try(RoundAct.ANNOUNCE, lambda: announce(known, "发", TODAY))

    @precondition(lambda self: self.round is not None)
    @rule(terms=ANY_TERMS | st.just(READY))
    def changes(self, terms: Terms) -> None:
        assert self.round is not None
        known = self.round
        self._try(RoundAct.CHANGE, lambda: change(known, terms, "改", TODAY))

    @precondition(lambda self: self.round is not None)
    @rule()
    def closes(self) -> None:
        assert self.round is not None
        known = self.round
        self._try(RoundAct.CLOSE, lambda: close(known, "满"))

    @precondition(lambda self: self.round is not None)
    @rule()
    def cancels(self) -> None:
        assert self.round is not None
        known = self.round
        self._try(RoundAct.CANCEL, lambda: cancel(known, "停"))

    @invariant()
    def it_never_goes_back(self) -> None:
        rank = {state: number for number, state in enumerate(RoundState)}
        assert self.seen == sorted(self.seen, key=rank.__getitem__)

    @invariant()
    def what_was_announced_can_be_planned_by(self) -> None:
        if self.round is not None and self.round.state is RoundState.ANNOUNCED:
            assert self.round.closes_safe is not None
            assert self.round.terms.hand_in.zh
            assert self.round.terms.contact.zh
            assert self.round.closes_outer is not None
            assert self.round.closes_outer >= self.round.closes_safe


TestAnyLifeOfARound = AnyLifeOfARound.TestCase
