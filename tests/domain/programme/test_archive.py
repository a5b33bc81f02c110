"""A programme is kept for ever as one content under one hash."""

from __future__ import annotations

from datetime import date

import pytest

from domain.eligibility.evaluate import Examination
from domain.programme.archive import archive, restore
from domain.programme.model import Programme
from tests.support.programmes import BUILT_IN_IDS, calendar, programme, programmes, vocabulary

each_programme = pytest.mark.parametrize("programme_id", BUILT_IN_IDS)


@each_programme
def test_what_is_restored_is_what_was_archived(programme_id: str) -> None:
    archived = programmes()[programme_id][0].archived
    restored, facts = restore(archived.content)
    assert restored == programme(programme_id)
    assert all(facts[fact] == vocabulary()[fact] for fact in facts)
    assert archive(restored, facts) == archived


@each_programme
def test_every_fact_a_rule_reads_is_kept_with_it(programme_id: str) -> None:
    _, facts = restore(programmes()[programme_id][0].archived.content)
    found = programme(programme_id)
    for round_id in (None, *(one.id for one in found.rounds)):
        examination = Examination(found, date(2026, 5, 20), calendar(), round_id)
        assert set(examination.facts()) <= set(facts)


def _changed(programme_id: str, **changes: object) -> Programme:
    return Programme.model_validate(programme(programme_id).model_dump(mode="json", by_alias=True) | changes)


def test_any_change_of_content_gives_another_hash() -> None:
    now = archive(programme("wuhu-incubation-pool"), vocabulary())
    assert archive(_changed("wuhu-incubation-pool"), vocabulary()) == now
    assert (
        archive(_changed("wuhu-incubation-pool", version="2030"), vocabulary()).content_hash
        != now.content_hash
    )


@pytest.mark.parametrize("content", ["nonsense", "[]", "{}", '{"format": 2}'])
def test_a_content_of_another_format_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        restore(content)
