"""What may be done with an announcement in which state, and what makes none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.announcements import (
    FEW,
    LEADS_FROM,
    Announcement,
    AnnouncementAct,
    AnnouncementProblem,
    AnnouncementRefused,
    AnnouncementState,
    Audience,
    Progress,
    RecipientState,
    Texts,
    correct,
    do,
    draft,
    few,
    hides_nobody,
)
from domain.announcements.kept import texts_from_json, texts_to_json
from domain.programme.parts import Verdict
from domain.rounds import Bilingual, Round, RoundState, Terms
from domain.staff import Role, Scope

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TEXTS = Texts(Bilingual("通知"), Bilingual("", "A text"))
ONE = Announcement(
    id=7,
    state=AnnouncementState.DRAFTED,
    revision=1,
    texts=TEXTS,
    audience=Audience(programme="one"),
    created_at=NOW,
)
ROUND = Round(id=3, programme="one", district="西湖区", state=RoundState.ANNOUNCED, terms=Terms())
P = AnnouncementProblem


@pytest.mark.parametrize("act", AnnouncementAct)
@pytest.mark.parametrize("state", AnnouncementState)
def test_every_act_in_every_state(act: AnnouncementAct, state: AnnouncementState) -> None:
    known = replace(ONE, state=state)
    if state in LEADS_FROM[act]:
        after = do(known, act, 5, NOW)
        assert after.revision == known.revision + 1
        assert after.state is not state
        return
    with pytest.raises(AnnouncementRefused) as refused:
        do(known, act, 5, NOW)
    assert refused.value.problems == (P.WRONG_STATE,)


def test_sending_is_noted_with_who_and_when_and_needs_somebody() -> None:
    sent = do(ONE, AnnouncementAct.SEND, 5, NOW)
    assert (sent.sent_at, sent.sent_by, sent.ended_at) == (NOW, 5, None)
    with pytest.raises(AnnouncementRefused) as refused:
        do(ONE, AnnouncementAct.SEND, 5, NOW, anybody=False)
    assert refused.value.problems == (P.NOBODY,)


@pytest.mark.parametrize(
    ("texts", "audience", "round_", "problems"),
    [
        (Texts(Bilingual(), Bilingual()), Audience(), None, (P.NO_TITLE, P.NO_TEXT)),
        (Texts(Bilingual("题" * 121), Bilingual("文")), Audience(), None, (P.TEXT_TOO_LONG,)),
        (Texts(Bilingual("题"), Bilingual("", "t" * 2001)), Audience(), None, (P.TEXT_TOO_LONG,)),
        (TEXTS, Audience(verdict=Verdict.OBSTACLE_FOUND), None, (P.VERDICT_NEEDS_PROGRAMME,)),
        (
            TEXTS,
            Audience(programme="one", role=Role.EXPERT, verdict=Verdict.OBSTACLE_FOUND),
            None,
            (P.ROLE_ALONE,),
        ),
        (TEXTS, Audience(programme="one", round=3), None, (P.NO_SUCH_ROUND,)),
        (TEXTS, Audience(programme="two", round=3), ROUND, (P.NO_SUCH_ROUND,)),
        (
            TEXTS,
            Audience(programme="one", round=3),
            replace(ROUND, state=RoundState.DRAFTED),
            (P.NO_SUCH_ROUND,),
        ),
        (TEXTS, Audience(programme="one", round=3, district="滨江区"), ROUND, (P.OTHER_DISTRICT,)),
    ],
)
def test_what_makes_no_announcement(
    texts: Texts, audience: Audience, round_: Round | None, problems: tuple[P, ...]
) -> None:
    with pytest.raises(AnnouncementRefused) as refused:
        draft(texts, audience, round_)
    assert refused.value.problems == problems


def test_an_audience_by_round_belongs_where_the_round_does() -> None:
    made = draft(TEXTS, Audience(programme="one", round=3), ROUND)
    assert made.audience.scope == Scope("one", "西湖区")


def test_only_what_was_sent_and_is_over_is_corrected() -> None:
    with pytest.raises(AnnouncementRefused) as refused:
        correct(TEXTS, ONE)
    assert refused.value.problems == (P.NEVER_SENT,)
    under_way = do(ONE, AnnouncementAct.SEND, None, NOW)
    with pytest.raises(AnnouncementRefused) as refused:
        correct(TEXTS, under_way)
    assert refused.value.problems == (P.NOT_OVER,)
    stopped = do(under_way, AnnouncementAct.WITHDRAW, None, NOW)
    assert correct(TEXTS, stopped).audience == replace(ONE.audience, corrects=7)
    assert stopped.ended_at == NOW


def test_small_numbers_are_told_as_few() -> None:
    assert [number for number in range(12) if few(number)] == list(range(1, FEW))


def test_that_nobody_of_a_few_has_a_result_is_not_told() -> None:
    ended = Audience(programme="one", verdict=Verdict.OBSTACLE_FOUND)
    assert [around for around in range(12) if hides_nobody(ended, around)] == list(range(1, FEW))
    assert not any(hides_nobody(ended.whatever_result, around) for around in range(12))
    assert all(hides_nobody(replace(ended, corrects=1), around) for around in range(12))


def test_progress_counts_everybody_once() -> None:
    progress = Progress({state: 10**place for place, state in enumerate(RecipientState)})
    assert sum(progress.figures.values()) == progress.total
    assert progress.open == progress.figures["waiting"]


def test_texts_are_kept_as_they_were_written() -> None:
    texts = Texts(Bilingual("标题", "Title"), Bilingual('一行\n"二"行'))
    assert texts_from_json(texts_to_json(texts)) == texts
