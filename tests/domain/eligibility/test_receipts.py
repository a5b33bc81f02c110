"""A receipt says what a self-check was based on, and gives the same again whenever it is replayed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import yaml_source
from domain.eligibility.receipts import Receipt, evaluate_again, make_receipt, replay
from domain.programme.archive import archive
from tests.support.any_facts import DAYS, facts_for
from tests.support.programmes import BUILT_IN_IDS, checked, examiner, programme, programmes, vocabulary

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "facts"
AS_OF = date(2026, 11, 21)


def receipt_of(programme_id: str) -> tuple[Receipt, str]:
    """The receipt of the example facts, and the archived programme it names."""
    plain = yaml_source.read(EXAMPLES / f"{programme_id}.yaml").data
    archived = programmes()[programme_id][0].archived
    return make_receipt(checked(programme_id, AS_OF, plain), archived.content_hash), archived.content


each_programme = pytest.mark.parametrize("programme_id", BUILT_IN_IDS)


@each_programme
def test_replayed_it_gives_the_same(programme_id: str) -> None:
    receipt, content = receipt_of(programme_id)
    assert replay(receipt, content, examiner()) == ()


@each_programme
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_was_told_it_survives_being_written_down(programme_id: str, data: st.DataObject) -> None:
    loaded = programmes()[programme_id][0]
    rounds: list[str | None] = [None, *(one.id for one in loaded.programme.rounds)]
    examination = examiner().examination(
        loaded.programme, data.draw(DAYS), data.draw(st.sampled_from(rounds))
    )
    facts = data.draw(facts_for(vocabulary(), tuple(examination.facts())))
    receipt = make_receipt(examination.evaluate(facts), loaded.content_hash)
    again = Receipt.from_json(receipt.to_json())
    assert again == receipt
    assert again.to_json() == receipt.to_json()
    assert replay(again, loaded.archived.content, examiner()) == ()


def test_it_holds_who_said_what_when_and_nothing_the_criteria_do_not_read() -> None:
    found = checked(
        "zhengzhou-incubation-base", AS_OF, {"registered_city": "other", "manufacturing_enterprise": True}
    )
    receipt = make_receipt(found, "hash", {"registered_city": ("document", "2026-11-01T08:00:00+00:00")})
    assert set(receipt.facts) == {"registered_city"}
    used = receipt.facts["registered_city"]
    assert (used.value, used.source, used.stated_at) == ("other", "document", "2026-11-01T08:00:00+00:00")
    assert make_receipt(found, "hash").facts["registered_city"].source == "self_stated"
    assert receipt.verdict == "obstacle_found"
    assert receipt.round is None


def test_a_changed_programme_is_seen() -> None:
    receipt, _ = receipt_of("zhengzhou-incubation-base")
    now = programme("zhengzhou-incubation-base")
    plain = now.model_dump(mode="json", by_alias=True)
    (profit,) = (one for one in plain["criteria"] if one["id"] == "ZZ-E08")
    profit["test"]["every_year"]["at_least"] = 10**12
    profit["alternative"] = profit["readings"] = None
    (mature,) = (one for one in plain["criteria"] if one["id"] == "ZZ-E19")
    mature["id"] = "ZZ-E99"
    changed = archive(type(now).model_validate(plain), vocabulary())
    assert changed.content_hash != receipt.content_hash
    differences = replay(receipt, changed.content, examiner())
    assert "ZZ-E08: met then, not_met now" in differences
    assert any(one.startswith("ZZ-E19: ") and one.endswith(" then, absent now") for one in differences)
    assert any(one.startswith("ZZ-E99: absent then, ") for one in differences)
    assert any(one.startswith("verdict: ") for one in differences)


def test_a_receipt_somebody_changed_is_seen() -> None:
    receipt, content = receipt_of("hangzhou-quality-award")
    improved = replace(receipt, verdict="obstacle_found", status="lapsed")
    assert replay(improved, content, examiner()) == (
        f"verdict: obstacle_found then, {receipt.verdict} now",
        "status: lapsed then, in_force now",
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": 2}', '{"format": 1, "programme": "x"}', "not json"]
)
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Receipt.from_json(text)


def test_a_receipt_with_parts_of_another_shape_is_refused() -> None:
    receipt, _ = receipt_of("shenzhen-quality-promotion")
    for name, value in (
        ("facts", []),
        ("facts", {"registered_city": "zhengzhou"}),
        ("criteria", [{}]),
        ("criteria", [1]),
        ("as_of", "tomorrow"),
        ("as_of", 20260520),
    ):
        plain = json.loads(receipt.to_json()) | {name: value}
        with pytest.raises(ValueError, match=r".+"):
            Receipt.from_json(json.dumps(plain))


@pytest.mark.parametrize("content", ["", "[]", '{"format": 9}', '{"format": 1}', '{"format": 1, "programme": {}, "facts": []}'])  # fmt: skip
def test_an_archived_content_that_cannot_be_read_is_refused(content: str) -> None:
    receipt, _ = receipt_of("shenzhen-quality-promotion")
    with pytest.raises(ValueError, match=r".+"):
        evaluate_again(receipt, content, examiner())


def test_facts_the_archived_programme_does_not_know_are_refused() -> None:
    receipt, _ = receipt_of("zhengzhou-incubation-base")
    with pytest.raises(ValueError, match="no such fact"):
        evaluate_again(receipt, programmes()["shenzhen-quality-promotion"][0].archived.content, examiner())
    with pytest.raises(ValueError, match="call"):
        evaluate_again(
            replace(receipt, facts={}, round="call"), receipt_of("hangzhou-quality-award")[1], examiner()
        )
